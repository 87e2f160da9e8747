"""Histories: how one is drawn, played, shortened, written and read."""

import random
from collections.abc import Callable

from holdfast.verdict import Sync

from . import ha, postgres
from .steps import RARE, STEPS, Step, take
from .world import World

_NAMES = list(STEPS)
_WEIGHTS = [STEPS[name][0] for name in _NAMES]


def draw(choice: random.Random, size: int) -> Step:
    """A step, by how often each comes."""
    while True:
        name = choice.choices(_NAMES, _WEIGHTS)[0]
        if choice.random() < RARE.get(name, 1.0):
            break
    members = choice.sample("abcde"[:size], min(2, size))
    return (name, *({"m": members[0], "o": members[-1], "n": choice.randint(1, 4)}[kind] for kind in STEPS[name][1]))


def written(steps: list[Step]) -> str:
    """A history as `read` takes it, in lines."""
    return ";\n".join("    " + " ".join(map(str, step)) for step in steps)


def read(text: str) -> list[Step]:
    """The steps of `write a; stream b 2; hand over a b`."""
    return [_step(words.split()) for words in text.split(";") if words.strip()]


def _step(words: list[str]) -> Step:
    at = next((at for at, word in enumerate(words) if at and (word in "abcde" or word.isdigit())), len(words))
    return (" ".join(words[:at]), *(int(word) if word.isdigit() else word for word in words[at:]))


def born(size: int, strict: bool = True, patroni: frozenset[str] = frozenset()) -> World:
    """A whole cluster: `a` leads and the others stream."""
    w = World(size, strict, patroni)
    a, *others = w.members.values()
    for m in w.members.values():
        postgres.start(m)
        m.wants = m.upstream = None if m is a else a.name
        m.received = m is not a
    names = frozenset(m.name for m in others)
    a.role = "primary"
    w.take("a", w.lock)
    ha.set_names(w, a, names, 1 if names else 0)
    w.sync = Sync("a", set(names), max(len(names) - 1, 0))
    return w


def play(steps: list[Step], size: int = 3, patroni: frozenset[str] = frozenset(), strict: bool = True) -> World:
    """Plays a history up to its end or its first fault."""
    w = born(size, strict, patroni)
    for step in steps:
        take(w, step)
        if w.faults:
            break
    return w


def shorten(steps: list[Step], fails: Callable[[list[Step]], bool]) -> list[Step]:
    """Leaves out what a failing history does not need."""
    size, before = max(1, len(steps) // 2), len(steps)
    while size:
        at = 0
        while at < len(steps):
            less = steps[:at] + steps[at + size :]
            if fails(less):
                steps = less
            else:
                at += size
        # One pass over single steps may make others superfluous.
        size = size // 2 if size > 1 or len(steps) == before else 1
        before = len(steps)
    return steps
