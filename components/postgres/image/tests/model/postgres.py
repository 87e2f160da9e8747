"""What PostgreSQL does: write, acknowledge, stream, apply, stop, start, be promoted, be rewound, be copied."""

from holdfast.wal import Position

from . import oracle
from .world import BACKUP_COUNTS, Disk, Member, World

# The name under which a base backup's own stream of WAL shows up on the primary.
BACKUP = "pg_basebackup"


def write(w: World, m: Member) -> bool:
    """A client's commit, wherever a primary runs: nobody asks a deposed one first whether it is."""
    if not m.runs or m.role != "primary":
        return False
    record = w.record(m.disk.timeline, write=True)
    m.disk.log.append(record)
    m.pending.append((m.position, record))
    acknowledge(w, m)
    return True


def acknowledge(w: World, m: Member) -> None:
    """Tells clients what enough standbys have on their disks."""
    if m.needed:
        told = sorted((at for name, at in m.told.items() if counts(w, m, name)), reverse=True)
        safe = told[m.needed - 1] if len(told) >= m.needed else 0
    else:
        safe = m.position
    while m.pending and m.pending[0][0] <= safe:
        oracle.acknowledged(w, m, m.pending.pop(0)[1])


def counts(w: World, m: Member, name: str) -> bool:
    """Whether what this one has counts for an acknowledgement."""
    if m.names is None:
        return name != BACKUP or BACKUP_COUNTS in w.patroni
    return name in m.names


def hear(w: World, m: Member) -> bool:
    """A primary takes in a standby's oldest report."""
    if not m.mail:
        return False
    name, position = m.mail.pop(0)
    if m.role == "primary" and m.on:
        m.told[name] = max(position, m.told.get(name, 0))
        acknowledge(w, m)
    return True


def connect(w: World, m: Member) -> bool:
    """A standby's WAL receiver starts, if its primary's history is one it can go on with."""
    wanted = m.turned_to or m.wants
    if not m.runs or m.role != "standby" or m.stopping or m.upstream == wanted or wanted is None:
        return False
    source = w.members[wanted]
    if not source.runs or not w.talk(m.name, wanted) or not fits(m.disk, source.disk):
        return False
    if not source.disk.whole:
        return False
    if source.disk.timeline != m.disk.timeline:
        # The rest of the old timeline, which was not applied yet, is not applied any more.
        del m.disk.log[ends_at(m.disk, source.disk) :]
        m.disk.timeline, m.disk.ends = source.disk.timeline, dict(source.disk.ends)
    m.disk.newest = max(m.disk.newest, source.disk.timeline)
    oracle.joined(w, m, source)
    m.upstream = wanted
    return True


def ends_at(mine: Disk, other: Disk) -> int:
    """Up to which position of mine the other's history goes along, by the numbers that PostgreSQL compares."""
    if mine.timeline == other.timeline:
        return len(mine.log)
    return min(len(mine.log), other.ends.get(mine.timeline, -1))


def fits(mine: Disk, other: Disk) -> bool:
    """Whether streaming can go on from the other: nothing that is applied here is beyond its history."""
    return max(mine.replayed, 0) <= ends_at(mine, other) and ends_at(mine, other) <= len(other.log)


def receive(w: World, m: Member, records: int, report: bool) -> bool:
    """A WAL receiver, be it one that is told to end, gets some records, has them on disk, and may say so."""
    source = m.stopping or m.upstream
    if not m.runs or m.role != "standby" or source is None:
        return False
    other = w.members[source]
    if not other.runs or not w.reaches(source, m.name) or other.disk.timeline != m.disk.timeline:
        _drop(m)
        return True
    at = m.position
    m.disk.log += other.disk.log[at : at + records]
    m.received = True
    if report and w.reaches(m.name, source) and other.role == "primary":
        other.mail.append((m.name, m.position))
    return m.position > at or report


def _drop(m: Member) -> None:
    if m.stopping:
        m.stopping = None
    else:
        m.upstream = None


def replay(m: Member, records: int) -> bool:
    if not m.runs or m.role != "standby" or m.disk.replayed >= m.position:
        return False
    m.disk.replayed = min(m.position, m.disk.replayed + records)
    return True


def follow(m: Member, other: str | None) -> None:
    """Another upstream, or none: the receiver that runs is told to end, which takes a moment."""
    if m.upstream is not None and m.upstream != other:
        m.stopping, m.upstream = m.upstream, None


def at(disk: Disk, location: int) -> Position:
    """The place of a location: on an earlier timeline where the newest one's fork is not reached yet."""
    for timeline, end in sorted(disk.ends.items()):
        if location <= end:
            return Position(timeline, location)
    return Position(disk.timeline, location)


def reached(m: Member) -> Position:
    """How far it says it is."""
    return at(m.disk, m.reported)


def newest_timeline(m: Member) -> int:
    """The newest timeline that it knows of; a promotion opens the one after."""
    return max(m.disk.timeline, m.disk.newest)


def stop(w: World, m: Member, orderly: bool) -> bool:
    """A primary that stops in order writes a last record, and waits until all who stream have it."""
    if not m.runs:
        return False
    m.disk.ended = orderly and m.role == "primary"
    if m.disk.ended:
        m.disk.log.append(w.record(m.disk.timeline, write=False))
        for other in w.members.values():
            if other.upstream == m.name and other.stopping is None:
                receive(w, other, len(m.disk.log), report=True)
        while m.mail:
            hear(w, m)
    if m.role == "primary":
        m.disk.replayed = m.position
    m.role, m.upstream, m.stopping, m.received = "down", None, None, False
    m.told, m.mail, m.pending = {}, [], []
    m.asked, m.coming, m.answers, m.known, m.attempt, m.let_go = set(), {}, [], None, None, False
    return True


def start(m: Member) -> None:
    """Always as a standby first, as Patroni does here."""
    m.role, m.turned_to = "standby", m.turned_to
    m.disk.ended = False


def promote(w: World, m: Member) -> None:
    """Applies everything it has and begins a timeline of its own."""
    oracle.promoted(w, m)
    w.promotions += 1
    m.disk.ends = {**m.disk.ends, m.disk.timeline: m.position}
    m.disk.timeline = m.disk.newest = newest_timeline(m) + 1
    m.disk.blocked = False
    m.disk.log.append(w.record(m.disk.timeline, write=False))
    m.disk.replayed = m.position
    m.role, m.upstream, m.stopping, m.turned_to, m.wants = "primary", None, None, None, None
    m.told, m.mail, m.pending = {}, [], []


def rewind(w: World, m: Member, source: Member, cut: bool) -> None:
    """pg_rewind: back to where both histories part, with all of the source's log to go on from there. Cut halfway it
    leaves no database."""
    common = 0
    for mine, other in zip(m.disk.log, source.disk.log):
        if mine != other:
            break
        common += 1
    # Where it is cut off this one is none, and the source may be lost by then.
    oracle.goes(w, m, m.disk, copies=2)
    m.disk = None if cut else source.disk.copy()
    if m.disk is not None:
        m.disk.ended, m.disk.blocked, m.disk.replayed, m.disk.needs = False, False, common, m.position


def ended(m: Member) -> bool:
    """The WAL receiver that was told to end has."""
    changed, m.stopping = m.stopping is not None, None
    return changed
