"""Turns the files of an archive into what can be restored from it. Pure: it asks for a segment's commits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from ..wal import SEGMENT_BYTES, byte, text
from . import lineage
from .saved import GAP, LATEST, LEFT, Backup, Catalogue, Gap, Interval, Latest, Timeline
from .wal import Segment, segment

# Segments that are read in search of a commit: a gigabyte written by one transaction. Past it the file's own time
# must do.
LOOK = 64


@dataclass(frozen=True)
class Mark:
    """A record with a time. Recovery can stop before a commit (or an abort), not before the record that begins a
    timeline."""

    place: int
    time: float
    commit: bool = True


@dataclass(frozen=True)
class Archive:
    """One database's files in the repository, with the times at which they were saved."""

    id: str
    segments: Mapping[Segment, float]
    histories: lineage.Histories
    history_times: Mapping[int, float]
    backups: tuple[Backup, ...]


# Marks of a segment in their order, or None when it can't be read.
Marks = Callable[[Segment], list[Mark] | None]


def survey(archive: Archive, marks: Marks, live: bool = True) -> Catalogue:
    """What can be restored from one archive. `live`: whether it is the running database's, not one before it."""
    return _Survey(archive, marks, live).catalogue()


class _Survey:
    def __init__(self, archive: Archive, marks: Marks, live: bool) -> None:
        self.archive, self.marks, self.live = archive, marks, live
        self.whole = [backup for backup in archive.backups if not backup.error]
        known = {each.timeline for each in archive.segments} | {backup.timeline for backup in archive.backups}
        for timeline, ancestors in archive.histories.items():
            known |= {timeline, *(ancestor for ancestor, _ in ancestors)}
        histories = lineage.completed(archive.histories)
        self.lineages = {timeline: lineage.lineage(timeline, histories) for timeline in sorted(known)}

    def catalogue(self) -> Catalogue:
        if not self.lineages:
            return Catalogue()
        timelines = {line.timeline: self._timeline(line) for line in self.lineages.values()}
        gone_on = {each.parent for each in timelines.values() if each.continues}
        tips = [line for line in self.lineages.values() if line.timeline not in gone_on]
        gaps = {(gap.first_missing, gap.last_missing): gap for line in tips for gap in self._gaps(line)}
        return Catalogue(
            self.archive.backups,
            tuple(timelines.values()),
            tuple(each for line in tips for each in self._intervals(line)),
            tuple(gaps.values()),
            self._latest(),
        )

    def _timeline(self, line: lineage.Lineage) -> Timeline:
        own = line.parts[-1]
        files = sorted(each for each in self.archive.segments if each.timeline == own.timeline)
        begins, ends = self._begins(own, files), self._last(reversed(files), own.begins)
        parent = line.parts[-2].timeline if len(line.parts) > 1 else None
        return Timeline(
            own.timeline,
            parent,
            text(own.begins) if parent else None,
            begins,
            max(begins, ends or begins),
            self._forks(line) if parent else None,
            bool(parent) and not self._goes_on(parent, own.begins),
            self.archive.id,
        )

    def _begins(self, own: lineage.Part, files: list[Segment]) -> float:
        """When a timeline became the live one; one that a backup began on was live by then."""
        found = next(
            (mark.time for each in files[:LOOK] for mark in self.marks(each) or () if mark.place >= own.begins), None
        )
        if found is None:
            found = self.archive.history_times.get(own.timeline) or (self.archive.segments[files[0]] if files else None)
        backups = [backup.start for backup in self.archive.backups if backup.timeline == own.timeline]
        return min([*backups, *([found] if found is not None else [])], default=0.0)

    def _forks(self, line: lineage.Lineage) -> float | None:
        """The last commit that a timeline took over."""
        switch, parent = line.parts[-1].begins, self.lineages[line.parts[-2].timeline]
        number = switch // SEGMENT_BYTES
        # The file of the switch is the new timeline's, which may not have archived it yet, or the old one's.
        at_switch = [each for each in (line.file(number), parent.file(number)) if each in self.archive.segments][:1]
        return self._last(chain(at_switch, self._back(line, number - 1)), 0, before=switch)

    def _goes_on(self, parent: int, switch: int) -> bool:
        """Whether a timeline holds commits behind the position at which a younger one left it."""
        files = [
            each for each in self.archive.segments if each.timeline == parent and each.number >= switch // SEGMENT_BYTES
        ]
        return self._last(sorted(files, reverse=True), switch) is not None

    def _intervals(self, line: lineage.Lineage) -> Iterator[Interval]:
        segments = self.archive.segments
        newest = line.newest(segments)
        for backup in self.whole:
            part, stop = line.part(backup.timeline), byte(backup.stop_lsn)
            start_segment, stop_segment = segment(backup.start_segment), segment(backup.stop_segment)
            if part is None or (part.ends is not None and stop > part.ends) or not start_segment or not stop_segment:
                continue
            last = line.reach(segments, start_segment.number)
            if last is None or last < stop_segment.number:
                continue
            to = self._last(self._back(line, last), stop)
            cut = newest is not None and newest > last
            ends = GAP if cut else LATEST if self.live and line.timeline == max(self.lineages) else LEFT
            yield Interval(
                line.timeline,
                backup.label,
                backup.stop,
                max(backup.stop, to or backup.stop),
                ends,
                line.file(last).name,
                line.file(last + 1).name if cut else None,
                self.archive.id,
            )

    def _gaps(self, line: lineage.Lineage) -> Iterator[Gap]:
        """Holes behind the oldest backup of a history; those before it are what expiry took."""
        starts = [segment(backup.start_segment) for backup in self.whole if line.part(backup.timeline)]
        numbers = [each.number for each in starts if each]
        for hole in line.holes(self.archive.segments, min(numbers)) if numbers else ():
            after = line.file(hole.last.number + 1)
            before = self._last(self._back(line, hole.first.number - 1), 0) or self.archive.segments[after]
            marks = self.marks(after)
            to = next((mark.time for mark in marks or () if mark.commit), self.archive.segments[after])
            yield Gap(
                hole.first.timeline,
                hole.first.name,
                hole.last.name,
                hole.segments,
                before,
                max(before, to),
                self.archive.id,
            )

    def _latest(self) -> Latest | None:
        line = self.lineages[max(self.lineages)]
        newest = line.newest(self.archive.segments)
        if newest is None:
            return None
        file = line.file(newest)
        return Latest(
            line.timeline,
            file.name,
            self._last(self._back(line, newest), 0) or self.archive.segments[file],
            self.archive.id,
        )

    def _back(self, line: lineage.Lineage, last: int) -> Iterator[Segment]:
        """A history's segments backwards, down to the first that is missing."""
        while line.file(last) in self.archive.segments:
            yield line.file(last)
            last -= 1

    def _last(self, backwards: Iterable[Segment], after: int, before: int | None = None) -> float | None:
        """The last commit at or behind a position (and before another), or None. A file that can't be read counts."""
        for looked, each in enumerate(backwards):
            if each.number < after // SEGMENT_BYTES:
                return None
            marks = self.marks(each)
            if marks is None or looked == LOOK:
                return self.archive.segments[each]
            times = [
                mark.time
                for mark in marks
                if mark.commit and mark.place >= after and (before is None or mark.place < before)
            ]
            if times:
                return max(times)
        return None
