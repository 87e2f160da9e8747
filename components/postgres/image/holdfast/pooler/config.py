"""The parts of PgBouncer's configuration that change while it runs: where the databases are, and who may log in."""

import os
import re

from .. import declared
from ..declared import Database
from ..env import CREDENTIALS, POSTGRES_PORT, RUNTIME, SETTINGS, credential, write_private
from ..logins import logins

DATABASES = RUNTIME / "databases.ini"
USERS = RUNTIME / "userlist.txt"

# Ending of the passwords' keys; the agent's own log-in is no caller's.
KEY = "-password"
MONITORING = "monitoring"

# The exporter's name, which has no password: it is let in over the pod's socket only.
EXPORTER = "stats"


def databases() -> tuple[Database, ...]:
    """What is declared, the application's own first."""
    file = SETTINGS / declared.FILE
    files = {declared.FILE: file.read_text(encoding="utf-8")} if file.exists() else {}
    return declared.parse(files, os.environ["DATABASE"])


def database_line(database: Database, hosts: list[str]) -> str:
    """A database's entry; several hosts take turns, one for each new server connection."""
    most = database.connections
    own = f" pool_size={most} max_db_connections={most}" if most is not None else ""
    return f"{database.name} = host={','.join(hosts)} port={POSTGRES_PORT} dbname={database.name}{own}\n"


def database_of(login: str, there: tuple[Database, ...]) -> str:
    """A database that a log-in is let in to."""
    mine = (each.name for each in there if any(login in logins(caller) for caller in each.callers))
    return next(mine, there[0].name)


def userlist(passwords: dict[str, str]) -> str:
    """PgBouncer's list of roles with their passwords."""
    lines = [f'"{role}" "{password}"' for role, password in sorted(passwords.items())]
    return "\n".join([*lines, f'"{EXPORTER}" ""', ""])


def callers_in(keys: list[str]) -> list[str]:
    """Log-ins of callers that there is a password of."""
    logins_there = sorted(key.removesuffix(KEY) for key in keys if key.endswith(KEY))
    return [login for login in logins_there if login != MONITORING]


def mounted_passwords() -> dict[str, str]:
    """Those of the log-ins that are let in at present."""
    return {login: credential(login + KEY) for login in callers_in(os.listdir(CREDENTIALS))}


def write_hosts(there: tuple[Database, ...], hosts: list[str]) -> None:
    write_private(DATABASES, "".join(database_line(each, hosts) for each in there))


def last_hosts() -> list[str]:
    """What PgBouncer was given last, the agent before this one included; nothing before its first start."""
    try:
        found = re.search(r"\bhost=(\S+)", DATABASES.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return found[1].split(",") if found else []


def users() -> dict[str, str] | None:
    """The log-ins' passwords as PgBouncer has them in its list; None before its first start."""
    try:
        lines = re.findall(r'^"(\w+)" "(.*)"$', USERS.read_text(encoding="utf-8"), re.MULTILINE)
    except FileNotFoundError:
        return None
    return {role: password for role, password in lines if role != EXPORTER}


def write_users(passwords: dict[str, str]) -> None:
    write_private(USERS, userlist(passwords))
