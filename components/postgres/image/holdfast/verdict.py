"""The fence's decision: may this candidate be promoted? Pure, and without anything that talks to anybody.

Under `ANY k` a primary acknowledges a write with any `k` of its `n` standbys. `quorum` is `n - k`, so `quorum + 1`
standbys hold at least one of every set that can acknowledge: a candidate that is one of them, with `quorum` others
turned to it and none of them ahead, has every acknowledged write, and the old primary, stalled or cut off, gets no
further one acknowledged.

The old primary itself is proof as well: one that was stopped in order says where its log ends, and one that is the
candidate's standby by now has told all it had.

Patroni names a new primary in the sync state only up to a second after its promotion, so the one named there may not be
the last. The fence's own record (`record.py`) says who was let through since. It may not have been promoted after all,
and the one before may have gone on: both have to be shut out.
"""

from dataclasses import dataclass

from .wal import NOTHING, Position


@dataclass(frozen=True)
class Sync:
    """Patroni's synchronous state: the primary that wrote it, who may acknowledge for it, and how many of these hold
    every write.
    """

    leader: str
    standbys: set[str]
    quorum: int


NOBODY = Sync("", set(), 0)


@dataclass(frozen=True)
class Promotion:
    """Whom the fence let through last."""

    member: str
    # The leader that the sync state named then, "" for none.
    after: str
    # The timeline that the promotion opens. One that failed has used the number up all the same.
    timeline: int
    # Unix seconds.
    at: float
    # The id of a person's order, where that was the reason.
    rescue: str | None = None


@dataclass(frozen=True)
class Answer:
    """What another member says after it was asked to turn to the candidate. One that does not answer says nothing of
    all this.
    """

    name: str
    # It streams from nobody but the candidate, and its Patroni knows the candidate as leader, so it will stay so.
    turned: bool = False
    # There is no more in its log than it says: it has read all of it.
    final: bool = False
    at: Position = NOTHING
    # Where it stopped in order as a primary, while it is stopped.
    ended: Position | None = None


@dataclass(frozen=True)
class Known:
    """What is known before anybody is asked. `members`: how many the cluster was declared with."""

    sync: Sync | None
    promotion: Promotion | None
    members: int


def succeeded(sync: Sync, member: str) -> Sync:
    """The sync state as it is for a member that was promoted and has not written its own yet.

    Patroni lets it commit with `n - quorum` of the others (`ha.py`, process_sync_replication_prepromote): of the old
    primary and its `n` standbys without itself, which are `n` again. One from outside of these commits with one more,
    of one more. So `quorum`, the difference of the two, is the same in both cases.
    """
    return Sync(member, ({sync.leader} | sync.standbys) - {member}, sync.quorum)


def effective(known: Known) -> Sync:
    """The state after the last promotion that was let through. A person's order is good for this one state."""
    sync, promotion = known.sync or NOBODY, known.promotion
    if promotion is None or not sync.leader or sync.leader != promotion.after or sync.leader == promotion.member:
        return sync
    return succeeded(sync, promotion.member)


def suspects(known: Known, timeline: int) -> list[Sync]:
    """Every primary that may have been the last one, for a candidate on this timeline.

    With log of the timeline that a promotion opened the candidate knows that it took place. Otherwise the primary
    before may have gone on, and the one let through may have acknowledged with somebody else.
    """
    sync, last = known.sync or NOBODY, effective(known)
    if last == sync:
        return [sync]
    return [last] if timeline == known.promotion.timeline else [sync, last]


def verdict(me: str, at: Position, known: Known, answers: list[Answer]) -> str | None:
    """Why the promotion of `me`, whose log goes as far as `at`, must wait; None when it is safe."""
    if known.sync is None or (not known.sync.leader and known.promotion is not None and known.promotion.member != me):
        return _blind(at, known.members, answers)
    if not known.sync.leader:
        # Nobody has ever had a standby to acknowledge with.
        return None
    primaries = suspects(known, at.timeline)
    # What a primary has beyond its standbys was not acknowledged, so it need not be waited for.
    ahead = _ahead(at, [answer for answer in answers if answer.name not in {primary.leader for primary in primaries}])
    return ahead or next(filter(None, (_open(me, at, primary, answers) for primary in primaries)), None)


def _ahead(at: Position, answers: list[Answer]) -> str | None:
    names = [answer.name for answer in answers if answer.at > at]
    return f"{', '.join(names)} is ahead" if names else None


def _held(at: Position, answers: list[Answer]) -> set[str]:
    """Members that have nothing the candidate lacks, and acknowledge nothing for anybody else."""
    return {answer.name for answer in answers if answer.turned and answer.final and answer.at <= at}


def _open(me: str, at: Position, primary: Sync, answers: list[Answer]) -> str | None:
    """Why this primary may have acknowledged what the candidate lacks, or may still do so."""
    held = _held(at, answers)
    if primary.leader == me or primary.leader in held:
        return None
    end = next((answer.ended for answer in answers if answer.name == primary.leader), None)
    if end is not None and end.timeline == at.timeline and at.location > end.location:
        return None
    needed = primary.quorum if me in primary.standbys else primary.quorum + 1
    turned = len(held & primary.standbys)
    if turned >= needed:
        return None
    others = sorted(primary.standbys - {me})
    return f"{turned} of the {needed} needed standbys {others} turned away from {primary.leader}"


def _blind(at: Position, members: int, answers: list[Answer]) -> str | None:
    """The same without a sync state: who was primary, and who its standbys were, is unknown.

    An acknowledged write lies on the unknown primary and on one more of the `members` at least. With all but one of the
    others turned and none of them ahead, one of the two is the candidate or a turned member, so the candidate has it;
    and a primary that is the one left over has no standby any more to acknowledge with.
    """
    turned, needed = len(_held(at, answers)), members - 2
    if (ahead := _ahead(at, answers)) is not None or turned >= needed:
        return ahead
    return f"the sync state is gone, and {turned} of {members - 1} others turned, where {needed} are needed without it"
