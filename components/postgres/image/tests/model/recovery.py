"""What becomes of a cluster when everything that is not lost for good is mended, and time passes: is there a way
out?"""

from . import agent, copies, ha, oracle, postgres
from .world import World

# Rounds of a second in which a mended cluster must have a primary that acknowledges: a lock that has to expire,
# twice, with the pause after an attempt in vain, a member copied anew, and a start without state, which waits 90 s
# for those who never come.
ROUNDS = 240


def heal(w: World) -> None:
    """All links carry, every node runs, nobody stalls, nothing is paused; what is gone stays gone."""
    w.cut.clear()
    w.paused = False
    for m in w.members.values():
        m.on, m.stalled = not m.gone, False


def turn(w: World) -> None:
    """Everybody does what there is to do, and a second passes."""
    w.now += 1
    members = list(w.members.values())
    for m in members:
        agent.start(w, m)
        if ha.load(w, m):
            ha.act(w, m)
            while ha.tend(w, m) and m.renewed:
                pass
        agent.again(w, m)
        for other in members:
            agent.ask(w, m, other)
    for m in members:
        postgres.ended(m)
        postgres.connect(w, m)
        postgres.receive(w, m, 1000, report=True)
        postgres.replay(m, 1000)
        copies.copied(w, m, cut=False)
        copies.copy(w, m)
        while postgres.hear(w, m):
            pass
    for m in members:
        for other in members:
            agent.reply(w, m, other)
            agent.take_in(w, m, other.name)
        agent.promote(w, m)
        agent.guard(w, m)
        agent.guard(w, m)
        copies.rejoin(w, m)
        agent.release(w, m)
    oracle.settle(w)


def serves(w: World, before: int) -> bool:
    """Whether the holder of the lock is a primary that acknowledges, or would if anybody were there to hold a second
    copy."""
    m = w.members.get(w.lock.leader)
    if m is None or w.free() or m.role != "primary":
        return False
    postgres.write(w, m)
    return len(w.acknowledged) > before or sum(not each.gone for each in w.members.values()) < 2


def recover(w: World, rounds: int = ROUNDS) -> bool:
    """Lets a mended cluster go on until it serves; False when it does not within so many rounds."""
    before = len(w.acknowledged)
    for _ in range(rounds):
        turn(w)
        if w.faults or serves(w, before):
            return True
    return False


def way_out(w: World) -> str | None:
    """How a mended cluster gets to serve again: "by itself", "by a person", "from the backup", or None when it never
    does."""
    heal(w)
    if not any(m.disk is not None and m.disk.whole for m in w.members.values()):
        # A rewind was cut off here, and what it was copied from is lost: nobody has a database.
        return "from the backup"
    if recover(w):
        return "by itself"
    for m in sorted(w.members.values(), key=lambda m: (-m.position, m.name)):
        if m.disk is None or m.gone:
            continue
        agent.rescue(w, m)
        if recover(w, 60):
            return "by a person"
    return None
