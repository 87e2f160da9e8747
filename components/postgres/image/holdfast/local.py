"""What this pod's own PostgreSQL says of itself, over the pod's socket and in its files."""

import os
from dataclasses import dataclass

import psycopg
from psycopg import sql

from . import control, wal
from .env import DATA_DIRECTORY, SOCKETS
from .placeholders import MARK

# Seconds to connect, libpq's least: a server in the same pod answers in milliseconds or is out of connections.
CONNECT_SECONDS = 2


@dataclass(frozen=True)
class Local:
    """PostgreSQL in this pod. `running` is False when it accepts no connection, and the rest then means nothing."""

    running: bool
    in_recovery: bool = False
    # Last WAL position that is safely on this member's disk, in bytes.
    position: int = 0
    # Where the WAL receiver streams from, "?" while that can't be told, empty when there is none.
    upstream: str = ""
    # Who streams from here, by the names that members and tools give themselves.
    downstream: frozenset[str] = frozenset()
    # Whether the position is all there is: a standby that has just started knows what it has replayed, and not yet what
    # lies in its pg_wal beyond that.
    final: bool = True


def connect(dbname: str = "postgres", timeout: int = CONNECT_SECONDS) -> psycopg.Connection:
    """The superuser over the socket, each statement by itself."""
    return psycopg.connect(
        host=str(SOCKETS),
        user="postgres",
        dbname=dbname,
        autocommit=True,
        connect_timeout=timeout,
        options="-c statement_timeout=3s -c synchronous_commit=local",
    )


# A receiver that is just starting, or stopping, still receives and acknowledges; it may be in pg_stat_activity alone. A
# standby asks for a stream only when it has replayed all that its pg_wal has, and waits with the first of these two
# events when no source has any more.
STATE = """
SELECT pg_is_in_recovery(),
       CASE WHEN pg_is_in_recovery()
            THEN greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'), coalesce(pg_last_wal_replay_lsn(), '0/0'))
            ELSE pg_current_wal_flush_lsn() END - '0/0',
       coalesce((SELECT coalesce(sender_host, '?') FROM pg_stat_wal_receiver),
                (SELECT '?' FROM pg_stat_activity WHERE backend_type = 'walreceiver' LIMIT 1), ''),
       ARRAY(SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'),
       NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() IS NOT NULL
         OR EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'startup'
                    AND wait_event IN ('RecoveryRetrieveRetryInterval', 'RecoveryWalStream'))
"""


def state_of(conn: psycopg.Connection) -> Local:
    """The state that this connection sees."""
    in_recovery, position, upstream, downstream, final = conn.execute(STATE).fetchone()
    return Local(True, in_recovery, int(position), upstream, frozenset(downstream), final)


def state() -> Local:
    """The state now; never raises for a PostgreSQL that is down."""
    try:
        with connect() as conn:
            return state_of(conn)
    except psycopg.OperationalError:
        return Local(running=False)


def setting(conn: psycopg.Connection, name: str) -> str:
    """A setting's value as PostgreSQL goes by it."""
    return conn.execute("SELECT current_setting(%s)", (name,)).fetchone()[0]


def slots_of(conn: psycopg.Connection) -> list[str]:
    """Names of the replication slots here."""
    return [name for (name,) in conn.execute("SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'physical'")]


def reached(location: int) -> wal.Position:
    """The place of a location that was read just before: with its timeline. OSError where pg_wal can't be read."""
    return control.reached(DATA_DIRECTORY, location)


def newest_timeline() -> int:
    """The newest timeline that PostgreSQL here knows of. OSError as above."""
    return wal.known(os.listdir(DATA_DIRECTORY / "pg_wal"))


def use_up(conn: psycopg.Connection, opens: int) -> None:
    """Has the next promotion here open this timeline, and none before it: somebody may have been promoted to one of
    those that nobody else has seen, and PostgreSQL takes the first number of which it has no history.

    So it gets a history for each, and one that it never follows: it forks off before anything that is here. Over SQL,
    because the directory is a running server's. Patroni removes what is left of it before a start (placeholders.py).
    """
    for timeline in wal.unused(os.listdir(DATA_DIRECTORY / "pg_wal"), opens):
        path = str(DATA_DIRECTORY / "pg_wal" / f"{timeline:08X}.history")
        line = sql.SQL("COPY (SELECT 1, '0/0', {}) TO {}")
        conn.execute(line.format(sql.Literal(MARK), sql.Literal(path)))


def ended() -> wal.Position | None:
    """Where PostgreSQL here stopped in order as a primary; None when it runs, has crashed or is a standby.

    Only pg_control proves it: a refused or silent connection may be out of connections, or starved, and a missing pid
    file says nothing of the log. Read twice, because it may be written just now.
    """
    try:
        first, second = ((DATA_DIRECTORY / "global" / "pg_control").read_bytes() for _ in range(2))
    except OSError:
        return None
    return wal.ended(first) if first == second else None
