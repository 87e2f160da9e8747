"""What this member's volume holds, for a person who has to choose between members (`npm run rescue`).

    python3 -m holdfast.survey   prints it as JSON

Where PostgreSQL runs it is asked. Where it does not, its files are read: pg_control, and the log itself up to its end.
"""

import json
import os
import re
import subprocess
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterable

import psycopg

from . import local, wal
from .control import PLAIN, SURE, VERSION_FILE, read
from .env import DATA_DIRECTORY
from .wal import SEGMENT_BYTES

# Seconds for reading the log: a checkpoint is at most 1 GiB of it back, and a slow disk reads 50 MB/s.
WAL_SECONDS = 40.0

# Segments to read before the last checkpoint: one that was stopped in order has committed nothing since.
SEGMENTS_BEFORE = 4

_COMMIT = re.compile(r"desc: COMMIT(?:_PREPARED \S+)? (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")
_ENDS = re.compile(r"(?:\bat|\bLSN) ([0-9A-F]+/[0-9A-F]+)")

_LAST_COMMIT = """
SELECT extract(epoch FROM CASE
    WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp()
    WHEN current_setting('track_commit_timestamp')::boolean THEN (SELECT timestamp FROM pg_last_committed_xact()) END)
"""


@dataclass(frozen=True)
class Holding:
    """What a member holds. `timeline` 0 means nothing, and the rest then means nothing either."""

    member: str
    # Whether PostgreSQL accepts connections.
    running: bool = False
    in_recovery: bool = False
    timeline: int = 0
    # The end of its log, in bytes.
    position: int = 0
    # Whether that is all there is.
    final: bool = True
    # Unix seconds of the last commit, None where it is not known.
    last_commit: float | None = None
    system_id: str = ""
    # pg_control's word for it.
    state: str = ""
    # Directories beside with a member's data from before.
    kept: tuple[str, ...] = ()


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
    return datetime.fromisoformat(found[1]).replace(tzinfo=timezone.utc).timestamp() if found else None


def end_of(complaint: str) -> int:
    """Where the log ends, from `pg_waldump`'s last word, which is an error about what comes after; 0 where it names no
    place. Pure.
    """
    found = _ENDS.findall(complaint)
    return wal.byte(found[-1]) if found else 0


def read_log(timeline: int, start: int, seconds: float = WAL_SECONDS) -> Log:
    """Reads the log of the data directory, whether PostgreSQL runs or not."""
    command = (
        "pg_waldump", f"--path={DATA_DIRECTORY / 'pg_wal'}", f"--timeline={timeline}",
        f"--start={wal.text(start)}", "--rmgr=Transaction",
    )
    last = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN) as dump:
        timer = threading.Timer(seconds, dump.kill)
        timer.start()
        for line in dump.stdout:
            last = commit_of(line) or last
        complaint = dump.stderr.read()
        timer.cancel()
    return Log(last, end_of(complaint), whole=dump.returncode >= 0)


def kept_beside(directory: Path) -> tuple[str, ...]:
    """Other data directories on the same volume."""
    others = (entry for entry in directory.parent.iterdir() if entry != directory)
    return tuple(sorted(entry.name for entry in others if (entry / VERSION_FILE).exists()))


def survey(member: str) -> Holding:
    """What the member holds now."""
    kept = kept_beside(DATA_DIRECTORY)
    if not (DATA_DIRECTORY / VERSION_FILE).exists():
        return Holding(member, kept=kept)
    control = read(DATA_DIRECTORY)
    here, commit = _running()
    log = Log() if here.running and commit is not None else _log(control)
    position = here.position if here.running else max(log.end, *(wal.byte(control.get(name, "0/0")) for name in SURE))
    state = control.get("Database cluster state", "")
    at = local.reached(position)
    return Holding(
        member=member,
        running=here.running,
        in_recovery=here.in_recovery if here.running else "recovery" in state,
        timeline=at.timeline,
        position=at.location,
        final=here.final if here.running else log.whole,
        last_commit=commit or log.last_commit,
        system_id=control.get("Database system identifier", ""),
        state=state,
        kept=kept,
    )


def _log(control: dict[str, str]) -> Log:
    files = os.listdir(DATA_DIRECTORY / "pg_wal")
    timeline = wal.written(files)
    return read_log(timeline, start_of_log(control, timeline, files))


def _running() -> tuple[local.Local, float | None]:
    """PostgreSQL's own word, and the time of its last commit where it knows one."""
    try:
        with local.connect() as conn:
            here = local.state_of(conn)
            (commit,) = conn.execute(_LAST_COMMIT).fetchone()
            return here, None if commit is None else float(commit)
    except psycopg.OperationalError:
        return local.Local(running=False), None


if __name__ == "__main__":
    print(json.dumps(asdict(survey(os.environ["POD_NAME"]))))
