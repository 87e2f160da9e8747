"""What can be restored from which files, as a table."""

import unittest

from holdfast.backup.saved import Catalogue
from holdfast.backup.survey import LOOK
from holdfast.backup.wal import Segment, segment
from holdfast.wal import text

from .archives import HOLE, MINUTE, PROMOTED, RESTORED, backup, half, saved, seconds


def intervals(catalogue):
    """Each interval as (timeline, first minute, last commit, why it ends there)."""
    return [(each.timeline, each.since / MINUTE, each.to, each.ends) for each in catalogue.intervals]


class Intervals(unittest.TestCase):
    CASES = [
        ("no gap", {"files": {1: range(1, 8)}, "backups": [backup(2)]}, [(1, 2, seconds(7), "latest")]),
        (
            "two backups, one end",
            {"files": {1: range(1, 8)}, "backups": [backup(2), backup(4)]},
            [(1, 2, seconds(7), "latest"), (1, 4, seconds(7), "latest")],
        ),
        ("a gap, and a backup behind it", HOLE, [(1, 2, seconds(4), "gap"), (1, 9, seconds(10), "latest")]),
        ("a gap behind the newest backup", {**HOLE, "backups": [backup(2)]}, [(1, 2, seconds(4), "gap")]),
        ("a backup whose own WAL is missing", {"files": {1: [1, 2, 4, 5]}, "backups": [backup(3)]}, []),
        ("a broken backup", {"files": {1: range(1, 8)}, "backups": [backup(2, error=True)]}, []),
        ("a promotion is one history", PROMOTED, [(2, 2, seconds(8), "latest")]),
        # The switch is in the middle of minute 5's segment, behind that minute's commit.
        (
            "a restore leaves a timeline, which keeps what it has",
            RESTORED,
            [(1, 2, seconds(11), "left"), (2, 2, seconds(8) + 7 * MINUTE, "latest")],
        ),
        (
            "a backup of the left part serves that part alone",
            {**RESTORED, "backups": [backup(2), backup(8)]},
            [(1, 2, seconds(11), "left"), (1, 8, seconds(11), "left"), (2, 2, seconds(15), "latest")],
        ),
        (
            "a backup of the new timeline serves it alone",
            {**RESTORED, "backups": [backup(6, timeline=2)]},
            [(2, 6, seconds(15), "latest")],
        ),
        (
            "an undo goes on from the end of what was left",
            {
                **RESTORED,
                "files": {1: range(1, 12), 2: range(5, 9), 3: range(11, 30)},
                "histories": {2: [(1, 5)], 3: [(1, 11)]},
            },
            [(2, 2, seconds(15), "left"), (3, 2, seconds(29), "latest")],
        ),
        (
            "the new timeline has archived nothing yet",
            {**PROMOTED, "files": {1: range(1, 5)}},
            [(2, 2, seconds(4), "latest")],
        ),
        (
            "its history was never archived",
            {"files": {1: range(1, 5), 2: range(5, 9)}, "backups": [backup(2), backup(6, 2)]},
            [(1, 2, seconds(4), "left"), (2, 6, seconds(8), "latest")],
        ),
        (
            "the history between two promotions was never archived",
            {
                "files": {1: range(1, 5), 2: [5, 6], 3: range(7, 9)},
                "histories": {3: [(1, 5), (2, 7)]},
                "backups": [backup(2)],
            },
            [(3, 2, seconds(8), "latest")],
        ),
        (
            "no commit in the last segments",
            {"files": {1: range(1, 8)}, "backups": [backup(2)], "empty": [(1, 6), (1, 7)]},
            [(1, 2, seconds(5), "latest")],
        ),
        (
            "no commit since the backup",
            {"files": {1: range(1, 4)}, "backups": [backup(2)], "empty": [(1, 2), (1, 3)]},
            [(1, 2, 2 * MINUTE, "latest")],
        ),
        (
            "a segment that can't be read stands for itself",
            {"files": {1: range(1, 8)}, "backups": [backup(2)], "unreadable": [(1, 7)]},
            [(1, 2, seconds(7) + 30, "latest")],
        ),
        (
            "more than is looked through stands for itself",
            {"files": {1: range(1, 99)}, "backups": [backup(2)], "empty": [(1, number) for number in range(3, 99)]},
            [(1, 2, seconds(98 - LOOK) + 30, "latest")],
        ),
        (
            "across the end of a log file",
            {"files": {1: range(0xFD, 0x103)}, "backups": [backup(0xFE)]},
            [(1, 0xFE, seconds(0x102), "latest")],
        ),
    ]

    def test_table(self):
        for name, case, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(expected, intervals(saved(**case)))

    def test_an_interval_names_its_ends(self):
        cut, rest = saved(**HOLE).intervals
        self.assertEqual((Segment(1, 4).name, Segment(1, 5).name), (cut.to_segment, cut.missing))
        self.assertEqual((Segment(1, 10).name, None), (rest.to_segment, rest.missing))

    def test_gaps(self):
        (gap,) = saved(**HOLE).gaps
        self.assertEqual((1, 2, seconds(4), seconds(7)), (gap.timeline, gap.segments, gap.since, gap.to))
        self.assertEqual((Segment(1, 5).name, Segment(1, 6).name), (gap.first_missing, gap.last_missing))
        # What is missing before the oldest backup was taken by expiry.
        self.assertEqual((), saved({1: [1, 4, 5, 6]}, backups=[backup(5)]).gaps)
        # A history that two timelines share has its hole once.
        shared = {**RESTORED, "files": {1: [1, 2, 4, *range(6, 12)], 2: range(5, 9)}}
        self.assertEqual(
            [(3, 3), (5, 5)],
            [(segment(gap.first_missing).number, segment(gap.last_missing).number) for gap in saved(**shared).gaps],
        )

    # A parent's segment is needed up to the one in which the child begins, whose copy of it is the child's first.
    BRANCHES = [
        ("the parent's unfinished segment", PROMOTED, []),
        ("the child's own has not come yet", {**PROMOTED, "files": {1: range(1, 5)}}, []),
        (
            "an undo goes on inside what was never finished",
            {
                **RESTORED,
                "files": {1: range(1, 11), 2: range(5, 9), 3: range(11, 30)},
                "histories": {2: [(1, 5)], 3: [(1, 11)]},
            },
            [],
        ),
        (
            "two promotions in one segment, the first without a history",
            {
                "files": {1: [1, 2, 3, 4, 6], 3: range(5, 9)},
                "histories": {3: [(1, 5), (2, 5)]},
                "backups": [backup(2)],
                "empty": [(1, 6)],
            },
            [],
        ),
        (
            "behind it the parent wrote nothing that anybody could want",
            {**PROMOTED, "files": {1: [1, 2, 3, 4, 6], 2: range(5, 9)}, "empty": [(1, 6)]},
            [],
        ),
        (
            "behind it the parent has commits of its own: a gap for these alone",
            {**PROMOTED, "files": {1: [1, 2, 3, 4, 6], 2: range(5, 9)}},
            [(1, 5)],
        ),
        ("before it: a gap for both", {**PROMOTED, "files": {1: [1, 2, 3], 2: range(5, 9)}}, [(1, 4)]),
        (
            "the last one that a stopped primary finished is its own, though the child begins right behind it",
            {
                **RESTORED,
                "files": {1: range(1, 12), 2: range(5, 8), 3: [9], 4: range(11, 20)},
                "histories": {2: [(1, 5)], 3: [(1, 5), (2, 9)], 4: [(1, 11)]},
            },
            [(2, 8)],
        ),
    ]

    def test_gaps_around_a_branch(self):
        for name, case, expected in self.BRANCHES:
            with self.subTest(name):
                missing = [segment(gap.first_missing) for gap in saved(**case).gaps]
                self.assertEqual(expected, [(each.timeline, each.number) for each in missing])

    def test_a_gap_on_the_parent_alone_leaves_the_child_whole(self):
        found = saved(**{**PROMOTED, "files": {1: [1, 2, 3, 4, 6], 2: range(5, 9)}})
        self.assertEqual([(1, 2, seconds(4), "gap"), (2, 2, seconds(8), "latest")], intervals(found))

    def test_timelines(self):
        first, second = saved(**RESTORED).timelines
        self.assertEqual((None, seconds(1), seconds(11), None), (first.parent, first.begins, first.ends, first.forks))
        self.assertEqual((1, text(half(5)), seconds(5)), (second.parent, second.switch_lsn, second.forks))
        self.assertEqual((seconds(12) + 5, False), (second.begins, second.continues))
        self.assertTrue(saved(**PROMOTED).timelines[1].continues)
        # Nothing of it can be read: the history file's own time.
        nothing = saved(**{**PROMOTED, "files": {1: range(1, 5)}}).timelines[1]
        self.assertEqual((seconds(5) + 20, True, seconds(4)), (nothing.begins, nothing.continues, nothing.forks))
        # The left timeline's own file shows what came before the switch.
        unsaved = saved(**{**RESTORED, "files": {1: range(1, 12)}}).timelines[1]
        self.assertEqual((seconds(5), False), (unsaved.forks, unsaved.continues))

    def test_latest(self):
        found = saved(**PROMOTED)
        self.assertEqual(
            (2, Segment(2, 8).name, seconds(8)), (found.latest.timeline, found.latest.segment, found.latest.time)
        )
        self.assertIsNone(saved({}).latest)

    def test_an_older_database_in_the_same_repository_is_listed_first(self):
        older = saved({1: range(1, 8)}, backups=[backup(2)], live=False)
        both = older + saved({1: range(20, 24)}, backups=[backup(21, archive="17-2")], id="17-2")
        self.assertEqual([("17-1", "left"), ("17-2", "latest")], [(each.archive, each.ends) for each in both.intervals])
        self.assertEqual("17-2", both.latest.archive)

    def test_json_has_the_words_that_the_commands_read(self):
        told = saved(**HOLE).json()
        self.assertEqual({"backups", "timelines", "intervals", "gaps", "latest"}, set(told))
        self.assertLessEqual(
            {"timeline", "backup", "from", "to", "ends", "to_segment", "missing"}, set(told["intervals"][0])
        )
        self.assertLessEqual(
            {"timeline", "first_missing", "last_missing", "segments", "from", "to"}, set(told["gaps"][0])
        )
        self.assertEqual([], Catalogue().json()["backups"])
