"""Keeps the database's roles, rights and passwords as they should be. Safe to run at any time, any number of times."""

import logging
from dataclasses import dataclass

import psycopg
from psycopg import sql

from .env import SOCKETS
from .logins import CALLERS, become, follow_settings, logins
from .passwords import verifies

log = logging.getLogger(__name__)

# Seconds to connect to the server in the same pod, which is busy while it starts.
CONNECT_SECONDS = 3


@dataclass(frozen=True)
class Role:
    """A role that logs in with a password, and the role that it becomes as it does so."""

    name: str
    attributes: tuple[str, ...] = ()
    becomes: str | None = None


ROLES = (
    Role("postgres", ("SUPERUSER", "REPLICATION", "CREATEDB", "CREATEROLE")),
    Role("replication", ("REPLICATION",)),
    Role("monitoring"),
    # The caller's own name first: the others become it.
    *(Role(name, becomes=None if name == caller else caller) for caller in CALLERS for name in logins(caller)),
)

# Attributes that a role has or has not, by their column.
ATTRIBUTES = {
    "LOGIN": "rolcanlogin",
    "SUPERUSER": "rolsuper",
    "REPLICATION": "rolreplication",
    "CREATEDB": "rolcreatedb",
    "CREATEROLE": "rolcreaterole",
}

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

    Roles must come into being before any standby can log in, so these commits wait for none; they are repeated on the
    next primary if they are lost.
    """
    return psycopg.connect(
        host=str(SOCKETS),
        user="postgres",
        dbname=dbname,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        options="-c synchronous_commit=local -c statement_timeout=10s "
        "-c log_statement=none -c log_min_duration_statement=-1",
    )


def _run(conn: psycopg.Connection, text: str, **names: str) -> None:
    conn.execute(sql.SQL(text).format(**{key: sql.Identifier(value) for key, value in names.items()}))


def reconcile(database: str, passwords: dict[str, str]) -> None:
    """Brings roles, database and rights to what they should be.

    `passwords` maps a Secret's keys to values. A log-in that has none there is in no generation that is let in.
    """
    with connect("postgres") as conn:
        reconcile_roles(conn, passwords)
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


def reconcile_roles(conn: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Brings each role to what it should be; what it becomes and how comes before it can log in."""
    columns = ", ".join(ATTRIBUTES.values())
    rows = conn.execute(f"SELECT rolname, rolpassword, {columns} FROM pg_authid").fetchall()
    known = {name: (secret, dict(zip(ATTRIBUTES, has, strict=True))) for name, secret, *has in rows}
    for role in ROLES:
        if role.name not in known:
            _run(conn, "CREATE ROLE {role}", role=role.name)
        if role.becomes:
            become(conn, role.name, role.becomes)
    follow_settings(conn)
    for role in ROLES:
        key = password_key(role.name)
        password = passwords.get(key) if role.becomes else passwords[key]
        _let_in(conn, role, password, *known.get(role.name, (None, {})))


def _let_in(
    conn: psycopg.Connection, role: Role, password: str | None, secret: str | None, has: dict[str, bool]
) -> None:
    """Gives a role its attributes and its password where they differ; without a password it can't log in."""
    wanted = {each: each in role.attributes or (each == "LOGIN" and password is not None) for each in ATTRIBUTES}
    # Each change makes every session look up its rights anew.
    if has != wanted:
        words = " ".join(each if on else f"NO{each}" for each, on in wanted.items())
        _run(conn, "ALTER ROLE {role} " + words, role=role.name)
    if password is None:
        if secret is not None:
            _run(conn, "ALTER ROLE {role} PASSWORD NULL", role=role.name)
    elif not verifies(secret, password):
        # Hashed here, so that the password itself never travels to the server or into a log.
        hashed = conn.pgconn.encrypt_password(password.encode(), role.name.encode(), b"scram-sha-256").decode()
        conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role.name), sql.Literal(hashed)))
        log.info("password of role %s set", role.name)


def _grant_tables(conn: psycopg.Connection) -> None:
    _run(conn, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    _run(conn, "GRANT USAGE ON SCHEMA public TO app, readonly")
    # What exists, and what the owner's migrations will add.
    for prefix in (
        "GRANT {rights} ON ALL {kind} IN SCHEMA public TO {role}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT {rights} ON {kind} TO {role}",
    ):
        for rights, kind, role in (
            ("SELECT, INSERT, UPDATE, DELETE", "TABLES", "app"),
            ("USAGE, SELECT", "SEQUENCES", "app"),
            ("SELECT", "TABLES", "readonly"),
        ):
            conn.execute(prefix.format(rights=rights, kind=kind, role=role))
