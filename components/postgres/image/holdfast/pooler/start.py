"""Starts PgBouncer: writes the parts that the agent will keep current, and becomes PgBouncer."""

import os
import shutil

from ..env import RUNTIME, SETTINGS
from .config import DATABASES, databases, mounted_passwords, write_hosts, write_users


def main() -> None:
    write_users(mounted_passwords())
    shutil.copy(SETTINGS / "hba.conf", RUNTIME / "hba.conf")
    # After a restart of this container alone the agent's file is still there and better than the first guess.
    if not DATABASES.exists():
        write_hosts(databases(), [os.environ["PRIMARY_ADDRESS"]])
    os.execvp("pgbouncer", ["pgbouncer", str(SETTINGS / "pgbouncer.ini")])


if __name__ == "__main__":
    main()
