"""Copies a member anew when it can't come back by itself.

Patroni tries for ever to start a server whose WAL is damaged or whose next WAL segment is gone everywhere (patroni #3652). A
member that has made no progress for a while, while another one leads, is told to throw its data away and copy the leader's.
"""

import logging
import subprocess
import time

from . import local, rest
from .env import DATA_DIRECTORY

log = logging.getLogger(__name__)

# Seconds without any progress before a member is copied anew; a crash recovery makes progress all the time.
STUCK_SECONDS = 60.0

# States in which Patroni is at work on the data directory itself.
BUSY = ("creating replica", "initializing new cluster", "running custom bootstrap script", "stopping", "restarting")


class Progress:
    """Tells a member that is stuck from one that is slow. Pure: observations come in, a decision comes out."""

    def __init__(self, patience: float = STUCK_SECONDS) -> None:
        self.patience = patience
        self.marker: object = None
        self.since = 0.0

    def stuck(self, fine: bool, marker: object, now: float) -> bool:
        """`fine`: it runs and streams, or leads, or is being copied; `marker`: anything that changes while it gets ahead."""
        if fine or marker != self.marker:
            self.marker, self.since = marker, now
            return False
        return now - self.since >= self.patience


class Rejoin:
    def __init__(self, me: str) -> None:
        self.me = me
        self.progress = Progress()

    def step(self) -> None:
        """One look; called every few seconds."""
        members = rest.members("127.0.0.1")
        mine = next((member for member in members if member["name"] == self.me), {})
        led = any(member["role"] == "leader" and member["state"] == "running" and member["name"] != self.me for member in members)
        fine = not led or mine.get("state") == "streaming" or mine.get("state") in BUSY
        if not self.progress.stuck(fine, None if fine else self._marker(mine), time.monotonic()):
            return
        log.warning("rejoin: %s has been %s without progress for %.0f s: copying the leader anew", self.me, mine.get("state"), STUCK_SECONDS)
        rest.patroni("127.0.0.1", "POST", "/reinitialize", {"force": True})
        self.progress = Progress()

    def _marker(self, mine: dict) -> object:
        # Recovery moves pg_control on even while it accepts no connection.
        control = subprocess.run(("pg_controldata", str(DATA_DIRECTORY)), capture_output=True, text=True, timeout=5, check=False).stdout
        kept = tuple(line for line in control.splitlines() if "location" in line)
        return (local.state().position, kept)
