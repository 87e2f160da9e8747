"""Where Holdfast's own pure functions decide: fence, rescue order, guard, successor and cold start."""

from holdfast import coldstart, fence, successor
from holdfast.kube import Lock
from holdfast.rescue import Order, refused
from holdfast.turning import TURNED_SECONDS
from holdfast.verdict import Answer, Known, effective, succeeded, verdict
from holdfast.waits import uncovered
from holdfast.wal import Position

from . import postgres
from .copies import held
from .world import PLACEHOLDERS, STORE, Member, World


def known(w: World) -> Known:
    """What the store says, at one moment."""
    return Known(w.sync, w.promotion, len(w.members))


def ask(w: World, m: Member, other: Member) -> bool:
    """The candidate's question arrives, and the other one turns to it."""
    asks = m.attempt is not None and not m.let_go and not m.stalled
    if not asks or other is m or other.name in m.asked or not w.hears(m.name, other.name):
        return False
    if not _begun(w, m):
        return False
    m.asked.add(other.name)
    if other.answers_sql and other.role == "standby":
        other.word = m.name
        if other.upstream != m.name:
            other.turned_to, other.turned_at = m.name, w.now
            postgres.follow(other, m.name)
    return True


def _begun(w: World, m: Member) -> bool:
    """An attempt reads the store first."""
    if m.known is None and w.talk(m.name, STORE) and w.lock.leader == m.name:
        m.known, m.known_version = known(w), (w.config_version, w.sync_version)
    return m.known is not None


def reply(w: World, m: Member, other: Member) -> bool:
    """The other one says how it is by now; its answer is on its way."""
    if other.name not in m.asked or other.name in m.coming or not other.on or other.stalled:
        return False
    m.coming[other.name] = _answer(w, m, other)
    return True


def _answer(w: World, m: Member, other: Member) -> Answer:
    if not other.answers_sql:
        stopped = other.disk is not None and not other.runs and other.disk.ended
        return Answer(other.name, ended=Position(other.disk.timeline, other.position - 1) if stopped else None)
    final = other.role == "primary" or other.received or other.disk.replayed == other.position
    if other.role == "primary":
        return Answer(other.name, False, final, postgres.reached(other))
    if w.talk(other.name, STORE):
        other.leads = leads(w.lock.leader, w.free())
    turned = other.upstream in (None, m.name) and other.stopping is None and final and other.word == m.name
    return Answer(other.name, turned and other.leads == m.name, final, postgres.reached(other))


def leads(leader: str | None, free: bool) -> str:
    """Who leads by what the store says, as Patroni tells it."""
    return "" if free or leader is None else leader


def take_in(w: World, m: Member, other: str) -> bool:
    """The candidate gets the answer, judges, and is let go when that is enough."""
    if other not in m.coming or m.stalled or not m.answers_sql or not w.reaches(other, m.name):
        return False
    m.answers.append(m.coming.pop(other))
    judge(w, m)
    return True


def judge(w: World, m: Member) -> None:
    """Whether what is known by now is enough; the record is written before the candidate goes."""
    if m.attempt is None or m.let_go or m.role != "standby":
        return
    if verdict(m.name, postgres.reached(m), m.known, m.answers) is None:
        _keep(w, m, None)


def _keep(w: World, m: Member, order: str | None) -> None:
    sync = m.known.sync
    if sync is not None and sync.leader:
        after = sync if sync.leader == m.name else succeeded(sync, m.name)
        if uncovered(m.name, m.needed, m.names or frozenset(w.members), after):
            return
    if w.talk(m.name, STORE) and (w.config_version, w.sync_version) == m.known_version:
        # Another version, so that a slow old primary's change comes to nothing.
        w.sync_version += 1
        w.promotion = fence.promotion_of(m.name, m.known, postgres.newest_timeline(m), w.now, order)
        m.disk.blocked = w.promotion.timeline - 1 > m.disk.newest
        m.disk.newest = w.promotion.timeline - 1
        w.config_version += 1
        m.let_go, m.rescued = True, order is not None


def again(w: World, m: Member) -> bool:
    """Nobody else answers. If no person's order helps the attempt was in vain, and the next one reads and asks anew."""
    if m.attempt is None or m.let_go or m.stalled or not m.answers_sql or not _begun(w, m):
        return False
    judge(w, m)
    if m.let_go:
        return True
    if w.order is not None and refused(w.order, m.name, postgres.reached(m), m.known, m.answers, w.now) is None:
        _keep(w, m, w.order.id)
        return True
    m.asked, m.coming, m.answers, m.known = set(), {}, [], None
    return True


def promote(w: World, m: Member) -> bool:
    """Whom the fence let go, PostgreSQL promotes; how long after that nobody knows."""
    if not m.let_go or m.role != "standby" or not m.answers_sql or m.stalled:
        return False
    postgres.promote(w, m)
    give_up(m)
    m.promoted_at = w.now
    return True


def give_up(m: Member) -> None:
    m.asked, m.coming, m.answers, m.known, m.attempt, m.let_go = set(), {}, [], None, None, False


def release(w: World, m: Member) -> bool:
    """A turned standby goes back to Patroni's own setting when the candidate did not become leader."""
    if m.turned_to is None or m.stalled or w.now - m.turned_at < TURNED_SECONDS or not w.talk(m.name, STORE):
        return False
    if w.lock.leader != m.turned_to:
        m.turned_to = m.word = None
        postgres.follow(m, m.wants)
    return True


def guard(w: World, m: Member) -> bool:
    """One look at a lock that somebody else holds."""
    if not m.on or m.stalled or m.view is None:
        return False
    if not w.talk(m.name, STORE) or w.lock.leader == m.name:
        m.patience.blind()
        return True
    lock = Lock(w.lock.leader, None, w.lock.renewed, w.lock.version, {"ttl": "-1"} if w.expired else {})
    if w.now < m.patience.observe(lock, w.now):
        return True
    if lock.leader is None or w.expired:
        # Whoever was named can't lead.
        w.failover, w.hinted = None if w.hinted else w.failover, False
        return True
    if m.view.paused:
        return True
    told = {
        name: {"state": "running" if each.answers_sql else "stopped", **_xlog(each)}
        for name, each in w.members.items()
        if name == m.name or w.hears(m.name, name)
    }
    if told.get(lock.leader, {}).get("state") == "running":
        return True
    named = successor.after_loss(lock.leader, w.sync, told)
    if named is not None and w.failover is None:
        w.failover, w.hinted = named, True
    w.expired = True
    w.lock = Lock(lock.leader, None, lock.renewed, str(int(lock.version) + 1))
    return True


def _xlog(m: Member) -> dict:
    if not m.answers_sql or m.role == "primary":
        return {}
    return {"xlog": {"received_location": m.position if m.received else 0, "replayed_location": m.disk.replayed}}


def start(w: World, m: Member) -> bool:
    """A pod's start script: with the store's state gone, members first compare what they have."""
    if not m.on or m.stalled or m.runs or m.disk is None:
        return False
    if m.disk.blocked and PLACEHOLDERS in w.patroni:
        return False
    if not w.initialized:
        told = {name: held(each.disk) for name, each in w.members.items() if each.on and w.talk(name, STORE)}
        if not w.talk(m.name, STORE) or not coldstart.may_start(m.name, told, len(w.members), w.now - w.forgotten_at):
            return False
    postgres.start(m)
    return True


def rescue(w: World, m: Member) -> None:
    """A person's order for this member, and for Patroni to take it."""
    w.failover, w.hinted = m.name, False
    w.order = Order(f"order at {w.now}", m.name, w.now, effective(known(w)), "somebody")
