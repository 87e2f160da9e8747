"""The fence: no candidate is promoted while another standby might still acknowledge for the old primary.

Under `ANY 1` a primary acknowledges with any one standby. So a candidate that holds the lock turns the other standbys to itself
first, makes sure that none of them is ahead, and only then lets PostgreSQL be promoted. With enough of them turned, the old
primary (stalled, cut off, it does not matter how) can acknowledge nothing more that the candidate lacks:
a set of `k` of `n` standbys acknowledges, and `quorum + 1 = n - k + 1` members hold at least one of every such set.

Where the sync state itself is gone (its Endpoints were deleted), nobody knows who was primary and who could acknowledge. What is
left is arithmetic: whatever was acknowledged lies on two members at least, so all but one of the others have to be turned.
"""

import logging
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Iterator

import psycopg
from kubernetes.client.exceptions import ApiException
from psycopg import sql
from urllib3.exceptions import HTTPError

from . import local, rest
from .env import POSTGRES_PORT, RUNTIME, Identity, credential, write_private
from .kube import Kube

log = logging.getLogger(__name__)

# Seconds the candidate tries; a failed hook costs the cluster a whole ttl, and the lock lives that long.
ATTEMPT_SECONDS = 8.0
# Patroni's password file; it has a line for the leader that Patroni follows, and the fence adds one for the candidate.
PASSFILE = RUNTIME / "pgpass"

# What the fence changes on a standby. The last of them does nothing here: it is there because Patroni compares, and writes its
# own settings, and with them takes these away, only where one differs. The other two are word for word what Patroni writes when
# it follows the candidate, so the WAL receiver streams on: without that it was started anew, and every writer waited for it.
CHANGED = ("primary_slot_name", "primary_conninfo", "archive_cleanup_command")

# Seconds after which a turned standby goes back to Patroni's own setting if the candidate did not become leader after all.
TURNED_SECONDS = 15.0


@dataclass(frozen=True)
class Answer:
    """What another member says after it was asked to turn to the candidate."""

    name: str
    # It streams from nobody but the candidate, and its Patroni knows the candidate as leader, so it will stay so.
    turned: bool
    # Its PostgreSQL is stopped or a standby: it acknowledges nothing as a primary.
    no_primary: bool
    position: int


def verdict(me: str, position: int, leader: str, standbys: set[str], quorum: int, answers: list[Answer]) -> str | None:
    """Why promotion must wait, or None when it is safe. Pure: everything it knows is in its arguments.

    `leader`, `standbys` and `quorum` are the last primary's sync state; `position` is the candidate's own.
    """
    ahead = [answer.name for answer in answers if answer.position > position and answer.name != leader and answer.turned]
    if ahead:
        return f"{', '.join(ahead)} is ahead"
    old = next((answer for answer in answers if answer.name == leader), None)
    if leader == me or (old is not None and old.no_primary):
        return None
    needed = quorum if me in standbys else quorum + 1
    turned = {answer.name for answer in answers if answer.turned and answer.name in standbys}
    if len(turned) >= needed:
        return None
    return f"{len(turned)} of the {needed} needed standbys {sorted(standbys - {me})} turned away from {leader}"


def blind_verdict(position: int, members: int, answers: list[Answer]) -> str | None:
    """The same without a sync state: who was primary, and who its standbys were, is unknown. Pure.

    An acknowledged write lies on the unknown primary and on one more of the `members` at least. With all but one of the
    others turned and none of them ahead, one of the two is the candidate or a turned member, so the candidate has it; and a
    primary that is the one left over has no standby any more to acknowledge with.
    """
    ahead = [answer.name for answer in answers if answer.turned and answer.position > position]
    if ahead:
        return f"{', '.join(ahead)} is ahead"
    turned = sum(answer.turned for answer in answers)
    needed = members - 2
    if turned >= needed:
        return None
    return f"the sync state is gone, and {turned} of {members - 1} others turned, where {needed} are needed without it"


def run(kube: Kube, cluster: str, me: str, my_ip: str, members: int) -> bool:
    """The candidate's part, called by Patroni's `pre_promote`: True lets the promotion go. `members` is how many are declared."""
    deadline = time.monotonic() + ATTEMPT_SECONDS
    reason: str | None = "nothing tried yet"
    while time.monotonic() < deadline:
        try:
            reason = _attempt(kube, cluster, me, my_ip, members)
        except (ApiException, HTTPError, rest.RestError) as error:
            reason = f"the last primary's sync state can't be read: {error}"
        except psycopg.Error as error:
            reason = f"PostgreSQL here does not answer: {error}"
        if reason is None:
            return True
        log.info("fence: %s", reason)
        time.sleep(0.1)
    log.error("fence: not promoting: %s", reason)
    return False


