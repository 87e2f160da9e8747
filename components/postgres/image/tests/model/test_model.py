"""Random histories of the whole: no lost write, no two histories, no copy gone, and always a way out."""

import os
import random
import unittest

from . import recovery
from .histories import born, draw, play, shorten, written
from .steps import Step, take
from .world import World

# How many histories of how many members, and their length. A seed each, so that every run is the same. Two and five
# members have rules of their own: no third one to ask, more than one that can be missing.
HISTORIES = {3: 400, 2: 120, 5: 100}
LENGTH = 110

# The same for durability "preferred", in which the last one left goes on alone.
PREFERRED = {3: 150, 2: 100}

# For people with time: this many times as much.
FACTOR = int(os.environ.get("HOLDFAST_MODEL_FACTOR", "1"))

# How likely each member is never to come back at a history's end.
GONE = 0.3


def history(size: int, seed: int, strict: bool = True) -> tuple[list[Step], World]:
    """Draws and plays one; up to its first fault."""
    choice = random.Random(seed)
    w, done, taken = born(size, strict), [], 0
    while taken < LENGTH and not w.faults:
        done.append(draw(choice, size))
        taken += take(w, done[-1])
    for name in w.members:
        if not w.faults and choice.random() < GONE and take(w, ("gone", name)):
            done.append(("gone", name))
    return done, w


def fault(w: World) -> str | None:
    """What is wrong with a cluster after its history, or once everything is mended."""
    if w.faults:
        return w.faults[0]
    out = recovery.way_out(w)
    if w.faults:
        return w.faults[0]
    return None if out else "no way out: nobody can be promoted, by the rules or by a person"


class RandomHistories(unittest.TestCase):
    def check(self, size: int, strict: bool = True) -> None:
        taken = promotions = acknowledged = 0
        histories = (HISTORIES if strict else PREFERRED)[size] * FACTOR
        for seed in range(histories):
            done, w = history(size, seed, strict)
            found = fault(w)
            taken += LENGTH
            promotions += w.promotions
            acknowledged += len(w.acknowledged)
            if found:
                kind = found.split(":")[0]
                short = shorten(done, lambda less: (fault(play(less, size, strict=strict)) or "").startswith(kind))
                found = fault(play(short, size, strict=strict))
                self.fail(f"{size} members, seed {seed}: {found}\n{written(short)}")
        # A model in which nothing happens finds nothing.
        self.assertGreater(taken, 10_000 * FACTOR)
        self.assertGreater(promotions, histories)
        self.assertGreater(acknowledged, 8 * histories)

    def test_three_members(self):
        self.check(3)

    def test_two_members(self):
        self.check(2)

    def test_five_members(self):
        self.check(5)

    def test_three_members_that_may_go_on_alone(self):
        self.check(3, strict=False)

    def test_two_members_that_may_go_on_alone(self):
        self.check(2, strict=False)
