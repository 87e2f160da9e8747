"""Who is to lead next, where that can be chosen: in a switchover, and where the guard finds the primary dead.

Without a name Patroni holds a race: every standby asks every other one how far it is before it reaches for the lock,
and callers wait for that, two seconds where one that is asked is dead. The fence asks the same once more before a
promotion, so nothing is lost by a name.

After a loss the name is written as a switchover "from the successor to the successor" into Patroni's own object. Nobody
ever carries that out as a switchover: a primary that is alive after all finds that it is not the one meant, and wipes
it. But while nobody leads, the one named takes the lock at once, and the others leave it the time.
"""

import math
from collections.abc import Collection

from . import rest
from .kube import Kube, Sync

# What Patroni calls members that hold every acknowledged write, or belong to a quorum of which one does; it hands over
# to no other.
SYNCHRONOUS = ("sync_standby", "quorum_standby")


def fit(leader: str, ip: str) -> dict[str, float]:
    """Standbys that could take over from the leader, at this address, and by how many bytes each is behind.

    Patroni says "unknown" of a position it has not heard of.
    """
    return {
        member["name"]: member["lag"] if isinstance(member.get("lag"), int) else math.inf
        for member in rest.members(ip)
        if member["name"] != leader and member["state"] == "streaming" and member["role"] in SYNCHRONOUS
    }


def best(behind: dict[str, float], preferred: Collection[str] = ()) -> str | None:
    """One of `preferred` if there is one, and of several the one that is the least behind; None leaves it to
    Patroni.
    """
    return min(behind, key=lambda name: (name not in preferred, behind[name]), default=None)


def switch_over(leader: str, ip: str, candidate: str | None, timeout: float) -> str:
    """Asks the leader, at this address, to hand over. Returns what Patroni says of it, RestError if it won't."""
    body = {"leader": leader, **({"candidate": candidate} if candidate else {})}
    return rest.patroni(ip, "POST", "/switchover", body, timeout=timeout).get("text", "")


def after_loss(leader: str, sync: Sync | None, told: dict[str, dict]) -> str | None:
    """Who is to follow a dead leader: the standby with the most of its log, of equals the first by name. Pure.

    `told`: what members' Patroni say of themselves (`GET /patroni`). None, which leaves it to Patroni, unless every
    standby that may have acknowledged for this leader said where it is: one that did not could be ahead.
    """
    if sync is None or sync.leader != leader:
        return None
    positions = {member: _position(told.get(member, {})) for member in sync.standbys - {leader}}
    if not positions or None in positions.values():
        return None
    return min(positions, key=lambda member: (-positions[member], member))


def _position(told: dict) -> int | None:
    """How much a standby has, in bytes; None where it is not fit to lead or does not answer."""
    if told.get("state") != "running" or "xlog" not in told:
        return None
    return max(told["xlog"].get("received_location") or 0, told["xlog"].get("replayed_location") or 0)


def name(kube: Kube, cluster: str, member: str) -> None:
    """Names who is to take the lock that is about to be free; somebody's own order to Patroni goes before."""
    current = kube.failover(cluster)
    if current is None or not (current.leader or current.annotations.get("member")):
        kube.order(cluster, current, {"leader": member, "member": member})


def withdraw(kube: Kube, cluster: str) -> None:
    """Takes such a name back, and nobody's own order."""
    current = kube.failover(cluster)
    if current is not None and current.leader is not None and current.leader == current.annotations.get("member"):
        kube.order(cluster, current, {"leader": None, "member": None})
