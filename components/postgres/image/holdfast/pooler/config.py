"""The parts of PgBouncer's configuration that change while it runs: where the database is, and who may log in."""

import re

from ..env import CREDENTIALS, POSTGRES_PORT, RUNTIME, credential, write_private
from ..logins import LOGINS

DATABASES = RUNTIME / "databases.ini"
USERS = RUNTIME / "userlist.txt"


def database_line(database: str, hosts: list[str]) -> str:
    """The database's entry; several hosts take turns, one for each new server connection."""
    return f"{database} = host={','.join(hosts)} port={POSTGRES_PORT} dbname={database}\n"


def userlist(passwords: dict[str, str]) -> str:
    """PgBouncer's list of roles with their passwords; `stats` is the exporter's, let in over the pod's socket only."""
    lines = [f'"{role}" "{password}"' for role, password in sorted(passwords.items())]
    return "\n".join([*lines, '"stats" ""', ""])


def mounted_passwords() -> dict[str, str]:
    """Those of the log-ins that are let in at present."""
    return {login: credential(f"{login}-password") for login in LOGINS if (CREDENTIALS / f"{login}-password").exists()}


def write_hosts(database: str, hosts: list[str]) -> None:
    write_private(DATABASES, database_line(database, hosts))


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
    return {role: password for role, password in lines if role in LOGINS}


def write_users(passwords: dict[str, str]) -> None:
    write_private(USERS, userlist(passwords))
