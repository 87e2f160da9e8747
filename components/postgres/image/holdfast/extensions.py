"""Extensions: the component's own is apart from the application's schema."""

import logging

import psycopg

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


def _there(conn: psycopg.Connection) -> bool:
    return conn.execute("SELECT FROM pg_extension WHERE extname = %s", (STATEMENTS,)).fetchone() is not None
