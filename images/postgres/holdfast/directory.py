"""Whether a data directory may go, and the only place where one goes.

The rule: no program deletes or overwrites a data directory unless another complete copy, at least as new, was seen from
here in the last seconds. Even then it is kept beside the new one until the new one streams. `refusal` decides;
everything that copies a member anew, rewinds it, or clears away what was kept asks it first.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .control import VERSION_FILE, Held
from .disk import space
from .env import DATA_DIRECTORY
from .wal import Position, text

# Seconds for which a copy that was seen counts as there. Long enough to act on it, too short for much to happen
# meanwhile.
EVIDENCE_SECONDS = 5.0

# A copy may be larger than what lies here by this factor before it is tried: the leader has gone on.
ROOM_FACTOR = 1.1


@dataclass(frozen=True)
class Copy:
    """Another member's database as it was seen from here, over the very port that a copy is made through."""

    member: str
    system: str
    position: Position
    # Monotonic seconds of the look.
    seen: float


def refusal(mine: Held | None, copy: Copy | None, now: float) -> str | None:
    """Why this data must stay, as a clause; None when it may go. Pure.

    `mine`: what it holds, None where there is nothing; `copy`: the best copy seen, None where none answered; `now`:
    monotonic seconds.
    """
    if mine is None:
        return None
    if copy is None:
        return "no other copy of it can be reached from here"
    if now - copy.seen > EVIDENCE_SECONDS:
        return f"{copy.member} was last seen {now - copy.seen:.0f} s ago"
    if mine.system and copy.system != mine.system:
        return f"{copy.member} is another database ({copy.system}, and this is {mine.system})"
    if copy.position < mine.position:
        return f"{copy.member} is behind it ({_said(copy.position)} there, {_said(mine.position)} here)"
    return None


def _said(position: Position) -> str:
    return f"timeline {position.timeline}, {text(position.location)}"


def no_room(used: int, available: int) -> str | None:
    """Why there is no place for a copy beside what lies here, as a clause; None when there is. Pure; all in bytes."""
    needed = int(used * ROOM_FACTOR)
    if available >= needed:
        return None
    return f"a copy beside it needs about {needed >> 20} MiB and the volume has {available >> 20} MiB left"


class Place:
    """A data directory with its two neighbours: what was there before, and what is being copied."""

    def __init__(self, data: Path = DATA_DIRECTORY) -> None:
        self.data = data
        self.kept = data.with_name(f"{data.name}.kept")
        self.new = data.with_name(f"{data.name}.new")
        # There from the moment the copy is whole until it is in its place.
        self.whole = data.with_name(f"{data.name}.new.whole")

    def tidy(self) -> str | None:
        """Puts right what an interruption left, at any moment of `begin` and `finish`; what it did, or None."""
        done = None
        if self.whole.exists() and _holds(self.new):
            self._into_place()
            done = "the copy that was whole already was taken into use"
        self.whole.unlink(missing_ok=True)
        if self.new.exists():
            shutil.rmtree(self.new)
        if not _holds(self.data) and self.kept.exists():
            _remove_empty(self.data)
            self.kept.rename(self.data)
            done = "the copy came to no end, and the data that was kept is back in its place"
        return done

    def begin(self) -> None:
        """Sets the data aside, where there is any, so that nobody who clears the place can meet it. `refusal` was
        asked."""
        if _holds(self.data):
            self.discard()
            self.data.rename(self.kept)

    def finish(self) -> None:
        """Takes the copy, which is whole, into its place."""
        self.whole.touch()
        self._into_place()
        self.whole.unlink(missing_ok=True)

    def discard(self) -> None:
        """Deletes what was kept. `refusal` was asked."""
        if self.kept.exists():
            shutil.rmtree(self.kept)

    def used(self) -> int:
        """Bytes that the data takes on the disk."""
        sizes = (
            os.lstat(os.path.join(folder, name)).st_blocks for folder, _, names in os.walk(self.data) for name in names
        )
        return 512 * sum(sizes)

    def available(self) -> int:
        """Bytes left on its volume."""
        return space(self.data.parent)[1]

    def _into_place(self) -> None:
        _remove_empty(self.data)
        self.new.rename(self.data)


def _holds(directory: Path) -> bool:
    return (directory / VERSION_FILE).exists()


def _remove_empty(directory: Path) -> None:
    """Makes way for a rename. Anything in it that is no database (a stray file, a failed beginning) goes along."""
    if directory.exists():
        shutil.rmtree(directory)
