"""Patroni as it is, but that a member's position alone is told to Kubernetes every ten seconds, and not with every look.

Patroni keeps what it knows of itself in an annotation of its own pod, the position in the log among it, which every write
moves: each member changed its pod once a second. Each such change is sent to everybody who watches pods, and the node's kubelet
goes through the pod and all its volumes again: 55 ms of CPU, measured. Nothing is decided by that position: Patroni asks the
others themselves before an election, and keeps log for members by what its own replication slots say (it would go by the
position for members that stream from another standby, which there are none of). It is what `patronictl list` shows as the lag.
"""

import time
from typing import Any, Callable

from patroni.__main__ import main
from patroni.dcs.kubernetes import Kubernetes

POSITION = "xlog_location"

# Seconds for which the position may stand as it is.
TELL_SECONDS = 10.0

TouchMember = Callable[[Any, dict[str, Any]], bool]


def told_less_often(touch_member: TouchMember) -> TouchMember:
    """Patroni's method that writes a member's annotation if it has changed, with the position as it stands unless it is due."""

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


if __name__ == "__main__":
    Kubernetes.touch_member = told_less_often(Kubernetes.touch_member)
    main()
