"""Where Holdfast's own pure functions decide: fence, rescue order, guard, successor, cold start, and whether a directory may go."""

from dataclasses import astuple

from holdfast import coldstart, control, fence, successor
from holdfast.directory import Copy, refusal
from holdfast.fence import ATTEMPT_SECONDS
from holdfast.kube import Lock
from holdfast.rejoin import Progress
from holdfast.rescue import Order, refused
from holdfast.turning import TURNED_SECONDS
from holdfast.verdict import Answer, Known, effective, succeeded, verdict
from holdfast.waits import uncovered
from holdfast.wal import Position

from . import oracle, postgres
from .world import PLACEHOLDERS, STORE, Disk, Member, World


def known(w: World) -> Known:
    """What the store says, at one moment."""
    return Known(w.sync, w.promotion, len(w.members))


def ask(w: World, m: Member, other: Member) -> bool:
    """The candidate's question arrives, and the other one turns to it."""
    if m.attempt is None or m.let_go or m.stalled or other is m or not w.hears(m.name, other.name) or other.name in m.asked:
        return False
    if not _begun(w, m):
        return False
    m.asked.add(other.name)
    if other.answers_sql and other.role == "standby" and other.upstream != m.name:
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
    turned = other.upstream in (None, m.name) and other.stopping is None and final
    knows = w.talk(other.name, STORE) and w.lock.leader == m.name
    return Answer(other.name, turned and knows, final, postgres.reached(other))


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
    if m.turned_to is None or w.now - m.turned_at < TURNED_SECONDS or not w.talk(m.name, STORE) or m.stalled or not m.on:
        return False
    if w.lock.leader != m.turned_to:
        m.turned_to = None
        postgres.follow(m, m.wants)
    return True


def guard(w: World, m: Member) -> bool:
    """One look at a lock that somebody else holds."""
    if not m.on or m.stalled or m.view is None:
        return False
    if not w.talk(m.name, STORE) or w.lock.leader in (None, m.name):
        m.patience.blind()
        return True
    lock = Lock(w.lock.leader, None, w.lock.renewed, w.lock.version, {"ttl": "-1"} if w.expired else {})
    if w.now < m.patience.observe(lock, w.now) or w.expired or m.view.paused:
        return True
    told = {
        name: {"state": "running" if each.answers_sql else "stopped", **_xlog(each)}
        for name, each in w.members.items() if name == m.name or w.hears(m.name, name)
    }
    if told.get(lock.leader, {}).get("state") == "running":
        return True
    named = successor.after_loss(lock.leader, w.sync, told)
    if named is not None and w.failover is None:
        w.failover = named
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


def held(disk: Disk | None) -> control.Position:
    """What a directory says of itself, its log included."""
    return control.Position(*astuple(postgres.at(disk, len(disk.log)))) if disk else control.NOTHING


def stays(w: World, m: Member, disk: Disk | None, other: Member) -> str | None:
    """Why a directory may not go for the sake of the other one's copy."""
    return refusal(disk and control.Held("", held(disk)), see(w, m, other), w.now)


def see(w: World, m: Member, other: Member) -> Copy | None:
    """The other one's copy, if a consistent one answers."""
    if not other.answers_sql or not w.talk(m.name, other.name):
        return None
    return Copy(other.name, "", held(other.disk), w.now)


def rewind(w: World, m: Member, source: Member, cut: bool) -> bool:
    """Patroni wants to rewind; what stands before pg_rewind asks first."""
    if stays(w, m, m.disk, source):
        return False
    postgres.stop(w, m, orderly=False)
    postgres.rewind(w, m, source, cut)
    if m.disk is not None:
        postgres.start(m)
    return True


def rejoin(w: World, m: Member) -> bool:
    """A member that makes no progress though the leader answers is copied anew; what it had is set aside."""
    if not m.on or m.stalled or m.disk is None or not w.talk(m.name, STORE):
        return False
    leader = w.members.get(w.lock.leader) if not w.free() else None
    streams = m.upstream is not None and w.talk(m.name, m.upstream)
    if m.role == "primary" or leader in (None, m) or m.copying or streams:
        m.progress = Progress()
        if m.beside is not None:
            _clear_kept(w, m, leader if streams else None)
        return True
    if m.progress.stuck(see(w, m, leader) is None, (m.position, m.disk.replayed), w.now):
        m.progress = Progress()
        if not stays(w, m, m.disk, leader) and not stays(w, m, m.beside, leader):
            postgres.stop(w, m, orderly=False)
            if m.beside is not None:
                oracle.goes(w, m, m.beside)
            m.disk, m.beside, m.copying = None, m.disk, leader.name
    return True


def _clear_kept(w: World, m: Member, leader: Member | None) -> None:
    """What was kept goes when this member streams, or leads and another one streams from it."""
    if m.role == "primary":
        leader = next((other for other in w.members.values() if other.upstream == m.name), None)
    if leader is not None and not stays(w, m, m.beside, leader):
        oracle.goes(w, m, m.beside)
        m.beside = None


def copy(w: World, m: Member) -> bool:
    """A member from nothing begins to copy the leader."""
    if not m.on or m.stalled or m.disk is not None or m.copying or m.view is None or m.view.lock.leader in (None, m.name):
        return False
    source = w.members[m.view.lock.leader]
    if source.role != "primary" or not w.talk(m.name, source.name):
        return False
    m.copying = source.name
    return True


def copied(w: World, m: Member, cut: bool) -> bool:
    """The copy comes to its end, or is cut halfway: then what was set aside comes back."""
    if m.copying is None:
        return False
    source, m.copying = w.members[m.copying], None
    source.told.pop(postgres.BACKUP, None)
    if cut or source.role != "primary" or not m.on or not w.talk(m.name, source.name):
        m.disk, m.beside = m.beside, None
        return True
    m.disk = source.disk.copy()
    m.disk.ended, m.disk.replayed = False, max(0, m.position - 1)
    return True


def copying(w: World, m: Member) -> bool:
    """A base backup takes the log with it as it is written, and says so to the primary like a standby."""
    if m.copying is None or not w.members[m.copying].runs or not w.talk(m.name, m.copying):
        return False
    w.members[m.copying].mail.append((postgres.BACKUP, w.members[m.copying].position))
    return True


def rescue(w: World, m: Member) -> None:
    """A person's order for this member, and for Patroni to take it."""
    w.failover = m.name
    w.order = Order(f"order at {w.now}", m.name, w.now, effective(known(w)), "somebody")
