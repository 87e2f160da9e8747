"""Timeline history files that only say that a number is taken; why there are such files stands in timelines.py.

Apart from it because every start of a pod comes by here, and importing a database client takes a good part of a second.
"""

from pathlib import Path

from .env import DATA_DIRECTORY

# Read by PostgreSQL as a history file without any entry.
MARK = "# taken by another history"

WAL_DIRECTORY = DATA_DIRECTORY / "pg_wal"


def file_of(timeline: int) -> str:
    """Name of a timeline's history file."""
    return f"{timeline:08X}.history"


def missing(current: int, taken: int, present: set[str]) -> list[str]:
    """History files to write so that a promotion from `current` goes past `taken`. Pure."""
    return [name for name in map(file_of, range(current + 1, taken + 1)) if name not in present]


def is_mark(path: Path) -> bool:
    return path.read_text(encoding="utf-8", errors="replace").startswith(MARK)


def forget() -> None:
    """Removes the marks of a candidate that was not promoted after all: they would keep it from starting as a standby.

    Below a real timeline they have done their work, and stay: who follows over the jump asks for them.
    """
    marks = {path for path in WAL_DIRECTORY.glob("*.history") if is_mark(path)}
    newest = max((path.name for path in WAL_DIRECTORY.glob("*.history") if path not in marks), default="")
    for path in marks:
        if path.name > newest:
            path.unlink()
