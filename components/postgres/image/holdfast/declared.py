"""What is declared of databases and of who uses them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Database:
    """A database, and who may log in to it."""

    name: str
    owner: str = "owner"
    # Roles that read and write its tables, and roles that read them.
    writers: tuple[str, ...] = ("app",)
    readers: tuple[str, ...] = ("readonly",)

    @property
    def callers(self) -> tuple[str, ...]:
        """Everybody who logs in to it."""
        return (self.owner, *self.writers, *self.readers)
