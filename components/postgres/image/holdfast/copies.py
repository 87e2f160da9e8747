"""Another member's database as it is seen from here: over the port and as the role that a copy is made with."""

import time

import psycopg

from .directory import Copy
from .env import POSTGRES_PORT, credential
from .wal import Position, byte

# Seconds to connect. A member that is slower than that is not one to throw data away for.
CONNECT_SECONDS = 3


def see(member: str, address: str) -> Copy | None:
    """The member's copy, if a whole one answers there; None where nothing does.

    A server that accepts a connection has a consistent database: one that is still recovering to that point refuses.
    """
    began = time.monotonic()
    try:
        with psycopg.connect(
            host=address,
            port=POSTGRES_PORT,
            user="replication",
            password=credential("replication-password"),
            replication="true",
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=1000 * CONNECT_SECONDS,
            application_name="holdfast-look",
        ) as conn:
            # The replication protocol's own question; it takes no extended query.
            answer = conn.pgconn.exec_(b"IDENTIFY_SYSTEM")
            if answer.status != psycopg.pq.ExecStatus.TUPLES_OK:
                return None
            system, timeline, position = ((answer.get_value(0, column) or b"").decode() for column in range(3))
    except psycopg.Error:
        return None
    return Copy(member, system, Position(int(timeline), byte(position)), began)
