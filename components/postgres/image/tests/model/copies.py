"""When a member's data may go, as Holdfast's own rule decides, and how it is copied or rewound then."""

from dataclasses import astuple

from holdfast import control, wal
from holdfast.directory import Copy, in_place, refusal
from holdfast.rejoin import Progress

from . import oracle, postgres
from .world import STORE, Disk, Member, World


def held(disk: Disk | None) -> wal.Position:
    """What a directory says of itself, its log included."""
    return wal.Position(*astuple(postgres.at(disk, len(disk.log)))) if disk else wal.NOTHING


def stays(w: World, m: Member, disk: Disk | None, other: Member) -> str | None:
    """Why a directory may not go for the sake of the other one's copy."""
    return refusal(disk and control.Held("", held(disk)), see(w, m, other), w.now)


def see(w: World, m: Member, other: Member) -> Copy | None:
    """The other one's copy, if a consistent one answers."""
    if not other.answers_sql or not w.talk(m.name, other.name):
        return None
    return Copy(other.name, "", held(other.disk), w.now)


def rewind(w: World, m: Member, source: Member, cut: bool) -> bool:
    """Patroni wants to rewind; what stands before pg_rewind asks first. No disk here can share blocks."""
    others = [copy for other in w.members.values() if other not in (m, source) and (copy := see(w, m, other))]
    if in_place(control.Held("", held(m.disk)), see(w, m, source), others, w.now):
        m.refused = True
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
        m.refused = m.refused and not streams and m.role != "primary"
        if m.beside is not None:
            _clear_kept(w, m, leader if streams else None)
        return True
    seen = see(w, m, leader)
    stuck = m.progress.stuck(seen is None, (m.position, m.disk.replayed), w.now)
    if stuck or (m.refused and seen is not None):
        m.progress, m.refused = Progress(), False
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
    if not m.on or m.stalled or m.disk is not None or m.copying:
        return False
    if m.view is None or m.view.lock.leader in (None, m.name):
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
