"""Who starts first from volumes alone."""

import unittest

from holdfast.coldstart import PATIENCE_SECONDS, may_start
from holdfast.wal import NOTHING, Position

OLD, NEW, EMPTY = Position(1, 500), Position(2, 100), NOTHING


class ColdStart(unittest.TestCase):
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
