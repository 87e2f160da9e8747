"""When a member is copied anew, and who starts first from volumes alone."""

import unittest

from holdfast.coldstart import PATIENCE_SECONDS, Position, may_start, parse
from holdfast.rejoin import Progress

CONTROL = """pg_control version number:            1700
Latest checkpoint location:           0/7000028
Latest checkpoint's TimeLineID:       3
Minimum recovery ending location:     1/20
Min recovery ending loc's timeline:   4
"""

OLD, NEW, EMPTY = Position(1, 500), Position(2, 100), Position(0, 0)


class Stuck(unittest.TestCase):
    def setUp(self):
        self.progress = Progress(patience=60)

    def test_no_progress_for_long_enough(self):
        self.assertFalse(self.progress.stuck(False, "a", 0))
        self.assertFalse(self.progress.stuck(False, "a", 59))
        self.assertTrue(self.progress.stuck(False, "a", 60))

    def test_any_progress_starts_anew(self):
        self.progress.stuck(False, "a", 0)
        self.assertFalse(self.progress.stuck(False, "b", 60))
        self.assertFalse(self.progress.stuck(False, "b", 119))

    def test_a_member_that_is_fine_is_never_stuck(self):
        for now in (0, 100, 200):
            self.assertFalse(self.progress.stuck(True, None, now))


class ColdStart(unittest.TestCase):
    def test_reads_pg_control(self):
        self.assertEqual(Position(4, (1 << 32) + 0x20), parse(CONTROL))

    def test_the_newest_timeline_leads_even_with_a_lower_position(self):
        told = {"postgres-0": OLD, "postgres-1": NEW, "postgres-2": OLD}
        self.assertEqual([False, True, False], [may_start(name, told, 3, 0) for name in sorted(told)])

    def test_waits_for_everybody_but_not_for_ever(self):
        told = {"postgres-0": OLD, "postgres-1": NEW}
        self.assertFalse(may_start("postgres-1", told, 3, 0))
        self.assertTrue(may_start("postgres-1", told, 3, PATIENCE_SECONDS))
        self.assertFalse(may_start("postgres-0", told, 3, PATIENCE_SECONDS))

    def test_a_new_cluster_starts_together_once_all_are_there(self):
        told = {f"postgres-{number}": EMPTY for number in range(3)}
        self.assertTrue(all(may_start(name, told, 3, 0) for name in told))

    def test_an_empty_member_never_goes_before_one_with_data(self):
        told = {"postgres-0": EMPTY, "postgres-1": OLD, "postgres-2": EMPTY}
        self.assertFalse(may_start("postgres-0", told, 3, 0))
        self.assertTrue(may_start("postgres-1", told, 3, 0))

    def test_of_equals_the_first_leads(self):
        told = {"postgres-0": OLD, "postgres-1": OLD, "postgres-2": OLD}
        self.assertEqual([True, False, False], [may_start(name, told, 3, 0) for name in sorted(told)])


if __name__ == "__main__":
    unittest.main()
