"""The log in a data directory: where to begin to read it, its last commit, and its end."""

import unittest

from holdfast import waldump
from holdfast.control import fields

CONTROL = """pg_control version number:            1300
Database system identifier:           7713821828247920341
Database cluster state:               in archive recovery
pg_control last modified:             Mon Nov 30 04:48:47 2026
Latest checkpoint location:           0/7000098
Latest checkpoint's REDO location:    0/7000060
Latest checkpoint's TimeLineID:       2
Minimum recovery ending location:     0/7001098
Min recovery ending loc's timeline:   2
"""


def segment(timeline, number):
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


class StartOfLog(unittest.TestCase):
    def start(self, *files, timeline=2, control=CONTROL):
        return waldump.start_of_log(fields(control), timeline, files) // waldump.SEGMENT_BYTES

    def test_table(self):
        for name, expected, files, timeline in (
            ("nothing before the checkpoint's segment", 7, [segment(2, 7), segment(2, 8)], 2),
            ("some before it", 5, [segment(2, number) for number in (5, 6, 7)], 2),
            ("no more than some before it", 3, [segment(2, number) for number in range(1, 8)], 2),
            ("none over a gap", 6, [segment(2, 4), segment(2, 6), segment(2, 7)], 2),
            ("none of another timeline", 7, [segment(1, 5), segment(1, 6), segment(2, 7)], 2),
            (
                "a timeline since the checkpoint begins with its first segment",
                9,
                [segment(2, 7), segment(3, 10), segment(3, 9)],
                3,
            ),
            (
                "what else lies there is no segment",
                7,
                ["00000002.history", "archive_status", segment(2, 6) + ".partial"],
                2,
            ),
        ):
            with self.subTest(name):
                self.assertEqual(expected, self.start(*files, timeline=timeline))

    def test_past_the_first_256_segments(self):
        control = CONTROL.replace("REDO location:    0/7000060", "REDO location:    1/7000060")
        self.assertEqual(256 + 6, self.start(segment(2, 256 + 6), segment(2, 256 + 7), control=control))


class CommitOf(unittest.TestCase):
    def test_table(self):
        line = (
            "rmgr: Transaction len (rec/tot):     34/    34, tx:        726, lsn: 0/03001070, prev 0/03001030, desc: "
        )
        for text, expected in (
            ("COMMIT 2026-11-30 04:48:47.025109 UTC", 1796014127.025109),
            ("COMMIT 2026-11-30 04:48:47.000000 UTC; inval msgs: catcache 50", 1796014127.0),
            ("COMMIT_PREPARED 731: 2026-11-30 04:48:47.000000 UTC", 1796014127.0),
            ("ABORT 2026-11-30 04:48:47.025109 UTC", None),
            ("PREPARE gid a: 2026-11-30 04:48:47.025109 UTC", None),
        ):
            with self.subTest(text):
                self.assertEqual(expected, waldump.commit_of(line + text))
        self.assertIsNone(waldump.commit_of("first record is after 0/3000000, at 0/3000028, skipping over 40 bytes"))


class EndOf(unittest.TestCase):
    def test_is_where_the_first_record_would_be_that_is_none(self):
        for said, expected in (
            ("invalid record length at 0/3001098: expected at least 24, got 0", 0x3001098),
            ("record with incorrect prev-link 9/AAAA at 0/3001098", 0x3001098),
            (
                "unexpected pageaddr 0/1000000 in WAL segment 000000010000000000000004, LSN 0/4000000, offset 0",
                0x4000000,
            ),
            ('could not find file "000000010000000000000005": No such file or directory', 0x3001070),
        ):
            with self.subTest(said):
                self.assertEqual(
                    expected, waldump.end_of(f"pg_waldump: error: error in WAL record at 0/3001070: {said}\n")
                )
        self.assertEqual(0, waldump.end_of("pg_waldump: error: could not open directory"))
