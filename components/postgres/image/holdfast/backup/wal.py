"""Names of WAL segments as an archive keeps them, and of the files that say which timeline left which."""

import re
from dataclasses import dataclass

from ..wal import SEGMENT_BYTES

# Segments in one "log file" of 4 GiB, whose number is the middle third of a segment's name.
_PER_LOG = (1 << 32) // SEGMENT_BYTES

_SEGMENT = re.compile(r"^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?:-[0-9a-f]{40})?(?:\.(?:gz|bz2|lz4|zst))?$")
_HISTORY = re.compile(r"^([0-9A-F]{8})\.history$")


@dataclass(frozen=True, order=True)
class Segment:
    """One file of WAL. `number` counts segments from the beginning of all WAL, without steps."""

    timeline: int
    number: int

    @property
    def name(self) -> str:
        """As PostgreSQL writes it: `000000010000000000000002`."""
        log, low = divmod(self.number, _PER_LOG)
        return f"{self.timeline:08X}{log:08X}{low:08X}"


def segment(name: str) -> Segment | None:
    """Reads a segment's name, with or without what pgBackRest adds to it; None for anything else, a `.partial`
    included.

    PostgreSQL never asks an archive for a partial segment, so it counts as missing.
    """
    match = _SEGMENT.match(name)
    if match is None:
        return None
    timeline, log, low = (int(part, 16) for part in match.groups())
    return Segment(timeline, log * _PER_LOG + low) if low < _PER_LOG else None


def history_timeline(name: str) -> int | None:
    """The timeline whose history file this is, or None."""
    match = _HISTORY.match(name)
    return int(match.group(1), 16) if match else None
