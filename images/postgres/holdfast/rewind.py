"""Stands before pg_rewind (the image's /usr/local/bin/pg_rewind, Patroni's `bin_name`): asks whether this data may be
overwritten, and becomes pg_rewind.

While it runs, the member's agent sees it by a lock: a large volume is compared for minutes, in which nothing of it
changes.

    python3 -m holdfast.rewind ARGUMENTS OF PG_REWIND
"""

import fcntl
import os
import sys
import time
from pathlib import Path

from . import copies
from .clone import host_of
from .control import held
from .directory import refusal
from .env import DATA_DIRECTORY, RUNTIME

LOCK = RUNTIME / "rewinding"

# PostgreSQL's own.
PROGRAM = "/usr/lib/postgresql/17/bin/pg_rewind"


def hold(path: Path = LOCK) -> int:
    """Takes the lock until this process, whatever it becomes, ends. Returns its descriptor."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.set_inheritable(descriptor, True)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def under_way(path: Path = LOCK) -> bool:
    """Whether a rewind runs in this pod."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


def source_of(arguments: list[str]) -> str:
    """Connection string of the server that is rewound to, in pg_rewind's arguments."""
    return arguments[arguments.index("--source-server") + 1]


def main() -> int:
    arguments = sys.argv[1:]
    address = host_of(source_of(arguments))
    reason = refusal(held(DATA_DIRECTORY), copies.see(address, address), time.monotonic())
    if reason:
        print(f"rewind: the data here stays: {reason}", flush=True)
        return 1
    hold()
    os.execv(PROGRAM, [PROGRAM, *arguments])


if __name__ == "__main__":
    sys.exit(main())
