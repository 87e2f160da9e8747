"""What can be restored from which files, as a table; and how files and positions are named."""

import unittest

from holdfast.backup import info, repository, wal
from holdfast.backup.lineage import Hole, lineage
from holdfast.backup.saved import Catalogue
from holdfast.backup.survey import LOOK, Mark
from holdfast.backup.wal import Segment

from .archives import HOLE, MINUTE, PROMOTED, RESTORED, backup, half, saved, seconds


def intervals(catalogue):
    """Each interval as (timeline, first minute, last commit, why it ends there)."""
    return [(each.timeline, each.since / MINUTE, each.to, each.ends) for each in catalogue.intervals]


class Intervals(unittest.TestCase):
    CASES = [
        ("no gap", {"files": {1: range(1, 8)}, "backups": [backup(2)]}, [(1, 2, seconds(7), "latest")]),
        ("two backups, one end", {"files": {1: range(1, 8)}, "backups": [backup(2), backup(4)]},
         [(1, 2, seconds(7), "latest"), (1, 4, seconds(7), "latest")]),
        ("a gap, and a backup behind it", HOLE, [(1, 2, seconds(4), "gap"), (1, 9, seconds(10), "latest")]),
        ("a gap behind the newest backup", {**HOLE, "backups": [backup(2)]}, [(1, 2, seconds(4), "gap")]),
        ("a backup whose own WAL is missing", {"files": {1: [1, 2, 4, 5]}, "backups": [backup(3)]}, []),
        ("a broken backup", {"files": {1: range(1, 8)}, "backups": [backup(2, error=True)]}, []),
        ("a promotion is one history", PROMOTED, [(2, 2, seconds(8), "latest")]),
        # The switch is in the middle of minute 5's segment, behind that minute's commit.
        ("a restore leaves a timeline, which keeps what it has", RESTORED,
         [(1, 2, seconds(11), "left"), (2, 2, seconds(8) + 7 * MINUTE, "latest")]),
        ("a backup of the left part serves that part alone", {**RESTORED, "backups": [backup(2), backup(8)]},
         [(1, 2, seconds(11), "left"), (1, 8, seconds(11), "left"), (2, 2, seconds(15), "latest")]),
        ("a backup of the new timeline serves it alone", {**RESTORED, "backups": [backup(6, timeline=2)]},
         [(2, 6, seconds(15), "latest")]),
        ("an undo goes on from the end of what was left",
         {**RESTORED, "files": {1: range(1, 12), 2: range(5, 9), 3: range(11, 30)}, "histories": {2: [(1, 5)], 3: [(1, 11)]}},
         [(2, 2, seconds(15), "left"), (3, 2, seconds(29), "latest")]),
        ("the new timeline has archived nothing yet", {**PROMOTED, "files": {1: range(1, 5)}}, [(2, 2, seconds(4), "latest")]),
        ("its history was never archived", {"files": {1: range(1, 5), 2: range(5, 9)}, "backups": [backup(2), backup(6, 2)]},
         [(1, 2, seconds(4), "left"), (2, 6, seconds(8), "latest")]),
        ("no commit in the last segments", {"files": {1: range(1, 8)}, "backups": [backup(2)], "empty": [(1, 6), (1, 7)]},
         [(1, 2, seconds(5), "latest")]),
        ("no commit since the backup", {"files": {1: range(1, 4)}, "backups": [backup(2)], "empty": [(1, 2), (1, 3)]},
         [(1, 2, 2 * MINUTE, "latest")]),
        ("a segment that can't be read stands for itself",
         {"files": {1: range(1, 8)}, "backups": [backup(2)], "unreadable": [(1, 7)]}, [(1, 2, seconds(7) + 30, "latest")]),
        ("more than is looked through stands for itself",
         {"files": {1: range(1, 99)}, "backups": [backup(2)], "empty": [(1, number) for number in range(3, 99)]},
         [(1, 2, seconds(98 - LOOK) + 30, "latest")]),
        ("across the end of a log file", {"files": {1: range(0xFD, 0x103)}, "backups": [backup(0xFE)]},
         [(1, 0xFE, seconds(0x102), "latest")]),
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
        self.assertEqual([(3, 3), (5, 5)], [
            (wal.segment(gap.first_missing).number, wal.segment(gap.last_missing).number) for gap in saved(**shared).gaps
        ])

    def test_timelines(self):
        first, second = saved(**RESTORED).timelines
        self.assertEqual((None, seconds(1), seconds(11), None), (first.parent, first.begins, first.ends, first.forks))
        self.assertEqual((1, wal.position_text(half(5)), seconds(5)), (second.parent, second.switch_lsn, second.forks))
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
        self.assertEqual((2, Segment(2, 8).name, seconds(8)), (found.latest.timeline, found.latest.segment, found.latest.time))
        self.assertIsNone(saved({}).latest)

    def test_an_older_database_in_the_same_repository_is_listed_first(self):
        older = saved({1: range(1, 8)}, backups=[backup(2)], live=False)
        both = older + saved({1: range(20, 24)}, backups=[backup(21, archive="17-2")], id="17-2")
        self.assertEqual([("17-1", "left"), ("17-2", "latest")], [(each.archive, each.ends) for each in both.intervals])
        self.assertEqual("17-2", both.latest.archive)

    def test_json_has_the_words_that_the_commands_read(self):
        told = saved(**HOLE).json()
        self.assertEqual({"backups", "timelines", "intervals", "gaps", "latest"}, set(told))
        self.assertLessEqual({"timeline", "backup", "from", "to", "ends", "to_segment", "missing"}, set(told["intervals"][0]))
        self.assertLessEqual({"timeline", "first_missing", "last_missing", "segments", "from", "to"}, set(told["gaps"][0]))
        self.assertEqual([], Catalogue().json()["backups"])


class Names(unittest.TestCase):
    def test_the_segment_behind_the_last_of_a_log_file(self):
        last = wal.segment("0000000100000000000000FF")
        self.assertEqual("000000010000000100000000", Segment(1, last.number + 1).name)
        self.assertEqual(1 << 32, (last.number + 1) * wal.SEGMENT_BYTES)

    def test_what_is_a_segment(self):
        one = Segment(1, 5)
        for name in ("000000010000000000000005", f"000000010000000000000005-{'a' * 40}.zst", f"000000010000000000000005-{'0' * 40}"):
            self.assertEqual(one, wal.segment(name), name)
        for name in ("000000010000000000000005.partial", f"000000010000000000000005.partial-{'a' * 40}.zst", "00000002.history",
                     "000000010000000000000002.00000028.backup", "archive.info", "000000010000000000000100", ""):
            self.assertIsNone(wal.segment(name), name)
        self.assertEqual(2, wal.history_timeline("00000002.history"))

    def test_positions_and_histories(self):
        self.assertEqual("1/3002350", wal.position_text(wal.position("1/3002350")))
        self.assertEqual(((1, 0x5000000), (2, 0x7000060)), wal.history("1\t0/5000000\tno recovery target\n\n# old\n2\t0/7000060\tbefore x\n"))


class Lines(unittest.TestCase):
    def test_a_hole_across_a_switch(self):
        line = lineage(2, {2: ((1, half(5)),)})
        files = {Segment(1, 3), Segment(2, 7)}
        self.assertEqual([Hole(Segment(1, 4), Segment(2, 6))], line.holes(files, 3))
        self.assertEqual(3, line.reach(files, 3))
        self.assertIsNone(line.reach(files, 4))


class Reading(unittest.TestCase):
    def test_pg_waldump_s_lines(self):
        line = "rmgr: {} len (rec/tot): 34/34, tx: 725, lsn: 0/03002350, prev 0/03002308, desc: {}"
        dump = "\n".join((
            line.format("Transaction", "COMMIT 2026-11-30 04:19:25.503183 UTC; inval msgs: catcache 7"),
            line.format("Transaction", "COMMIT_PREPARED 731: 2026-11-30 04:19:26.000001 UTC"),
            line.format("Transaction", "ABORT 2026-11-30 04:19:27.000000 UTC"),
            line.format("Transaction", "PREPARE gid x: 2026-11-30 04:19:28.000000 UTC"),
            line.format("XLOG", "END_OF_RECOVERY tli 2; prev tli 1; time 2026-11-30 04:19:29.000000 UTC; wal_level replica"),
            line.format("XLOG", "CHECKPOINT_ONLINE redo 0/3002318; tli 1"),
        ))
        base = 1796012365.0
        self.assertEqual([
            Mark(0x3002350, base + 0.503183), Mark(0x3002350, base + 1.000001), Mark(0x3002350, base + 2),
            Mark(0x3002350, base + 4, commit=False),
        ], repository.parse(dump))

    def test_the_listing(self):
        name = f"17-1/0000000100000000/000000010000000000000002-{'a' * 40}.zst"
        listed = {name: (5.0, 99), "17-2/00000002.history": (6.0, 1), "archive.info": (1.0, 1), "17-10/x": (1.0, 1)}
        self.assertEqual(["17-1", "17-2", "17-10"], repository.archives(listed))
        self.assertEqual({Segment(1, 2): 5.0}, repository.segments(listed, "17-1"))

    def test_a_compressed_form_that_nobody_reads_here(self):
        self.assertIsNone(repository.plain(b"", "x.lz4"))
        self.assertEqual(b"wal", repository.plain(b"wal", "x"))
        self.assertIsNone(repository.plain(b"no zstd", "x.zst"))

    def test_backups_of_one_database_only(self):
        one = {
            "label": "20260131-021700F", "timestamp": {"start": 1, "stop": 2}, "lsn": {"start": "0/2000028", "stop": "0/2000100"},
            "archive": {"start": "000000030000000000000002", "stop": "000000030000000000000002"}, "error": False, "database": {"id": 1},
        }
        other = {**one, "database": {"id": 2}}
        self.assertEqual([3], [each.timeline for each in repository.backups({"backup": [one, other]}, "17-1")])
        self.assertEqual((), info.parse("").ends)


if __name__ == "__main__":
    unittest.main()
