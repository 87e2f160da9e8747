"""The fence: no candidate is promoted while another standby might still acknowledge for the old primary.

A candidate that holds the lock turns the other standbys to itself first (`turning.py`), and is let through when what
they answer proves that it has every acknowledged write (`verdict.py`), or when a person ordered it (`rescue.py`).
Before it goes, it writes down that it goes (`record.py`): Patroni names a new primary a second later only, and whoever
comes next has to know.

A paused Patroni promotes nobody by itself. What a person has it promote by hand is fenced like everything else: two
histories are never right, whoever began the second one. What a person can overrule the fence with is the rescue order.

Members of the image before this one answer without timeline, end and `final`. One of them counts as turned when it is
seen to stream from the candidate: then it has read all its log, receives from nobody else, and is on no other timeline.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from . import events, local, record, rest, waits
from .env import Identity, number
from .kube import Kube
from .rescue import Order, refused
from .turning import TURNING_SECONDS
from .verdict import Answer, Known, Promotion, succeeded, verdict
from .wal import Position

log = logging.getLogger(__name__)

ATTEMPT_SECONDS = number("FENCE_SECONDS")

# Seconds another member gets: what it takes at most, and what its Patroni takes to answer it.
ANSWER_SECONDS = TURNING_SECONDS + 0.5

# Seconds between two tries: writers wait for each.
AGAIN_SECONDS = 0.1

# Passed over where the store's state is gone, and with it the record of those that are used up.
UNSEEN = int(number("UNSEEN_TIMELINES"))


@dataclass(frozen=True)
class Candidate:
    """Who wants to be promoted: its name, its address, its cluster and how many members that was declared with."""

    name: str
    ip: str
    cluster: str
    members: int


def run(kube: Kube, me: Candidate) -> bool:
    """The candidate's part, called by Patroni's `pre_promote`: True lets the promotion go."""
    deadline = time.monotonic() + ATTEMPT_SECONDS
    reason: str | None = "nothing tried yet"
    while time.monotonic() < deadline:
        try:
            reason = _attempt(kube, me)
        except record.Unreadable as error:
            reason = str(error)
        except (ApiException, HTTPError, rest.RestError) as error:
            reason = f"the cluster's state can't be read or written: {error}"
        except (psycopg.Error, OSError) as error:
            reason = f"PostgreSQL here does not answer: {error}"
        if reason is None:
            return True
        log.info("fence: %s", reason)
        time.sleep(AGAIN_SECONDS)
    log.error("fence: not promoting: %s", reason)
    return False


def _attempt(kube: Kube, me: Candidate) -> str | None:
    """One try: why promotion must wait, or None."""
    state = kube.state(me.cluster)
    config, lock, sync = (state.get(name) for name in (f"{me.cluster}-config", me.cluster, f"{me.cluster}-sync"))
    if lock is None or lock.leader != me.name:
        return f"the lock is not {me.name}'s"
    kept = config.annotations if config else {}
    known = Known(sync and record.sync(sync.annotations), record.promotion(kept), me.members)
    told: dict[str, dict] = {}
    with local.connect() as conn:
        # Enough answers are enough: the old primary's own may never come.
        for name, answer in _ask(me, local.slots_of(conn)):
            told[name] = answer
            if _judge(conn, me, known, told).reason is None:
                break
        at, answers, reason = _judge(conn, me, known, told)
        order = record.order(kept) if reason else None
        if order is not None:
            refusal = refused(order, me.name, at, known, answers, time.time())
            reason = refusal and f"{reason}; the rescue order {order.id} does not change that: {refusal}"
        reason = reason or _unknown(conn, me, known)
        if reason is not None:
            return reason
        if sync is not None:
            # A slow old primary may be about to change the sync state, and to have somebody else acknowledge by that.
            # Its change is for the version it read, and this is another one.
            kube.keep(me.cluster, f"{me.cluster}-sync", sync, {record.FENCED: f"{me.name} {time.time()}"})
        newest = max(local.newest_timeline(), record.taken(lock.annotations))
        promotion = promotion_of(me.name, known, newest, time.time(), order and order.id)
        local.use_up(conn, promotion.timeline)
    kube.keep(me.cluster, f"{me.cluster}-config", config, {record.PROMOTION: record.write(promotion)})
    log.info("fence: closed, %s, %s", promotion, answers)
    if order is not None:
        _tell(kube, order)
    return None


def _tell(kube: Kube, order: Order) -> None:
    """Writes an Event about a promotion by a person's order. The promotion does not wait for it."""
    text = f"{order.member} is promoted without a quorum by the rescue order {order.id} of {order.by}"
    log.warning("fence: %s", text)
    events.tell(kube, order.member, "RescuePromotion", text)


