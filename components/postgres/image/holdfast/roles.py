"""Keeps the database's roles, rights and passwords as they should be. Safe to run at any time, any number of times."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from . import extensions, given, rights
from .declared import Database, callers
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
    # Whether it is let in in some generations of passwords only.
    turns: bool = False


OWN = (
    Role("postgres", ("SUPERUSER", "REPLICATION", "CREATEDB", "CREATEROLE")),
    Role("replication", ("REPLICATION",)),
    Role("monitoring"),
)


def of_callers(names: Iterable[str]) -> tuple[Role, ...]:
    """The callers' log-ins. A caller's own name first: the others become it."""
    return tuple(
        Role(login, becomes=None if login == name else name, turns=True) for name in names for login in logins(name)
    )


# Attributes that a role has or has not, by their column.
ATTRIBUTES = {
    "LOGIN": "rolcanlogin",
    "SUPERUSER": "rolsuper",
    "REPLICATION": "rolreplication",
    "CREATEDB": "rolcreatedb",
    "CREATEROLE": "rolcreaterole",
}

# Somebody else changed, made or dropped just that at the same time: what is missing is looked up anew. PostgreSQL has
# no code of its own for "tuple concurrently updated".
PASSING = ("XX000", "23505", "40P01", "3F000", "42P01", "42704", "42710")

# Looks in one round, and seconds between two of them: whoever changes rights is through with one in milliseconds.
TRIES = 5
PAUSE_SECONDS = 0.1

# Of what is not declared any more: said once by each agent.
said: set[str] = set()


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


def reconcile(databases: tuple[Database, ...], passwords: dict[str, str]) -> None:
    """Brings roles, databases and rights to what they should be; where nothing differs, nothing is written.

    `passwords` maps a Secret's keys to values. A log-in that has none there is in no generation that is let in.
    """
    for left in reversed(range(TRIES)):
        try:
            _reconcile(databases, passwords)
            return
        except psycopg.Error as error:
            if left == 0 or error.sqlstate not in PASSING:
                raise
            log.debug("roles: once more, after: %s", error)
            time.sleep(PAUSE_SECONDS)


def _reconcile(databases: tuple[Database, ...], passwords: dict[str, str]) -> None:
    names = callers(databases)
    with connect(rights.OWN) as conn:
        gone, retired = given.left_over(conn, {each.name for each in databases}, set(names))
        reconcile_roles(conn, passwords, names, retired)
        there = {name for (name,) in conn.execute("SELECT datname FROM pg_database")}
        for each in databases:
            if each.name not in there:
                _run(conn, "CREATE DATABASE {database} OWNER {owner}", database=each.name, owner=each.owner)
        rights.hold(conn, databases)
        extensions.watch(conn)
        noted = given.read(conn)
        for each in databases:
            _give(conn, each, noted)
    for name in gone:
        _say_once(f"database {name} is not declared any more: nobody is let in, and it stays with all its data")
    for name in retired:
        _say_once(f"role {name} is not declared any more: it can't log in, and what it owns stays")


def _say_once(what: str) -> None:
    if what not in said:
        said.add(what)
        log.warning(what)


def _give(own: psycopg.Connection, database: Database, noted: set[tuple[int, int]]) -> None:
    """Gives, in a database, the rights that its owner decides on from then on."""
    (oid,) = own.execute("SELECT oid FROM pg_database WHERE datname = %s", (database.name,)).fetchone()
    names = list(database.callers)
    rows = own.execute("SELECT oid, rolname FROM pg_roles WHERE rolname = ANY(%s)", (names,)).fetchall()
    with connect(database.name) as conn:
        if (oid, given.EVERYBODY) not in noted:
            _run(conn, "REVOKE ALL ON DATABASE {database} FROM PUBLIC", database=database.name)
            extensions.clear(conn, database.name)
            given.write(own, oid, given.EVERYBODY)
        for role, name in rows:
            if (oid, role) not in noted:
                with conn.transaction():
                    for statement in rights.first_rights(database, name):
                        conn.execute(statement)
                given.write(own, oid, role)
                log.info("rights in %s given to %s", database.name, name)
        rights.follow_defaults(conn, database.owner)
        extensions.install(conn, database)


def reconcile_roles(
    conn: psycopg.Connection,
    passwords: dict[str, str],
    names: tuple[str, ...] = CALLERS,
    retired: Iterable[str] = (),
) -> None:
    """Brings each role to what it should be; what it becomes and how comes before it can log in.

    `names`: callers. `retired`: those of before, which can't log in any more.
    """
    columns = ", ".join(ATTRIBUTES.values())
    rows = conn.execute(f"SELECT rolname, rolpassword, {columns} FROM pg_authid").fetchall()
    known = {name: (secret, dict(zip(ATTRIBUTES, has, strict=True))) for name, secret, *has in rows}
    roles = (*OWN, *of_callers(names))
    for role in roles:
        if role.name not in known:
            _run(conn, "CREATE ROLE {role}", role=role.name)
        if role.becomes:
            become(conn, role.name, role.becomes)
    follow_settings(conn, names)
    for role in roles:
        key = password_key(role.name)
        password = passwords.get(key) if role.turns else passwords[key]
        _let_in(conn, role, password, *known.get(role.name, (None, {})))
    for role in of_callers(retired):
        if role.name in known:
            _let_in(conn, role, None, *known[role.name])


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
