"""When a pooler that is told to stop may go: not as the last one, because nobody would be there for its callers.

A pooler's successor has the same name and address and starts only when it is gone. Where all are told to stop at once, as by
one `kubectl delete`, they go one after the other, the first by name first, and the last one serves until one of them is back.
A pod that ends keeps its address, and kube-proxy sends callers to it as long as it is ready and nobody else is there.
"""

import logging
import time
from typing import Callable

from ..kube import Pooler

log = logging.getLogger(__name__)

ASK_SECONDS = 0.5

# Seconds without any other pooler after which there is none to wait for. One that is gone is missing from the API for a moment,
# until its StatefulSet makes it anew; to take that for being the only one cost the callers 14 s.
ALONE_SECONDS = 10.0


def may_leave(me: str, poolers: list[Pooler]) -> bool:
    """Whether callers have somebody else, or somebody who has promised to stay until they have."""
    others = [pooler for pooler in poolers if pooler.name != me]
    serving = [other for other in others if other.ready]
    if any(not other.ending for other in serving):
        return True
    return bool(serving) and me < max(other.name for other in serving)


def wait(me: str, look: Callable[[], list[Pooler]], patience: float, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Returns once this pooler may go, after `patience` seconds at the latest. True if callers have somebody else then."""
    accompanied = now()
    deadline = accompanied + patience
    while now() < min(deadline, accompanied + ALONE_SECONDS):
        try:
            poolers = look()
            if may_leave(me, poolers):
                return True
            if len(poolers) > 1:
                accompanied = now()
        except Exception as error:  # a busy API is late just when all poolers start anew: not to know of another is to have none
            log.info("leave: nothing known of the others: %s", error)
            accompanied = now()
        sleep(ASK_SECONDS)
    log.warning("leave: no other pooler was ready in time")
    return False
