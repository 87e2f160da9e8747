"""The gate before a real PgBouncer: whatever order things happen in, it ends as the gate wants it."""

import threading
import time
import unittest

import psycopg
from holdfast.declared import Database
from holdfast.pooler import leave
from holdfast.pooler.gate import Gate

from . import servers

FLIPS = 100

# Who is there in a hand-over, and how often there is one.
CALLERS = 5
HAND_OVERS = 10

# Seconds that anything may take which is there within one or two.
PATIENCE = 5.0


@unittest.skipIf(servers.missing(), servers.missing())
class RealPooler(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = servers.Servers()
        cls.addClassCleanup(cls.servers.stop)

    def setUp(self):
        for patch in self.servers.patches():
            patch.start()
            self.addCleanup(patch.stop)
        self.servers.point_at(self.servers.HOST)
        self.servers.start_pooler()
        self.addCleanup(self.servers.stop_pooler)
        self.gate = Gate((Database("shop"),), "")

    def run_gate(self):
        """Runs it until the test is over."""
        over, valve = threading.Event(), self.gate.valve

        def unless_over(method):
            def call(*args):
                if over.is_set():
                    raise SystemExit
                method(*args)

            return call

        for method in (valve.open_to, valve.shut, valve.keep):
            setattr(valve, method.__name__, unless_over(method))
        thread = threading.Thread(target=self.gate.run, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        self.addCleanup(over.set)

    def eventually(self, what):
        deadline = time.monotonic() + PATIENCE
        while not what() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(what())

    def test_opened_right_after_it_was_closed_it_is_open(self):
        for _ in range(FLIPS):
            self.gate.valve.shut()
            self.assertTrue(self.servers.paused())
            self.gate.valve.open_to(self.servers.HOST)
            # Time for whatever is still on its way.
            time.sleep(0.01)
            self.assertFalse(self.servers.paused())
        self.assertTrue(self.servers.answers(PATIENCE))

    def test_an_agent_that_starts_while_the_api_is_away_leaves_what_works(self):
        self.run_gate()
        self.eventually(lambda: self.gate.valve.open)
        self.assertTrue(self.servers.answers(PATIENCE))

    def test_where_the_lock_has_no_leader_callers_wait_until_it_has_one(self):
        self.gate.point(None)
        self.run_gate()
        self.eventually(self.servers.paused)
        self.assertFalse(self.servers.answers(0.3))
        self.gate.point(self.servers.HOST)
        self.assertTrue(self.servers.answers(PATIENCE))

    def test_a_primary_that_goes_in_a_hand_over_fails_nobody(self):
        answered, failed, over = [0], [], threading.Event()

        def call():
            with self.servers.caller() as caller:
                while not over.is_set() and not failed:
                    try:
                        caller.execute("SELECT 1")
                        answered[0] += 1
                    except psycopg.Error as error:
                        failed.append(str(error))

        self.run_gate()
        self.eventually(lambda: self.gate.valve.open)
        callers = [threading.Thread(target=call, daemon=True) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        for _ in range(HAND_OVERS):
            self.assertTrue(self.gate.hold(PATIENCE, PATIENCE))
            self.servers.restart_postgres()
            before = answered[0]
            self.eventually(lambda: failed or answered[0] > before)
        over.set()
        for caller in callers:
            caller.join(PATIENCE)
        self.assertEqual([], failed)

    def test_a_pause_by_another_hand_does_not_last(self):
        self.run_gate()
        self.eventually(lambda: self.gate.valve.open)
        self.servers.console("PAUSE")
        self.assertTrue(self.servers.answers(PATIENCE))

    def test_one_that_starts_anew_while_callers_are_to_wait_is_paused_again(self):
        self.gate.point(None)
        self.run_gate()
        self.eventually(self.servers.paused)
        self.servers.stop_pooler()
        self.servers.start_pooler()
        self.eventually(self.servers.paused)

    def test_one_that_is_told_to_end_while_callers_wait_answers_them_first(self):
        answers = []
        self.gate.point(None)
        with self.servers.caller() as caller:
            caller.execute("SELECT 1")
            self.run_gate()
            self.eventually(self.servers.paused)

            def ask():
                answers.append(caller.execute("SELECT 2").fetchone())

            statement = threading.Thread(target=ask, daemon=True)
            statement.start()
            threading.Timer(0.2, self.gate.point, [self.servers.HOST]).start()
            with self.gate.let_be(PATIENCE):
                leave.let_go()
            statement.join(PATIENCE)
        self.assertEqual([(2,)], answers)
