"""The order in which pending restarts are done."""

import unittest

from holdfast.kube import Member
from holdfast.settings import Step, next_step


def member(number, pending=False, streaming=True):
    return Member(f"postgres-{number}", f"10.0.0.{number}", "running", "replica", pending, "streaming" if streaming else "")


NOBODY = frozenset()


class NextStep(unittest.TestCase):
    def test_nothing_pending(self):
        self.assertIsNone(next_step("postgres-0", [member(0), member(1), member(2)], NOBODY))

    def test_standbys_first(self):
        members = [member(0, True), member(1, True), member(2, True)]
        self.assertEqual(Step("restart", "postgres-1"), next_step("postgres-0", members, NOBODY))

    def test_waits_for_a_member_that_is_not_streaming(self):
        self.assertIsNone(next_step("postgres-0", [member(0, True), member(1, streaming=False), member(2, True)], NOBODY))

    def test_primary_last_and_by_switchover(self):
        self.assertEqual(Step("switchover", "postgres-1"), next_step("postgres-0", [member(0, True), member(1), member(2)], NOBODY))

    def test_a_lowered_setting_goes_to_the_primary_when_standbys_can_not_have_it_yet(self):
        members = [member(0, True), member(1, True), member(2, True)]
        restarted = frozenset({"postgres-1", "postgres-2"})
        self.assertEqual(Step("restart", "postgres-0"), next_step("postgres-0", members, restarted))


if __name__ == "__main__":
    unittest.main()
