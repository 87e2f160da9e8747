"""A planned stop of the primary: the poolers hold their callers back while the lock changes hands.

A pod that is to end hands its role over while it is still whole (`hand_over`). Left to its own end it would lose the
lock only after PostgreSQL is down, with its Patroni already deaf: 3.5 s and broken statements instead of 1.5 s and
none.

Where every member is told to end (a restore, `npm run down`), there is nobody to hand over to: the primary goes last.
By then nobody acknowledges for it, and its own stop archives everything it has written. A hand-over would keep its last
segment on its volume and open timelines on members that end a second later.

Patroni calls `before_stop` for every stop, planned or not. The hook stops PostgreSQL itself when the stop is planned:
Patroni would look only once a second whether it is down, and that second was a third of a switchover.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from . import local, rest, successor
from .env import number

log = logging.getLogger(__name__)

# Seconds that a standby which is to end goes on: by then the read poolers have seen it (they look every 2 s,
# readers.py) and send nobody there any more.
READERS_LEAVE_SECONDS = 4.0

# Seconds that transactions in progress get to end before the primary stops all the same.
DRAIN_SECONDS = 1.5

# Seconds until a pooler's answer is here, which it gives once they have ended.
PAUSE_SECONDS = DRAIN_SECONDS + 0.5

HAND_OVER_SECONDS = number("HAND_OVER_SECONDS")

# Seconds it has to be calm before that.
CALM_FOR_SECONDS = 1.5

# Seconds between two questions to the API whether it is.
ASK_SECONDS = 0.5

# A program that sleeps for STEP and wakes up later than this is short of CPU. Under full load it is late by
# up to 50 ms, in a drain by 60 to 1,600 ms (measured on 2 cores).
STEP_SECONDS = 0.05
LATE_SECONDS = 0.06


def prepare(me: str, poolers: list[str], deadline: float) -> bool:
    """Pauses the poolers if this is a planned hand-over to somebody.

    `poolers`: their addresses, known beforehand, because the API has no place on this way.
    `deadline`: seconds after which the poolers resume whatever happens.
    Returns whether it is one; only then does the hook stop PostgreSQL itself.
    """
    if not _has_successor(me, local.state()):
        return False
    started = time.monotonic()
    paused = _pause_all(poolers, deadline)
    log.info("hand-over: %d of %d poolers paused in %.3f s", paused, len(poolers), time.monotonic() - started)
    return True


def hand_over(
    me: str,
    calm: Callable[[], bool],
    renewed: Callable[[], set[str]],
    ending: Callable[[], set[str]],
    patience: float,
) -> bool:
    """Called when this pod is to end: a switchover, if it leads and somebody can take over. True when it leads no more.

    A standby lets its readers go, and that is all.

    `calm`: whether nothing else is going on that callers would feel at the same time; it waits `patience` seconds for
    that.
    `renewed`: members that a rollout has replaced already: a primary among them is not the next to be replaced.
    `ending`: members that are told to end as well, which are no successors.
    """
    here = local.state()
    if here.in_recovery:
        time.sleep(READERS_LEAVE_SECONDS)
        return False
    if not _has_successor(me, here):
        return False
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not calm():
            time.sleep(ASK_SECONDS)
        elif _punctual(CALM_FOR_SECONDS):
            break
    try:
        staying = _staying(me, ending)
        if not staying:
            log.info(
                "hand-over: every other member has ended or is ending: this one is the last, and archives what it has"
            )
            return False
        fit = {name: behind for name, behind in successor.fit(me, "127.0.0.1").items() if name in staying}
        candidate = successor.best(fit, preferred=renewed())
        log.info("hand-over: %s", successor.switch_over(me, "127.0.0.1", candidate, HAND_OVER_SECONDS))
        return True
    except rest.RestError as error:
        log.warning("hand-over: no switchover before the end: %s", error)
        return False


def _staying(me: str, ending: Callable[[], set[str]]) -> set[str]:
    """Members that stream from this one and are not about to end; waits for one as long as anybody streams, but not for
    ever."""
    deadline = time.monotonic() + HAND_OVER_SECONDS
    while True:
        streaming = _streaming(me, rest.members("127.0.0.1"))
        staying = streaming - ending()
        if staying or not streaming or time.monotonic() >= deadline:
            return staying
        time.sleep(ASK_SECONDS)


def _streaming(me: str, members: list[dict]) -> set[str]:
    return {member["name"] for member in members if member["name"] != me and member["state"] == "streaming"}


def _punctual(seconds: float) -> bool:
    """Whether this program was given the CPU in time, for so long."""
    end = time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        time.sleep(STEP_SECONDS)
        if time.monotonic() - began > STEP_SECONDS + LATE_SECONDS:
            return False
    return True


def _has_successor(me: str, here: local.Local) -> bool:
    """Whether this member, whose PostgreSQL is in this state, leads, and another one streams from it."""
    if not here.running or here.in_recovery:
        return False
    try:
        members = rest.members("127.0.0.1", timeout=rest.OWN_SECONDS)
    except rest.RestError as error:
        log.info("hand-over: Patroni does not answer, so this is no planned stop: %s", error)
        return False
    leads = any(member["name"] == me and member["role"] == "leader" for member in members)
    successors = _streaming(me, members)
    if not leads or not successors:
        log.info("hand-over: nothing to hand over (leads: %s, streaming standbys: %s)", leads, sorted(successors))
    return leads and bool(successors)


def _pause_all(addresses: list[str], deadline: float) -> int:
    def pause(ip: str) -> bool:
        try:
            wish = {"seconds": deadline, "drain": DRAIN_SECONDS}
            return bool(rest.agent(ip, "/pause", wish, timeout=PAUSE_SECONDS).get("paused"))
        except rest.RestError as error:
            log.info("hand-over: %s", error)
            return False

    if not addresses:
        return 0
    with ThreadPoolExecutor(len(addresses)) as pool:
        return sum(pool.map(pause, addresses))
