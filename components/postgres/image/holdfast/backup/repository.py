"""Reads the repository: its backups, the names of its WAL, and the commits in a segment."""

import ctypes
import json
import os
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ..wal import SEGMENT_BYTES, byte, history
from . import command
from .config import STANZA
from .saved import Backup
from .survey import Archive, Mark
from .wal import Segment, history_timeline, segment

# Seconds for a listing: a week of segments in an object store is some ten requests.
LIST_SECONDS = 120.0
# Seconds for one file of 16 MB, or for reading it.
FILE_SECONDS = 60.0

_LINE = re.compile(
    r"lsn: ([0-9A-F]+/[0-9A-F]+),.*desc: "
    r"(?:(?:COMMIT|ABORT)(?:_PREPARED)?\b.*?(?P<xact>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC"
    r"|END_OF_RECOVERY .*time (?P<begin>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC)"
)


class Unreadable(Exception):
    """The repository did not answer; the message says why in one line."""


def asked(*arguments: str, timeout: float = LIST_SECONDS) -> str:
    """What pgBackRest prints. Raises Unreadable."""
    result = command.run("--log-level-console=off", "--log-level-stderr=error", *arguments, timeout=timeout)
    if result.returncode != 0:
        raise Unreadable(command.last_line(result))
    return result.stdout


def backups(stanza: dict, archive: str) -> tuple[Backup, ...]:
    """The backups of one archive in `info`'s JSON, oldest first."""
    number = int(archive.rsplit("-", 1)[1])
    found = []
    for each in stanza.get("backup", []):
        start = segment(each["archive"]["start"] or "")
        if each["database"]["id"] == number and start:
            found.append(
                Backup(
                    each["label"],
                    float(each["timestamp"]["start"]),
                    float(each["timestamp"]["stop"]),
                    start.timeline,
                    each["lsn"]["start"],
                    each["lsn"]["stop"],
                    each["archive"]["start"],
                    each["archive"]["stop"],
                    bool(each.get("error")),
                    archive,
                )
            )
    return tuple(sorted(found, key=lambda backup: backup.stop))


def all_backups(info: dict) -> tuple[Backup, ...]:
    """The backups of every database in `info`'s JSON."""
    ids = [archive["id"] for archive in info.get("archive", [])]
    return tuple(backup for each in ids for backup in backups(info, each))


def stanza() -> dict:
    """`info` of our stanza; empty before there is one. Raises Unreadable."""
    return next(iter(json.loads(asked("info", "--output=json") or "[]")), {})


def names() -> dict[str, tuple[float, int]]:
    """Files below `archive/main/`, with the time of their last change and their bytes. Raises Unreadable."""
    listed = json.loads(asked("repo-ls", "--output=json", "--recurse", f"archive/{STANZA}") or "{}")
    return {name: (float(each["time"]), each["size"]) for name, each in listed.items() if each["type"] == "file"}


def archives(listed: dict[str, tuple[float, int]]) -> list[str]:
    """Ids of the databases that archived here (`17-1`), oldest first."""
    found = {name.split("/")[0] for name in listed if re.match(r"^[\d.]+-\d+/", name)}
    return sorted(found, key=lambda each: int(each.rsplit("-", 1)[1]))


def segments(listed: dict[str, tuple[float, int]], archive: str) -> dict[Segment, float]:
    """Whole segments of one archive, and when each was saved."""
    found = (
        (segment(name.rsplit("/", 1)[1]), time) for name, (time, _) in listed.items() if name.startswith(f"{archive}/")
    )
    return {each: time for each, time in found if each}


def history_names(listed: dict[str, tuple[float, int]], archive: str) -> dict[int, str]:
    """History files of one archive by their timeline."""
    found = ((history_timeline(name.rsplit("/", 1)[1]), name) for name in listed if name.startswith(f"{archive}/"))
    return {timeline: name for timeline, name in found if timeline is not None}


def one_history(name: str) -> tuple[tuple[int, int], ...]:
    """What a history file of the archive says. Raises Unreadable."""
    return history(asked("repo-get", f"archive/{STANZA}/{name}", timeout=FILE_SECONDS))


def read(info: dict, listed: dict[str, tuple[float, int]], archive: str) -> Archive:
    """Everything of one archive but the segments' contents. Raises Unreadable."""
    names_of = history_names(listed, archive)
    return Archive(
        archive,
        segments(listed, archive),
        {timeline: one_history(name) for timeline, name in names_of.items()},
        {timeline: listed[name][0] for timeline, name in names_of.items()},
        backups(info, archive),
    )


def reader(listed: dict[str, tuple[float, int]], archive: str):
    """The function that reads a segment's marks; each is fetched once."""
    paths = {segment(name.rsplit("/", 1)[1]): name for name in listed if name.startswith(f"{archive}/")}
    return cache(lambda each: marks(each, f"archive/{STANZA}/{paths[each]}"))


def marks(each: Segment, path: str) -> list[Mark] | None:
    """The records with a time in a segment of the repository, or None when it can't be read here."""
    fetched = subprocess.run(
        command.arguments("--log-level-console=off", "repo-get", path),
        capture_output=True,
        timeout=FILE_SECONDS,
        check=False,
    )
    content = plain(fetched.stdout, path) if fetched.returncode == 0 else None
    if content is None:
        return None
    with tempfile.TemporaryDirectory(prefix="wal-") as folder:
        file = Path(folder) / each.name
        file.write_bytes(content)
        # It ends in an error where the last record goes on in the next segment; what it printed until then is right.
        dumped = subprocess.run(
            ("pg_waldump", "--rmgr=Transaction", "--rmgr=XLOG", str(file)),
            capture_output=True,
            text=True,
            timeout=FILE_SECONDS,
            env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
            check=False,
        )
    return parse(dumped.stdout) if dumped.returncode == 0 or dumped.stdout else None


def parse(dump: str) -> list[Mark]:
    """Reads `pg_waldump`'s lines, with times in UTC."""
    found = []
    for match in filter(None, map(_LINE.search, dump.splitlines())):
        text = match["xact"] or match["begin"]
        time = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
        found.append(Mark(byte(match[1]), time, commit=match["xact"] is not None))
    return found


def plain(content: bytes, path: str) -> bytes | None:
    """A segment's content out of a file that `repo-get` leaves compressed, or None for an unknown form.

    pgBackRest's own library does it: Python has no module for zstd before 3.14.
    """
    if not path.endswith((".zst", ".gz", ".bz2", ".lz4")):
        return content
    if not path.endswith(".zst"):
        return None
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    library.ZSTD_decompress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    room = ctypes.create_string_buffer(SEGMENT_BYTES)
    return room.raw if library.ZSTD_decompress(room, SEGMENT_BYTES, content, len(content)) == SEGMENT_BYTES else None
