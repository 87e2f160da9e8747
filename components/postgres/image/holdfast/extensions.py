"""Extensions: those that are declared, in a schema of their own, and the component's own, in a database of its own."""

import logging

import psycopg
from psycopg import sql

from .declared import Database

log = logging.getLogger(__name__)

# Statistics of all databases' statements. Seen from one, so that nothing of it is in an owner's database, whose dump
# only a superuser could play back then.
STATEMENTS = "pg_stat_statements"

# Somebody's own objects are built on it.
DEPENDED_ON = "2BP01"


def watch(conn: psycopg.Connection) -> None:
    """Has the component's own extension in its own database. `conn`: to that."""
    if not _there(conn):
        conn.execute("CREATE SCHEMA IF NOT EXISTS monitoring")
        conn.execute("GRANT USAGE ON SCHEMA monitoring TO monitoring")
        conn.execute(f"CREATE EXTENSION IF NOT EXISTS {STATEMENTS} WITH SCHEMA monitoring")


def clear(conn: psycopg.Connection, database: str) -> None:
    """Takes it out of an application's database, where a version of before put it; it holds no data."""
    if not _there(conn):
        return
    try:
        conn.execute(f"DROP EXTENSION {STATEMENTS}")
    except psycopg.Error as error:
        if error.sqlstate != DEPENDED_ON:
            raise
        log.warning("%s stays in %s, as somebody's own view is built on it: %s", STATEMENTS, database, error)


# Where extensions are: not among the owner's tables, and found without its name all the same.
SCHEMA = "extensions"


def install(conn: psycopg.Connection, database: Database) -> None:
    """Has the declared extensions in a database. One that is there stays where and as it is, and none is taken away."""
    there = {name for (name,) in conn.execute("SELECT extname FROM pg_extension")}
    missing = [name for name in database.extensions if name not in there]
    if not missing:
        return
    names = {"schema": sql.Identifier(SCHEMA), "database": sql.Identifier(database.name)}
    owner = sql.Identifier(database.owner)
    if conn.execute("SELECT to_regnamespace(%s)", (SCHEMA,)).fetchone()[0] is None:
        with conn.transaction():
            for text in (
                "CREATE SCHEMA {schema} AUTHORIZATION {owner}",
                "GRANT USAGE ON SCHEMA {schema} TO PUBLIC",
                'ALTER DATABASE {database} SET search_path = "$user", public, {schema}',
            ):
                conn.execute(sql.SQL(text).format(**names, owner=owner))
    trusted = {name for (name,) in conn.execute("SELECT name FROM pg_available_extension_versions WHERE trusted")}
    for name in missing:
        with conn.transaction():
            # What an owner may make by itself belongs to it: its dump says so, and it can play that back.
            if name in trusted:
                conn.execute(sql.SQL("SET LOCAL ROLE {}").format(owner))
            create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {} CASCADE")
            conn.execute(create.format(sql.Identifier(name), names["schema"]))
        log.info("extension %s made in %s", name, database.name)


def _there(conn: psycopg.Connection) -> bool:
    return conn.execute("SELECT FROM pg_extension WHERE extname = %s", (STATEMENTS,)).fetchone() is not None
