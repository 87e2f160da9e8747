"""The gate in front of the primary: open while a living primary is proven, closed (callers wait) while none is.

The proof is a connection of the agent's own to the primary, kept open: when the primary's processes die it breaks within
milliseconds, and a new primary counts only once it says that it is no standby any more. So no caller's statement meets a
server that is going down, starting up, or still read-only.
"""

import logging
import select
import threading
import time

import psycopg

from ..env import POSTGRES_PORT
from . import config
from .console import Console, clients_on

log = logging.getLogger(__name__)

# Seconds between two attempts to prove a primary: short, it is on the way of every failover.
PROVE_INTERVAL = 0.05


class Gate:
    """Opens and closes the pooler. `run` has a thread of its own; `point` and `hold` are called from others."""

    def __init__(self, database: str, password: str) -> None:
        self.database = database
        # Password of the role `monitoring`; replaced when it is rotated.
        self.password = password
        self.changed = threading.Condition()
        self.address: str | None = None
        self.held_until = 0.0
        # None until the first proof or the first miss: PgBouncer may be in either state when the agent starts.
        self.open: bool | None = None

    def point(self, address: str | None) -> None:
        """The leader's address as the lock has it; None while nobody leads."""
        with self.changed:
            if address != self.address:
                log.info("gate: leader's address is %s", address)
                self.address = address
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
                if self.open is False and not any(row["link"] for row in self._servers(console)):
                    return True
                time.sleep(0.01)
        return False

    def run(self) -> None:
        while True:
            try:
                self._cycle()
            except psycopg.OperationalError as error:
                log.info("gate: PgBouncer does not answer: %s", error)
                time.sleep(0.2)
            except Exception:
                log.exception("gate")
                time.sleep(0.5)

    def _cycle(self) -> None:
        proof = self._prove()
        if proof is None:
            self._close()
            self._wait()
            return
        with proof:
            self._open_to(proof.info.host)
            while self._lives(proof) and not self._held():
                self._wait()
            self._close()
            # Held: closed until the primary is really gone, so that a restart in place counts as gone, too.
            while self._lives(proof) and self._held():
                self._wait()

    def _wait(self) -> None:
        with self.changed:
            self.changed.wait(PROVE_INTERVAL)

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
        return self.address == proof.info.host

    def _prove(self) -> psycopg.Connection | None:
        address = self.address
        if address is None:
            return None
        try:
            conn = psycopg.connect(
                host=address, port=POSTGRES_PORT, dbname=self.database, user="monitoring", password=self.password,
                autocommit=True, connect_timeout=2, tcp_user_timeout=3000, application_name="holdfast-gate",
            )
        except psycopg.OperationalError as error:
            log.debug("gate: %s", error)
            return None
        try:
            # A candidate is a standby until its promotion: asked again on the same connection, for each log-in costs both sides.
            while conn.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                self._close()
                self._wait()
                if self.address != address:
                    break
            else:
                return conn
        except psycopg.Error as error:
            log.debug("gate: %s", error)
        conn.close()
        return None

    def _open_to(self, address: str) -> None:
        config.write_hosts(self.database, [address])
        with Console() as console:
            console.run("RELOAD")
            for client in clients_on(self._servers(console), console.run("SHOW CLIENTS"), keep={address}):
                console.run(f"KILL_CLIENT {client}")
            if {"key": "paused", "value": "yes"} in console.run("SHOW STATE"):
                console.run("RESUME")
        self.open = True
        log.info("gate: open to %s", address)

    def _close(self) -> None:
        if self.open is False:
            return
        self.open = False
        log.info("gate: closed")
        threading.Thread(target=self._pause, name="pause", daemon=True).start()

    def _pause(self) -> None:
        # New statements wait from the first moment, but the command answers only when every connection is released. All of
        # PgBouncer, not the one database: there it goes on opening connections up to min_pool_size, ends them as paused, and
        # then refuses the first statements after the pause because "server login has been failing".
        try:
            with Console() as console:
                console.run("PAUSE")
        except psycopg.Error as error:
            log.debug("gate: pause: %s", error)

    def _servers(self, console: Console) -> list[dict[str, str]]:
        return [row for row in console.run("SHOW SERVERS") if row["database"] == self.database]
