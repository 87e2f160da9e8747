"""From a wished moment to the backup, the timeline and the target of a restore, or one sentence on why it can't be
had. Pure.

A moment belongs to the timeline that was the live one then. Along the history of a younger timeline the clock jumps
where a restore went back: what was written in between is on the older timeline alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .saved import GAP, Catalogue, Interval, Timeline

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Choice:
    """What to restore. `target`: up to which moment, in PostgreSQL's notation; None replays the timeline to its end."""

    backup: str
    timeline: int
    target: str | None


@dataclass(frozen=True)
class Refusal:
    """Why not, in one sentence with what can be had instead."""

    reason: str


def stamp(moment: float) -> str:
    """A moment as PostgreSQL reads it, to the microsecond that it keeps: `2026-01-31 12:00:00.123456+00`."""
    text = (_EPOCH + timedelta(microseconds=round(moment * 1e6))).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"{text.rstrip('0').rstrip('.')}+00"


def moment(text: str) -> float:
    """Reads Unix seconds, or a time with its zone. ValueError where it is neither."""
    try:
        return float(text)
    except ValueError:
        when = datetime.fromisoformat(text.strip())
    if when.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return when.timestamp()


def choose(catalogue: Catalogue, wished: float | None, timeline: int | None = None) -> Choice | Refusal:
    """Which backup and which timeline hold a moment; None is the end of the live timeline.

    `timeline`: the one to take where the moment was live on several.
    """
    if not catalogue.intervals or catalogue.latest is None:
        return Refusal("There is no whole backup to restore from yet.")
    known = {each.id for each in catalogue.timelines}
    if timeline is not None and timeline not in known:
        return Refusal(f"There is no timeline {timeline}: the repository knows {', '.join(map(str, sorted(known)))}.")
    if wished is None:
        return _end(catalogue, timeline)
    first = min(each.since for each in catalogue.intervals)
    if wished < first:
        return Refusal(
            f"{stamp(wished)} is before the first backup was whole: "
            f"the oldest moment that can be had is {stamp(first)}."
        )
    candidates = _candidates(catalogue, wished, timeline)
    if not candidates:
        return _nowhere(catalogue, wished, timeline)
    best, owners = next(iter(candidates.items()))
    others = {tip for tip, its in candidates.items() if not its & owners}
    if others and timeline is None:
        choices = " or ".join(f"--timeline {number}" for number in sorted({tip[1] for tip in (best, *others)}))
        return Refusal(
            f"{stamp(wished)} was lived through more than once, with different data: say which is meant with {choices}."
        )
    for (archive, tip), its in candidates.items():
        covering = [
            each
            for each in _intervals(catalogue, archive, tip)
            if each.since <= wished and _micro(wished) <= _micro(each.to)
        ]
        if covering and its & owners:
            interval = max(covering, key=lambda each: each.since)
            # PostgreSQL wants a commit behind the target to believe that it has reached it: the last one has none.
            target = None if _micro(wished) == _micro(interval.to) else stamp(wished)
            return Choice(interval.backup, tip, target)
    return _nowhere(catalogue, wished, best[1])


def _micro(moment_: float) -> int:
    return round(moment_ * 1e6)


def _end(catalogue: Catalogue, timeline: int | None) -> Choice | Refusal:
    """The end of the live timeline, or of another one."""
    archive, tip = catalogue.latest.archive, catalogue.latest.timeline if timeline is None else timeline
    reaching = _intervals(catalogue, archive, tip)
    if timeline is not None and not reaching:
        reaching = [each for each in catalogue.intervals if each.timeline == tip]
    if not reaching and all(each.archive != archive for each in catalogue.intervals):
        newest = max(each.to for each in catalogue.intervals)
        return Refusal(f"This database has no whole backup; the one before it can be had with --to {stamp(newest)}.")
    if not reaching:
        onward = sorted(each.id for each in catalogue.timelines if each.parent == tip and each.continues)
        hint = f"it went on as timeline {onward[0]}, ask for that" if onward else "no whole backup reaches it"
        return Refusal(f"The end of timeline {tip} can't be had: {hint}.")
    newest = max(reaching, key=lambda each: each.since)
    if newest.ends != GAP:
        return Choice(newest.backup, tip, None)
    return Refusal(
        f"The end of timeline {tip} can't be reached, since WAL from {newest.missing} on is missing: "
        f"the newest moment that can be had is {stamp(newest.to)}, ask for it with --to."
    )


