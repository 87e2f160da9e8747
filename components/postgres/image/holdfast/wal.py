"""Places in the write-ahead log, and what PostgreSQL's own files say of them. Pure."""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

SEGMENT = re.compile(r"([0-9A-F]{8})[0-9A-F]{16}")
HISTORY = re.compile(r"([0-9A-F]{8})\.history")
_ANCESTOR = re.compile(r"\s*(\d+)\s+([0-9A-Fa-f]+/[0-9A-Fa-f]+)")

# Bytes of a segment: PostgreSQL's default, and initdb is never told another.
SEGMENT_BYTES = 16 << 20

# pg_control, PostgreSQL 13 to 17: the state at byte 16, the latest checkpoint's location at 32, its copy from 40 on,
# which has the timeline at 48.
_CONTROL = struct.Struct("=16xi12xQ8xI")
# DB_SHUTDOWNED: the last thing a primary that stops in order writes.
_SHUT_DOWN = 1


@dataclass(frozen=True, order=True)
class Position:
    """How far a member's data goes: the timeline first, then the byte on it. Nothing at all is (0, 0).

    The order is right for members of one cluster: whoever was let through by the fence had every acknowledged write, so
    a member that has log of its timeline beyond the fork has them too, however much of its own an older timeline's end
    may hold. It needs that no two promotions open the same timeline; the fence sees to that (`local.use_up`).
    """

    timeline: int
    location: int


NOTHING = Position(0, 0)


def byte(location: str) -> int:
    """PostgreSQL's `X/Y` as a number."""
    high, _, low = location.partition("/")
    return int(high, 16) << 32 | int(low, 16)


def text(location: int) -> str:
    """The opposite of `byte`."""
    return f"{location >> 32:X}/{location & 0xFFFFFFFF:X}"


def history(content: str) -> tuple[tuple[int, int], ...]:
    """Reads a timeline's history file: its ancestors, oldest first, and the byte at which each was left."""
    return tuple((int(parent[1]), byte(parent[2])) for parent in map(_ANCESTOR.match, content.splitlines()) if parent)


def settled(timeline: int, location: int, content: str) -> Position:
    """Where a location lies that was reached on the way to this timeline, given the text of its history file.

    A member that has begun to receive a new timeline has the old one's log up to its own location and no further: it is
    on the new timeline only beyond the place where that forks off.
    """
    for parent, left in history(content):
        if location <= left:
            return Position(parent, location)
    return Position(timeline, location)


def written(files: Iterable[str]) -> int:
    """The newest timeline that has a segment among these names of pg_wal; 1 where there is none."""
    return max((int(name[1], 16) for name in map(SEGMENT.fullmatch, files) if name), default=1)


def known(files: Iterable[str]) -> int:
    """The newest timeline that PostgreSQL knows of here: the next promotion opens the one after it."""
    files = list(files)
    return max([written(files), *(int(name[1], 16) for name in map(HISTORY.fullmatch, files) if name)])


def unused(files: Iterable[str], opens: int) -> list[int]:
    """Timelines before the one that a promotion is to open of which PostgreSQL knows nothing here: it would take one of
    these.
    """
    files = set(files)
    return [timeline for timeline in range(written(files) + 1, opens) if f"{timeline:08X}.history" not in files]


def ended(control: bytes) -> Position | None:
    """Where a primary that was stopped in order wrote its last record, from pg_control; None for any other state."""
    if len(control) < _CONTROL.size:
        return None
    state, location, timeline = _CONTROL.unpack_from(control)
    return Position(timeline, location) if state == _SHUT_DOWN else None
