"""The log-ins of callers: for each three roles that take turns, one for each generation of its password.

PostgreSQL keeps one password for a role. So the password of each generation belongs to a log-in of its own (`app`,
`app_2`, `app_3`, and `app` again), and those of the generation before, of this one and of the next are let in.
Whoever logs in as `app_2` becomes `app`: it has that role's rights and settings, and what it makes belongs to `app`.
"""

import psycopg
from psycopg import sql

from .env import number

CALLERS = ("owner", "app", "readonly")

TURNS = int(number("LOGIN_TURNS"))

# Settings whose value in the catalog is a list of quoted names; as one text it would be one name.
NAME_LISTS = ("local_preload_libraries", "search_path", "session_preload_libraries", "temp_tablespaces")


def logins(caller: str) -> tuple[str, ...]:
    """Every log-in of a caller, the caller's own name first."""
    return (caller, *(f"{caller}_{turn}" for turn in range(2, TURNS + 1)))


def logins_of(callers: tuple[str, ...]) -> tuple[str, ...]:
    """Every log-in of several callers."""
    return tuple(login for caller in callers for login in logins(caller))


def become(conn: psycopg.Connection, login: str, caller: str) -> None:
    """Makes a role a member of its caller's, which it becomes as it logs in."""
    if (
        conn.execute(
            "SELECT FROM pg_auth_members WHERE member = %s::regrole AND roleid = %s::regrole", (login, caller)
        ).fetchone()
        is None
    ):
        conn.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(caller), sql.Identifier(login)))


def wanted_settings(settings: dict[str, list[str]], caller: str) -> dict[str, list[str]]:
    """A log-in's settings by database ("": in all of them), from its caller's. Pure.

    PostgreSQL goes by those of the role that logged in, not of the one that it becomes.
    """
    followed = {
        database: sorted(entry for entry in entries if _name(entry) != "role") for database, entries in settings.items()
    }
    everywhere = sorted([*followed.get("", []), f"role={caller}"])
    return {database: entries for database, entries in {**followed, "": everywhere}.items() if entries}


def follow_settings(conn: psycopg.Connection, callers: tuple[str, ...]) -> None:
    """Gives each log-in the settings of its caller, `ALTER ROLE app SET statement_timeout` for one."""
    found: dict[str, dict[str, list[str]]] = {}
    for role, database, entries in conn.execute(
        "SELECT rolname, coalesce(datname, ''), setconfig"
        " FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole"
        " LEFT JOIN pg_database ON pg_database.oid = setdatabase WHERE rolname = ANY(%s)",
        (list(logins_of(callers)),),
    ):
        found.setdefault(role, {})[database] = sorted(entries)
    for caller in callers:
        wanted = wanted_settings(found.get(caller, {}), caller)
        for login in logins(caller)[1:]:
            has = found.get(login, {})
            for database in sorted({*wanted, *has}):
                if wanted.get(database) != has.get(database):
                    _set_all(conn, login, database, wanted.get(database, []))


def _set_all(conn: psycopg.Connection, login: str, database: str, entries: list[str]) -> None:
    where = sql.SQL(" IN DATABASE {}").format(sql.Identifier(database)) if database else sql.SQL("")
    alter = sql.SQL("ALTER ROLE {}{} ").format(sql.Identifier(login), where)
    with conn.transaction():
        conn.execute(alter + sql.SQL("RESET ALL"))
        for name, value in (entry.split("=", 1) for entry in entries):
            # A setting of an extension has a dot in its name, which stands between two identifiers.
            identifier = sql.Identifier(*name.split("."))
            if name in NAME_LISTS:
                conn.execute("SELECT set_config(%s, %s, true)", (name, value))
                conn.execute(alter + sql.SQL("SET {} FROM CURRENT").format(identifier))
            else:
                conn.execute(alter + sql.SQL("SET {} TO {}").format(identifier, sql.Literal(value)))


def _name(entry: str) -> str:
    return entry.split("=", 1)[0]
