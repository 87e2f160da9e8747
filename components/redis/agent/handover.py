"""A planned stop of the primary: it gives the role away while it still serves.

In a coordinated failover the primary holds writes back until its successor has all of them, so nothing acknowledged is
lost and nobody sees an error.
"""

import re
import time
from collections.abc import Callable

from .env import PRIMARY_NAME, SENTINEL_PORT, number
from .life import say
from .peers import Peers, Survey
from .resp import Reply

HAND_OVER_SECONDS = number("HAND_OVER_SECONDS")

# Rounds in which no Sentinel said anything, or no replica was connected. After these there is nobody who could name a
# successor or be it, as when everything is stopped at once, and waiting only makes that slower.
ALONE_ROUNDS = 2
# Two seconds for a role that takes about one to move, then the question again: whoever took the job may be stopped in
# the middle of it, and to one that has it in hand the question does nothing.
POLLS = 20
POLL_SECONDS = 0.1
# After a round in which nobody took the job.
AGAIN_SECONDS = 0.5


def taken(reply: Reply) -> bool:
    """Whether a Sentinel has the failover in hand, by what it answers to the request. Pure."""
    return isinstance(reply, str) and (reply.startswith("OK") or "INPROG" in reply)


def has_replica(info: Reply) -> bool:
    """Whether a replica is connected, by what INFO replication answers. Pure."""
    return isinstance(info, str) and re.search(r"^connected_slaves:[1-9]", info, re.MULTILINE) is not None


class HandOver:
    """One hand-over, from the order to stop until clients may be sent to the successor."""

    def __init__(self, peers: Peers, pause: Callable[[float], None] = time.sleep) -> None:
        self._peers = peers
        self._pause = pause
        self._alone = 0
        self._deadline = time.monotonic() + HAND_OVER_SECONDS

    def run(self) -> None:
        """Returns when this server may stop."""
        # A replica has nothing to give away.
        if not self._is_primary():
            return
        while self._is_primary():
            if self._alone >= ALONE_ROUNDS:
                say("no Sentinel answers, or no replica is left; stopping as primary")
                return
            if time.monotonic() >= self._deadline:
                say("nobody took over in time; stopping as primary")
                return
            if self._request():
                self._wait_for_role()
            else:
                self._pause(AGAIN_SECONDS)
        self._wait_for_word()

    def _is_primary(self) -> bool:
        return self._peers.role() == "master"

    def _request(self) -> bool:
        """Asks one Sentinel after the other until one takes the job; another may have it in hand already."""
        if not has_replica(self._peers.own("INFO", "replication")):
            self._alone += 1
            return False
        alive = [host for host, named in self._look().sentinels.items() if named]
        return any(taken(self._failover(host)) for host in alive)

    def _failover(self, host: str) -> Reply:
        return self._peers.ask(host, SENTINEL_PORT, "SENTINEL", "FAILOVER", PRIMARY_NAME, "COORDINATED")

    def _look(self) -> Survey:
        """Asks all Sentinels at once. A lost Sentinel costs a second, and no write waits for that here."""
        found = self._peers.survey([], self._peers.pod.sentinels)
        self._alone = 0 if any(found.sentinels.values()) else self._alone + 1
        return found

    def _wait_for_role(self) -> None:
        for _ in range(POLLS):
            self._pause(POLL_SECONDS)
            if not self._is_primary():
                return

    def _wait_for_word(self) -> None:
        """Clients lose their connections when we stop and ask a Sentinel next: let the answer be right by then, if
        there is one left to ask."""
        self._alone = 0
        while time.monotonic() < self._deadline and self._alone < ALONE_ROUNDS:
            if self._look().chosen not in ("", self._peers.pod.me):
                return
            self._pause(POLL_SECONDS)
