"""Which pooler may go when it is told to."""

import unittest
from unittest import mock

import psycopg
from holdfast.kube import Pooler, with_callers
from holdfast.pooler import leave

PATIENCE = 20.0


def pooler(number, state="ready"):
    return Pooler(f"postgres-pooler-{number}", ready="ready" in state, ending="ending" in state)


class Leave(unittest.TestCase):
    def leaving(self, *states):
        """Which poolers that serve and are told to stop may go now."""
        poolers = [pooler(number, state) for number, state in enumerate(states)]
        return [
            number
            for number, each in enumerate(poolers)
            if each.ready and each.ending and leave.may_leave(each.name, poolers)
        ]

    def test_goes_at_once_while_another_serves(self):
        self.assertEqual([0], self.leaving("ready ending", "ready"))
        self.assertEqual([1], self.leaving("ready", "ready ending"))
        self.assertEqual([0, 1], self.leaving("ready ending", "ready ending", "ready"))

    def test_the_only_one_goes_soon(self):
        self.assertEqual((False, leave.ALONE_SECONDS), self.wait([[pooler(1, "ready ending")]]))

    def test_one_that_is_about_to_be_made_anew_is_waited_for(self):
        alone, back = [pooler(1, "ready ending")], [pooler(0), pooler(1, "ready ending")]
        self.assertEqual(
            (True, 3 * leave.ASK_SECONDS), self.wait([alone, alone, [pooler(0, "starting"), *alone], back])
        )

    def test_all_at_once_never_leave_nobody(self):
        self.assertEqual([0], self.leaving("ready ending", "ready ending"))
        self.assertEqual([0, 1], self.leaving("ready ending", "ready ending", "ready ending"))
        self.assertEqual([1], self.leaving("ending", "ready ending", "ready ending"))

    def test_the_last_one_stays_until_another_is_back(self):
        for returning in ("ending", "starting"):
            self.assertEqual([], self.leaving(returning, "ready ending"))
        self.assertEqual([1], self.leaving("ready", "ready ending"))

    def wait(self, looks):
        """What it ends with, and after how many seconds; `looks` are what it sees, the last one for ever."""
        clock = [0.0]

        def look():
            found = looks.pop(0) if len(looks) > 1 else looks[0]
            if isinstance(found, Exception):
                raise found
            return found

        def sleep(seconds):
            clock[0] += seconds

        return leave.wait("postgres-pooler-1", look, PATIENCE, lambda: clock[0], sleep), clock[0]

    def test_waits_for_the_other_and_not_for_ever(self):
        gone, back = [pooler(0, "starting"), pooler(1, "ready ending")], [pooler(0), pooler(1, "ready ending")]
        self.assertEqual((True, 2 * leave.ASK_SECONDS), self.wait([gone, gone, back]))
        self.assertEqual((False, PATIENCE), self.wait([gone]))

    def test_an_api_that_does_not_answer_is_no_reason_to_go(self):
        back = [pooler(0), pooler(1, "ready ending")]
        self.assertEqual((True, leave.ASK_SECONDS), self.wait([OSError("late"), back]))
        self.assertEqual((False, PATIENCE), self.wait([OSError("away")]))


class Callers(unittest.TestCase):
    def test_all_that_run_may_have_some_and_one_that_ends_while_it_serves(self):
        poolers = [
            Pooler("starting", ready=False, ending=False, ip="10.0.0.1"),
            Pooler("leaving", ready=True, ending=True, ip="10.0.0.2"),
            Pooler("dead", ready=False, ending=True, ip="10.0.0.3"),
            Pooler("pending", ready=False, ending=False),
        ]
        self.assertEqual(["10.0.0.1", "10.0.0.2"], with_callers(poolers))


class LetGo(unittest.TestCase):
    """PgBouncer's own part, who is silent and who is between two statements, is tested by the drills."""

    def let_go(self, *callers):
        """What it returns, the commands, and the seconds it took; `callers` are how many it sees, the last number for
        ever.
        """
        seen, commands, slept = list(callers), [], []
        console = mock.MagicMock()

        def run(command):
            if command != "SHOW CLIENTS":
                return commands.append(command)
            count = seen.pop(0) if len(seen) > 1 else seen[0]
            return [{"database": "pgbouncer"}, *({"database": "shop"} for _ in range(count))]

        console.__enter__.return_value.run = run
        return leave.let_go(lambda: console, slept.append), commands, sum(slept)

    def test_takes_nobody_more_before_it_closes_anything(self):
        _, commands, _ = self.let_go(1)
        self.assertEqual("SHUTDOWN WAIT_FOR_CLIENTS", commands[0])
        longest_silent_first = [
            f"SET client_idle_timeout = '{silent}'" for silent in sorted(leave.SILENT_SECONDS, reverse=True)
        ]
        self.assertEqual(longest_silent_first, commands[1 : len(longest_silent_first) + 1])

    def test_ends_once_nobody_is_left(self):
        self.assertEqual((True, ["SHUTDOWN WAIT_FOR_CLIENTS"], 0), self.let_go(0))
        done, _, seconds = self.let_go(2, 1, 0)
        self.assertTrue(done)
        self.assertAlmostEqual(2 * leave.STEP_SECONDS, seconds)

    def test_does_not_wait_for_ever_for_those_who_stay(self):
        done, _, seconds = self.let_go(1)
        self.assertFalse(done)
        self.assertAlmostEqual((len(leave.SILENT_SECONDS) + leave.LAST_STEPS) * leave.STEP_SECONDS, seconds)

    def test_a_pooler_that_does_not_answer_ends_as_it_is(self):
        def refused():
            raise psycopg.OperationalError("no socket")

        self.assertFalse(leave.let_go(refused))
