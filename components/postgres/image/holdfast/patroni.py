"""Patroni as it is, but for five things (what is patched for them, and why no setting does it: internals.py).

A member's position alone is told to Kubernetes every ten seconds, and not with every look. Patroni keeps what it knows
of itself in an annotation of its own pod, the position in the log among it, which every write moves: each member
changed its pod once a second. Each such change is sent to everybody who watches pods, and the node's kubelet goes
through the pod and all its volumes again: 55 ms of CPU, measured. Nothing is decided by that position: Patroni asks the
others themselves before an election, and keeps log for members by what its own replication slots say (it would go by
the position for members that stream from another standby, which there are none of). It is what `patronictl list` shows
as the lag.

Its hooks ask the agent from this process. Patroni starts a process for each, an interpreter with its imports, while
callers wait: 0.1 to 0.3 s of a hand-over on a busy machine.

A start is not stopped by what was put down for a promotion that did not come (placeholders.py).

A standby that the fence has turned to a candidate is not turned back by what Patroni read before (turned.py).

And a primary whose writes must wait for a standby waits for a member, from its first moment on (required.py).
"""

import logging
import os
import time
from collections.abc import Callable
from typing import Any

from . import hook, placeholders, required, turned
from .env import DATA_DIRECTORY

log = logging.getLogger(__name__)

POSITION = "xlog_location"

# Seconds for which the position may stand as it is.
TELL_SECONDS = 10.0

TouchMember = Callable[[Any, dict[str, Any]], bool]
Call = Callable[..., int | None]


def told_less_often(touch_member: TouchMember) -> TouchMember:
    """Patroni's method that writes a member's annotation if it has changed, with the position as it stands unless it is
    due."""

    due = 0.0

    def touch(dcs: Any, data: dict[str, Any]) -> bool:
        nonlocal due
        now = time.monotonic()
        stands = _stands(dcs)
        if stands is None or POSITION not in data or now >= due:
            due = now + TELL_SECONDS
            return touch_member(dcs, data)
        return touch_member(dcs, {**data, POSITION: stands})

    return touch


def _stands(dcs: Any) -> int | None:
    """The position in this member's annotation; None where there is none yet."""
    member = dcs.cluster and dcs.cluster.get_member(dcs._name, fallback_to_leader=False)
    return member.data.get(POSITION) if member else None


def at_hand(call: Call) -> Call:
    """Patroni's method that runs a command and returns its exit code; our own hooks are asked without one.

    Where no agent answers, or Patroni has changed its mind meanwhile, the command is run as ever: it knows what to do
    without an agent, and Patroni does not start it any more.
    """

    def run(cancellable: Any, command: list[str], *args: Any, **options: Any) -> int | None:
        name = command[-1] if command[:-1] == ["python3", "-S", hook.__file__] else None
        if name == "before-stop":
            return hook.before_stop()
        if name == "pre-promote":
            try:
                return hook.may_promote(lambda: cancellable.is_cancelled)
            except OSError as error:
                log.info("%s: %s", name, error)
        return call(cancellable, command, *args, **options)

    return run


def main() -> None:
    # Not at the top: Patroni starts PostgreSQL from a new interpreter, which loads this file again, and with Patroni's
    # Kubernetes client that takes 0.4 s of CPU.
    from patroni.__main__ import main as patroni_main
    from patroni.dcs.kubernetes import Kubernetes
    from patroni.postgresql import Postgresql
    from patroni.postgresql.cancellable import CancellableSubprocess
    from patroni.postgresql.config import ConfigHandler

    CancellableSubprocess.call = at_hand(CancellableSubprocess.call)
    Kubernetes.touch_member = told_less_often(Kubernetes.touch_member)
    Postgresql.start = placeholders.swept(Postgresql.start, DATA_DIRECTORY / "pg_wal")
    ConfigHandler.write_postgresql_conf = turned.held(ConfigHandler.write_postgresql_conf)
    required.install(os.environ["CLUSTER_NAME"], os.environ["POD_NAME"], int(os.environ["REPLICAS"]))
    patroni_main()


if __name__ == "__main__":
    main()
