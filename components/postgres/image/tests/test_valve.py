"""PgBouncer ends as the gate wants it, in whatever order commands land.

The scripted one does what a real one was seen to do (test_gate_real.py).
"""

import threading
import unittest
from unittest import mock

import psycopg
from holdfast.declared import Database
from holdfast.pooler import valve

# Seconds after its sending that a late PAUSE takes to be in force.
LATE_SECONDS = 0.05


class PgBouncer:
    """Its state and its console. A PAUSE comes into force when its connection's turn comes, whatever was said
    meanwhile."""

    def __init__(self):
        self.paused, self.up, self.commands = False, True, []
        self.late, self.timers = 0.0, []
        self.servers, self.clients = [], []

    def __call__(self):
        if not self.up:
            raise psycopg.OperationalError("no such file")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """A PAUSE stays when the connection that brought it ends."""

    def send(self, command):
        self.commands.append(command)
        self.timers.append(threading.Timer(self.late, self._pause))
        self.timers[-1].start()

    def _pause(self):
        self.paused = True

    def run(self, command):
        self.commands.append(command)
        if command == "RESUME":
            self.paused = False
        if command == "SHOW STATE":
            return [{"key": "paused", "value": "yes" if self.paused else "no"}]
        return {"SHOW SERVERS": self.servers, "SHOW CLIENTS": self.clients}.get(command, [])

    def landed(self):
        """Waits for what is under way."""
        for timer in self.timers:
            timer.join()


class Convergence(unittest.TestCase):
    def setUp(self):
        self.pgbouncer = PgBouncer()
        self.valve = valve.Valve((Database("shop"),), self.pgbouncer)
        patch = mock.patch("holdfast.pooler.valve.config.write_hosts")
        self.hosts = patch.start()
        self.addCleanup(patch.stop)

    def look(self):
        """A look at the time of the next one."""
        self.valve.looked = float("-inf")
        self.valve.keep()

    def test_a_pause_that_lands_late_is_waited_for_and_undone(self):
        self.pgbouncer.late = LATE_SECONDS
        self.valve.shut()
        self.assertTrue(self.pgbouncer.paused)
        self.valve.open_to("10.0.0.1")
        self.pgbouncer.landed()
        self.assertFalse(self.pgbouncer.paused)

    def test_a_pause_that_nobody_waited_for_is_undone_too(self):
        self.pgbouncer.late = LATE_SECONDS
        with mock.patch("holdfast.pooler.valve.SHUT_SECONDS", 0), self.assertRaises(psycopg.OperationalError):
            self.valve.shut()
        self.valve.open_to("10.0.0.1")
        self.pgbouncer.landed()
        self.assertTrue(self.pgbouncer.paused)
        self.look()
        self.assertFalse(self.pgbouncer.paused)

    def test_one_that_starts_anew_while_callers_are_to_wait_is_paused_again(self):
        self.valve.shut()
        self.pgbouncer.paused = False
        self.look()
        self.assertTrue(self.pgbouncer.paused)

    def test_one_that_does_not_answer_is_in_no_known_state(self):
        self.valve.shut()
        self.pgbouncer.up, self.pgbouncer.paused = False, False
        self.assertRaises(psycopg.OperationalError, self.look)
        self.pgbouncer.up = True
        self.valve.shut()
        self.assertTrue(self.pgbouncer.paused)

    def test_a_look_changes_nothing_that_is_as_it_should_be(self):
        for told in (lambda: self.valve.open_to("10.0.0.1"), self.valve.shut):
            told()
            self.pgbouncer.commands = []
            self.look()
            self.assertEqual(["SHOW STATE"], self.pgbouncer.commands)

    def test_a_look_costs_nothing_until_it_is_time(self):
        self.valve.open_to("10.0.0.1")
        self.pgbouncer.commands = []
        self.valve.keep()
        self.assertEqual([], self.pgbouncer.commands)

    def test_nothing_is_kept_before_anything_was_asked_for(self):
        self.pgbouncer.paused = True
        self.look()
        self.assertEqual([], self.pgbouncer.commands)

    def test_callers_of_another_address_are_cut_before_the_others_go_on(self):
        self.pgbouncer.servers = [{"database": "shop", "link": f"c{ip}", "addr": ip} for ip in ("10.0.0.1", "10.0.0.2")]
        self.pgbouncer.clients = [{"ptr": "c10.0.0.1", "id": "1"}, {"ptr": "c10.0.0.2", "id": "2"}]
        self.valve.shut()
        self.valve.open_to("10.0.0.2")
        self.hosts.assert_called_once_with((Database("shop"),), ["10.0.0.2"])
        changes = [command for command in self.pgbouncer.commands if not command.startswith("SHOW")]
        self.assertEqual(["PAUSE", "RELOAD", "KILL_CLIENT 1", "RESUME"], changes)
