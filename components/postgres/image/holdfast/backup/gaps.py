"""Whether the running history can be restored to its end, by the names of its files alone, and whether it takes a
backup to make that so. Pure."""

from dataclasses import dataclass

from ..wal import byte
from .lineage import Histories, lineage
from .saved import Backup
from .wal import Segment, segment


@dataclass(frozen=True)
class Missing:
    """Segments missing behind the newest whole backup, and the Unix second from which on nothing can be restored."""

    segments: int
    since: float
    # Whether there is no backup yet: no WAL is missing then, and none of it can be restored.
    first: bool = False

    @property
    def backup_needed(self) -> bool:
        """Whether a full backup is to be taken, and not left to the night."""
        return self.first or self.segments > 0


NOTHING = Missing(0, 0.0)
FIRST = Missing(0, 0.0, first=True)


def missing(
    segments: dict[Segment, float], histories: Histories, backups: tuple[Backup, ...], first: bool = True
) -> Missing:
    """What a restore to the end would not get past; a new backup makes it good.

    A history that no backup leads into (its history file was lost) counts as one missing segment. So does that of a
    database which took another's place (it was restored from an older one's backups) and has none of its own; the
    `first` one in this repository lacks no segment, and is to have its first backup all the same.
    """
    whole = [backup for backup in backups if not backup.error]
    known = {each.timeline for each in segments} | set(histories)
    if not whole:
        return FIRST if first else Missing(1, min(segments.values(), default=0.0))
    if not known:
        return NOTHING
    line = lineage(max(known), histories)
    parts = {part.timeline: part for part in line.parts}
    leading = [
        backup
        for backup in whole
        if backup.timeline in parts and ((ends := parts[backup.timeline].ends) is None or byte(backup.stop_lsn) <= ends)
    ]
    own = [time for each, time in segments.items() if each.timeline == line.timeline]
    if not leading:
        return Missing(1, min(own)) if own else NOTHING
    newest = max(leading, key=lambda backup: backup.stop)
    start = segment(newest.start_segment)
    holes = line.holes(segments, start.number) if start else []
    if not holes:
        return NOTHING
    before = line.file(holes[0].first.number - 1)
    return Missing(sum(hole.segments for hole in holes), segments.get(before, newest.stop))
