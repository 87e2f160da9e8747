"""Stands before pg_rewind (the image's /usr/local/bin/pg_rewind, Patroni's `bin_name`), which overwrites data in place.

Cut off halfway it leaves no database. So what was there is kept beside it where the volume's filesystem can share
blocks; elsewhere a third copy has to be seen (directory.py). Where there is none this fails, and asks the agent to have
the member copied beside what it has (rejoin.py): Patroni would start it as it is and try to rewind it again, for ever.

While it runs the member's agent sees it by a lock: a large volume is compared for minutes, in which nothing changes.

    python3 -m holdfast.rewind ARGUMENTS OF PG_REWIND
"""

import fcntl
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import copies, rest
from .clone import host_of, stays
from .control import held
from .directory import Copy, Place, in_place
from .env import RUNTIME

LOCK = RUNTIME / "rewinding"

# Left by the first of a row of rewinds that are refused, for the agent to find.
REFUSED = RUNTIME / "rewind-refused"

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


def refused_for() -> float:
    """Seconds since a rewind was first refused, and none has begun since; 0 where that is not so."""
    try:
        return time.time() - REFUSED.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def forget() -> None:
    """What was refused says nothing any more."""
    REFUSED.unlink(missing_ok=True)


def source_of(arguments: list[str]) -> str:
    """Connection string of the server that is rewound to, in pg_rewind's arguments."""
    return arguments[arguments.index("--source-server") + 1]


def look(address: str, members: list[dict], me: str) -> tuple[Copy | None, list[Copy]]:
    """The copy at this address, and those of the other members; all are looked at at the same time."""
    names = {address: address}
    names |= {member["host"]: member["name"] for member in members if member["name"] != me and member.get("host")}
    with ThreadPoolExecutor(len(names)) as pool:
        seen = dict(zip(names, pool.map(lambda host: copies.see(names[host], host), names), strict=True))
    source = seen.pop(address)
    return source, [copy for copy in seen.values() if copy]


def run(arguments: list[str], place: Place, me: str) -> int:
    """The exit code, where this process does not become pg_rewind."""
    mine = held(place.data)
    try:
        members = rest.members("127.0.0.1")
    except rest.RestError:
        members = []
    source, others = look(host_of(source_of(arguments)), members, me)
    shares = place.shares()
    reason = stays(place, source) if shares else in_place(mine, source, others, time.monotonic())
    if reason:
        return refuse(reason)
    forget()
    hold()
    if not shares:
        os.execv(PROGRAM, [PROGRAM, *arguments])
    if not place.keep():
        return refuse("it can't be kept beside")
    # pg_rewind must not go on without this process: the data would be put back under its hands.
    code = subprocess.run(("setpriv", "--pdeathsig", "KILL", PROGRAM, *arguments), check=False).returncode
    say(place.changed(well=code == 0))
    return code


def refuse(reason: str) -> int:
    """The exit code of a rewind that is not begun; the agent looks for what is left here."""
    say(f"the data here is not overwritten: {reason}")
    if not REFUSED.exists():
        REFUSED.touch()
    return 1


def say(sentence: str | None) -> None:
    """To Patroni's log, which has what this prints."""
    if sentence:
        print(f"rewind: {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], Place(), os.environ["POD_NAME"]))
