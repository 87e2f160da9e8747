"""What a data directory says of itself: pg_control, and the WAL that lies in it. Works while PostgreSQL is down."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import wal
from .wal import Position, byte
from .waldump import PLAIN, read_log

# Seconds for reading a directory's WAL to its end: a quarter of a 10 GiB volume is kept as WAL at most, and a slow disk
# reads 50 MB/s.
WAL_SECONDS = 60.0

# Seconds for reading pg_control, a file of 8 KiB, from a slow disk.
CONTROL_SECONDS = 10.0

# Where PostgreSQL writes whose data it is. Without it there is no data.
VERSION_FILE = "PG_VERSION"

# What pg_control says is there for certain, however little of the log can be read.
SURE = ("Latest checkpoint location", "Minimum recovery ending location")


@dataclass(frozen=True)
class Held:
    """What a data directory holds: which database it is a copy of (`""` where that can't be read), and how far it
    goes."""

    system: str
    position: Position


def fields(control: str) -> dict[str, str]:
    """Reads `pg_controldata`'s output. Pure."""
    pairs = (line.split(":", 1) for line in control.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def read(directory: Path, seconds: float = CONTROL_SECONDS) -> dict[str, str]:
    """What pg_control of a data directory says; empty where it can't be read."""
    command = ("pg_controldata", str(directory))
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, env=PLAIN)
    return fields(done.stdout)


def certain(control: dict[str, str]) -> int:
    """How far a directory goes for certain, in bytes, by its pg_control. Pure."""
    return max(byte(control.get(name, "0/0")) for name in SURE)


def holds(control: dict[str, str]) -> Held:
    """How far a directory goes by its pg_control alone. Pure."""
    names = ("Latest checkpoint's TimeLineID", "Min recovery ending loc's timeline")
    timeline = max(int(control.get(name, "0")) for name in names)
    return Held(control.get("Database system identifier", ""), Position(timeline, certain(control)))


def reached(directory: Path, location: int) -> Position:
    """The place of a location that a directory's log goes to: with its timeline. OSError where pg_wal can't be read."""
    timeline = wal.written(os.listdir(directory / "pg_wal"))
    history = directory / "pg_wal" / f"{timeline:08X}.history"
    return wal.settled(timeline, location, history.read_text(encoding="ascii") if history.exists() else "")


def told(directory: Path) -> Held | None:
    """What pg_control says a directory holds: not less than its last checkpoint. None where there is no data."""
    if not (directory / VERSION_FILE).exists():
        return None
    return holds(read(directory))


def held(directory: Path, seconds: float = WAL_SECONDS) -> Held | None:
    """What a directory holds, its WAL included; None where there is no data.

    @raises subprocess.TimeoutExpired where it takes too long to find out
    """
    if not (directory / VERSION_FILE).exists():
        return None
    control = read(directory)
    known = holds(control)
    if not (directory / "pg_wal").exists():
        return known
    log = read_log(directory, control, seconds)
    if not log.whole:
        raise subprocess.TimeoutExpired("pg_waldump", seconds)
    return Held(known.system, max(known.position, reached(directory, max(log.end, certain(control)))))
