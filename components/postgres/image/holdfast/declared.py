"""What is declared of databases and of who uses them: `databases.json`, of the component's making
(components/postgres/databases.ts). Pure."""

import json
from dataclasses import dataclass

from .logins import CALLERS

FILE = "databases.json"


@dataclass(frozen=True)
class Database:
    """A database, and who may log in to it."""

    name: str
    owner: str = "owner"
    # Roles that read and write its tables, and roles that read them.
    writers: tuple[str, ...] = ("app",)
    readers: tuple[str, ...] = ("readonly",)
    extensions: tuple[str, ...] = ()
    # Connections that a pooler's pod may hold to it; None: what its own configuration says.
    connections: int | None = None

    @property
    def callers(self) -> tuple[str, ...]:
        """Everybody who logs in to it."""
        return (self.owner, *self.writers, *self.readers)


def parse(files: dict[str, str], own: str) -> tuple[Database, ...]:
    """The databases, the application's own first. `own`: its name, where a component of before said no more."""
    if FILE not in files:
        return (Database(own),)
    return tuple(
        Database(**{key: tuple(value) if isinstance(value, list) else value for key, value in each.items()})
        for each in json.loads(files[FILE])
    )


def callers(databases: tuple[Database, ...]) -> tuple[str, ...]:
    """Every role that logs in with a password of a generation; the component's own three first."""
    return tuple(dict.fromkeys((*CALLERS, *(role for each in databases for role in each.callers))))
