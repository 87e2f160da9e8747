"""Keeps the database's roles, rights and passwords as they should be. Safe to run at any time, any number of times."""

import logging
from dataclasses import dataclass

import psycopg
from psycopg import sql

from .env import SOCKETS
from .passwords import verifies

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Role:
    """A role with a password: its attributes, and whether applications log in with it."""

    name: str
    attributes: str
    # Callers hold these passwords in files that Kubernetes refreshes within a minute or two, so a change of theirs waits.
    held_by_callers: bool = False


ROLES = (
    Role("postgres", "SUPERUSER LOGIN"),
    Role("replication", "LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE"),
    Role("owner", "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"),
    Role("app", "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE", held_by_callers=True),
    Role("readonly", "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE", held_by_callers=True),
    Role("monitoring", "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"),
)

# pg_rewind reads the primary's files through these four functions (its documentation names them).
REWIND_FUNCTIONS = (
    "pg_ls_dir(text, boolean, boolean)",
    "pg_stat_file(text, boolean)",
    "pg_read_binary_file(text)",
    "pg_read_binary_file(text, bigint, bigint, boolean)",
)


def password_key(role: str) -> str:
    """Key of a role's password in the credentials Secret."""
    return "superuser-password" if role == "postgres" else f"{role}-password"


def connect(dbname: str) -> psycopg.Connection:
    """The superuser, over the pod's own socket.

    Roles must come into being before any standby can log in, so these commits wait for none; they are repeated on the next
    primary if they are lost.
    """
    return psycopg.connect(
        host=str(SOCKETS), user="postgres", dbname=dbname, autocommit=True, connect_timeout=3,
        options="-c synchronous_commit=local -c statement_timeout=10s -c log_statement=none -c log_min_duration_statement=-1",
    )


def _run(conn: psycopg.Connection, text: str, **names: str) -> None:
    conn.execute(sql.SQL(text).format(**{key: sql.Identifier(value) for key, value in names.items()}))


def reconcile(database: str, passwords: dict[str, str], late: bool) -> list[str]:
    """Brings roles, database and rights to what they should be.

    `passwords` maps a Secret's keys to values; `late` says that callers have had the time to see new passwords.
    Returns the roles whose password changed, and with a `!` those whose change still waits.
    """
    changed: list[str] = []
    with connect("postgres") as conn:
        for role in ROLES:
            changed += _reconcile_role(conn, role, passwords[password_key(role.name)], late)
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            _run(conn, "CREATE DATABASE {database} OWNER owner", database=database)
        for each in (database, "postgres"):
            _run(conn, "REVOKE ALL ON DATABASE {database} FROM PUBLIC", database=each)
            _run(conn, "GRANT CONNECT ON DATABASE {database} TO monitoring", database=each)
        _run(conn, "GRANT CONNECT ON DATABASE {database} TO app, readonly", database=database)
        _run(conn, "GRANT CONNECT ON DATABASE postgres TO replication")
        _run(conn, "GRANT pg_monitor, pg_use_reserved_connections TO monitoring")
        for function in REWIND_FUNCTIONS:
            _run(conn, f"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO replication")
    with connect(database) as conn:
        _grant_tables(conn)
    return changed


def _reconcile_role(conn: psycopg.Connection, role: Role, password: str, late: bool) -> list[str]:
    row = conn.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (role.name,)).fetchone()
    if row is None:
        _run(conn, "CREATE ROLE {role}", role=role.name)
    _run(conn, "ALTER ROLE {role} " + role.attributes, role=role.name)
    if row is not None and verifies(row[0], password):
        return []
    if row is not None and row[0] and role.held_by_callers and not late and _in_use(conn, role.name):
        return [f"{role.name}!"]
    # Hashed here, so that the password itself never travels to the server or into a log.
    secret = conn.pgconn.encrypt_password(password.encode(), role.name.encode(), b"scram-sha-256").decode()
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role.name), sql.Literal(secret)))
    log.info("password of role %s set", role.name)
    return [role.name]


def _in_use(conn: psycopg.Connection, role: str) -> bool:
    """Whether anybody is logged in as this role, and so would notice a change."""
    return conn.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = %s)", (role,)).fetchone()[0]


def _grant_tables(conn: psycopg.Connection) -> None:
    _run(conn, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    _run(conn, "GRANT USAGE ON SCHEMA public TO app, readonly")
    # What exists, and what the owner's migrations will add.
    for prefix in ("GRANT {rights} ON ALL {kind} IN SCHEMA public TO {role}",
                   "ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT {rights} ON {kind} TO {role}"):
        for rights, kind, role in (
            ("SELECT, INSERT, UPDATE, DELETE", "TABLES", "app"),
            ("USAGE, SELECT", "SEQUENCES", "app"),
            ("SELECT", "TABLES", "readonly"),
        ):
            conn.execute(prefix.format(rights=rights, kind=kind, role=role))
