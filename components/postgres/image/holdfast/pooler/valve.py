"""Lets PgBouncer's callers through or holds them back, and keeps it so.

For one thread: what it asked for last is what PgBouncer does, in whatever order things happen. A PAUSE that nobody
waited for came after the RESUME that was to follow it, 2 to 7 times in 300, and stayed; its callers then waited for
ever.
"""

import logging
import time
from collections.abc import Callable

import psycopg

from ..declared import Database
from . import config
from .console import Console, clients_on

log = logging.getLogger(__name__)

# Seconds between two looks at whether PgBouncer is as it was told to be: one that starts anew lets everybody through,
# and somebody else may have sent it a command. A caller hardly notices a second, and a look costs a millisecond.
LOOK_SECONDS = 1.0

# Seconds after which a PAUSE that is not in force counts as failed; it is in force 1 to 2 ms after it was sent.
SHUT_SECONDS = 2.0
# Between two looks at whether it is.
SHUT_LOOK_SECONDS = 0.001


class Valve:
    """PgBouncer as one thread commands it. Each method raises OperationalError where PgBouncer does not do what it is
    told."""

    def __init__(self, databases: tuple[Database, ...], connect: Callable[[], Console] = Console) -> None:
        self.databases, self.connect = databases, connect
        # What PgBouncer is known to have done last. None at first: it may be in either state when the agent starts.
        self.open: bool | None = None
        self.looked = 0.0

    def open_to(self, address: str) -> None:
        """Sends callers to this address. Those with a statement at another one are cut: nobody answers there any
        more."""
        config.write_hosts(self.databases, [address])
        with self.connect() as console:
            console.run("RELOAD")
            for client in clients_on(console.run("SHOW SERVERS"), console.run("SHOW CLIENTS"), keep={address}):
                console.run(f"KILL_CLIENT {client}")
            if _paused(console):
                console.run("RESUME")
        self.open = True
        self.looked = time.monotonic()
        log.info("gate: open to %s", address)

    def shut(self) -> None:
        """Once this returns new statements wait. Those under way go on, and their connection is closed after them."""
        if self.open is False:
            return
        self._pause()
        self.open = False
        self.looked = time.monotonic()
        log.info("gate: closed")

    def keep(self) -> None:
        """Puts PgBouncer right if it is not as it was told to be; looks every LOOK_SECONDS, however often it is
        called."""
        if self.open is None or time.monotonic() - self.looked < LOOK_SECONDS:
            return
        self.looked = time.monotonic()
        told, self.open = self.open, None
        with self.connect() as console:
            if _paused(console) == told:
                log.warning("gate: PgBouncer was %s by itself or by somebody else", "paused" if told else "opened")
                if told:
                    console.run("RESUME")
                else:
                    self._pause()
        self.open = told

    def _pause(self) -> None:
        # The command is answered only when every connection is released, so not the answer is waited for but that it is
        # in force. All of PgBouncer, not the one database: there it goes on opening connections up to min_pool_size,
        # ends them as paused, and then refuses the first statements after the pause because "server login has been
        # failing".
        with self.connect() as order, self.connect() as console:
            order.send("PAUSE")
            deadline = time.monotonic() + SHUT_SECONDS
            while not _paused(console):
                if time.monotonic() > deadline:
                    raise psycopg.OperationalError(f"PgBouncer was told to pause and had not {SHUT_SECONDS:g} s later")
                time.sleep(SHUT_LOOK_SECONDS)


def _paused(console: Console) -> bool:
    return {"key": "paused", "value": "yes"} in console.run("SHOW STATE")
