"""What of the configuration is written, and the order in which pending restarts are done."""

import json
import unittest
from unittest import mock

from holdfast import settings
from holdfast.kube import Member
from holdfast.settings import Settings, Step, difference, next_step


def member(number, pending=False, streaming=True):
    return Member(
        f"postgres-{number}", f"10.0.0.{number}", "running", "replica", pending, "streaming" if streaming else ""
    )


NOBODY = frozenset()


class Difference(unittest.TestCase):
    def test_as_a_table(self):
        cases = [
            ({"ttl": 20}, {"ttl": 20}, {}),
            ({"ttl": 20}, {"ttl": 30}, {"ttl": 30}),
            ({"ttl": 20, "old": 1}, {"ttl": 20}, {"old": None}),
            (
                {"postgresql": {"parameters": {"a": 1, "b": 2}}},
                {"postgresql": {"parameters": {"b": 3}}},
                {"postgresql": {"parameters": {"a": None, "b": 3}}},
            ),
            (
                {"postgresql": {"pg_hba": ["a"]}},
                {"postgresql": {"pg_hba": ["a", "b"]}},
                {"postgresql": {"pg_hba": ["a", "b"]}},
            ),
        ]
        for current, wanted, change in cases:
            with self.subTest(current):
                self.assertEqual(change, difference(current, wanted))


class PersonsOrder(unittest.TestCase):
    def step(self, current):
        kube = mock.Mock()
        kube.config.return_value = {"dynamic.json": json.dumps({"ttl": 20})}
        kube.members.return_value = []
        with mock.patch.object(settings.rest, "patroni") as patroni:
            Settings(kube, "postgres", "postgres-0").step(current)
        return patroni.call_args and patroni.call_args.args[3]

    def test_a_pause_is_no_difference(self):
        self.assertIsNone(self.step({"ttl": 20, "pause": True}))

    def test_and_is_not_taken_away_with_what_is_one(self):
        self.assertEqual({"ttl": 20}, self.step({"ttl": 30, "pause": True}))


class NextStep(unittest.TestCase):
    def test_nothing_pending(self):
        self.assertIsNone(next_step("postgres-0", [member(0), member(1), member(2)], NOBODY))

    def test_standbys_first(self):
        members = [member(0, True), member(1, True), member(2, True)]
        self.assertEqual(Step("restart", "postgres-1"), next_step("postgres-0", members, NOBODY))

    def test_waits_for_a_member_that_is_not_streaming(self):
        self.assertIsNone(
            next_step("postgres-0", [member(0, True), member(1, streaming=False), member(2, True)], NOBODY)
        )

    def test_primary_last_and_by_switchover(self):
        self.assertEqual(
            Step("switchover", "postgres-1"), next_step("postgres-0", [member(0, True), member(1), member(2)], NOBODY)
        )

    def test_a_lowered_setting_goes_to_the_primary_when_standbys_can_not_have_it_yet(self):
        members = [member(0, True), member(1, True), member(2, True)]
        restarted = frozenset({"postgres-1", "postgres-2"})
        self.assertEqual(Step("restart", "postgres-0"), next_step("postgres-0", members, restarted))