def _attempt(kube: Kube, cluster: str, me: str, my_ip: str, members: int) -> str | None:
    """One try: why promotion must wait, or None."""
    answers: list[Answer] = []
    sync = kube.sync(cluster)
    if sync is None:
        judge = lambda position: blind_verdict(position, members, answers)
    elif not sync.leader:
        log.info("fence: no synchronous replication yet, nothing to fence")
        return None
    else:
        judge = lambda position: verdict(me, position, sync.leader, sync.standbys, sync.quorum, answers)
    reason = judge(0)
    with local.connect() as conn:
        # Enough answers are enough: the old primary's own may never come.
        for answer in _answers(me, {"candidate": me, "address": my_ip, "slots": local.slots_of(conn)}):
            answers.append(answer)
            reason = judge(local.state_of(conn).position)
            if reason is None:
                break
    if reason is None:
        log.info("fence: closed, %s", answers)
    return reason


def _answers(me: str, body: dict) -> Iterator[Answer]:
    """The other members' answers in the order in which they come."""
    def ask(member: dict) -> Answer:
        name = member["name"]
        try:
            answer = rest.agent(member["host"], "/fence", body, timeout=1.5)
            return Answer(name, answer["turned"], answer["no_primary"], answer["position"])
        except (rest.RestError, KeyError) as error:
            log.info("fence: no answer from %s: %s", name, error)
            return Answer(name, False, False, 0)

    others = [member for member in rest.members("127.0.0.1", timeout=1.0) if member["name"] != me]
    pool = ThreadPoolExecutor(len(others) or 1)
    try:
        for future in as_completed([pool.submit(ask, member) for member in others]):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def turn(candidate: str, address: str, slots: list[str]) -> dict:
    """The other standby's part: stream from the candidate, which has these replication slots, and from nobody else.

    Streaming from the candidate rather than from nobody also saves the new primary the wait for its first standby.
    Patroni removes the setting again as soon as it writes its own.
    """
    try:
        conn = local.connect()
    except psycopg.OperationalError:
        return {"turned": False, "no_primary": local.stopped(), "position": 0}
    with conn:
        current = local.state_of(conn)
        if not current.in_recovery:
            return {"turned": False, "no_primary": False, "position": 0}
        if current.upstream != address:
            _set_upstream(conn, address, slots)
        for _ in range(100):
            current = local.state_of(conn)
            if current.upstream in ("", address):
                break
            time.sleep(0.01)
        # Read again: what arrived before the old connection went is part of the answer.
        current = local.state_of(conn)
    turned = current.upstream in ("", address) and _patroni_knows(candidate)
    return {"turned": turned, "no_primary": True, "position": current.position}


def follows(wanted: str, address: str) -> str:
    """Patroni's connection string, to another server. Pure."""
    return re.sub(r"(?<!\S)host=\S+", f"host={address}", wanted)


def _set_upstream(conn: psycopg.Connection, address: str, slots: list[str]) -> None:
    wanted, slot = conn.execute("SELECT current_setting('primary_conninfo'), current_setting('primary_slot_name')").fetchone()
    _add_password(address)
    values = (slot if slot in slots else "", follows(wanted, address), "true")
    for name, value in zip(CHANGED, values):
        conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    conn.execute("SELECT pg_reload_conf()")


def _add_password(address: str) -> None:
    line = f"{address}:{POSTGRES_PORT}:*:replication:{credential('replication-password')}\n"
    lines = PASSFILE.read_text(encoding="utf-8") if PASSFILE.exists() else ""
    if line not in lines:
        write_private(PASSFILE, lines + line)


def release() -> None:
    """Back to Patroni's own setting, for a candidate that did not become leader."""
    with local.connect() as conn:
        for name in CHANGED:
            conn.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
        conn.execute("SELECT pg_reload_conf()")


def _patroni_knows(candidate: str) -> bool:
    """Whether this member's Patroni sees the candidate as leader; until it does it might turn the receiver back."""
    try:
        return any(member["name"] == candidate and member["role"] == "leader" for member in rest.members("127.0.0.1", timeout=1.0))
    except rest.RestError:
        return False


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    identity = Identity.from_environment()
    sys.exit(0 if run(Kube(identity.namespace), identity.cluster, identity.name, identity.ip, int(os.environ["REPLICAS"])) else 1)
