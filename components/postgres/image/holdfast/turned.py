"""The fence's word on whom this member streams from, and Patroni held to it.

A round of Patroni's may have read that the old primary leads, be held up, and write that down after this member was
counted as turned to a candidate: its WAL receiver would go back and acknowledge for the old primary. So the fence's
word is kept in a file, and stands until Patroni itself has read that somebody else leads. Whenever Patroni writes
PostgreSQL's settings and means another primary than that, the fence's settings are put back, under a lock that the
fence takes as well.

Patroni's process imports this at its start, so it imports little.
"""

import fcntl
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from .env import DATA_DIRECTORY, POSTGRES_PORT, RUNTIME, credential, write_private

log = logging.getLogger(__name__)

WORD = RUNTIME / "turned"
LOCK = RUNTIME / "turning"

# Patroni's password file; it has a line for the leader that Patroni follows, and the fence adds one for the candidate.
PASSFILE = RUNTIME / "pgpass"

# Patroni's settings, and the file that wins over them, which the fence writes to by ALTER SYSTEM. Patroni takes out of
# it whatever is about recovery each time it writes its own.
CONF = DATA_DIRECTORY / "postgresql.conf"
AUTO_CONF = DATA_DIRECTORY / "postgresql.auto.conf"

# Seconds either side waits for the other. Both hold the lock for milliseconds; a Patroni that does not get it has its
# round fail and begins another, and a fence counts the member as not turned.
LOCK_SECONDS = 3.0
# Between two tries to get it.
LOCK_LOOK_SECONDS = 0.002

# Seconds for Patroni to say who leads; a member asks itself.
ASK_SECONDS = 1.0

_HOST = re.compile(r"(?m)^primary_conninfo = '(?:[^\n]*?\s)?host=([^\s'\n]+)")

Save = Callable[..., None]


@dataclass(frozen=True)
class Turned:
    """Whom this member was turned to last: name and address, and the settings that do it."""

    candidate: str
    address: str
    settings: dict[str, str]


@contextmanager
def locked(seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Nobody else changes meanwhile whom this member streams from. TimeoutError where another one is at it so long."""
    descriptor = os.open(LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    deadline = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"somebody has been changing the upstream for {seconds:.0f} s") from None
                time.sleep(LOCK_LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


def read() -> Turned | None:
    """The word that stands, None where there is none that can be read."""
    try:
        return Turned(**json.loads(WORD.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write(word: Turned) -> None:
    """Lets this word stand from now on; under the lock."""
    write_private(WORD, json.dumps(asdict(word)))


def forget() -> None:
    """Takes it back; under the lock."""
    WORD.unlink(missing_ok=True)


def outdated(candidate: str, leads: str | None) -> bool:
    """Whether the word ends: somebody else, this member itself maybe, is known to lead by now. Pure.

    All are addresses, or all names. `leads`: who leads by what Patroni has read last, "" for nobody, None where that
    is not known.
    """
    return leads not in (None, "", candidate)


def overruled(candidate: str, wanted: str, leads: str | None) -> bool:
    """Whether Patroni is held to the word: it means neither the candidate nor, as nobody leads by now, nobody. Pure.

    `wanted`: whom it means to stream from, "" for nobody; the rest as above.
    """
    return not outdated(candidate, leads) and wanted not in (candidate, leads)


def host_in(conf: str) -> str:
    """Whom PostgreSQL's settings, as Patroni writes them, stream from; "" for nobody. Pure."""
    found = _HOST.search(conf)
    return found[1] if found else ""


def leader() -> str | None:
    """The leader's address by what Patroni in this pod has read last: nothing older than what the fence was told."""
    # Not at the top: see above.
    from . import rest

    try:
        members = rest.members("127.0.0.1", timeout=ASK_SECONDS)
    except rest.RestError as error:
        log.info("turned: who leads is not known: %s", error)
        return None
    return next((member.get("host", "") for member in members if member["role"] == "leader"), "")


def put_back(word: Turned) -> None:
    """The fence's settings again, after Patroni has taken them away; PostgreSQL reads them when it is told to."""
    add_password(word.address)
    escaped = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in word.settings.items()}
    with open(AUTO_CONF, "a", encoding="utf-8") as file:
        file.write("".join(f"{name} = '{value}'\n" for name, value in escaped.items()))


def add_password(address: str) -> None:
    """Lets the WAL receiver log in at this address."""
    line = f"{address}:{POSTGRES_PORT}:*:replication:{credential('replication-password')}\n"
    lines = PASSFILE.read_text(encoding="utf-8") if PASSFILE.exists() else ""
    if line not in lines:
        write_private(PASSFILE, lines + line)


def held(save: Save) -> Save:
    """Patroni's method that writes PostgreSQL's settings, be it to follow, to start, or because they changed."""

    def saved(*args: Any, **options: Any) -> None:
        with locked():
            save(*args, **options)
            word = read()
            wanted = host_in(CONF.read_text(encoding="utf-8")) if word else ""
            if word is None or wanted == word.address:
                return
            leads = leader()
            if outdated(word.address, leads):
                forget()
            elif overruled(word.address, wanted, leads):
                put_back(word)
                log.warning("turned: to %s, and not to %s as Patroni had it", word.candidate, wanted or "nobody")

    return saved
