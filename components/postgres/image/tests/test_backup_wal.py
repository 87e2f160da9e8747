"""How WAL is named and read: segments, positions, histories, and the answers of pgBackRest and pg_waldump."""

import unittest

from holdfast import wal as whole
from holdfast.backup import info, repository, wal
from holdfast.backup.lineage import Hole, lineage
from holdfast.backup.survey import Mark
from holdfast.backup.wal import Segment

from .archives import half


class Names(unittest.TestCase):
    def test_the_segment_behind_the_last_of_a_log_file(self):
        last = wal.segment("0000000100000000000000FF")
        self.assertEqual("000000010000000100000000", Segment(1, last.number + 1).name)
        self.assertEqual(1 << 32, (last.number + 1) * whole.SEGMENT_BYTES)

    def test_what_is_a_segment(self):
        one = Segment(1, 5)
        for name in (
            "000000010000000000000005",
            f"000000010000000000000005-{'a' * 40}.zst",
            f"000000010000000000000005-{'0' * 40}",
        ):
            self.assertEqual(one, wal.segment(name), name)
        for name in (
            "000000010000000000000005.partial",
            f"000000010000000000000005.partial-{'a' * 40}.zst",
            "00000002.history",
            "000000010000000000000002.00000028.backup",
            "archive.info",
            "000000010000000000000100",
            "",
        ):
            self.assertIsNone(wal.segment(name), name)
        self.assertEqual(2, wal.history_timeline("00000002.history"))

    def test_positions_and_histories(self):
        self.assertEqual("1/3002350", whole.text(whole.byte("1/3002350")))
        self.assertEqual(
            ((1, 0x5000000), (2, 0x7000060)),
            whole.history("1\t0/5000000\tno recovery target\n\n# old\n2\t0/7000060\tbefore x\n"),
        )


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
        dump = "\n".join(
            (
                line.format("Transaction", "COMMIT 2026-11-30 04:19:25.503183 UTC; inval msgs: catcache 7"),
                line.format("Transaction", "COMMIT_PREPARED 731: 2026-11-30 04:19:26.000001 UTC"),
                line.format("Transaction", "ABORT 2026-11-30 04:19:27.000000 UTC"),
                line.format("Transaction", "PREPARE gid x: 2026-11-30 04:19:28.000000 UTC"),
                line.format(
                    "XLOG", "END_OF_RECOVERY tli 2; prev tli 1; time 2026-11-30 04:19:29.000000 UTC; wal_level replica"
                ),
                line.format("XLOG", "CHECKPOINT_ONLINE redo 0/3002318; tli 1"),
            )
        )
        base = 1796012365.0
        self.assertEqual(
            [
                Mark(0x3002350, base + 0.503183),
                Mark(0x3002350, base + 1.000001),
                Mark(0x3002350, base + 2),
                Mark(0x3002350, base + 4, commit=False),
            ],
            repository.parse(dump),
        )

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
            "label": "20260131-021700F",
            "timestamp": {"start": 1, "stop": 2},
            "lsn": {"start": "0/2000028", "stop": "0/2000100"},
            "archive": {"start": "000000030000000000000002", "stop": "000000030000000000000002"},
            "error": False,
            "database": {"id": 1},
        }
        other = {**one, "database": {"id": 2}}
        # Where pages have no checksums there is nothing to say about errors.
        del one["error"]
        self.assertEqual([3], [each.timeline for each in repository.backups({"backup": [one, other]}, "17-1")])
        self.assertEqual((), info.parse("").ends)
