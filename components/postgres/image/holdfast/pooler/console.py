"""PgBouncer's admin console, over the pod's socket as the user who owns the process."""

import psycopg

from ..env import POOLER_PORT, RUNTIME

# Seconds to connect, libpq's least: PgBouncer in the same pod answers in milliseconds.
CONNECT_SECONDS = 2


class Console:
    """One connection to the console. It speaks the simple protocol only, so statements go to libpq directly."""

    def __init__(self) -> None:
        self._conn = psycopg.connect(
            host=str(RUNTIME),
            port=POOLER_PORT,
            user="pgbouncer",
            dbname="pgbouncer",
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
        )

    def run(self, command: str) -> list[dict[str, str]]:
        """Runs a command; rows of a SHOW come back by column name."""
        result = self._conn.pgconn.exec_(command.encode())
        if result.status not in (psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK):
            raise psycopg.OperationalError(result.error_message.decode(errors="replace").strip())
        names = [result.fname(column).decode() for column in range(result.nfields)]
        return [
            {name: (result.get_value(row, column) or b"").decode() for column, name in enumerate(names)}
            for row in range(result.ntuples)
        ]

    def send(self, command: str) -> None:
        """Sends a command whose answer nobody waits for; the connection is good for nothing else then."""
        self._conn.pgconn.send_query(command.encode())
        while self._conn.pgconn.flush():
            pass

    def close(self) -> None:
        self._conn.close()

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def clients_on(servers: list[dict[str, str]], clients: list[dict[str, str]], keep: set[str]) -> list[str]:
    """Ids of the clients whose server connection goes to an address that is not to be kept.

    Their transaction is lost either way; a frozen server would let them wait for ever.
    """
    stuck = {server["link"] for server in servers if server["link"] and server["addr"] not in keep}
    return [client["id"] for client in clients if client["ptr"] in stuck]
