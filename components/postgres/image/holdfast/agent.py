"""The agent beside a member of the database: fence, hand-over, lock guard, addresses, roles and settings."""

import logging
import os
import threading
import time
from functools import partial

import psycopg
from kubernetes.client.exceptions import ApiException
from prometheus_client import Counter, Gauge
from urllib3.exceptions import HTTPError

from . import declared, fence, handover, local, rest, roles, switchover, takeover, turning, web
from .addresses import Addresses
from .backup import owed, restore
from .coldstart import ColdStart
from .disk import space
from .env import DATA_MOUNT, Identity
from .guard import Guard
from .kube import Kube, Pooler, with_callers
from .rejoin import Rejoin
from .settings import Settings

log = logging.getLogger("holdfast.agent")

# Seconds between two looks at roles and settings.
RECONCILE_SECONDS = 3.0

# Without a round for so many seconds, the kubelet starts the agent again. Rounds are of three seconds, and each call in
# one may take two; a starved machine is slower still.
SILENT_SECONDS = 60

RECONCILE_ERRORS = Counter(
    "holdfast_reconcile_errors_total", "Attempts to bring roles or settings to the declared ones that failed"
)
VOLUME_SIZE = Gauge("holdfast_volume_size_bytes", "Size of the data volume")
VOLUME_AVAILABLE = Gauge("holdfast_volume_available_bytes", "Bytes of the data volume that PostgreSQL may still use")
ROLES_CURRENT = Gauge("holdfast_roles_current", "1 on the primary when roles and passwords are as declared")


