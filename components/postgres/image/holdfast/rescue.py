"""A person's order to promote one member without the quorum, where too few are left to be safe. Pure.

The order says which state it was given for, so one for another situation is void; it is good for minutes, and once.
What it does not overrule is a member that answers and has more: whoever gave it did not know of that one, and can name
it instead.
"""

from dataclasses import dataclass

from .verdict import Answer, Known, Sync, effective
from .wal import NOTHING, Position

# Seconds an order is good for. A refused promotion costs Patroni 20 s, so this is some twenty attempts; and whoever has
# looked at what is left longer ago than that should look again. It is far more than two clocks are apart.
ORDER_SECONDS = 600.0


@dataclass(frozen=True)
class Order:
    """What a person ordered, `at` which time (Unix seconds), knowing this state of the cluster."""

    id: str
    member: str
    at: float
    state: Sync
    by: str


def refused(order: Order, me: str, at: Position, known: Known, answers: list[Answer], now: float) -> str | None:
    """Why this order does not let `me`, whose log goes as far as `at`, through; None when it does.

    `answers` are those of everybody who answered: it takes all that could come.
    """
    if order.member != me:
        return f"it is for {order.member}"
    if known.promotion is not None and known.promotion.rescue == order.id:
        return "it has been carried out already: give a new one"
    if abs(now - order.at) > ORDER_SECONDS:
        return f"it is from {now - order.at:.0f} s ago, and good for {ORDER_SECONDS:.0f} s: give a new one"
    state = effective(known)
    if order.state != state:
        return f"it was given for another state than {state}: look again, and give a new one"
    ahead = [answer.name for answer in answers if max(answer.at, answer.ended or NOTHING) > at]
    if ahead:
        return f"{', '.join(ahead)} answers and has more: name that one, or stop it if it must not lead"
    reading = [answer.name for answer in answers if answer.at > NOTHING and not answer.final]
    if reading:
        return f"{', '.join(reading)} answers and still reads its log: wait until it has, name it, or stop it"
    return None
