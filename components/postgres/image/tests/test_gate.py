"""What the gate proves, and when it closes: before and after the lock was seen, and while PgBouncer is about to end."""

import socket
import threading
import time
import unittest
from unittest import mock

from holdfast.declared import Database
from holdfast.pooler import gate

LAST, LEADER = "10.0.0.1", "10.0.0.2"

# Seconds that anything here may take; it takes milliseconds.
PATIENCE = 5.0


class Proof(socket.socket):
    """A connection to a primary, which stands until the primary's end of it is closed."""

    def __init__(self, host):
        mine, self.primary = socket.socketpair()
        super().__init__(fileno=mine.detach())
        self.info = mock.Mock(host=host)

    def __exit__(self, *_):
        self.primary.close()
        self.close()


class GateCase(unittest.TestCase):
    def setUp(self):
        self.last, self.primaries, self.done = [LAST], {LAST, LEADER}, []
        for name, value in {
            "config.last_hosts": lambda: self.last,
            "Gate._prove": self.prove,
            "PROVE_INTERVAL": 0.001,
            "Valve": mock.Mock(return_value=self),
        }.items():
            patch = mock.patch(f"holdfast.pooler.gate.{name}", value)
            patch.start()
            self.addCleanup(patch.stop)
        self.open, self.over, self.proof = None, False, None
        self.gate = gate.Gate((Database("shop"),), "")

    def prove(self, address):
        self.proof = Proof(address) if address in self.primaries else None
        return self.proof

    # This test is the gate's valve.
    def open_to(self, address):
        self.open = True
        self.done.append(address)

    def shut(self):
        if self.open is not False:
            self.open = False
            self.done.append("shut")

    def keep(self):
        if self.over:
            raise SystemExit

    def run_gate(self):
        thread = threading.Thread(target=self.gate.run, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(setattr, self, "over", True)

    def settles(self, *expected):
        """What was done to PgBouncer is this, and nothing comes after it."""
        deadline = time.monotonic() + PATIENCE
        while len(self.done) < len(expected) and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)
        self.assertEqual(list(expected), self.done)


class Start(GateCase):
    def test_with_the_api_away_the_last_address_is_proven_and_stays_in_use(self):
        self.run_gate()
        self.settles(LAST)

    def test_the_lock_that_says_the_same_changes_nothing(self):
        self.run_gate()
        self.settles(LAST)
        self.gate.point(LAST)
        self.settles(LAST)

    def test_the_lock_that_says_otherwise_wins(self):
        self.run_gate()
        self.settles(LAST)
        self.gate.point(LEADER)
        self.settles(LAST, "shut", LEADER)

    def test_with_the_api_away_callers_wait_where_the_last_address_is_no_primary(self):
        self.primaries = set()
        self.run_gate()
        self.settles("shut")
        self.primaries = {LAST}
        self.settles("shut", LAST)

    def test_a_lock_without_a_leader_is_not_the_same_as_no_lock(self):
        self.gate.point(None)
        self.run_gate()
        self.settles("shut")

    def test_where_nothing_is_known_nothing_is_done(self):
        self.last = []
        self.run_gate()
        self.settles()
        self.last = [LAST]
        self.settles(LAST)


class Loss(GateCase):
    def test_callers_wait_from_the_moment_the_primary_closes_the_connection(self):
        self.gate.point(LEADER)
        self.run_gate()
        self.settles(LEADER)
        self.primaries = set()
        self.proof.primary.close()
        self.settles(LEADER, "shut")

    def test_held_callers_wait_until_the_primary_is_gone_even_where_it_comes_back(self):
        self.gate.point(LEADER)
        self.run_gate()
        self.settles(LEADER)
        self.gate.held_until = time.monotonic() + PATIENCE
        self.settles(LEADER, "shut")
        self.proof.primary.close()
        self.settles(LEADER, "shut", LEADER)


class LetBe(GateCase):
    def test_open_it_is_left_alone_and_taken_over_again_afterwards(self):
        self.run_gate()
        self.settles(LAST)
        with self.gate.let_be(PATIENCE) as is_open:
            self.assertTrue(is_open)
            self.gate.point(None)
            self.settles(LAST)
        self.settles(LAST, "shut")

    def test_closed_it_is_waited_for(self):
        self.primaries = set()
        self.run_gate()
        self.settles("shut")
        threading.Timer(0.02, lambda: self.primaries.add(LAST)).start()
        with self.gate.let_be(PATIENCE) as is_open:
            self.assertTrue(is_open)
            self.settles("shut", LAST)

    def test_not_for_ever(self):
        self.gate.point(None)
        self.run_gate()
        with self.gate.let_be(0.02) as is_open:
            self.assertFalse(is_open)
