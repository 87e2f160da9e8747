"""What this pod's own PostgreSQL says of itself, over the pod's socket."""

from dataclasses import dataclass

import psycopg

from .env import DATA_DIRECTORY, SOCKETS
from .hook import shut_down


@dataclass(frozen=True)
class Local:
    """PostgreSQL in this pod. `running` is False when it accepts no connection, and the rest then means nothing."""

    running: bool
    in_recovery: bool = False
    # Last WAL position that is safely on this member's disk, in bytes.
    position: int = 0
    # Where the WAL receiver streams from, empty when there is none.
    upstream: str = ""
    # Who streams from here, by the names that members and tools give themselves.
    downstream: frozenset[str] = frozenset()


def connect(dbname: str = "postgres", timeout: int = 2) -> psycopg.Connection:
    """The superuser over the socket, each statement by itself."""
    return psycopg.connect(
        host=str(SOCKETS), user="postgres", dbname=dbname, autocommit=True, connect_timeout=timeout,
        options="-c statement_timeout=3s -c synchronous_commit=local",
    )


_STATE = """
SELECT pg_is_in_recovery(),
       CASE WHEN pg_is_in_recovery()
            THEN greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'), coalesce(pg_last_wal_replay_lsn(), '0/0'))
            ELSE pg_current_wal_flush_lsn() END - '0/0',
       coalesce((SELECT sender_host FROM pg_stat_wal_receiver WHERE status <> 'stopping'), ''),
       ARRAY(SELECT application_name FROM pg_stat_replication WHERE state = 'streaming')
"""


def state_of(conn: psycopg.Connection) -> Local:
    in_recovery, position, upstream, downstream = conn.execute(_STATE).fetchone()
    return Local(True, in_recovery, int(position), upstream, frozenset(downstream))


def state() -> Local:
    """The state now; never raises for a PostgreSQL that is down."""
    try:
        with connect() as conn:
            return state_of(conn)
    except psycopg.OperationalError:
        return Local(running=False)


def slots_of(conn: psycopg.Connection) -> list[str]:
    """Names of the replication slots here."""
    return [name for (name,) in conn.execute("SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'physical'")]


def stopped() -> bool:
    """Whether PostgreSQL serves nobody for certain: an orderly stop takes its pid file away, and says so in pg_control before
    that, while the archive is still at work.

    A refused or silent connection proves nothing: it may be out of connections, or starved.
    """
    return not (DATA_DIRECTORY / "postmaster.pid").exists() or shut_down()
