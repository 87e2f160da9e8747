"""What a data directory says of itself: pg_control, and the WAL that lies in it. Works while PostgreSQL is down."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .wal import Position, byte, text

# Seconds for reading a directory's WAL to its end: a quarter of a 10 GiB volume is kept as WAL at most, and a slow disk reads 50 MB/s.
WAL_SECONDS = 60.0

# Where PostgreSQL writes whose data it is. Without it there is no data.
VERSION_FILE = "PG_VERSION"

# What pg_control says is there for certain, however little of the log can be read.
SURE = ("Latest checkpoint location", "Minimum recovery ending location")

# PostgreSQL's tools write times and messages by these.
PLAIN = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}

_WAL_RANGE = re.compile(r"WAL statistics between \S+ and ([0-9A-F]+/[0-9A-F]+)")


@dataclass(frozen=True)
class Held:
    """What a data directory holds: which database it is a copy of (`""` where that can't be read), and how far it goes."""

    system: str
    position: Position


def fields(control: str) -> dict[str, str]:
    """Reads `pg_controldata`'s output. Pure."""
    pairs = (line.split(":", 1) for line in control.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def read(directory: Path, seconds: float = 10.0) -> dict[str, str]:
    """What pg_control of a data directory says; empty where it can't be read."""
    command = ("pg_controldata", str(directory))
    return fields(subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, env=PLAIN).stdout)


def holds(control: dict[str, str]) -> Held:
    """How far a directory goes by its pg_control alone. Pure."""
    timelines = [int(control.get(name, "0")) for name in ("Latest checkpoint's TimeLineID", "Min recovery ending loc's timeline")]
    return Held(control.get("Database system identifier", ""), Position(max(timelines), max(byte(control.get(name, "0/0")) for name in SURE)))


def wal_end(dump: str) -> int:
    """Where `pg_waldump --stats` came to an end, in bytes; 0 where it read nothing."""
    found = _WAL_RANGE.search(dump)
    return byte(found.group(1)) if found else 0


def told(directory: Path) -> Held | None:
    """What pg_control says a directory holds: not less than its last checkpoint. None where there is no data."""
    if not (directory / VERSION_FILE).exists():
        return None
    return holds(read(directory))


def held(directory: Path) -> Held | None:
    """What a directory holds, its WAL included; None where there is no data.

    @raises subprocess.TimeoutExpired where it takes too long to find out
    """
    known = told(directory)
    if known is None:
        return None
    start = known.position
    dump = subprocess.run(
        ("pg_waldump", "--stats", f"--path={directory / 'pg_wal'}", f"--timeline={start.timeline}", f"--start={text(start.location)}"),
        capture_output=True, text=True, timeout=WAL_SECONDS, check=False,
    )
    return Held(known.system, Position(start.timeline, max(start.location, wal_end(dump.stdout))))
