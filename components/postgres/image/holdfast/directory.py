"""Whether a data directory may go, and the only place where one goes.

The rule: no program deletes or overwrites a data directory unless another complete copy, at least as new, was seen from
here in the last seconds. Even then it is kept beside the new one until the new one streams, or, where it would be
overwritten in its place, a third copy was seen as well. `refusal` and `in_place` decide; everything that copies a
member anew, rewinds it, or clears away what was kept asks them first.
"""

import os
import shutil
import subprocess
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
    monotonic seconds."""
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


def in_place(mine: Held | None, source: Copy | None, others: list[Copy], now: float) -> str | None:
    """Why this data may not be overwritten where it lies, as a clause; None when it may. Pure.

    What is cut off halfway is no database any more, and what it was taken from may be lost by then. So besides the
    source there has to be another copy: `others` are those that were seen.
    """
    reason = refusal(mine, source, now)
    if reason or mine is None or any(refusal(mine, other, now) is None for other in others):
        return reason
    behind = [f"; {refusal(mine, other, now)}" for other in others]
    return f"besides {source.member} no copy of it that is as new can be reached from here{''.join(behind)}"


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
        # There from the moment the data is about to be overwritten, with what it was beside it, until that is done.
        self.changing = data.with_name(f"{data.name}.changing")

    def tidy(self) -> str | None:
        """Puts right what an interruption left, at any moment of `begin` and `finish`; what it did, or None."""
        done = None
        if self.changing.exists():
            done = self.changed(well=False)
        if self.whole.exists() and _holds(self.new):
            self._into_place()
            done = "the copy that was whole already was taken into use"
        self.whole.unlink(missing_ok=True)
        if self.new.exists():
            shutil.rmtree(self.new)
        if not _holds(self.data) and self.kept.exists():
            self._put_back()
            done = "the copy came to no end, and the data that was kept is back in its place"
        return done

    def begin(self) -> None:
        """Sets the data aside, where there is any, so that nobody who clears the place can meet it. `refusal` was
        asked.
        """
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

    def shares(self) -> bool:
        """Whether the volume's filesystem copies a file without copying its content."""
        probe = self.new.with_name(f"{self.new.name}.probe")
        try:
            return _share(self.data / VERSION_FILE, probe)
        finally:
            probe.unlink(missing_ok=True)

    def keep(self) -> bool:
        """Puts a copy that shares its blocks beside the data, before that is changed in its place. `refusal` was asked.
        False where that failed: nothing has changed then.
        """
        if not _share(self.data, self.new):
            shutil.rmtree(self.new, ignore_errors=True)
            return False
        self.discard()
        self.new.rename(self.kept)
        # What was kept has to outlive a power cut before it counts, and that it counts before anything is changed.
        _flush(self.kept)
        self.changing.touch()
        _flush(self.kept)
        return True

    def changed(self, well: bool) -> str | None:
        """After `keep`: the data was changed well, or is put back as it was. Says what it did, or None."""
        done = None
        if not well and self.kept.exists():
            self._put_back()
            done = "the data was being rewound, and is back as it was"
        self.changing.unlink(missing_ok=True)
        return done

    def used(self) -> int:
        """Bytes that the data takes on the disk."""
        sizes = (
            os.lstat(os.path.join(folder, name)).st_blocks for folder, _, names in os.walk(self.data) for name in names
        )
        return 512 * sum(sizes)

    def available(self) -> int:
        """Bytes left on its volume."""
        return space(self.data.parent)[1]

    def _put_back(self) -> None:
        _clear(self.data)
        self.kept.rename(self.data)

    def _into_place(self) -> None:
        _clear(self.data)
        self.new.rename(self.data)


def _holds(directory: Path) -> bool:
    return (directory / VERSION_FILE).exists()


def _share(source: Path, target: Path) -> bool:
    """Copies a file or a directory without copying any content; False where that can't be done."""
    command = ("cp", "--archive", "--reflink=always", str(source), str(target))
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def _flush(path: Path) -> None:
    subprocess.run(("sync", "--file-system", str(path)), check=True)


def _clear(directory: Path) -> None:
    """Makes way for a rename: what is there is no database (a stray file, a failed beginning, half a rewind)."""
    if directory.exists():
        shutil.rmtree(directory)
