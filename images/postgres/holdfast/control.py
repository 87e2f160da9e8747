"""What a data directory says of itself: pg_control, and the WAL that lies in it. Works while PostgreSQL is down."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .wal import Position, byte

# Seconds for reading a directory's WAL to its end: a quarter of a 10 GiB volume is kept as WAL at most, and a slow disk reads 50 MB/s.
WAL_SECONDS = 60.0

# Where PostgreSQL writes whose data it is. Without it there is no data.
VERSION_FILE = "PG_VERSION"

_WAL_RANGE = re.compile(r"WAL statistics between \S+ and ([0-9A-F]+/[0-9A-F]+)")


@dataclass(frozen=True)
class Held:
    """What a data directory holds: which database it is a copy of (`""` where that can't be read), and how far it goes."""

    system: str
    position: Position


def written(location: int) -> str:
    """A place in the log as PostgreSQL writes it."""
    return f"{location >> 32:X}/{location & 0xFFFFFFFF:X}"


def parse(control: str) -> Held:
    """Reads `pg_controldata`'s output."""
    fields = dict(line.split(":", 1) for line in control.splitlines() if ":" in line)
    value = {key.strip(): text.strip() for key, text in fields.items()}
    timelines = [int(value.get(name, "0")) for name in ("Latest checkpoint's TimeLineID", "Min recovery ending loc's timeline")]
    ends = [byte(value.get(name, "0/0")) for name in ("Latest checkpoint location", "Minimum recovery ending location")]
    return Held(value.get("Database system identifier", ""), Position(max(timelines), max(ends)))


def wal_end(dump: str) -> int:
    """Where `pg_waldump --stats` came to an end, in bytes; 0 where it read nothing."""
    found = _WAL_RANGE.search(dump)
    return byte(found.group(1)) if found else 0


def told(directory: Path) -> Held | None:
    """What pg_control says a directory holds: not less than its last checkpoint. None where there is no data."""
    if not (directory / VERSION_FILE).exists():
        return None
    return parse(subprocess.run(("pg_controldata", str(directory)), capture_output=True, text=True, timeout=10, check=False).stdout)


def held(directory: Path) -> Held | None:
    """What a directory holds, its WAL included; None where there is no data.

    @raises subprocess.TimeoutExpired where it takes too long to find out
    """
    known = told(directory)
    if known is None:
        return None
    start = known.position
    dump = subprocess.run(
        ("pg_waldump", "--stats", f"--path={directory / 'pg_wal'}", f"--timeline={start.timeline}", f"--start={written(start.location)}"),
        capture_output=True, text=True, timeout=WAL_SECONDS, check=False,
    )
    return Held(known.system, Position(start.timeline, max(start.location, wal_end(dump.stdout))))
