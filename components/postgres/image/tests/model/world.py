"""What there is: disks, members, the network, the clock, and the store with lock, synchronous state and orders."""

from dataclasses import dataclass, field, replace

from holdfast.guard import Patience
from holdfast.kube import Lock
from holdfast.rejoin import Progress
from holdfast.rescue import Order
from holdfast.verdict import Promotion, Sync

# Patroni's `ttl`, and what the guard waits for with the settings of the stack (components/postgres/settings.ts), in
# seconds.
TTL = 20.0
GUARD_SECONDS = 1.0 + 5.0 + 0.8

# The end of links to the lock store.
STORE = "store"


@dataclass
class Disk:
    """A data directory. The log is the numbers of its records, so a position is a length, and equal logs are one
    history."""

    log: list[int] = field(default_factory=list)
    timeline: int = 1
    # The newest timeline that it has heard of.
    newest: int = 1
    # Histories of timelines that are somebody else's were put here, and no server starts from an older timeline with
    # them.
    blocked: bool = False
    # Where each earlier timeline of this history ended.
    ends: dict[int, int] = field(default_factory=dict)
    # Position from which it is consistent: a copy or a rewound directory is no database before.
    needs: int = 0
    # What is applied, and survives a restart; the log may go further.
    replayed: int = 0
    # Shut down in order as a primary, at its last position.
    ended: bool = False

    @property
    def whole(self) -> bool:
        return len(self.log) >= self.needs

    def copy(self) -> "Disk":
        return replace(self, log=list(self.log), ends=dict(self.ends))


@dataclass
class View:
    """What a member's Patroni read of the store, when it did."""

    lock: Lock
    free: bool
    sync: Sync | None
    sync_version: int
    failover: str | None
    paused: bool


@dataclass
class Member:
    """A pod: its disk, its PostgreSQL, its Patroni and its agent."""

    name: str
    disk: Disk | None = field(default_factory=Disk)
    # The directory before a copy, kept until the copy streams.
    beside: Disk | None = None
    copying: str | None = None
    # The pod's node runs; its Patroni and agent may still be stalled.
    on: bool = True
    stalled: bool = False
    role: str = "down"
    # synchronous_standby_names: how many of whom; None is `*`.
    needed: int = 0
    names: frozenset[str] | None = frozenset()
    # What standbys told of their disks, and what is still on its way here.
    told: dict[str, int] = field(default_factory=dict)
    mail: list[tuple[str, int]] = field(default_factory=list)
    ready_from: int = 0
    # Standbys that it waits for and that went away, and how far its log was then.
    missed: frozenset[str] = frozenset()
    missed_at: int = 0
    # Writes that wait for standbys: position and record.
    pending: list[tuple[int, int]] = field(default_factory=list)
    # Whom Patroni lets it stream from, whom the fence does, whom it does, and whom its ending WAL receiver still does.
    wants: str | None = None
    turned_to: str | None = None
    turned_at: float = 0.0
    # The fence's word, which outlasts its settings, and who leads by what Patroni has read last.
    word: str | None = None
    leads: str | None = None
    upstream: str | None = None
    stopping: str | None = None
    # It streamed since its start, so it knows how far it is.
    received: bool = False
    view: View | None = None
    # Answers on their way and at hand, while this member is a candidate; then the state it was let go by.
    asked: set[str] = field(default_factory=set)
    coming: dict[str, object] = field(default_factory=dict)
    answers: list = field(default_factory=list)
    attempt: float | None = None
    let_go: bool = False
    rescued: bool = False
    # What the attempt read of the store, and the versions of the two objects that it writes to.
    known: object = None
    known_version: tuple[int, int] = (0, 0)
    backoff: float = float("-inf")
    promoted_at: float = float("-inf")
    patience: Patience = field(default_factory=lambda: Patience(GUARD_SECONDS))
    progress: Progress = field(default_factory=Progress)
    # A rewind of its data was refused.
    refused: bool = False
    # Its Patroni has renewed the lock in this round and has not looked at the synchronous state yet.
    renewed: bool = False
    # Its node and disk never come back.
    gone: bool = False

    @property
    def position(self) -> int:
        return len(self.disk.log) if self.disk else 0

    @property
    def runs(self) -> bool:
        return self.on and self.role != "down"

    @property
    def answers_sql(self) -> bool:
        """PostgreSQL lets nobody in before it is consistent."""
        return self.runs and self.disk.whole

    @property
    def reported(self) -> int:
        """What PostgreSQL's own functions say of a standby: what it received since its start, or else what it
        applied."""
        return self.position if self.role == "primary" or self.received else self.disk.replayed


# What Patroni 4.0.6 does by itself and must not; see test_known for what each is and does.
ALONE, DISMISS, BACKUP_COUNTS, PLACEHOLDERS = "alone", "dismiss", "backup counts", "placeholders"


class World:
    """The whole; `strict` is durability "required", `patroni` which of Patroni's own faults it has."""

    def __init__(self, size: int = 3, strict: bool = True, patroni: frozenset[str] = frozenset()) -> None:
        self.strict, self.patroni = strict, patroni
        self.members = {name: Member(name) for name in "abcde"[:size]}
        self.now = 0.0
        self.cut: set[tuple[str, str]] = set()
        self.timelines: list[int] = []
        self.promotions = 0
        self.lock: Lock = Lock(None, None, None, "0")
        self.renewed_at = 0.0
        self.expired = False
        self.sync: Sync | None = Sync("", set(), 0)
        self.sync_version = 0
        self.failover: str | None = None
        # That the name above is the guard's hint, and no person's order.
        self.hinted = False
        # The fence's record, and a person's order, both kept with Patroni's own state.
        self.promotion: Promotion | None = None
        self.order: Order | None = None
        self.config_version = 0
        self.initialized = True
        self.forgotten_at = 0.0
        self.paused = False
        # Writes that a client was told are safe, and those of them that no disk holds any more or a person gave up.
        self.acknowledged: set[int] = set()
        self.lost: set[int] = set()
        self.writes: set[int] = set()
        self.faults: list[str] = []

    def reaches(self, one: str, other: str) -> bool:
        """Whether words go from one to the other; a pod that is off hears and says nothing."""
        on = all(name == STORE or self.members[name].on for name in (one, other))
        return on and (one, other) not in self.cut

    def talk(self, one: str, other: str) -> bool:
        return self.reaches(one, other) and self.reaches(other, one)

    def free(self) -> bool:
        return self.lock.leader is None or self.expired or self.now - self.renewed_at > TTL

    def take(self, name: str, seen: Lock) -> bool:
        """Writes the lock if it is still the one that was seen, as the store's versions have it."""
        if seen.version != self.lock.version or not self.talk(name, STORE):
            return False
        self.lock = Lock(name, None, str(self.now), str(int(self.lock.version) + 1))
        self.renewed_at, self.expired = self.now, False
        return True

    def hears(self, one: str, other: str) -> bool:
        """Whether a question to the other's Patroni or agent is answered."""
        return self.talk(one, other) and not self.members[other].stalled

    def let_lock_go(self) -> None:
        self.lock = Lock(None, None, None, str(int(self.lock.version) + 1))

    def write_sync(self, sync: Sync, version: int) -> bool:
        if version != self.sync_version:
            return False
        self.sync, self.sync_version = sync, version + 1
        return True

    def record(self, timeline: int, write: bool) -> int:
        """A new record of the log; returns its number."""
        self.timelines.append(timeline)
        number = len(self.timelines) - 1
        if write:
            self.writes.add(number)
        return number

    def fault(self, text: str) -> None:
        self.faults.append(text)
