"""Which rights were given already, so that nobody is given them twice: a table in the component's own database, by the
identities of database and role. A database that is made anew under its name is another one."""

import psycopg

# Stands for everybody, as in the catalogue.
EVERYBODY = 0


def read(conn: psycopg.Connection) -> set[tuple[int, int]]:
    """Databases and roles. `conn`: to the component's own database."""
    if conn.execute("SELECT to_regclass('holdfast.given')").fetchone()[0] is None:
        return set()
    return set(conn.execute("SELECT database, role FROM holdfast.given").fetchall())


def write(conn: psycopg.Connection, database: int, role: int) -> None:
    """Notes one. A crash just before loses the note alone: the rights are given once more then."""
    conn.execute("CREATE SCHEMA IF NOT EXISTS holdfast")
    conn.execute("CREATE TABLE IF NOT EXISTS holdfast.given (database oid, role oid, PRIMARY KEY (database, role))")
    conn.execute("INSERT INTO holdfast.given VALUES (%s, %s) ON CONFLICT DO NOTHING", (database, role))


def left_over(conn: psycopg.Connection, databases: set[str], roles: set[str]) -> tuple[list[str], list[str]]:
    """Databases and roles that were declared once and are not any more."""
    if conn.execute("SELECT to_regclass('holdfast.given')").fetchone()[0] is None:
        return [], []
    names = [
        {
            name
            for (name,) in conn.execute(f"SELECT {name} FROM {catalog} WHERE oid IN (SELECT {key} FROM holdfast.given)")
        }
        for name, catalog, key in (("datname", "pg_database", "database"), ("rolname", "pg_roles", "role"))
    ]
    return sorted(names[0] - databases), sorted(names[1] - roles)
