"""What must hold after every step, and what a member's copy is worth."""

from .world import Disk, Member, World


def holds(w: World, disk: Disk | None) -> set[int]:
    """The acknowledged writes that a disk has."""
    return w.acknowledged.intersection(disk.log) if disk is not None else set()


def living(w: World) -> set[int]:
    """What was acknowledged and still counts: not lost with every disk that had it, nor given up by a person."""
    return w.acknowledged - w.lost


def acknowledged(w: World, m: Member, record: int) -> None:
    """A primary tells a client that its write is safe."""
    missing = living(w) - holds(w, m.disk)
    if missing:
        w.fault(f"two histories: {m.name} acknowledges {record} and lacks {sorted(missing)}")
    for other in w.members.values():
        later = other.role == "primary" and other.disk.timeline > m.disk.timeline
        if later and not other.rescued and record not in other.disk.log:
            w.fault(f"two histories: {m.name} acknowledges {record}, and {other.name} was promoted since and lacks it")
    w.acknowledged.add(record)
    copies = sum(record in each.disk.log for each in w.members.values() if each.disk and each.disk.whole)
    if w.strict and copies < 2:
        w.fault(f"required is not required: {m.name} acknowledges {record} with one copy")


def promoted(w: World, m: Member) -> None:
    """A member is about to become primary."""
    missing = living(w) - holds(w, m.disk)
    if m.rescued:
        # A person chose it, and was told what may be lost.
        w.lost |= missing
    elif missing:
        w.fault(f"lost write: {m.name} is promoted and lacks {sorted(missing)}")


def joined(w: World, m: Member, source: Member) -> None:
    """A standby streams on: what it has must be the beginning of what the other has."""
    if m.disk.log != source.disk.log[: m.position]:
        w.fault(f"two histories: {m.name} streams from {source.name} and has other records")


def goes(w: World, m: Member, disk: Disk, copies: int = 1) -> None:
    """A program is about to throw a directory away, or to overwrite it: so many other whole copies that are at least as
    new have to be in reach."""
    mine = living(w) & holds(w, disk)
    in_reach = (other for other in w.members.values() if other is not m and w.talk(m.name, other.name))
    others = (other for other in in_reach if other.answers_sql)
    if disk.whole and sum(mine <= holds(w, other.disk) for other in others) < copies:
        w.fault(f"copy gone: {m.name} gives up a directory, and fewer than {copies} whole copies of it are in reach")


def settle(w: World) -> None:
    """After each step: what no disk holds any more. Programs may never bring that about; see `goes`."""
    found: set[int] = set()
    for m in w.members.values():
        for disk in (m.disk, m.beside):
            found |= holds(w, disk)
    w.lost |= w.acknowledged - found
