"""Copies the leader: what Patroni runs to make a member from nothing, and to make it anew (`create_replica_methods`).

What lies here stays until the copy is whole and streams (directory.py). Patroni clears the data directory when this
program fails or is cut off, so whatever is worth anything is set aside under another name first, and comes back when
there is no copy.

    python3 -m holdfast.clone --datadir=... --connstring=... (and more that Patroni says; it is not needed)
"""

import subprocess
import sys
import time

from psycopg.conninfo import conninfo_to_dict

from . import copies
from .control import held
from .directory import Copy, Place, no_room, refusal


def option(arguments: list[str], name: str) -> str:
    """The value of `--name=value`."""
    prefix = f"--{name}="
    return next(argument.removeprefix(prefix) for argument in arguments if argument.startswith(prefix))


def host_of(connstring: str) -> str:
    """The server in a connection string."""
    return str(conninfo_to_dict(connstring)["host"])


def base_backup(connstring: str, target: str) -> int:
    """Copies the server. Without a slot of its own: one that streams from a slot says how far it has flushed, and a
    primary that waits for any standby would take that for an acknowledgement. The member's own slot keeps the WAL
    meanwhile."""
    return subprocess.run(
        (
            "pg_basebackup",
            f"--pgdata={target}",
            f"--dbname={connstring}",
            "--wal-method=stream",
            "--no-slot",
            "--checkpoint=fast",
        ),
        check=False,
    ).returncode


def stays(place: Place, copy: Copy | None) -> str | None:
    """Why the data here, or what is still kept from before, may not make way; None when both may."""
    found = [held(directory) for directory in (place.data, place.kept)]
    now = time.monotonic()
    return next(filter(None, (refusal(mine, copy, now) for mine in found)), None)


def run(connstring: str, place: Place) -> int:
    """The exit code: 0 where there is data to go on with, new or as it was."""
    say(place.tidy())
    mine = held(place.data)
    if mine is not None:
        address = host_of(connstring)
        reason = stays(place, copies.see(address, address)) or no_room(place.used(), place.available())
        if reason:
            say(f"the data here stays: {reason}")
            return 0
        place.begin()
    if base_backup(connstring, str(place.new)) != 0:
        say("the leader could not be copied")
        say(place.tidy())
        return 0 if mine is not None else 1
    place.finish()
    return 0


def say(sentence: str | None) -> None:
    if sentence:
        print(f"clone: {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(run(option(sys.argv[1:], "connstring"), Place()))
