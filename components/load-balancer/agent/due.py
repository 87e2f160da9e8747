"""When a certificate is ordered. Pure; times in seconds since 1970."""

from typing import NamedTuple

from .shown import Shown, covers

# Part of its life that a certificate has left when the next one is ordered: of 90 days 30, so that months of failures
# do no harm.
RENEW_AT = 1 / 3

# Seconds after a first failure, and at most; each is twice as long as the one before. Let's Encrypt takes five failures
# an hour.
FIRST_PAUSE = 300
LONGEST_PAUSE = 4 * 3600


class Tried(NamedTuple):
    """What is noted of orders: failures in a row, one that has only begun among them, and when the next may begin."""

    failures: int
    next: float


def tried(text: str | None) -> Tried:
    """What is noted, from how it is kept."""
    failures, _, after = (text or "0 0").partition(" ")
    return Tried(int(failures), float(after))


def noted(tried: Tried) -> str:
    """The same, to be kept."""
    return f"{tried.failures} {tried.next:.0f}"


def begun(before: Tried, now: float) -> Tried:
    """What is noted before an order begins: until the order has succeeded, it counts as one that failed. So whoever
    starts again in the middle of it, or beside it, waits."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(before.failures, 10))
    return Tried(before.failures + 1, now + pause)


def wanted(there: Shown | None, hosts: list[str], now: float) -> bool:
    """Whether another certificate is needed than the one that is there."""
    if there is None or not all(covers(there.names, host) for host in hosts):
        return True
    return now >= there.ends - RENEW_AT * (there.ends - there.begins)
