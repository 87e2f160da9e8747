"""The other standby's part of the fence: it streams from the candidate and from nobody else, and says how far its log
goes.

Streaming from the candidate rather than from nobody also saves the new primary the wait for its first standby.
"""

import logging
import re
import time

import psycopg
from psycopg import sql

from . import local, rest, turned

log = logging.getLogger(__name__)

# What the fence changes on a standby. The last of them does nothing here: it is there because Patroni compares, and
# writes its own settings, and with them takes these away, only where one differs. The other two are word for word what
# Patroni writes when it follows the candidate, so the WAL receiver streams on: without that it was started anew, and
# every writer waited for it.
CHANGED = ("primary_slot_name", "primary_conninfo", "archive_cleanup_command")

# Seconds after which a turned standby goes back to Patroni's own setting if the candidate did not become leader after
# all.
TURNED_SECONDS = 15.0

# Seconds a standby takes at most to turn and to come to the end of its log before it answers; the candidate waits a
# little longer.
TURNING_SECONDS = 1.0

# Seconds between two looks.
LOOK_SECONDS = 0.01


def turn(candidate: str, address: str, slots: list[str]) -> dict:
    """Turns to the candidate at this address, which has these replication slots. Returns what `fence.py` reads as an
    answer.

    `no_primary` is for a candidate of the image before, which knows nothing of the rest.
    """
    try:
        conn = local.connect()
    except psycopg.OperationalError:
        end = local.ended()
        told = end and [end.timeline, end.location]
        return {"turned": False, "no_primary": end is not None, "position": 0, "ended": told}
    with conn:
        current = local.state_of(conn)
        if not current.in_recovery:
            return {"turned": False, "no_primary": False, **_reached(current)}
        try:
            with turned.locked():
                _set_upstream(conn, candidate, address, slots, current.upstream)
            current, settled = _settle(conn, candidate, address)
            if settled and _patroni_knows(candidate):
                # From here on Patroni writes nobody else down; it may have done so until now.
                with turned.locked():
                    current, settled = _look(conn, candidate, address)
            else:
                settled = False
        except TimeoutError as error:
            log.info("fence: not turned to %s: %s", candidate, error)
            settled = False
    return {"turned": settled, "no_primary": True, **_reached(current)}


def _settle(conn: psycopg.Connection, candidate: str, address: str) -> tuple[local.Local, bool]:
    """Waits until nothing comes from anybody but this address any more, and all the log has been read. Returns the
    state, and whether it has come to that.

    Seen twice in a row: what the old connection brought before it went is part of the second state's position, and a
    receiver that was just being started would be in it.
    """
    deadline = time.monotonic() + TURNING_SECONDS
    seen = False
    while True:
        current, settled = _look(conn, candidate, address)
        if (settled and seen) or time.monotonic() > deadline:
            return current, settled and seen
        seen = settled
        time.sleep(LOOK_SECONDS)


def _look(conn: psycopg.Connection, candidate: str, address: str) -> tuple[local.Local, bool]:
    """The state, and whether nothing comes from anybody else, and nothing is left to read."""
    word = turned.read()
    stands = word is not None and word.candidate == candidate and _loaded(conn, address)
    current = local.state_of(conn)
    return current, stands and current.upstream in ("", address) and current.final


def _reached(current: local.Local) -> dict:
    """How far this member's log goes, and whether that is all of it."""
    return {"position": current.position, "timeline": local.reached(current.position).timeline, "final": current.final}


def _loaded(conn: psycopg.Connection, address: str) -> bool:
    """Whether PostgreSQL goes by the new setting: what starts a WAL receiver is told in the same moment as this
    session.
    """
    wanted = conn.execute("SELECT current_setting('primary_conninfo')").fetchone()[0]
    return wanted == follows(wanted, address)


def follows(wanted: str, address: str) -> str:
    """Patroni's connection string, to another server. Pure."""
    return re.sub(r"(?<!\S)host=\S+", f"host={address}", wanted)


def _set_upstream(conn: psycopg.Connection, candidate: str, address: str, slots: list[str], upstream: str) -> None:
    """Lets the word stand, and has PostgreSQL go by it where it does not already; under the lock."""
    settings = "SELECT current_setting('primary_conninfo'), current_setting('primary_slot_name')"
    wanted, slot = conn.execute(settings).fetchone()
    values = dict(zip(CHANGED, (slot if slot in slots else "", follows(wanted, address), "true"), strict=True))
    turned.write(turned.Turned(candidate, address, values))
    if upstream == address:
        return
    turned.add_password(address)
    for name, value in values.items():
        conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    conn.execute("SELECT pg_reload_conf()")


def release() -> None:
    """Back to Patroni's own setting, for a candidate that did not become leader."""
    with turned.locked(), local.connect() as conn:
        turned.forget()
        for name in CHANGED:
            conn.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
        conn.execute("SELECT pg_reload_conf()")


def _patroni_knows(candidate: str) -> bool:
    """Whether this member's Patroni sees the candidate as leader: until it does it may turn the receiver back."""
    try:
        members = rest.members("127.0.0.1", timeout=rest.OWN_SECONDS)
        return any(member["name"] == candidate and member["role"] == "leader" for member in members)
    except rest.RestError:
        return False
