"""A PgBouncer in front of a PostgreSQL, both real and of this machine, for the tests that need what only these know."""

import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from unittest import mock

import psycopg
from holdfast.env import write_private
from holdfast.rights import MEMBERS

# Neither server runs as root; who is root starts them as the user that the packages make.
AS = "postgres" if os.geteuid() == 0 else None

# The first PgBouncer that lets its callers go one by one (SHUTDOWN WAIT_FOR_CLIENTS).
OLDEST = (1, 23)

# Seconds that a server gets to start.
START_SECONDS = 120.0


def missing(oldest: tuple[int, int] = OLDEST) -> str | None:
    """What keeps these tests from running here, None when nothing does. `oldest`: the first PgBouncer that will do."""
    if isinstance(psycopg, mock.MagicMock):
        return "needs psycopg"
    if shutil.which("pgbouncer") is None:
        return "needs pgbouncer"
    said = subprocess.run(["pgbouncer", "--version"], capture_output=True, text=True).stdout
    version = re.match(r"PgBouncer (\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < oldest:
        return f"needs PgBouncer {'.'.join(map(str, oldest))} or newer"
    return no_postgres()


def no_postgres() -> str | None:
    """The same of PostgreSQL alone."""
    if not initdb():
        return "needs a PostgreSQL server"
    return "needs a user postgres, being root" if AS and AS not in {user.pw_name for user in pwd.getpwall()} else None


def initdb() -> str:
    """The newest server's program of that name, whose neighbours are the others; empty where there is none."""
    return max(glob.glob("/usr/lib/postgresql/*/bin/initdb"), default=shutil.which("initdb") or "")


def members():
    """Leaves out the role of PostgreSQL's own that one before 16 doesn't have."""
    new = int(re.search(r"/(\d+)/bin", initdb() + "/0/bin")[1]) >= 16
    return mock.patch(
        "holdfast.rights.MEMBERS", frozenset(each for each in MEMBERS if new or "reserved" not in each[1])
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Servers:
    """Both, in a directory of their own under /tmp. The database is `shop`, its roles are `app` and `monitoring`."""

    HOST = "127.0.0.1"

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="holdfast-test-"))
        self.postgres_port, self.pooler_port = _free_port(), _free_port()
        self.pgbouncer: subprocess.Popen | None = None
        if AS:
            shutil.chown(self.directory, AS)
        self.data = self.directory / "data"
        self._run(initdb(), "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync", "--no-instructions")
        self.start_postgres()
        with self._await(self.postgres_port, "postgres", "postgres") as conn:
            for what in ("ROLE app LOGIN", "ROLE monitoring LOGIN", "DATABASE shop OWNER app"):
                conn.execute(f"CREATE {what}")
        self.settings = self.directory / "pgbouncer.ini"
        self.settings.write_text(
            "\n".join(
                [
                    "[databases]",
                    f"%include {self.directory}/databases.ini",
                    "[pgbouncer]",
                    f"unix_socket_dir = {self.directory}",
                    f"listen_port = {self.pooler_port}",
                    "auth_type = trust",
                    f"auth_file = {self.directory}/userlist.txt",
                    "admin_users = pgbouncer",
                    "pool_mode = transaction",
                    "min_pool_size = 2",
                    "server_login_retry = 0.2",
                    "",
                ]
            ),
            encoding="utf-8",
        )
        (self.directory / "userlist.txt").write_text('"app" ""\n"pgbouncer" ""\n', encoding="utf-8")
        self.point_at(self.HOST)

    def _command(self, parts: tuple) -> dict:
        return {"args": [str(part) for part in parts], "user": AS, "cwd": self.directory, "stdout": subprocess.DEVNULL}

    def _run(self, *parts: object) -> None:
        subprocess.run(**self._command(parts), check=True)

    def _start(self, *parts: object) -> subprocess.Popen:
        with open(self.directory / "log", "ab") as log:
            return subprocess.Popen(**self._command(parts), stderr=log)

    def _await(self, port: int, database: str, user: str) -> "psycopg.Connection":
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg.connect(host=str(self.directory), port=port, dbname=database, user=user, autocommit=True)
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError((self.directory / "log").read_text(encoding="utf-8")[-2000:]) from error
                time.sleep(0.02)

    def point_at(self, host: str) -> None:
        """Writes the database's address as the pod's start does."""
        self._write(self.directory / "databases.ini", f"shop = host={host} port={self.postgres_port} dbname=shop\n")

    def start_postgres(self) -> None:
        self.postgres = self._start(
            Path(initdb()).parent / "postgres",
            "-D",
            self.data,
            "-k",
            self.directory,
            "-p",
            self.postgres_port,
            "-c",
            f"listen_addresses={self.HOST}",
            "-c",
            "fsync=off",
        )

    def restart_postgres(self) -> None:
        """A fast shutdown, as the hook asks for one, and a start."""
        self.postgres.send_signal(signal.SIGINT)
        self.postgres.wait()
        self.start_postgres()

    def start_pooler(self) -> None:
        """Starts PgBouncer; it is not paused then."""
        self.pgbouncer = self._start(shutil.which("pgbouncer"), self.settings)
        self._await(self.pooler_port, "pgbouncer", "pgbouncer").close()

    def stop_pooler(self) -> None:
        if self.pgbouncer is not None:
            self.pgbouncer.kill()
            self.pgbouncer.wait()

    def stop(self) -> None:
        """Ends both and leaves nothing behind."""
        self.stop_pooler()
        self.postgres.kill()
        self.postgres.wait()
        shutil.rmtree(self.directory)

    def patches(self) -> list:
        """What makes the agent's modules use these servers instead of their pod's."""
        values = {
            "console.RUNTIME": self.directory,
            "console.POOLER_PORT": self.pooler_port,
            "gate.POSTGRES_PORT": self.postgres_port,
            "config.POSTGRES_PORT": self.postgres_port,
            "config.DATABASES": self.directory / "databases.ini",
            "config.write_private": self._write,
        }
        return [mock.patch(f"holdfast.pooler.{name}", value) for name, value in values.items()]

    @staticmethod
    def _write(path: Path, text: str) -> None:
        """In a pod agent and PgBouncer are one user."""
        write_private(path, text)
        if AS:
            shutil.chown(path, AS)

    def paused(self) -> bool:
        """Whether PgBouncer holds its callers back."""
        with self._await(self.pooler_port, "pgbouncer", "pgbouncer") as conn:
            rows = conn.pgconn.exec_(b"SHOW STATE")
            state = {rows.get_value(row, 0): rows.get_value(row, 1) for row in range(rows.ntuples)}
            return state[b"paused"] == b"yes"

    def console(self, command: str) -> None:
        """Gives PgBouncer a command by another hand than the gate's, and does not wait for what comes of it."""
        conn = self._await(self.pooler_port, "pgbouncer", "pgbouncer")
        conn.pgconn.send_query(command.encode())
        conn.pgconn.flush()
        time.sleep(0.05)
        conn.close()

    def caller(self) -> "psycopg.Connection":
        """A caller's connection to the pooler."""
        return self._await(self.pooler_port, "shop", "app")

    def answers(self, seconds: float) -> bool:
        """Whether a caller's statement is answered within so many seconds."""
        where = ["-h", str(self.directory), "-p", str(self.pooler_port), "-U", "app", "-d", "shop"]
        try:
            said = subprocess.run(["psql", *where, "-Atc", "SELECT 1"], capture_output=True, timeout=seconds).stdout
            return said == b"1\n"
        except subprocess.TimeoutExpired:
            return False