def _unknown(conn: psycopg.Connection, me: Candidate, known: Known) -> str | None:
    """Who could acknowledge for this candidate and would not be known to the next one."""
    if known.sync is None or not known.sync.leader:
        return None
    after = known.sync if known.sync.leader == me.name else succeeded(known.sync, me.name)
    return waits.uncovered(me.name, *waits.parse(local.setting(conn, "synchronous_standby_names")), after)


class _Judged(NamedTuple):
    at: Position
    answers: list[Answer]
    reason: str | None


def _judge(conn: psycopg.Connection, me: Candidate, known: Known, told: dict[str, dict]) -> _Judged:
    """The verdict on what has been told so far, with the candidate's log as far as it goes now."""
    here = local.state_of(conn)
    at = local.reached(here.position)
    answers = [answer_of(name, answer, here.downstream, at) for name, answer in told.items()]
    return _Judged(at, answers, verdict(me.name, at, known, answers))


def promotion_of(me: str, known: Known, newest: int, now: float, rescue: str | None) -> Promotion:
    """The record of a promotion; `newest` is the newest timeline that is known to be taken. Pure."""
    opens = max(newest, known.promotion.timeline if known.promotion else 0) + 1
    if known.sync is None:
        opens += UNSEEN
    return Promotion(me, known.sync.leader if known.sync else "", opens, now, rescue)


def answer_of(name: str, told: dict, downstream: frozenset[str], at: Position) -> Answer:
    """Reads an answer; `downstream` are those who stream from the candidate, whose log goes as far as `at`. Pure."""
    end, position = told.get("ended"), told.get("position", 0)
    if end is not None or not position:
        return Answer(name, ended=Position(*end) if end else None)
    if "final" in told:
        return Answer(name, told["turned"], told["final"], Position(told["timeline"], position))
    streams = name in downstream
    return Answer(name, told["turned"] and streams, streams, Position(at.timeline, position))


def _ask(me: Candidate, slots: list[str]) -> Iterator[tuple[str, dict]]:
    """The other members' answers in the order in which they come; an empty one where there is none."""
    body = {"candidate": me.name, "address": me.ip, "slots": slots}

    def ask(member: dict) -> tuple[str, dict]:
        try:
            return member["name"], rest.agent(member["host"], "/fence", body, timeout=ANSWER_SECONDS)
        except (rest.RestError, KeyError) as error:
            log.info("fence: no answer from %s: %s", member["name"], error)
            return member["name"], {}

    others = [member for member in rest.members("127.0.0.1", timeout=rest.OWN_SECONDS) if member["name"] != me.name]
    pool = ThreadPoolExecutor(len(others) or 1)
    try:
        for future in as_completed([pool.submit(ask, member) for member in others]):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def main() -> int:
    """The same where no agent answers: exit code 0 lets the promotion go."""
    logging.basicConfig(level=logging.INFO)
    identity = Identity.from_environment()
    candidate = Candidate(identity.name, identity.ip, identity.cluster, int(os.environ["REPLICAS"]))
    return 0 if run(Kube(identity.namespace), candidate) else 1


if __name__ == "__main__":
    sys.exit(main())
