"""A Sentinel's patience: long while it starts, then what it is to be.

When a whole set starts, its servers wait for the Sentinels and come up seconds after them (ten, seen on a busy machine,
until a new pod could be reached): that is no reason for a failover.
"""

from .env import PRIMARY_NAME, number
from .life import Life
from .peers import Peers
from .rotation import insist

DOWN_AFTER_MS = number("DOWN_AFTER_MS")
SETTLE_SECONDS = number("SETTLE_SECONDS")
TILT_MS = number("TILT_MS")

LOOK_SECONDS = 0.5
# A little later at each ordinal: two that miss the primary at the same moment vote each for itself, and such a vote is
# repeated only after twice the failover's time.
APART_MS = 300


def patience_ms(ordinal: int) -> int:
    """After how many milliseconds of silence this Sentinel holds a member to be down. Pure."""
    return DOWN_AFTER_MS + APART_MS * ordinal


def settle(life: Life, peers: Peers) -> None:
    """Shortens the patience once the primary has been seen alive, or had time enough."""
    for _ in range(int(SETTLE_SECONDS / LOOK_SECONDS)):
        life.pause(LOOK_SECONDS)
        if peers.believes(peers.pod.own, None):
            break
    milliseconds = str(patience_ms(peers.pod.ordinal))
    insist(peers, life, "SENTINEL", "SET", PRIMARY_NAME, "down-after-milliseconds", milliseconds)
    insist(peers, life, "SENTINEL", "DEBUG", "tilt-period", str(TILT_MS))
