"""Which backup and timeline a moment is restored from, and why it is refused otherwise, as a table."""

import unittest

from holdfast.backup import choose as module
from holdfast.backup.choose import Choice, Refusal, choose, stamp
from holdfast.backup.saved import Catalogue

from .archives import HOLE, MINUTE, PROMOTED, RESTORED, backup, saved, seconds

# After the restore of RESTORED a person went back to what had been left, at minute 20: timeline 3 goes on from its end.
UNDONE = {
    **RESTORED,
    "files": {1: range(1, 12), 2: range(5, 9), 3: range(11, 20)},
    "histories": {2: [(1, 5)], 3: [(1, 11)]},
    "shift": {2: 7 * MINUTE, 3: 9 * MINUTE},
}
# The left timeline itself ran on beside the new one.
BESIDE = {**RESTORED, "files": {1: range(1, 20), 2: range(5, 9)}}


class Moments(unittest.TestCase):
    """(what is saved, moment, --timeline, backup's minute, timeline, whether the timeline is replayed to its end)."""

    CASES = [
        ("between two commits", {"files": {1: range(1, 8)}, "backups": [backup(2)]}, seconds(4) + 1, None, 2, 1, False),
        (
            "the newest backup before it",
            {"files": {1: range(1, 8)}, "backups": [backup(2), backup(4), backup(6)]},
            seconds(5),
            None,
            4,
            1,
            False,
        ),
        (
            "a broken backup is not taken",
            {"files": {1: range(1, 8)}, "backups": [backup(2), backup(4, error=True)]},
            seconds(5),
            None,
            2,
            1,
            False,
        ),
        ("the first moment", {"files": {1: range(1, 8)}, "backups": [backup(2)]}, 2 * MINUTE, None, 2, 1, False),
        # No commit is behind it, which PostgreSQL would wait for.
        ("the last commit", {"files": {1: range(1, 8)}, "backups": [backup(2)]}, seconds(7), None, 2, 1, True),
        ("the last commit before a gap", HOLE, seconds(4), None, 2, 1, True),
        ("behind a gap and a new backup", HOLE, seconds(9), None, 9, 1, False),
        ("before a promotion", PROMOTED, seconds(3), None, 2, 2, False),
        ("while nobody led", PROMOTED, seconds(5) + 2, None, 2, 2, False),
        ("behind a promotion", PROMOTED, seconds(6), None, 2, 2, False),
        # Issue 29, case 4: restored to minute 5; minute 8 was lived through on timeline 1 alone.
        ("what a restore has left", RESTORED, seconds(8), None, 2, 1, False),
        ("the last commit of what a restore has left", RESTORED, seconds(11), None, 2, 1, True),
        ("what came before both, from the running one", RESTORED, seconds(4), None, 2, 2, False),
        ("what came before both, from the other if asked", RESTORED, seconds(4), 1, 2, 1, False),
        ("behind the restore", RESTORED, seconds(14), None, 2, 2, False),
        (
            "a backup on what was left serves that",
            {**RESTORED, "backups": [backup(2), backup(7)]},
            seconds(9),
            None,
            7,
            1,
            False,
        ),
        ("and not the new one", {**RESTORED, "backups": [backup(2), backup(7)]}, seconds(14), None, 2, 2, False),
        ("what an undo took back", UNDONE, seconds(14), None, 2, 2, False),
        ("what an undo brought back", UNDONE, seconds(8), None, 2, 3, False),
        ("behind the undo", UNDONE, seconds(22), None, 2, 3, False),
        ("two at once, one is named", BESIDE, seconds(14), 1, 2, 1, False),
        ("two at once, the other is named", BESIDE, seconds(14), 2, 2, 2, False),
        ("the end", RESTORED, None, None, 2, 2, True),
        ("the end of what was left", RESTORED, None, 1, 2, 1, True),
        ("the end, with a backup behind the gap", HOLE, None, None, 9, 1, True),
    ]

    def test_table(self):
        for name, case, wished, asked, minute, timeline, whole in self.CASES:
            with self.subTest(name):
                found = saved(**case)
                label = next(each.label for each in found.backups if each.stop == minute * MINUTE and not each.error)
                self.assertEqual(
                    Choice(label, timeline, None if whole else stamp(wished)), choose(found, wished, asked)
                )

    def test_a_database_before_this_one(self):
        both = saved({1: range(1, 8)}, backups=[backup(2)], live=False) + saved(
            {1: range(20, 24)}, backups=[backup(21, archive="17-2")], id="17-2"
        )
        self.assertEqual("17-1-1-2", choose(both, seconds(4)).backup)
        self.assertEqual("17-2-1-21", choose(both, seconds(22)).backup)
        self.assertEqual("17-2-1-21", choose(both, None).backup)
        self.assertIn(f"{stamp(seconds(7))} and {stamp(21 * MINUTE)}", choose(both, seconds(12)).reason)


