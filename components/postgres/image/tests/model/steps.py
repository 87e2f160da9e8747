"""What can happen to a cluster, each by its name."""

from collections.abc import Callable

from . import agent, copies, ha, oracle, postgres, recovery
from .world import STORE, World

# A step's name, and what it happens to: members by name, or a small number.
Step = tuple

# A report that is longer on its way than this many seconds never comes: its connection is closed by then
# (`walTimeout`).
IN_FLIGHT_SECONDS = 5


def _tick(w: World, seconds: int) -> bool:
    w.now += seconds
    if seconds > IN_FLIGHT_SECONDS:
        for m in w.members.values():
            while postgres.hear(w, m):
                pass
    return True


def _patroni(w: World, m) -> bool:
    """A whole round at once."""
    if not ha.load(w, m):
        return False
    done = ha.act(w, m)
    for _ in range(3):
        done |= ha.tend(w, m)
    return done


def _stream(w: World, m, records: int) -> bool:
    postgres.connect(w, m)
    return postgres.receive(w, m, records, report=True)


def _watch(w: World, m) -> bool:
    """A guard looks on for as long as it takes to find a lock overdue."""
    for _ in range(15):
        w.now += 0.5
        agent.guard(w, m)
    return True


def _elect(w: World, m) -> bool:
    """A candidate's round and its whole attempt at the fence, without anything in between."""
    if not ha.load(w, m) or m.role == "primary":
        return False
    ha.act(w, m)
    for other in w.members.values():
        if other is not m:
            agent.ask(w, m, other)
            agent.reply(w, m, other)
            agent.take_in(w, m, other.name)
    return m.let_go


def _linger(w: World, m) -> bool:
    """More than a minute in which a member gets no further, seen by its own agent."""
    _tick(w, 1 + IN_FLIGHT_SECONDS)
    for _ in range(22):
        w.now += 3
        if w.lock.leader and not w.free() and w.members[w.lock.leader].role == "primary":
            ha.load(w, w.members[w.lock.leader])
            ha.act(w, w.members[w.lock.leader])
        copies.rejoin(w, m)
    return True


def _calm(w: World, n: int) -> bool:
    """What broke is mended, and for a while nothing else does."""
    recovery.heal(w)
    recovery.recover(w, 40)
    for _ in range(n):
        recovery.turn(w)
    return True


def _toggle(pairs: set, pair: tuple, there: bool) -> bool:
    changed = (pair in pairs) != there
    (pairs.add if there else pairs.discard)(pair)
    return changed


def _off(w: World, m) -> bool:
    if not m.on:
        return False
    postgres.stop(w, m, orderly=False)
    copies.copied(w, m, cut=True)
    m.on, m.copying, m.view, m.renewed, m.word, m.leads = False, None, None, False, None, None
    m.patience.blind()
    return True


def _on(w: World, m) -> bool:
    if m.on or m.gone:
        return False
    m.on = True
    return True


def _lose(w: World, m, for_good: bool) -> bool:
    """The disk is gone, at most all but one of them; the member comes back empty, or never."""
    if m.gone or sum(each.disk is not None for each in w.members.values() if each is not m) < 1:
        return False
    _off(w, m)
    m.disk, m.beside, m.gone = None, None, for_good
    for other in w.members.values():
        other.told.pop(m.name, None)
        other.mail = [letter for letter in other.mail if letter[0] != m.name]
    return True


def _stall(m, stalled: bool) -> bool:
    changed, m.stalled = m.stalled != stalled, stalled
    return changed


def _forget(w: World) -> bool:
    """The stack was taken down and is declared again: volumes are left, the store's state is not."""
    for m in w.members.values():
        postgres.stop(w, m, orderly=True)
        copies.copied(w, m, cut=True)
        m.copying, m.view, m.renewed, m.turned_to, m.word, m.leads = None, None, False, None, None, None
    w.let_lock_go()
    w.expired, w.sync, w.failover, w.promotion, w.order, w.initialized = False, None, None, None, None, False
    w.sync_version += 1
    w.forgotten_at = w.now
    return True


def _rewind_cut(w: World, m, other) -> bool:
    """A rewind that was due begins, and comes to no end."""
    if m.role != "standby" or m.wants != other.name or other.role != "primary" or not w.talk(m.name, other.name):
        return False
    return not postgres.fits(m.disk, other.disk) and copies.rewind(w, m, other, cut=True)