class Agent:
    def __init__(self, me: Identity) -> None:
        self.me = me
        self.kube = Kube(me.namespace)
        self.settings = Settings(self.kube, me.cluster, me.name)
        self.guard_margin = float(os.environ["GUARD_MARGIN"])
        self.calm_seconds = float(os.environ["CALM_SECONDS"])
        self.pause_deadline = float(os.environ["PAUSE_DEADLINE"])
        self.rejoin = Rejoin(me.name, partial(self.kube.annotate_pod, me.name))
        self.addresses = Addresses(self.kube, me)
        self.members = int(os.environ["REPLICAS"])
        self.candidate = fence.Candidate(me.name, me.ip, me.cluster, self.members)
        self.cold_start = ColdStart(self.kube, me, self.members)
        self.last_round = time.monotonic()
        # Addresses of the poolers in front of the primary, for the moment in which there is no time to ask for them.
        self.poolers: list[str] = []
        # Set while this member's WAL receiver is turned to a candidate: who, and until when.
        self.turned: tuple[str, float] | None = None

    def start(self) -> None:
        web.serve({"/fence": self.turn}, healthy=lambda: time.monotonic() - self.last_round < SILENT_SECONDS)
        web.answer_hooks(
            {
                "may-start": self.cold_start.allowed,
                "pre-promote": self.pre_promote,
                "hand-over": lambda: handover.hand_over(
                    self.me.name,
                    partial(self._poolers_settled, len(self.poolers)),
                    self._renewed,
                    self._ending,
                    self.calm_seconds,
                ),
                "switchover": lambda *member: switchover.run(self.kube, self.me.cluster, *member),
                "rescue": lambda *words: takeover.run(self.kube, self.candidate, *words),
                "before-stop": lambda: handover.prepare(self.me.name, self.poolers, self.pause_deadline),
            }
        )
        if self.guard_margin > 0:
            guard = Guard(self.kube, self.me.cluster, self.me.name, self.guard_margin)
            threading.Thread(target=guard.run, name="guard", daemon=True).start()
        while True:
            self.round()
            time.sleep(RECONCILE_SECONDS)

    def pre_promote(self) -> bool:
        safe = fence.run(self.kube, self.candidate)
        if safe:
            threading.Thread(target=self.addresses.promoted, name="addresses", daemon=True).start()
        return safe

    def turn(self, body: dict) -> dict:
        self.turned = (body["candidate"], time.monotonic() + turning.TURNED_SECONDS)
        # While an image is being rolled out the candidate may be of the one before, which did not say what slots it
        # has.
        return turning.turn(body["candidate"], body["address"], body.get("slots", []))

    def round(self) -> None:
        self.last_round = time.monotonic()
        measure_volume()
        try:
            self._release_if_forsaken()
            self._see_poolers()
            here = local.state()
            if self._leads(here):
                self.addresses.leads(here.downstream)
                self.rejoin.leads()
                restore.leads()
                self._reconcile()
            else:
                self.addresses.follows()
                ROLES_CURRENT.set(0)
                self._rejoin()
        except (ApiException, HTTPError, rest.RestError, psycopg.Error) as error:
            RECONCILE_ERRORS.inc()
            log.info("round: %s", error)
        except Exception:
            RECONCILE_ERRORS.inc()
            log.exception("round")

    def _leads(self, here: local.Local) -> bool:
        return here.running and not here.in_recovery and self.kube.lock(self.me.cluster).leader == self.me.name

    def _rejoin(self) -> None:
        cluster = rest.cluster("127.0.0.1")
        if not cluster.get("pause"):
            self.rejoin.step(cluster.get("members", []))

    def _reconcile(self) -> None:
        """Brings roles and settings to what is declared; nothing of that while a person has paused the cluster."""
        current = self.settings.current()
        if current.get("pause"):
            return
        databases = declared.parse(self.kube.config(f"{self.me.cluster}-dynamic"), self.me.database)
        roles.reconcile(databases, self.kube.secret(f"{self.me.cluster}-passwords"))
        ROLES_CURRENT.set(1)
        self.settings.step(current)

    def _see_poolers(self) -> list[Pooler]:
        """The pods of the pooler in front of the primary. Whom a hand-over pauses is what was seen last: the wait for a
        calm moment ends with a look, so that one which has just become ready is among them."""
        poolers = self.kube.poolers(f"{self.me.cluster}-pooler")
        self.poolers = with_callers(poolers)
        return poolers

    def _poolers_settled(self, expected: int) -> bool:
        """Whether as many poolers as before serve again; without an answer there is nothing to wait for."""
        try:
            poolers = self._see_poolers()
            return sum(pooler.ready for pooler in poolers) >= expected and not any(pooler.ending for pooler in poolers)
        except (ApiException, HTTPError) as error:
            log.info("hand-over: not waiting for the poolers: %s", error)
            return True

    def _renewed(self) -> set[str]:
        """Members that are not of this pod's revision: it is about to end, so they are the ones that were replaced
        already."""
        try:
            revisions = self.kube.revisions(self.me.cluster)
            return {name for name, revision in revisions.items() if revision != revisions[self.me.name]}
        except (ApiException, HTTPError, KeyError) as error:
            log.info("hand-over: not known who has been replaced: %s", error)
            return set()

    def _ending(self) -> set[str]:
        """Members that have been told to end; without an answer nobody."""
        try:
            return {member.name for member in self.kube.members(self.me.cluster) if member.ending}
        except (ApiException, HTTPError) as error:
            log.info("hand-over: not known who else ends: %s", error)
            return set()

    def _release_if_forsaken(self) -> None:
        if self.turned is None or time.monotonic() < self.turned[1]:
            return
        candidate, _ = self.turned
        if self.kube.lock(self.me.cluster).leader != candidate and local.state().in_recovery:
            log.warning("fence: %s did not become leader, following Patroni's own setting again", candidate)
            turning.release()
        self.turned = None


def measure_volume() -> None:
    """The data volume's space; WAL that waits for the archive is on it too."""
    owed.measure()
    size, available = space(DATA_MOUNT)
    VOLUME_SIZE.set(size)
    VOLUME_AVAILABLE.set(available)


def main() -> None:
    web.begin()
    Agent(Identity.from_environment()).start()


if __name__ == "__main__":
    main()