class Refusals(unittest.TestCase):
    PLAIN = {"files": {1: range(1, 8)}, "backups": [backup(2)]}
    CASES = [
        ("no backup", {"files": {1: range(1, 8)}}, seconds(4), None, ["no whole backup"]),
        ("before the first backup", PLAIN, seconds(1), None, ["before the first backup was whole", stamp(2 * MINUTE)]),
        ("the future", PLAIN, seconds(9), None, ["in the future of what is saved", stamp(seconds(7))]),
        (
            "in a gap",
            HOLE,
            seconds(5),
            None,
            [
                f"missing from {stamp(seconds(4))} to {stamp(seconds(7))}",
                f"{stamp(seconds(4))} and {stamp(9 * MINUTE)}",
            ],
        ),
        (
            "behind a gap, before the next backup",
            HOLE,
            seconds(8),
            None,
            [f"{stamp(seconds(4))} and {stamp(9 * MINUTE)}"],
        ),
        (
            "behind a gap without a backup",
            {**HOLE, "backups": [backup(2)]},
            seconds(9),
            None,
            [f"missing from {stamp(seconds(4))}", f"newest moment that can be had is {stamp(seconds(4))}"],
        ),
        (
            "behind a gap that began before a backup was whole",
            {"files": {1: [1, 2, 5, 6]}, "backups": [backup(2)], "empty": [(1, 2)]},
            seconds(6),
            None,
            [f"missing from {stamp(seconds(1))}", f"newest moment that can be had is {stamp(2 * MINUTE)}"],
        ),
        (
            "the end behind a gap without a backup",
            {**HOLE, "backups": [backup(2)]},
            None,
            None,
            ["000000010000000000000005", stamp(seconds(4)), "--to"],
        ),
        (
            "between a restore's two lives",
            RESTORED,
            seconds(11) + 20,
            None,
            [f"{stamp(seconds(11))} and {stamp(seconds(12) + 5)}"],
        ),
        ("not on the named timeline", RESTORED, seconds(8), 2, ["on timeline 2"]),
        ("two at once", BESIDE, seconds(14), None, ["--timeline 1 or --timeline 2"]),
        ("no such timeline", RESTORED, seconds(8), 7, ["no timeline 7", "1, 2"]),
        ("the end of a timeline that was promoted", PROMOTED, None, 1, ["went on as timeline 2"]),
    ]

    def test_table(self):
        for name, case, wished, timeline, words in self.CASES:
            with self.subTest(name):
                answer = choose(saved(**case), wished, timeline)
                self.assertIsInstance(answer, Refusal)
                for word in words:
                    self.assertIn(word, answer.reason)
                self.assertEqual(1, answer.reason.count(". ") + answer.reason.endswith("."), answer.reason)

    def test_the_end_is_never_silently_another_database_s(self):
        older = saved({1: range(1, 8)}, backups=[backup(2)], live=False)
        answer = choose(older + saved({1: range(20, 24)}, id="17-2"), None)
        self.assertIn(f"--to {stamp(seconds(7))}", answer.reason)

    def test_nothing_at_all(self):
        self.assertIsInstance(choose(Catalogue(), None), Refusal)


class Text(unittest.TestCase):
    def test_there_and_back(self):
        for text in ("2026-01-31 12:00:00+00", "2026-01-31 12:00:00.123456+00", "2026-01-31 12:00:00.5+00"):
            self.assertEqual(text, stamp(module.moment(text)))
        self.assertEqual("2026-01-31 12:00:00+00", stamp(module.moment("2026-01-31T13:00:00+01:00")))
        self.assertEqual(1769860800.25, module.moment("1769860800.25"))

    def test_no_moment(self):
        for text in ("yesterday", "2026-01-31 12:00:00"):
            self.assertRaises(ValueError, module.moment, text)
