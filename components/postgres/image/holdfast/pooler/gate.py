"""The gate in front of the primary: open while a living primary is proven, closed (callers wait) while none is.

The proof is a connection of the agent's own to the primary, kept open: when the primary's processes die it breaks
within milliseconds, and a new primary counts only once it says that it is no standby any more. So no caller's statement
meets a server that is going down, starting up, or still read-only.

Whom to prove is what the lock says. An agent that has just started and has not seen the lock, because the API is away,
takes the address that PgBouncer was given last: it works or it does not, and the proof shows which. A lock without a
leader is no such case: then it is known that nobody leads.
"""

import logging
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from ..declared import Database
from ..env import POSTGRES_PORT
from . import config
from .console import Console
from .valve import Valve

log = logging.getLogger(__name__)

# Seconds between two attempts to prove a primary: short, it is on the way of every failover.
PROVE_INTERVAL = 0.05

# Seconds for a primary to be connected to, libpq's least, and to acknowledge what was sent to it: a lost node answers
# nothing, and is no longer believed after this.
CONNECT_SECONDS = 2
SILENT_SECONDS = 3

# Seconds between two looks at whether transactions have ended; a planned hand-over waits for it.
DRAINED_SECONDS = 0.01

# Seconds until it goes on where PgBouncer does not answer, and after a fault of its own.
UNANSWERED_SECONDS = 0.2
FAULT_SECONDS = 0.5


class Gate:
    """Opens and closes the pooler. `run` has a thread of its own; `point`, `hold` and `let_be` are called from
    others."""

    def __init__(self, databases: tuple[Database, ...], password: str) -> None:
        self.database = databases[0].name
        # Password of the role `monitoring`; replaced when it is rotated.
        self.password = password
        self.valve = Valve(databases)
        self.changed = threading.Condition()
        # What the lock says, once it was seen.
        self.address: str | None = None
        self.pointed = False
        self.held_until = 0.0
        # Whether PgBouncer is to be let be, and whether it is.
        self.leaving = False
        self.at_rest = threading.Event()

    def point(self, address: str | None) -> None:
        """The leader's address as the lock has it; None while nobody leads."""
        with self.changed:
            if address != self.address or not self.pointed:
                log.info("gate: leader's address is %s", address)
                self.address, self.pointed = address, True
                self.changed.notify_all()

    def hold(self, seconds: float, drain: float) -> bool:
        """Closes for a planned hand-over until the primary has gone, at most for so long.

        Returns whether every transaction in progress ended within `drain` seconds.
        """
        with self.changed:
            self.held_until = time.monotonic() + seconds
            self.changed.notify_all()
        deadline = time.monotonic() + drain
        with Console() as console:
            while time.monotonic() < deadline:
                if self.valve.open is False and not any(row["link"] for row in console.run("SHOW SERVERS")):
                    return True
                time.sleep(DRAINED_SECONDS)
        return False

    @contextmanager
    def let_be(self, seconds: float) -> Iterator[bool]:
        """Sends PgBouncer nothing for as long as this lasts, from its next open moment on. Waits for that moment, for
        so many seconds, and says whether it came.

        For a PgBouncer that is told to end: where it is paused by then it can't be resumed, and its callers wait to be
        cut.
        """
        with self.changed:
            self.leaving = True
            self.changed.notify_all()
        try:
            yield self.at_rest.wait(seconds)
        finally:
            self.leaving = False

    def run(self) -> None:
        while True:
            try:
                self._cycle()
            except psycopg.OperationalError as error:
                log.info("gate: PgBouncer does not answer: %s", error)
                time.sleep(UNANSWERED_SECONDS)
            except Exception:
                log.exception("gate")
                time.sleep(FAULT_SECONDS)

    def _cycle(self) -> None:
        address = self._wanted()
        proof = self._prove(address)
        if proof is None:
            # Without a lock and a last address nothing is known, and PgBouncer stays as it is.
            if self.pointed or address is not None:
                self.valve.shut()
            self._wait()
            return
        with proof:
            self.valve.open_to(proof.info.host)
            while self._lives(proof) and not self._held():
                if self.leaving:
                    self._rest()
                    return
                self._wait()
            self.valve.shut()
            # Held: closed until the primary is really gone, so that a restart in place counts as gone, too.
            while self._lives(proof) and self._held():
                self._wait()

    def _rest(self) -> None:
        """Until PgBouncer is free to be commanded again. It may be a new one then."""
        self.at_rest.set()
        while self.leaving:
            time.sleep(PROVE_INTERVAL)
        self.at_rest.clear()
        self.valve.open = None

    def _wanted(self) -> str | None:
        """The address to prove."""
        return self.address if self.pointed else next(iter(config.last_hosts()), None)

    def _wait(self) -> None:
        with self.changed:
            self.changed.wait(PROVE_INTERVAL)
        self.valve.keep()

    def _held(self) -> bool:
        return time.monotonic() < self.held_until

    def _lives(self, proof: psycopg.Connection) -> bool:
        """Whether the lock still names this primary and its connection stands."""
        # Readable means closed: nothing is ever asked on this connection again.
        readable, _, _ = select.select([proof.fileno()], [], [], 0)
        if readable:
            log.info("gate: the primary closed the connection")
            self.held_until = 0.0
            return False
        return self._wanted() == proof.info.host

    def _prove(self, address: str | None) -> psycopg.Connection | None:
        if address is None:
            return None
        try:
            conn = psycopg.connect(
                host=address,
                port=POSTGRES_PORT,
                dbname=self.database,
                user="monitoring",
                password=self.password,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=1000 * SILENT_SECONDS,
                application_name="holdfast-gate",
            )
        except psycopg.OperationalError as error:
            log.debug("gate: %s", error)
            return None
        try:
            # A candidate is a standby until its promotion: asked again on the same connection, for each log-in costs
            # both sides.
            while conn.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                self.valve.shut()
                self._wait()
                if self._wanted() != address:
                    break
            else:
                return conn
        except psycopg.Error as error:
            log.debug("gate: %s", error)
        conn.close()
        return None
