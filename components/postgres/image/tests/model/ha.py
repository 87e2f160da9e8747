"""What Patroni does in a round: read the store, keep or take the lock, follow, and look after the synchronous state."""

import math

from holdfast import successor, turned
from holdfast.fence import ATTEMPT_SECONDS
from holdfast.required import dismissible
from holdfast.verdict import Sync

from . import agent, copies, postgres, quorum
from .world import ALONE, DISMISS, STORE, Member, View, World

# Seconds of a round; so long after a promotion the synchronous state is left alone.
LOOP_SECONDS = 1.0


def load(w: World, m: Member) -> bool:
    """Reads the store. What is read stays true for this Patroni until it reads again."""
    if not m.on or m.stalled or not w.talk(m.name, STORE):
        return False
    m.view = View(w.lock, w.free(), w.sync, w.sync_version, w.failover, w.paused)
    m.leads = agent.leads(w.lock.leader, w.free())
    return True


def act(w: World, m: Member) -> bool:
    """Goes by what was read last."""
    if not m.on or m.stalled or m.view is None or not m.runs:
        return False
    return _lead(w, m) if m.role == "primary" else _stand(w, m)


def _lead(w: World, m: Member) -> bool:
    if not w.talk(m.name, STORE):
        if not all(w.hears(m.name, other) for other in w.members if other != m.name):
            _demote(w, m)
        return True
    if w.lock.leader == m.name or (w.free() and w.take(m.name, w.lock)):
        w.take(m.name, w.lock)
        if w.failover:
            w.failover = None
        m.renewed = True
    elif not w.paused:
        _demote(w, m)
    return True


def _demote(w: World, m: Member) -> None:
    postgres.stop(w, m, orderly=False)
    postgres.start(m)
    m.wants = None


def hand_over(w: World, m: Member, to: str) -> bool:
    """A switchover: stopped in order, lock free, and the name of who is meant in the store."""
    if m.role != "primary" or not m.on or m.stalled or w.lock.leader != m.name or not w.talk(m.name, STORE):
        return False
    postgres.stop(w, m, orderly=True)
    w.let_lock_go()
    w.failover, w.hinted = to, False
    return True


def leave(w: World, m: Member, renewed: int) -> bool:
    """A primary's pod is to end, and hands over to whom its agent chooses (holdfast/handover.py) by what it knows of
    the others: one that a rollout has renewed already, if there is one. `renewed`: members in order of their names, as
    bits."""
    if m.role != "primary" or not w.talk(m.name, STORE) or w.sync is None or w.sync.leader != m.name:
        return False
    fit = (each for each in w.members.values() if each.upstream == m.name and each.name in w.sync.standbys)
    behind = {each.name: m.position - m.told[each.name] if each.name in m.told else math.inf for each in fit}
    preferred = {name for bit, name in enumerate(sorted(w.members)) if renewed >> bit & 1}
    named = successor.best(behind, preferred)
    return named is not None and hand_over(w, m, named)


def _stand(w: World, m: Member) -> bool:
    view = m.view
    if m.attempt is not None:
        return _promoting(w, m)
    if view.lock.leader == m.name and not view.free:
        return w.lock.leader == m.name and _begin(w, m)
    if view.free:
        if w.free() and w.now - m.backoff >= 20 and healthiest(w, m) and w.take(m.name, view.lock):
            w.failover, w.initialized = None, True
            return _begin(w, m)
        m.wants = None
    else:
        m.wants = view.lock.leader
    _write_upstream(m)
    source = w.members.get(m.wants)
    primary = source is not None and source.role == "primary" and w.talk(m.name, source.name)
    if primary and not postgres.fits(m.disk, source.disk):
        return copies.rewind(w, m, source, cut=False)
    return True


def _write_upstream(m: Member) -> None:
    """Patroni writes its own settings where the fence's differ, unless it is held to the fence's word."""
    if m.word is not None and turned.outdated(m.word, m.leads):
        m.word = None
    if m.word is not None and turned.overruled(m.word, m.wants or "", m.leads):
        m.turned_to = m.word
        postgres.follow(m, m.word)
        return
    m.turned_to = None
    postgres.follow(m, m.wants)


