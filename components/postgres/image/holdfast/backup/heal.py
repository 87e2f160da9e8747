"""Takes a full backup by itself when WAL is missing, or when there is no backup yet: what was written since could not
be restored otherwise.

Who looks after the stanza does it (the repository's host, or with an object store the primary). pgBackRest's lock
keeps the nightly job and this from running at once, and the second to come ends with a word.
"""

import logging
import subprocess
import time

from ..env import number
from .gaps import Missing

log = logging.getLogger(__name__)

PATIENCE_SECONDS = number("HEAL_AFTER_SECONDS")

# Seconds between two attempts: a full backup reads the whole database, and what made one fail is seldom gone sooner.
PAUSE_SECONDS = 900.0


def due(missing: Missing, since: float | None, last: float | None, now: float) -> bool:
    """Whether to take one now. Pure. `since`: when it was first seen to be needed; `last`: when the last attempt
    began."""
    if not missing.backup_needed or since is None or now - since < PATIENCE_SECONDS:
        return False
    return last is None or now - last >= PAUSE_SECONDS


class Healer:
    """Remembers since when something is missing, and runs one backup at a time in the background."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.last: float | None = None
        self.running: subprocess.Popen | None = None

    def step(self, missing: Missing) -> None:
        """Looks at what is missing now; returns at once."""
        now = time.monotonic()
        if not missing.backup_needed:
            self.since = None
        elif self.since is None:
            self.since = now
        if self.running is not None and self.running.poll() is not None:
            log.info("gap: the full backup ended with %s", self.running.returncode)
            self.running = None
        if self.running is None and due(missing, self.since, self.last, now):
            what = "there is no backup yet" if missing.first else f"{missing.segments} segments are missing"
            log.warning("gap: %s, taking a full backup", what)
            self.last = now
            self.running = subprocess.Popen(("python3", "-m", "holdfast.backup.take", "full"))
