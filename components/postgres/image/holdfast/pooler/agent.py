"""The agent beside a pooler: knows where the database is, and makes callers wait rather than fail."""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext

from prometheus_client import Gauge

from .. import web
from ..env import Identity, credential
from ..kube import Kube
from . import config, leave
from .credentials import Credentials
from .gate import Gate
from .readers import Readers

log = logging.getLogger("holdfast.pooler")

# Seconds between two tries to watch the lock, while the API is away.
AGAIN_SECONDS = 0.2

LOCK_SEEN = Gauge("holdfast_pooler_lock_seen_timestamp_seconds", "When the leader lock was last seen")


def follow(kube: Kube, cluster: str, point: Callable[[str | None], None]) -> None:
    """Watches the lock for ever and passes the leader's address on. With the API away the last one known stands."""
    while True:
        try:
            for lock in kube.watch_lock(cluster):
                LOCK_SEEN.set_to_current_time()
                point(lock.address if lock.leader else None)
        except Exception as error:
            log.debug("watch: %s", error)
            time.sleep(AGAIN_SECONDS)


def main() -> None:
    web.begin()
    me = Identity.from_environment()
    kube = Kube(me.namespace)
    leader: dict[str, str | None] = {"address": None}
    databases = config.databases()
    gate = Gate(databases, credential("monitoring-password"))
    readers = Readers(kube, me.cluster, databases)
    writes = os.environ["TARGET"] == "primary"
    target = gate if writes else readers
    actions = (
        {"/pause": lambda body: {"paused": gate.hold(float(body["seconds"]), float(body["drain"]))}} if writes else {}
    )

    def point(address: str | None) -> None:
        leader["address"] = address
        target.point(address)

    credentials = Credentials(
        kube,
        f"{me.cluster}-pooler-passwords",
        databases,
        lambda: leader["address"],
        lambda password: setattr(gate, "password", password),
    )
    threads = [
        threading.Thread(target=target.run, name="target", daemon=True),
        threading.Thread(target=credentials.run, name="credentials", daemon=True),
        threading.Thread(target=follow, args=(kube, me.cluster, point), name="watch", daemon=True),
    ]
    for thread in threads:
        thread.start()
    pooler = me.name.rpartition("-")[0]
    stay = float(os.environ["STAY_SECONDS"])

    def leave_callers() -> bool:
        deadline = time.monotonic() + stay
        leave.wait(me.name, lambda: kube.poolers(pooler), stay)
        with gate.let_be(max(0.0, deadline - time.monotonic())) if writes else nullcontext():
            return leave.let_go()

    web.answer_hooks({"leave": leave_callers})
    web.serve(actions, healthy=lambda: all(thread.is_alive() for thread in threads))
    threading.Event().wait()


if __name__ == "__main__":
    main()
