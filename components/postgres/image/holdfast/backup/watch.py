"""What is done for the repository once a minute: tells what it holds, keeps room in it, and has gaps closed."""

from functools import cache

from prometheus_client import Gauge

from . import gaps, info, repository, room
from .heal import Healer

LAST_BACKUP = Gauge("holdfast_backup_last_timestamp_seconds", "When the newest whole backup ended, 0 for none")
LAST_FULL = Gauge("holdfast_backup_last_full_timestamp_seconds", "When the newest whole full backup ended, 0 for none")
BACKUPS = Gauge("holdfast_backup_count", "Whole backups in the repository")
BACKUP_BYTES = Gauge("holdfast_backup_newest_bytes", "Bytes the newest backup takes in the repository")
STANZA_READY = Gauge(
    "holdfast_backup_stanza_ready", "1 when the repository is ready for this database's backups and WAL"
)
GAP_SEGMENTS = Gauge("holdfast_archive_gap_segments", "Segments missing behind the newest whole backup's start")
GAP_SINCE = Gauge(
    "holdfast_archive_gap_since_timestamp_seconds", "When the last segment before them was saved, 0 for none missing"
)
SIZE = Gauge("holdfast_repository_size_bytes", "Size of the repository's volume")
AVAILABLE = Gauge("holdfast_repository_available_bytes", "Bytes of the repository's volume that may still be used")
SHORT = Gauge(
    "holdfast_repository_short_bytes",
    "Bytes the next full backup will lack when every older backup has made room for it",
)


class Watch:
    """`on_volume`: the repository is on a volume of this pod, which can get full."""

    def __init__(self, on_volume: bool) -> None:
        self.on_volume, self.healer = on_volume, Healer()
        # When the newest file came into the archive, Unix seconds.
        self.newest = 0.0
        # A history file never changes.
        self.history = cache(repository.one_history)

    def step(self) -> None:
        """One look. Raises Unreadable."""
        if self.on_volume:
            room.hold_reserve()
            room.make(room.FLOOR_BYTES, for_backup=False)
        stanza = repository.stanza()
        found = info.inventory(stanza)
        LAST_BACKUP.set(max(found.ends, default=0))
        LAST_FULL.set(max(found.full_ends, default=0))
        BACKUPS.set(len(found.ends))
        BACKUP_BYTES.set(found.newest_bytes)
        listed = repository.names()
        self.newest = max((time for time, _ in listed.values()), default=0.0)
        if self.on_volume:
            size, free = room.available()
            SIZE.set(size)
            AVAILABLE.set(free)
            SHORT.set(room.short(stanza.get("backup", []), listed, free))
        gap = self._gap(stanza, listed)
        GAP_SEGMENTS.set(gap.segments)
        GAP_SINCE.set(gap.since)
        self.healer.step(gap)

    def _gap(self, stanza: dict, listed: dict[str, tuple[float, int]]) -> gaps.Missing:
        ids = repository.archives(listed)
        if not ids:
            return gaps.FIRST
        histories = repository.history_names(listed, ids[-1])
        newest = max(histories, default=None)
        known = {newest: self.history(histories[newest])} if newest else {}
        segments, backups = repository.segments(listed, ids[-1]), repository.backups(stanza, ids[-1])
        return gaps.missing(segments, known, backups, first=len(ids) == 1)