def _set(w: World, **values) -> bool:
    for name, value in values.items():
        setattr(w, name, value)
    return True


# What can happen: how often it is drawn, and what it does. `m` is a member, `o` another one, `n` a small number.
STEPS: dict[str, tuple[int, str, Callable]] = {
    "calm": (2, "n", _calm),
    "tick": (3, "n", lambda w, n: _tick(w, n)),
    "wait": (1, "", lambda w: _tick(w, 21)),
    "watch": (2, "m", _watch),
    "linger": (1, "m", _linger),
    "elect": (5, "m", _elect),
    "write": (9, "m", postgres.write),
    "stream": (16, "mn", _stream),
    "receiver ends": (5, "m", lambda w, m: postgres.ended(m)),
    "receive silently": (2, "mn", lambda w, m, n: postgres.receive(w, m, n, report=False)),
    "hear": (14, "m", postgres.hear),
    "replay": (4, "mn", lambda w, m, n: postgres.replay(m, n)),
    "patroni": (16, "m", _patroni),
    "read": (2, "m", ha.load),
    "act": (2, "m", ha.act),
    "tend": (2, "m", ha.tend),
    "guard": (5, "m", agent.guard),
    "ask": (12, "mo", agent.ask),
    "reply": (12, "mo", agent.reply),
    "take in": (12, "mo", lambda w, m, o: agent.take_in(w, m, o.name)),
    "promote": (9, "m", agent.promote),
    "ask again": (2, "m", agent.again),
    "release": (1, "m", agent.release),
    "rejoin": (2, "m", copies.rejoin),
    "copy": (3, "m", copies.copy),
    "copying": (2, "m", copies.copying),
    "copied": (3, "m", lambda w, m: copies.copied(w, m, cut=False)),
    "copy is cut": (1, "m", lambda w, m: copies.copied(w, m, cut=True)),
    "rewind is cut": (1, "mo", lambda w, m, o: _rewind_cut(w, m, o)),
    "crash": (2, "m", lambda w, m: postgres.stop(w, m, orderly=False)),
    "stop": (1, "m", lambda w, m: postgres.stop(w, m, orderly=True)),
    "start": (6, "m", agent.start),
    "off": (1, "m", _off),
    "on": (2, "m", _on),
    "stall": (1, "m", lambda w, m: _stall(m, True)),
    "wake": (2, "m", lambda w, m: _stall(m, False)),
    "cut": (1, "mo", lambda w, m, o: _toggle(w.cut, (m.name, o.name), True)),
    "mend": (2, "mo", lambda w, m, o: _toggle(w.cut, (m.name, o.name), False)),
    "cut from the store": (1, "m", lambda w, m: _toggle(w.cut, (m.name, STORE), True)),
    "mend to the store": (2, "m", lambda w, m: _toggle(w.cut, (m.name, STORE), False)),
    "lose": (1, "m", lambda w, m: _lose(w, m, for_good=False)),
    "hand over": (1, "mo", lambda w, m, o: ha.hand_over(w, m, o.name)),
    "leave": (1, "mn", ha.leave),
    "order": (1, "m", lambda w, m: _set(w, failover=m.name, hinted=False)),
    "pause": (1, "", lambda w: _set(w, paused=True)),
    "forget": (1, "", _forget),
    "resume": (2, "", lambda w: w.paused and _set(w, paused=False)),
}

# Rare enough to come at most once in a while.
RARE = {
    "calm": 0.6,
    "linger": 0.2,
    "lose": 0.25,
    "forget": 0.1,
    "pause": 0.1,
    "order": 0.3,
    "watch": 0.5,
    "wait": 0.5,
    "stop": 0.5,
    "off": 0.5,
    "cut": 0.5,
    "stall": 0.7,
    "cut from the store": 0.5,
}

# What a history has only where it is written down, or at its end.
MORE: dict[str, Callable] = {
    "gone": lambda w, m: _lose(w, m, for_good=True),
}


def take(w: World, step: Step) -> bool:
    """One step; one that can't happen now changes nothing, so that a history stays one when steps are left out."""
    name, *args = step
    action = STEPS[name][2] if name in STEPS else MORE[name]
    done = action(w, *(w.members[arg] if isinstance(arg, str) else arg for arg in args))
    oracle.settle(w)
    return bool(done)
