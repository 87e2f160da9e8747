"""Sends WAL that a former primary still owes the archive.

A primary that stops does not wait for its last segment to be archived, and a standby's PostgreSQL archives nothing; the
new primary takes the segment for archived. Without this a hole would be left that no restore gets past.
"""

import logging
import subprocess
import time
from pathlib import Path

from .. import local
from ..env import DATA_DIRECTORY
from . import command

log = logging.getLogger(__name__)

ROUND_SECONDS = 5.0
PUSH_SECONDS = 60.0


def push(file: Path) -> subprocess.CompletedProcess:
    """Archives one file at once. Never drops it, whatever else waits: pgBackRest would call that a success."""
    at_once = ("--no-archive-async", "--reset-archive-push-queue-max")
    return command.run(*at_once, "archive-push", str(file), timeout=PUSH_SECONDS)


def send_histories(wal: Path, names: list[str]) -> bool:
    """Sends the history files among what was dropped; whether all are there now.

    They are small, PostgreSQL never removes them, and without them no restore finds its way from timeline to timeline.
    """
    results = [push(wal / name) for name in names if name.endswith(".history") and (wal / name).exists()]
    for result in results:
        if result.returncode != 0:
            log.info("leftovers: %s", command.last_line(result))
    return all(result.returncode == 0 for result in results)


def send(wal: Path) -> int:
    """Archives every segment in `pg_wal` that is marked as not archived; how many. Safe to repeat: the archive knows
    its segments."""
    sent = 0
    for ready in sorted((wal / "archive_status").glob("*.ready")):
        segment = wal / ready.stem
        if segment.exists():
            result = push(segment)
            if result.returncode != 0:
                log.info("leftovers: %s: %s", segment.name, command.last_line(result))
                return sent
            sent += 1
        else:
            log.warning("leftovers: %s is gone and was never archived: take a new full backup", segment.name)
        ready.rename(ready.with_suffix(".done"))
    return sent


def run() -> None:
    while True:
        try:
            here = local.state()
            if here.running and here.in_recovery:
                sent = send(DATA_DIRECTORY / "pg_wal")
                if sent:
                    log.info("leftovers: %d segments sent", sent)
        except Exception:
            log.exception("leftovers")
        time.sleep(ROUND_SECONDS)
