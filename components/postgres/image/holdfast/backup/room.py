"""Keeps room on the repository's volume: the oldest backups go before a new one needs their place, and when WAL has
filled it.

pgBackRest expires after a backup has succeeded, so a full volume would stay full. It can't expire on one either: its
lock and its list of backups are files of the same volume. A file that only holds space is given up for that moment.
"""

import logging
import os
import re
from pathlib import Path

from ..disk import space
from . import command, repository
from .config import REPOSITORY, STANZA

log = logging.getLogger(__name__)

# Room that WAL always finds: a quarter of an hour of an idle database, which sends a segment of 16 MB a minute.
FLOOR_BYTES = 256 << 20
# What an expiry needs and then some, since segments that wait are written into the same room meanwhile.
RESERVE_BYTES = 64 << 20
# Free bytes with which it is made: as much is left for others.
RESERVE_FROM_BYTES = 2 * RESERVE_BYTES
RESERVE = REPOSITORY / "reserve"

_LABEL = re.compile(r"^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$")


def needed(backups: list[dict], wal: dict[str, tuple[float, int]]) -> int:
    """Bytes that the next full backup may take; 0 before there is one to judge by. Pure.

    As much as the newest and what was written since, which is at most as much again: WAL that changes the same rows
    over and over makes no database larger. `backups`: as `info` lists them; `wal`: time and bytes of the archive's
    files.
    """
    fulls = [backup for backup in backups if backup["type"] == "full" and not backup.get("error")]
    if not fulls:
        return 0
    newest = max(fulls, key=lambda backup: backup["timestamp"]["stop"])
    size = newest["info"]["repository"]["size"]
    since = sum(written for time, written in wal.values() if time >= newest["timestamp"]["start"])
    return size + min(size, since)


def oldest_may_go(backups: list[dict]) -> bool:
    """Whether a whole full backup is left when the oldest full one goes. Pure."""
    fulls = sorted(
        (backup for backup in backups if backup["type"] == "full"), key=lambda backup: backup["timestamp"]["stop"]
    )
    return any(not backup.get("error") for backup in fulls[1:])


def short(backups: list[dict], wal: dict[str, tuple[float, int]], free: int) -> int:
    """Bytes that the next full backup will lack though everything goes that may; 0 when it finds room. Pure."""
    fulls = [backup for backup in backups if backup["type"] == "full" and not backup.get("error")]
    if not fulls:
        return 0
    newest = max(fulls, key=lambda backup: backup["timestamp"]["stop"])
    older = sum(
        backup["info"]["repository"]["delta"]
        for backup in backups
        if backup["timestamp"]["stop"] < newest["timestamp"]["start"]
    )
    passed = sum(written for time, written in wal.values() if time < newest["timestamp"]["start"])
    return max(0, needed(backups, wal) - free - older - passed)


def available() -> tuple[int, int]:
    """Size of the volume and bytes of it that may still be used."""
    return space(REPOSITORY)


def unfinished(labels: set[str]) -> int:
    """Bytes of backups that broke off: the next one takes them over or removes them."""
    folder = REPOSITORY / "backup" / STANZA
    broken = (
        [each for each in folder.iterdir() if _LABEL.match(each.name) and each.name not in labels]
        if folder.exists()
        else []
    )
    return sum(file.stat().st_size for each in broken for file in each.rglob("*") if file.is_file())


def hold_reserve(path: Path = RESERVE) -> None:
    """Makes the file that holds space, when there is room for it twice; it is nothing to lose."""
    if not path.exists() and available()[1] > RESERVE_FROM_BYTES:
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)


def expire_oldest(backups: list[dict]) -> bool:
    """Takes the oldest full backup away, with what depends on it and its WAL."""
    fulls = sum(backup["type"] == "full" for backup in backups)
    RESERVE.unlink(missing_ok=True)
    result = command.run(f"--repo1-retention-full={fulls - 1}", "expire", timeout=repository.LIST_SECONDS)
    if result.returncode != 0:
        log.warning("room: the oldest backup could not be expired: %s", command.last_line(result))
    hold_reserve()
    return result.returncode == 0


def make(wanted: int, for_backup: bool) -> bool:
    """Expires the oldest backups until so many bytes are free, or none may go; whether they are free. Raises
    Unreadable.

    `for_backup`: what an earlier one left unfinished counts as free then.
    """
    while True:
        backups = repository.stanza().get("backup", [])
        free = available()[1] + (unfinished({backup["label"] for backup in backups}) if for_backup else 0)
        if free >= wanted:
            return True
        if not oldest_may_go(backups):
            return False
        log.warning("room: %d MB are free and %d MB wanted: the oldest full backup goes", free >> 20, wanted >> 20)
        if not expire_oldest(backups):
            return False
