"""Where a member's log ends, from the names and contents of PostgreSQL's files."""

import struct
import unittest

from holdfast.wal import Position, byte, ended, known, settled, unused, written

HISTORY = "1\t0/3000\tno recovery target specified\n\n2\t1/20\tno recovery target specified\n"
FILES = [
    "000000020000000000000003",
    "00000001000000000000000A",
    "000000010000000000000004.partial",
    "00000004.history",
    "archive_status",
]


class Timelines(unittest.TestCase):
    def test_a_location_is_on_the_timeline_that_reached_it(self):
        for location, timeline in ((0x2FFF, 1), (0x3000, 1), (0x3001, 2), (byte("1/20"), 2), (byte("1/21"), 3)):
            self.assertEqual(Position(timeline, location), settled(3, location, HISTORY))

    def test_without_a_history_the_timeline_is_as_it_is(self):
        self.assertEqual(Position(1, 5), settled(1, 5, ""))
        self.assertEqual(Position(7, 5), settled(7, 5, ""))

    def test_log_of_a_timeline_and_knowledge_of_one(self):
        self.assertEqual((2, 4), (written(FILES), known(FILES)))
        self.assertEqual((1, 1), (written([]), known([])))

    def test_a_promotion_passes_over_timelines_that_somebody_else_may_have(self):
        self.assertEqual([3, 5], unused(FILES, 6))
        self.assertEqual([], unused(FILES, 3))

    def test_order(self):
        self.assertLess(Position(1, 2000), Position(2, 1500))


class Control(unittest.TestCase):
    def control(self, state):
        return struct.pack("=QIIi4xqQQII", 7, 1300, 202307071, state, 0, byte("2/A0"), byte("2/A0"), 5, 5)

    def test_a_primary_that_was_stopped_in_order_says_where(self):
        self.assertEqual(Position(5, byte("2/A0")), ended(self.control(1)))

    def test_any_other_state_says_nothing(self):
        for state in (0, 2, 3, 4, 5, 6):
            self.assertIsNone(ended(self.control(state)))
        self.assertIsNone(ended(b""))
