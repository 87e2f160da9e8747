"""Who is to lead next, where that can be chosen.

Without a name Patroni holds a race: every standby asks every other one how far it is before it reaches for the lock, and
callers wait for that. The fence asks the same once more before a promotion, so nothing is lost by a name.
"""

import math
from typing import Collection

from . import rest

# What Patroni calls members that hold every acknowledged write, or belong to a quorum of which one does; it hands over to no other.
SYNCHRONOUS = ("sync_standby", "quorum_standby")


def fit(leader: str, members: list[dict]) -> dict[str, float]:
    """Standbys that could take over from `leader`, and by how many bytes each is behind.

    `members`: as Patroni's `GET /cluster` lists them. It says "unknown" of a position it has not heard of.
    """
    return {
        member["name"]: member["lag"] if isinstance(member.get("lag"), int) else math.inf
        for member in members
        if member["name"] != leader and member["state"] == "streaming" and member["role"] in SYNCHRONOUS
    }


def best(behind: dict[str, float], preferred: Collection[str]) -> str | None:
    """One of `preferred` if there is one, and of several the one that is the least behind; None leaves it to Patroni."""
    return min(behind, key=lambda name: (name not in preferred, behind[name]), default=None)


def switch_over(leader: str, ip: str, preferred: Collection[str], timeout: float) -> str:
    """Asks the leader, at this address, to hand over to the best standby. Returns what Patroni says of it, RestError if it won't."""
    candidate = best(fit(leader, rest.patroni(ip, "GET", "/cluster").get("members", [])), preferred)
    body = {"leader": leader, **({"candidate": candidate} if candidate else {})}
    return rest.patroni(ip, "POST", "/switchover", body, timeout=timeout).get("text", "")
