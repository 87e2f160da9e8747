"""Histories of timelines that are somebody else's, put down before a promotion so that PostgreSQL opens a later one.

PostgreSQL does not start from an older timeline with such a file in pg_wal: it takes the newest history there for its
own and finds that it is no child of it. So a candidate that died before its promotion could never start again.
Patroni, which has the volume, removes them before every start. Those below a timeline that was opened stay: standbys
ask for every history on the way there.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import wal

log = logging.getLogger(__name__)

# In such a file, as the reason for which the timeline was left.
MARK = "taken by a promotion that did not last"


def stale(histories: dict[str, str], written: int) -> list[str]:
    """Names of those to remove. Pure. `histories`: the files' texts by name; `written`: the newest timeline with log
    of its own."""
    return sorted(name for name, text in histories.items() if MARK in text and int(name[:8], 16) > written)


def sweep(pg_wal: Path) -> None:
    """Removes them from a directory of a server that is down."""
    files = [file.name for file in pg_wal.iterdir()]
    names = filter(wal.HISTORY.fullmatch, files)
    histories = {name: (pg_wal / name).read_text(encoding="utf-8", errors="replace") for name in names}
    for name in stale(histories, wal.written(files)):
        log.info("start: removing %s, the promotion it was for did not come", name)
        (pg_wal / name).unlink()


def swept(start: Callable[..., Any], pg_wal: Path) -> Callable[..., Any]:
    """Patroni's method that starts PostgreSQL."""

    def started(*args: Any, **options: Any) -> Any:
        try:
            sweep(pg_wal)
        except OSError as error:
            log.warning("start: pg_wal can't be looked through: %s", error)
        return start(*args, **options)

    return started
