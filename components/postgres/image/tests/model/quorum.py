"""The order in which Patroni changes `/sync` and `synchronous_standby_names` in quorum mode, one change at a time.

What it keeps at every moment: whoever can acknowledge and whoever is asked before a promotion have a member in
common, `len(voters | names | {leader}) <= quorum + needed + 1`. So what makes a commit need more, or a promotion ask
more, comes first.
"""

from dataclasses import dataclass

WANTED = 1


@dataclass(frozen=True)
class Change:
    """`what` is "sync" for the store's state or "names" for PostgreSQL's setting."""

    what: str
    number: int
    members: frozenset[str]


def next_change(
    me: str,
    leader: str,
    voters: frozenset,
    quorum: int,
    names: frozenset,
    needed: int,
    active: frozenset,
    ready: int,
) -> Change | None:
    """The next change on the way to `ANY 1` of all that stream, or None when there is nothing to do.

    `active` stream from here; `ready` of them have all that was written before they were asked for.
    """
    needed = min(needed, len(names))
    if leader != me:
        voters = voters - {me} | {leader}
        return Change("sync", quorum, voters) if names else Change("names", len(voters) - quorum, voters)
    if len(voters | names | {me}) > quorum + needed + 1 and voters:
        return Change("sync", max(len(names) - needed, 0), names)
    if not ready and names & active:
        ready = min(len(names & active), len(voters) - quorum)
    slack = max(needed - ready, 0)
    if names < voters:
        return _names_lag(voters, quorum, names, needed, active, slack)
    if names > voters:
        return _voters_lag(voters, names, needed, active, ready, slack)
    gone, new = names - active, active - names
    if quorum > len(voters) - needed and ready >= needed and needed <= WANTED and voters:
        return Change("sync", len(voters) - needed, voters)
    if gone and gone == names:
        return Change("sync", 0, frozenset())
    if gone and quorum:
        left = names - set(sorted(gone, reverse=True)[:quorum])
        return Change("names", min(max(WANTED, needed), len(left)), left)
    if gone:
        left = voters - gone
        excess = needed - len(gone) - min(WANTED, len(left))
        return Change("sync", min(excess, len(left) - 1) if excess > 0 else 0, left)
    if new and not names:
        return Change("names", min(WANTED, len(new)), new)
    if new:
        return Change("sync", len(voters | new) - WANTED + (slack if ready < WANTED else 0), voters | new)
    if needed > min(WANTED, len(names)):
        if quorum < len(voters) - WANTED:
            return Change("sync", len(voters) - WANTED, voters)
        return Change("names", WANTED, names)
    return None


def _names_lag(voters, quorum, names, needed, active, slack) -> Change:
    """Voters that PostgreSQL does not wait for (yet, or any more)."""
    gone = voters - (names | active)
    if gone:
        left = voters - gone
        number = max(len(left) - needed, 0) + (0 if names - active else slack)
        return Change("sync", number if left else 0, left)
    if not names:
        return Change("names", len(voters) - quorum, voters)
    return Change("names", needed, names | (voters & active))


def _voters_lag(voters, names, needed, active, ready, slack) -> Change | None:
    """PostgreSQL waits for members that are no voters (yet, or any more)."""
    left = names & active
    if left != names and left and (not voters or left & voters):
        return Change("names", min(needed, len(left)), left)
    if names & active - voters:
        more = voters | (names & active)
        if not voters and not ready:
            return None
        return Change("sync", max(len(more) - needed, 0) + slack, more)
    return Change("names", min(needed, len(voters)), voters)
