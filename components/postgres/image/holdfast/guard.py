"""The lock guard: lets a dead primary's lock expire early instead of after Patroni's floor of 20 seconds.

It acts only on proof:
- it has read the lock itself, over and over, each answer quick, for as long as the renewal is overdue. Time in which an
  answer was slow or late does not count, and after one that did not come it starts anew (so its own blindness or a slow
  API never counts, and what does count is never longer than what the primary itself has to go by);
- the primary's Patroni does not answer either (a primary that is merely cut off from the API answers, and goes on in
  failsafe mode with every member's consent);
- this member is not in failsafe mode, and no person has paused the cluster;
- its patch carries the version it decided on, so a renewal in between wins.

What it does is to write a `ttl` below zero into the lock: a lock that is free, but still names its owner, so that the
next renewal of a living primary overwrites it all the same. It also names the standby that is the furthest, if it
knows. Promotion stays Patroni's decision, and the fence stands between it and two histories.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kubernetes.client.exceptions import ApiException
from prometheus_client import Counter
from urllib3.exceptions import HTTPError

from . import rest, successor
from .kube import Kube, Lock

log = logging.getLogger(__name__)

LET_EXPIRE = Counter("holdfast_guard_locks_expired_total", "Locks of a silent primary that the guard let expire early")

# Seconds between two readings, and the longest pause between two that still counts as having watched all along.
READ_INTERVAL = 0.5
LONGEST_GAP = 1.5
# A reading that took longer than this is too slow to be followed by such a pause.
SLOW_READING = LONGEST_GAP / 2

# Seconds between two readings of a lock that is this member's own: there is nothing to guard, only to notice when it
# moves.
OWN_INTERVAL = 2.0

# Seconds a member gets to answer. They run before the lock is overdue, not after: a lost node's outage is a second
# shorter so.
ANSWER_SECONDS = 1.0

# So many seconds before that at the latest they are asked.
ASK_BEFORE = ANSWER_SECONDS + READ_INTERVAL

# Patroni takes a lock for free when it is older than this many seconds. 0 would mean the usual ones, and 1 cost two
# seconds: at a standby's next look, one second later, it is just not yet over.
EXPIRED = "-1"

# Seconds between two looks at Patroni's settings.
SETTINGS_INTERVAL = 10.0


@dataclass
class Watched:
    """A row of readings that all showed the same renewal. `since` moves on by what was not seen in between."""

    lock: Lock
    since: float
    last: float


class Patience:
    """Decides when a lock is overdue. Pure: time and readings come in, a decision comes out."""

    def __init__(self, after: float) -> None:
        self.after = after
        self.watched: Watched | None = None

    def blind(self) -> None:
        """A reading failed: nothing seen before counts."""
        self.watched = None

    def observe(self, lock: Lock, now: float, quick: bool = True) -> float:
        """Takes a reading at a monotonic time; returns the time from which the lock is overdue if it stays as it is:
        not renewed, or free and taken by nobody."""
        seen = self.watched
        if seen is None or _state(seen.lock) != _state(lock):
            seen = self.watched = Watched(lock, now, now)
        elif not quick or now - seen.last > LONGEST_GAP:
            seen.since += now - seen.last
        seen.lock, seen.last = lock, now
        return seen.since + self.after


def _state(lock: Lock) -> tuple:
    return lock.leader, lock.renewed, lock.annotations.get("ttl")


class Guard:
    """Runs beside a member and watches the lock while somebody else holds it."""

    def __init__(self, kube: Kube, cluster: str, me: str, margin: float) -> None:
        self.kube, self.cluster, self.me, self.margin = kube, cluster, me, margin
        # Until Patroni's own settings are known, nothing is ever overdue.
        self.patience = Patience(float("inf"))
        self.settings_read = float("-inf")

    def run(self) -> None:
        while True:
            started = time.monotonic()
            pause = READ_INTERVAL
            try:
                pause = self.step(started)
            except (ApiException, HTTPError) as error:
                self.patience.blind()
                log.debug("guard: blind: %s", error)
            except Exception:
                self.patience.blind()
                log.exception("guard")
            time.sleep(max(0.0, pause - (time.monotonic() - started)))

    def step(self, started: float) -> float:
        """One reading, and what follows from it. Returns seconds until the next is due."""
        self._read_settings(started)
        lock = self.kube.lock(self.cluster)
        now = time.monotonic()
        mine = lock.leader == self.me
        if mine:
            self.patience.blind()
        elif now - started > SLOW_READING:
            self.patience.observe(lock, now, quick=False)
        else:
            self._judge(lock, now)
        return OWN_INTERVAL if mine else READ_INTERVAL

    def _judge(self, lock: Lock, now: float) -> None:
        overdue = self.patience.observe(lock, now)
        if now < overdue - ASK_BEFORE:
            return
        if lock.leader is None or lock.annotations.get("ttl") == EXPIRED:
            # Nobody has taken it for that long, so whoever was named can't, or was refused by the fence and gave it
            # back.
            successor.withdraw(self.kube, self.cluster)
            return
        told = self._ask(lock)
        here, there = told.get(self.me), told.get(lock.leader)
        # Without its own Patroni this member can't take over, so it has no business here either.
        if (
            here is None
            or here.get("failsafe_mode_is_active")
            or here.get("pause")
            or (there is not None and there.get("state") == "running")
        ):
            return
        named = successor.after_loss(lock.leader, self.kube.sync(self.cluster), told)
        time.sleep(max(0.0, overdue - time.monotonic()))
        self._let_expire(lock, named)

    def _ask(self, lock: Lock) -> dict[str, dict]:
        """What every member's Patroni says of its member; who does not answer is not in it."""
        addresses = (
            {lock.leader: lock.address}
            | {member.name: member.ip for member in self.kube.members(self.cluster)}
            | {self.me: "127.0.0.1"}
        )

        def ask(address: str | None) -> dict | None:
            try:
                return rest.patroni(address, "GET", "/patroni", timeout=ANSWER_SECONDS) if address else None
            except rest.RestError as error:
                log.info("guard: %s", error)
                return None

        with ThreadPoolExecutor(len(addresses)) as pool:
            return {
                name: answer
                for name, answer in zip(addresses, pool.map(ask, addresses.values()), strict=True)
                if answer is not None
            }

    def _let_expire(self, lock: Lock, named: str | None) -> None:
        if named is not None:
            successor.name(self.kube, self.cluster, named)
        try:
            self.kube.annotate_lock(self.cluster, lock.version, {"ttl": EXPIRED})
        except ApiException:
            # Renewed after all; or another guard was first, which is as good.
            if self.kube.lock(self.cluster).annotations.get("ttl") != EXPIRED:
                successor.withdraw(self.kube, self.cluster)
            raise
        LET_EXPIRE.inc()
        log.warning(
            "guard: %s has not renewed its lock for %.1f s and does not answer: lock let expire, %s to follow",
            lock.leader,
            self.patience.after,
            named or "whoever is the furthest",
        )
        self.patience.blind()

    def _read_settings(self, now: float) -> None:
        """A living primary has renewed, or given up by itself, after Patroni's own two times; they may change at any
        time."""
        if now - self.settings_read < SETTINGS_INTERVAL:
            return
        try:
            settings = rest.patroni("127.0.0.1", "GET", "/config", timeout=rest.OWN_SECONDS)
            self.patience.after = float(settings["loop_wait"]) + float(settings["retry_timeout"]) + self.margin
            self.settings_read = now
        except (rest.RestError, KeyError) as error:
            log.debug("guard: settings unknown: %s", error)
