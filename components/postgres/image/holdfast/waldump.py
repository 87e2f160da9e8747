"""The log that lies in a data directory, read with `pg_waldump`: where it ends, and its last commit. Works whether
PostgreSQL runs or not.
"""

import os
import re
import subprocess
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import wal
from .wal import SEGMENT_BYTES

# PostgreSQL's tools write times and messages by these.
PLAIN = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}

# Segments to read before the last checkpoint: one that was stopped in order has committed nothing since.
SEGMENTS_BEFORE = 4

_COMMIT = re.compile(r"desc: COMMIT(?:_PREPARED \S+)? (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")
_ENDS = re.compile(r"(?:\bat|\bLSN) ([0-9A-F]+/[0-9A-F]+)")


@dataclass(frozen=True)
class Log:
    """What reading the log came to: the last commit (Unix seconds), the end (bytes, 0 where it read nothing), and
    whether it got there.
    """

    last_commit: float | None = None
    end: int = 0
    whole: bool = False


def start_of_log(control: dict[str, str], timeline: int, files: Iterable[str]) -> int:
    """Where to begin to read the newest timeline's log, in bytes: some segments before the last checkpoint, where there
    still are any, or at the timeline's first one where the checkpoint is on an older one. Segments after the end hold
    older log under a new name, so the end is only found from the front. Pure.
    """
    numbers = {_number(name) for name in files if wal.SEGMENT.fullmatch(name) and int(name[:8], 16) == timeline}
    if control.get("Latest checkpoint's TimeLineID") != str(timeline):
        return min(numbers, default=0) * SEGMENT_BYTES
    last = first = wal.byte(control.get("Latest checkpoint's REDO location", "0/0")) // SEGMENT_BYTES
    while first - 1 in numbers and last - first < SEGMENTS_BEFORE:
        first -= 1
    return first * SEGMENT_BYTES


def _number(segment: str) -> int:
    """Which segment it is, counted from the beginning of all log."""
    return wal.byte(f"{segment[8:16]}/0") // SEGMENT_BYTES + int(segment[16:], 16)


def commit_of(line: str) -> float | None:
    """The time of a commit, from a line of `pg_waldump` under TZ=UTC; None for any other line. Pure."""
    found = _COMMIT.search(line)
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp() if found else None


def end_of(complaint: str) -> int:
    """Where the log ends, from `pg_waldump`'s last word, which is an error about what comes after; 0 where it names no
    place. Pure.
    """
    found = _ENDS.findall(complaint)
    return wal.byte(found[-1]) if found else 0


def read_log(directory: Path, control: dict[str, str], seconds: float) -> Log:
    """Reads the newest timeline's log of a data directory, for so many seconds. `control`: what its pg_control says.

    @raises OSError where pg_wal can't be read
    """
    files = os.listdir(directory / "pg_wal")
    timeline = wal.written(files)
    start = wal.text(start_of_log(control, timeline, files))
    place = (f"--path={directory / 'pg_wal'}", f"--timeline={timeline}", f"--start={start}")
    command = ("pg_waldump", *place, "--rmgr=Transaction")
    last = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN) as dump:
        timer = threading.Timer(seconds, dump.kill)
        timer.start()
        for line in dump.stdout:
            last = commit_of(line) or last
        complaint = dump.stderr.read()
        timer.cancel()
    return Log(last, end_of(complaint), whole=dump.returncode >= 0)
