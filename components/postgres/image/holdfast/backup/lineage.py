"""Which file of WAL comes after which along a timeline's history, and which of them are missing. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..wal import SEGMENT_BYTES
from .wal import Segment

# Ancestors of a timeline, oldest first, each with the position at which it was left; by timeline.
Histories = Mapping[int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Part:
    """A timeline's share of a history: from a position, and to another (None: as far as it goes)."""

    timeline: int
    begins: int
    ends: int | None


@dataclass(frozen=True)
class Hole:
    """Segments in a row that are missing although later ones are there."""

    first: Segment
    last: Segment

    @property
    def segments(self) -> int:
        """How many are missing."""
        return self.last.number - self.first.number + 1


@dataclass(frozen=True)
class Lineage:
    """A timeline with its ancestors, oldest first."""

    parts: tuple[Part, ...]

    @property
    def timeline(self) -> int:
        """The youngest, whose history this is."""
        return self.parts[-1].timeline

    def part(self, timeline: int) -> Part | None:
        """What a timeline contributed, or None when it isn't an ancestor."""
        return next((part for part in self.parts if part.timeline == timeline), None)

    def file(self, number: int) -> Segment:
        """The segment that recovery reads at this number: the file of the youngest timeline that has begun by then.

        The first file of a timeline holds a copy of what its parent wrote into the same segment before.
        """
        begun = [part for part in self.parts if part.begins // SEGMENT_BYTES <= number]
        return Segment((begun or self.parts[:1])[-1].timeline, number)

    def newest(self, segments: Collection[Segment]) -> int | None:
        """Number of the last segment of this history that is there."""
        return max((each.number for each in segments if self.file(each.number) == each), default=None)

    def reach(self, segments: Collection[Segment], start: int) -> int | None:
        """Number of the last segment that recovery gets to from `start` on, or None when it can't even begin."""
        number = start
        while self.file(number) in segments:
            number += 1
        return number - 1 if number > start else None

    def holes(self, segments: Collection[Segment], start: int) -> list[Hole]:
        """What is missing from `start` on."""
        newest, holes, first = self.newest(segments), [], None
        for number in range(start, (newest if newest is not None else start - 1) + 1):
            missing = self.file(number) not in segments
            if missing and first is None:
                first = number
            elif not missing and first is not None:
                holes.append(Hole(self.file(first), self.file(number - 1)))
                first = None
        return holes


def completed(histories: Histories) -> Histories:
    """With the histories of ancestors whose own file never came, out of those of their descendants: a primary that died
    in its first seconds has archived nothing, and its successor's file tells of both."""
    found = {
        ancestor: rows[:place] for rows in histories.values() for place, (ancestor, _) in enumerate(rows) if place > 0
    }
    return {**found, **histories}


def lineage(timeline: int, histories: Histories) -> Lineage:
    """A timeline's history. One whose history file is lost begins where its first segment does."""
    parts, begins = [], 0
    for ancestor, left in histories.get(timeline, ()):
        parts.append(Part(ancestor, begins, left))
        begins = left
    return Lineage((*parts, Part(timeline, begins, None)))