def _nowhere(catalogue: Catalogue, wished: float, timeline: int | None) -> Refusal:
    """Says what can be had on either side of a moment that nothing holds."""
    intervals = [each for each in catalogue.intervals if timeline in (None, each.timeline)] or catalogue.intervals
    edges = [each.since for each in intervals]
    edges += [
        each.begins for each in catalogue.timelines if timeline in (None, each.id) and _reached(intervals, each.begins)
    ]
    before = max((each.to for each in intervals if each.to < wished), default=None)
    after = min((edge for edge in edges if edge > wished), default=None)
    gap = next((each for each in catalogue.gaps if each.since <= wished and each.to >= (before or 0.0)), None)
    missing = (
        f"WAL is missing from {stamp(gap.since)} to {stamp(gap.to)}, and {stamp(wished)} can't be reached"
        if gap
        else None
    )
    if after is None:
        why = missing or f"{stamp(wished)} is in the future of what is saved"
        return Refusal(f"{why}: the newest moment that can be had is {stamp(before or intervals[0].to)}.")
    why = missing or f"Nothing is saved of {stamp(wished)}" + (f" on timeline {timeline}" if timeline else "")
    if before is None:
        return Refusal(f"{why}: the oldest moment that can be had there is {stamp(after)}.")
    return Refusal(f"{why}: the nearest moments that can be had are {stamp(before)} and {stamp(after)}.")


def _reached(intervals: Iterable[Interval], wished: float) -> bool:
    return any(each.since <= wished <= each.to for each in intervals)


def _intervals(catalogue: Catalogue, archive: str, timeline: int) -> list[Interval]:
    return [each for each in catalogue.intervals if each.timeline == timeline and each.archive == archive]


def _lineage(catalogue: Catalogue, archive: str, tip: int) -> list[Timeline]:
    """A timeline and its ancestors, youngest first."""
    by_id = {each.id: each for each in catalogue.timelines if each.archive == archive}
    found, timeline = [], by_id.get(tip)
    while timeline is not None:
        found.append(timeline)
        timeline = by_id.get(timeline.parent) if timeline.parent else None
    return found


def _owners(catalogue: Catalogue, tip: tuple[str, int], wished: float, pause: bool) -> set[tuple[str, int]]:
    """The timelines of a history that were live at a moment, as far as this history goes along them.

    `pause`: also the time without a primary before a promotion, which went on where its parent had ended.
    """
    owners, child = set(), None
    for each in _lineage(catalogue, *tip):
        ends = each.ends
        if child is not None:
            ends = child.forks if child.forks is not None else each.begins
            ends = max(ends, child.begins) if pause and child.continues else ends
        if each.begins <= wished and _micro(wished) <= _micro(ends):
            owners.add((each.archive, each.id))
        child = each
    return owners


def _candidates(
    catalogue: Catalogue, wished: float, timeline: int | None
) -> dict[tuple[str, int], set[tuple[str, int]]]:
    """Histories that were live at a moment, the running one first, each with its timelines of that moment."""
    tips = list({(each.archive, each.timeline) for each in catalogue.intervals})
    tips.sort(key=lambda tip: (tip[0] == catalogue.latest.archive, tip[1]), reverse=True)
    if timeline is not None:
        tips = [tip for tip in tips if timeline in {each.id for each in _lineage(catalogue, *tip)}]
        tips.sort(key=lambda tip: tip[1] != timeline)
    for pause in (False, True):
        found = {tip: owners for tip in tips if (owners := _owners(catalogue, tip, wished, pause))}
        if found:
            return found
    return {}
