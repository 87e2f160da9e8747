"""Copies a member anew when it can't come back by itself.

Patroni tries for ever to start a server whose WAL is damaged or whose next WAL segment is gone everywhere (patroni
#3652), and to rewind one that must not be rewound (rewind.py). A member that makes no progress for a while, though the
leader can be reached from here, has Patroni copy the leader, and one whose rewind is refused sooner. Whether
its data may be replaced is decided in directory.py; where it may not, the member says why and waits for a person.
"""

import logging
import threading
import time
from collections.abc import Callable

from prometheus_client import Gauge

from . import control, copies, local, rest, rewind
from .directory import Copy, Place, no_room, refusal
from .env import DATA_DIRECTORY

log = logging.getLogger(__name__)

# Seconds without any progress before a member is copied anew; a crash recovery makes progress all the time.
STUCK_SECONDS = 60.0

# Seconds for which a member's rewind has to be refused before it is copied instead. Patroni tries one every few
# seconds, and another member that could be seen as a third copy may just be starting.
REFUSED_SECONDS = 15.0

# Seconds for reading pg_control in a round: a disk that takes longer has its member looked at in the next.
CONTROL_SECONDS = 5.0

# States in which Patroni is at work on the data directory itself.
BUSY = ("creating replica", "initializing new cluster", "running custom bootstrap script", "stopping", "restarting")

# Annotation of a member's pod that says what it waits for, in one sentence.
WAITS = "holdfast.dev/waits"

COPY_WAITS = Gauge(
    "holdfast_copy_waits", "1 where a member that can't come back by itself may not be copied anew either"
)


class Progress:
    """Decides whether a member is stuck or slow. Pure: observations come in, a decision comes out."""

    def __init__(self, patience: float = STUCK_SECONDS) -> None:
        self.patience = patience
        self.marker: object = None
        self.since = 0.0

    def stuck(self, fine: bool, marker: object, now: float) -> bool:
        """`fine`: there is nothing to get ahead with, or it does; `marker`: anything that changes while it gets
        ahead.
        """
        if fine or marker != self.marker:
            self.marker, self.since = marker, now
            return False
        return now - self.since >= self.patience


class Rejoin:
    """`annotate` writes the annotations of this member's pod; a value of None takes one away."""

    def __init__(self, me: str, annotate: Callable[[dict[str, str | None]], None]) -> None:
        self.me, self.annotate = me, annotate
        self.place = Place()
        # Apart: a member that can't reach the leader is not stuck, however long that lasts.
        self.progress, self.contact = Progress(), Progress()
        self.waits: str | None = "nothing is known yet"

    def step(self, members: list[dict]) -> None:
        """One look, every few seconds while this member does not lead. `members`: as Patroni lists them."""
        mine = next((member for member in members if member["name"] == self.me), {})
        leader = next((member for member in members if member["role"] == "leader" and member["name"] != self.me), None)
        if leader is None or mine.get("state") in BUSY or rewind.under_way():
            self._fine()
        elif mine.get("state") == "streaming":
            self._fine()
            rewind.forget()
            if self.place.kept.exists():
                self._clear_kept(leader)
        else:
            self._judge(mine, leader, copies.see(leader["name"], leader["host"]))

    def leads(self) -> None:
        """To be called while this member leads: it waits for nothing, and what is kept goes once somebody streams."""
        self._fine()
        rewind.forget()
        if self.place.kept.exists():
            standby = next((member for member in rest.members("127.0.0.1") if member["state"] == "streaming"), None)
            if standby:
                self._clear_kept(standby)

    def _clear_kept(self, other: dict) -> None:
        """Deletes what was kept when this member was copied: it streams or leads again, and the other one has it all as
        well.
        """
        reason = refusal(control.held(self.place.kept), copies.see(other["name"], other["host"]), time.monotonic())
        if reason:
            log.info("rejoin: %s stays: %s", self.place.kept.name, reason)
            return
        log.info("rejoin: deleting %s, as this member streams again", self.place.kept.name)
        # Apart, because a large directory takes longer than a round may.
        threading.Thread(target=self.place.discard, name="discard", daemon=True).start()

    def _judge(self, mine: dict, leader: dict, copy: Copy | None) -> None:
        now = time.monotonic()
        if self.contact.stuck(copy is not None, "away", now):
            self._say(
                f"{leader['name']}, which leads, does not answer from here on PostgreSQL's port, "
                f"so {self.me} can't follow it"
            )
        stuck = self.progress.stuck(copy is None, self._marker(), now)
        refused = copy is not None and rewind.refused_for() >= REFUSED_SECONDS
        if not stuck and not refused:
            return
        self.progress = Progress()
        rewind.forget()
        reason = refusal(control.held(DATA_DIRECTORY), copy, now) or no_room(self.place.used(), self.place.available())
        if reason:
            self._say(f"{self.me} can't come back by itself and is not copied anew: {reason}")
            return
        why = "must not be rewound" if refused else f"has made no progress for {STUCK_SECONDS:.0f} s"
        log.warning("rejoin: %s (%s) %s: copying %s", self.me, mine.get("state"), why, leader["name"])
        rest.patroni("127.0.0.1", "POST", "/reinitialize", {"force": True})

    def _fine(self) -> None:
        self.progress, self.contact = Progress(), Progress()
        self._say(None)

    def _say(self, waits: str | None) -> None:
        """Shows a person what this member waits for, or that it waits for nothing."""
        COPY_WAITS.set(waits is not None)
        if waits == self.waits:
            return
        if waits:
            log.warning("rejoin: %s", waits)
        self.annotate({WAITS: waits})
        self.waits = waits

    def _marker(self) -> object:
        # Recovery moves pg_control on even while it accepts no connection.
        told = control.read(DATA_DIRECTORY, seconds=CONTROL_SECONDS)
        return local.state().position, tuple(item for item in told.items() if "location" in item[0])
