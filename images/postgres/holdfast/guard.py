"""The lock guard: lets a dead primary's lock expire early instead of after Patroni's floor of 20 seconds.

It acts only on proof, and any doubt resets it:
- it has read the lock itself, over and over, each answer quick, for the whole time that the renewal is overdue
  (so its own blindness or a slow API never counts);
- the primary's Patroni does not answer either (a primary that is merely cut off from the API answers, and goes on in
  failsafe mode with every member's consent);
- this member is not in failsafe mode;
- its patch carries the version it decided on, so a renewal in between wins.
What it does is to write `ttl: 1` into the lock. A living primary's next renewal overwrites that. Promotion stays Patroni's
decision, and the fence stands between it and two histories.
"""

import logging
import time
from dataclasses import dataclass

from kubernetes.client.exceptions import ApiException
from prometheus_client import Counter
from urllib3.exceptions import HTTPError

from . import rest
from .kube import Kube, Lock

log = logging.getLogger(__name__)

EXPIRED = Counter("holdfast_guard_locks_expired_total", "Locks of a silent primary that the guard let expire early")

# Seconds between two readings, and the longest pause between two that still counts as having watched all along.
READ_INTERVAL = 0.5
LONGEST_GAP = 1.5

# Seconds between two readings of a lock that is this member's own: there is nothing to guard, only to notice when it moves.
OWN_INTERVAL = 2.0

# Seconds a primary gets to answer. They run before the lock is overdue, not after: a lost node's outage is a second shorter so.
ANSWER_SECONDS = 1.0

# Seconds between two looks at Patroni's settings.
SETTINGS_INTERVAL = 10.0


@dataclass
class Watched:
    """An unbroken row of quick readings that all showed the same renewal."""

    lock: Lock
    since: float
    last: float


class Patience:
    """Decides when a lock is overdue. Pure: time and readings come in, a decision comes out."""

    def __init__(self, after: float) -> None:
        self.after = after
        self.watched: Watched | None = None

    def blind(self) -> None:
        """A reading failed or was slow: nothing seen before counts."""
        self.watched = None

    def observe(self, lock: Lock, now: float) -> float:
        """Takes a reading at a monotonic time; returns the time from which the lock is overdue if it stays as it is."""
        seen = self.watched
        if seen is None or now - seen.last > LONGEST_GAP or (seen.lock.renewed, seen.lock.leader) != (lock.renewed, lock.leader):
            seen = self.watched = Watched(lock, now, now)
        seen.lock, seen.last = lock, now
        return seen.since + self.after if lock.leader is not None else float("inf")


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
        if mine or now - started > LONGEST_GAP / 2:
            self.patience.blind()
        else:
            self._judge(lock, now)
        return OWN_INTERVAL if mine else READ_INTERVAL

    def _judge(self, lock: Lock, now: float) -> None:
        overdue = self.patience.observe(lock, now)
        if now < overdue - ANSWER_SECONDS:
            return
        if lock.annotations.get("ttl") == "1":
            return
        if self._failsafe() or self._primary_answers(lock):
            return
        time.sleep(max(0.0, overdue - time.monotonic()))
        self.kube.annotate_lock(self.cluster, lock.version, {"ttl": "1"})
        EXPIRED.inc()
        log.warning("guard: %s has not renewed its lock for %.1f s and does not answer: lock let expire", lock.leader, self.patience.after)
        self.patience.blind()

    def _read_settings(self, now: float) -> None:
        """A living primary has renewed, or given up by itself, after Patroni's own two times; they may change at any time."""
        if now - self.settings_read < SETTINGS_INTERVAL:
            return
        try:
            settings = rest.patroni("127.0.0.1", "GET", "/config", timeout=1.0)
            self.patience.after = float(settings["loop_wait"]) + float(settings["retry_timeout"]) + self.margin
            self.settings_read = now
        except (rest.RestError, KeyError) as error:
            log.debug("guard: settings unknown: %s", error)

    def _failsafe(self) -> bool:
        try:
            return bool(rest.patroni("127.0.0.1", "GET", "/patroni", timeout=1.0).get("failsafe_mode_is_active"))
        except rest.RestError:
            # Without its own Patroni this member can't take over, so it has no business here either.
            return True

    def _primary_answers(self, lock: Lock) -> bool:
        address = next((member.ip for member in self.kube.members(self.cluster) if member.name == lock.leader), lock.address)
        if not address:
            return False
        return rest.answers_ok(address, "/health", timeout=ANSWER_SECONDS)
