"""What a member still owes the archive, and what it gave up.

pgBackRest drops WAL that waits when it fills a quarter of the volume, and reports success; PostgreSQL then takes it
for archived. The archive command (components/postgres/backup-config.ts) writes down each file that was dropped and,
while nothing gets through, since when.
"""

import time
from pathlib import Path

from prometheus_client import Gauge

from ..env import DATA_DIRECTORY, DATA_MOUNT
from .saved import Backup
from .wal import segment

# Names of dropped files, one a line, until a backup has begun after them. Named in backup-config.ts too.
DROPPED = DATA_MOUNT / "wal-dropped"
# There since the first file of a row was dropped, until one is archived again. Named in backup-config.ts too.
DROPPING = DATA_MOUNT / "wal-dropping"

WAITING = Gauge(
    "holdfast_archive_oldest_waiting_seconds", "Age of the oldest WAL that waits to be archived, or is being dropped"
)
DROPPED_FILES = Gauge("holdfast_archive_dropped_segments", "WAL files given up since the newest backup began")


def waiting_since(wal: Path, dropping: Path) -> float | None:
    """Unix second since which the archive is behind, or None when nothing waits."""
    times = []
    for path in (*(wal / "archive_status").glob("*.ready"), dropping):
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:
            # Archived between the two calls, or nothing is being dropped.
            continue
    return min(times, default=None)


def dropped(path: Path) -> list[str]:
    """Names of the files that were dropped."""
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def settled(names: list[str], backups: tuple[Backup, ...]) -> bool:
    """Whether a whole backup began after everything that was dropped, so that no restore needs it. Pure."""
    segments = [each for each in map(segment, names) if each]
    starts = [start for backup in backups if not backup.error and (start := segment(backup.start_segment))]
    return bool(starts) and all(each < max(starts) for each in segments)


def measure() -> None:
    """Sets the gauges of this member."""
    since = waiting_since(DATA_DIRECTORY / "pg_wal", DROPPING)
    WAITING.set(0 if since is None else max(0.0, time.time() - since))
    DROPPED_FILES.set(len(dropped(DROPPED)))
