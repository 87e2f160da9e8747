"""When a pooler that is told to stop may go: not as the last one, because nobody would be there for its callers.

A pooler's successor has the same name and address and starts only when it is gone. Where all are told to stop at once,
as by one `kubectl delete`, they go one after the other, the first by name first, and the last one serves until one of
them is back. A pod that ends keeps its address, and kube-proxy sends callers to it as long as it is ready and nobody
else is there.

Then its callers leave, each between two statements. PgBouncer's own safe shutdown is not safe for them: it pauses, and
whoever sends a statement within the third of a second until its next look gets "server shutting down".
"""

import logging
import time
from collections.abc import Callable

import psycopg

from ..env import number
from ..kube import Pooler
from .console import Console

log = logging.getLogger(__name__)

ASK_SECONDS = 0.5

# Seconds without any other pooler after which there is none to wait for. One that is gone is missing from the API for a
# moment, until its StatefulSet makes it anew; to take that for being the only one cost the callers 14 s.
ALONE_SECONDS = 10.0

# Seconds without a statement after which a connection is closed, in steps. The connections that were idle longest go
# first, because a pool hands out first what it got back last. The rest are closed as soon as they are between two
# statements.
SILENT_SECONDS = (1.0, 0.3, 0.1, 0.03, 0.01)

# Seconds for each of them.
STEP_SECONDS = number("LET_GO_STEP_SECONDS")

# Further steps for the connections that are left. On a busy machine a caller with a queue of statements is hardly ever
# idle when PgBouncer looks, and closing its connection fails the statement that runs.
LAST_STEPS = int(number("LET_GO_STEPS")) - len(SILENT_SECONDS)


def may_leave(me: str, poolers: list[Pooler]) -> bool:
    """Whether callers have somebody else, or somebody who has promised to stay until they have."""
    others = [pooler for pooler in poolers if pooler.name != me]
    serving = [other for other in others if other.ready]
    if any(not other.ending for other in serving):
        return True
    return bool(serving) and me < max(other.name for other in serving)


def wait(
    me: str,
    look: Callable[[], list[Pooler]],
    patience: float,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Returns once this pooler may go, after `patience` seconds at the latest. True if callers have somebody else
    then.
    """
    accompanied = now()
    deadline = accompanied + patience
    while now() < min(deadline, accompanied + ALONE_SECONDS):
        try:
            poolers = look()
            if may_leave(me, poolers):
                return True
            if len(poolers) > 1:
                accompanied = now()
        except (
            Exception
        ) as error:  # a busy API is late just when all poolers start anew: not to know of another is to have none
            log.info("leave: nothing known of the others: %s", error)
            accompanied = now()
        sleep(ASK_SECONDS)
    log.warning("leave: no other pooler was ready in time")
    return False


def let_go(connect: Callable[[], Console] = Console, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Takes no more callers and closes the connections of those that are here while they are silent; PgBouncer ends
    with the last.

    Returns whether all have gone; a session's connection or a long transaction may be left when time is up.
    """
    try:
        with connect() as console:
            console.run("SHUTDOWN WAIT_FOR_CLIENTS")
            left = _callers(console)
            for silent in (*SILENT_SECONDS, *(SILENT_SECONDS[-1],) * LAST_STEPS):
                if left == 0:
                    break
                console.run(f"SET client_idle_timeout = '{silent}'")
                sleep(STEP_SECONDS)
                left = _callers(console)
            log.info("leave: %d callers left", left)
            return left == 0
    except psycopg.OperationalError as error:
        log.warning("leave: callers are cut: %s", error)
        return False


def _callers(console: Console) -> int:
    return sum(client["database"] != "pgbouncer" for client in console.run("SHOW CLIENTS"))