def _begin(w: World, m: Member) -> bool:
    """The lock is here: synchronous_standby_names as it must be for a primary, then the fence is asked."""
    if not m.disk.whole or not load(w, m):
        return False
    sync = m.view.sync
    if sync is not None and sync.leader:
        members = frozenset(sync.standbys | {sync.leader})
        number = len(members) - sync.quorum - (1 if m.name in members else 0)
        set_names(w, m, members - {m.name}, number, floor=ALONE not in w.patroni)
    else:
        set_names(w, m, frozenset(), 1 if w.strict else 0)
    m.attempt = w.now
    return True


def _promoting(w: World, m: Member) -> bool:
    if w.lock.leader != m.name or not w.talk(m.name, STORE):
        agent.give_up(m)
    elif w.now - m.attempt > ATTEMPT_SECONDS and not m.let_go:
        agent.give_up(m)
        w.let_lock_go()
        m.backoff = w.now
    else:
        w.take(m.name, w.lock)
    return True


def set_names(w: World, m: Member, names: frozenset[str], number: int, floor: bool = True) -> None:
    """`ANY number (names)`; in strict mode one at least is needed once it runs, of anybody where nobody is named."""
    if floor and w.strict:
        number = max(number, 1)
    m.needed, m.names = (number, names or None) if number else (0, frozenset())


def healthiest(w: World, m: Member) -> bool:
    """Patroni's race: whether enough of those that may hold every write are no further than this member."""
    view = m.view
    sync = view.sync if view.sync is not None and view.sync.leader else None
    voters = sync.standbys | {sync.leader} if sync else frozenset()
    if view.paused and view.failover != m.name:
        return False
    if view.failover is not None:
        if view.failover == m.name:
            return True
        named = w.members[view.failover]
        if w.hears(m.name, named.name) and named.answers_sql:
            return False
    votes, ahead = (0 if m.name in voters else -1), 0
    for other in w.members.values():
        if other is m or not w.hears(m.name, other.name) or not other.answers_sql:
            continue
        if other.role == "primary":
            return False
        if other.reported > m.reported:
            ahead += 1
            if sync is None or other.name != sync.leader:
                return False
        elif other.name in voters:
            votes += 1
    return sync is None or votes >= sync.quorum or (not ahead and sync.leader == m.name)


def tend(w: World, m: Member) -> bool:
    """One change to the synchronous state, by what this round read before it renewed the lock."""
    if not m.renewed or m.role != "primary" or not m.on or m.stalled or not w.talk(m.name, STORE):
        return False
    if w.now - m.promoted_at <= LOOP_SECONDS:
        return False
    sync = m.view.sync
    if sync is None or not sync.leader:
        return _write(w, m, Sync(m.name, set(), 0))
    streams = (each for each in w.members.values() if m.name in (each.upstream, each.stopping))
    active = frozenset(each.name for each in streams if each.answers_sql)
    for name in set(m.told) - active - {postgres.BACKUP}:
        if not w.members[name].runs:
            del m.told[name]
    names = m.names or frozenset()
    ready = sum(m.told.get(name, -1) >= m.ready_from for name in active & names)
    if w.strict and DISMISS not in w.patroni:
        active |= in_office(m, names, active, frozenset(sync.standbys))
    voters = frozenset(sync.standbys)
    change = quorum.next_change(m.name, sync.leader, voters, sync.quorum, names, m.needed, active, ready)
    if change is None:
        m.renewed = False
    elif change.what == "sync":
        return _write(w, m, Sync(m.name, set(change.members), change.number))
    else:
        set_names(w, m, change.members, change.number)
        m.ready_from = m.position
        postgres.acknowledge(w, m)
    return True


def in_office(m: Member, names: frozenset[str], active: frozenset[str], voters: frozenset[str]) -> frozenset[str]:
    """Those who went away and stay in office (holdfast/required.py): what they may have acknowledged is not with
    enough others yet."""
    gone = (names - active) & voters
    if gone != m.missed:
        m.missed, m.missed_at = gone, m.position
    return frozenset() if dismissible(m.needed, names & active, m.told, m.missed_at) else gone


def _write(w: World, m: Member, sync: Sync) -> bool:
    if not w.write_sync(sync, m.view.sync_version):
        m.renewed = False
        return True
    m.view.sync, m.view.sync_version = w.sync, w.sync_version
    return True
