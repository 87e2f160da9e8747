"""When a data directory may go, and that one is there again after an interruption at any moment."""

import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast import control, directory, wal
from holdfast.control import Held
from holdfast.directory import EVIDENCE_SECONDS, Copy, Place, in_place, no_room, refusal
from holdfast.wal import Position

NOW = 1000.0
MINE = Held("7001", Position(3, 500))


def copy(timeline=3, location=500, system="7001", age=0.0, member="postgres-0"):
    return Copy(member, system, Position(timeline, location), NOW - age)


class MayGo(unittest.TestCase):
    def test_the_rule_as_a_table(self):
        cases = [
            ("nothing lies here", None, None, None),
            ("nobody answers", MINE, None, "no other copy of it can be reached from here"),
            ("as new", MINE, copy(), None),
            ("newer", MINE, copy(location=900), None),
            ("newer timeline that left before this one's end", MINE, copy(timeline=4, location=400), None),
            (
                "a byte behind",
                MINE,
                copy(location=499),
                "postgres-0 is behind it (timeline 3, 0/1F3 there, timeline 3, 0/1F4 here)",
            ),
            (
                "older timeline, further",
                MINE,
                copy(timeline=2, location=900),
                "postgres-0 is behind it (timeline 2, 0/384 there, timeline 3, 0/1F4 here)",
            ),
            ("another database", MINE, copy(system="7002"), "postgres-0 is another database (7002, and this is 7001)"),
            ("pg_control can't be read here", Held("", Position(0, 0)), copy(), None),
            ("seen just now", MINE, copy(age=EVIDENCE_SECONDS), None),
            ("seen too long ago", MINE, copy(age=EVIDENCE_SECONDS + 2), "postgres-0 was last seen 7 s ago"),
        ]
        for what, mine, seen, reason in cases:
            with self.subTest(what):
                self.assertEqual(reason, refusal(mine, seen, NOW))

    def test_overwriting_it_in_its_place_needs_a_third_copy(self):
        alone = "besides postgres-0 no copy of it that is as new can be reached from here"
        third = lambda **values: copy(member="postgres-2", **values)
        cases = [
            ("two others", MINE, copy(), [third()], None),
            ("on a newer timeline", MINE, copy(timeline=4, location=400), [third(timeline=4, location=390)], None),
            ("one of two others is as new", MINE, copy(), [third(location=1), third()], None),
            ("nobody else", MINE, copy(), [], alone),
            (
                "the third is behind",
                MINE,
                copy(),
                [third(location=499)],
                f"{alone}; postgres-2 is behind it (timeline 3, 0/1F3 there, timeline 3, 0/1F4 here)",
            ),
            (
                "the third was seen too long ago",
                MINE,
                copy(),
                [third(age=9)],
                f"{alone}; postgres-2 was last seen 9 s ago",
            ),
            (
                "the third is another database",
                MINE,
                copy(),
                [third(system="7002")],
                f"{alone}; postgres-2 is another database (7002, and this is 7001)",
            ),
            ("the source does not answer", MINE, None, [third()], "no other copy of it can be reached from here"),
            (
                "the source is behind",
                MINE,
                copy(location=499),
                [third()],
                "postgres-0 is behind it (timeline 3, 0/1F3 there, timeline 3, 0/1F4 here)",
            ),
            ("nothing lies here", None, copy(), [], None),
        ]
        for what, mine, source, others, reason in cases:
            with self.subTest(what):
                self.assertEqual(reason, in_place(mine, source, others, NOW))

    def test_room_for_a_second_copy(self):
        self.assertIsNone(no_room(100, 110))
        self.assertEqual(
            "a copy beside it needs about 1100 MiB and the volume has 1000 MiB left", no_room(1000 << 20, 1000 << 20)
        )


class Interrupted(unittest.TestCase):
    """Copies are cut off after each step of the way; what is there then has to be one whole database."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = Place(Path(folder.name) / "pgdata")
        self.write(self.place.data, "old")

    def write(self, directory, content, whole=True):
        directory.mkdir()
        (directory / "base").write_text(content)
        if whole:
            (directory / "PG_VERSION").write_text("17")

    def content(self, directory):
        return (directory / "base").read_text()

    def left(self):
        return sorted(path.name for path in self.place.data.parent.iterdir())

    def test_undisturbed(self):
        self.place.begin()
        self.write(self.place.new, "new")
        self.place.finish()
        self.assertIsNone(self.place.tidy())
        self.assertEqual(("new", "old"), (self.content(self.place.data), self.content(self.place.kept)))
        self.place.discard()
        self.assertEqual(["pgdata"], self.left())

    def test_cut_off_before_the_copy(self):
        self.place.begin()
        self.assertIn("back in its place", self.place.tidy())
        self.assertEqual((["pgdata"], "old"), (self.left(), self.content(self.place.data)))

    def test_cut_off_within_the_copy(self):
        for whole in (False, True):
            with self.subTest(version_file_written=whole):
                self.place.begin()
                self.write(self.place.new, "half", whole)
                self.place.tidy()
                self.assertEqual((["pgdata"], "old"), (self.left(), self.content(self.place.data)))

    def test_cleared_by_somebody_else_within_the_copy(self):
        self.place.begin()
        self.place.data.mkdir()
        self.place.tidy()
        self.assertEqual((["pgdata"], "old"), (self.left(), self.content(self.place.data)))

    def test_cut_off_between_whole_and_in_place(self):
        self.place.begin()
        self.write(self.place.new, "new")
        self.place.whole.touch()
        self.assertIn("whole already", self.place.tidy())
        self.assertEqual((["pgdata", "pgdata.kept"], "new"), (self.left(), self.content(self.place.data)))

    def test_cut_off_after_the_copy_was_in_place(self):
        self.place.begin()
        self.write(self.place.new, "new")
        self.place.whole.touch()
        self.place.new.rename(self.place.data)
        self.assertIsNone(self.place.tidy())
        self.assertEqual((["pgdata", "pgdata.kept"], "new"), (self.left(), self.content(self.place.data)))

    def rewinding(self):
        """Everything up to pg_rewind, where the filesystem of the tests may not share blocks."""

        def share(source, target):
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
            return True

        with mock.patch.object(directory, "_share", share):
            self.assertTrue(self.place.shares())
            self.assertTrue(self.place.keep())
        (self.place.data / "base").write_text("half")

    def test_a_rewind_that_ends_well(self):
        self.rewinding()
        self.assertIsNone(self.place.changed(well=True))
        self.assertIsNone(self.place.tidy())
        self.assertEqual(("half", "old"), (self.content(self.place.data), self.content(self.place.kept)))
        self.assertEqual(["pgdata", "pgdata.kept"], self.left())

    def test_a_rewind_that_fails_or_is_cut_off(self):
        for after in (lambda: self.place.changed(well=False), self.place.tidy):
            self.rewinding()
            self.assertIn("back as it was", after())
            self.assertEqual((["pgdata"], "old"), (self.left(), self.content(self.place.data)))

    def test_cut_off_while_the_data_is_put_back(self):
        self.rewinding()
        shutil.rmtree(self.place.data)
        self.place.kept.rename(self.place.data)
        self.assertIsNone(self.place.tidy())
        self.assertEqual((["pgdata"], "old"), (self.left(), self.content(self.place.data)))

    def test_a_filesystem_that_shares_no_blocks_leaves_nothing_behind(self):
        with mock.patch.object(directory, "_share", lambda *_: False):
            self.assertFalse(self.place.shares())
            self.assertFalse(self.place.keep())
        self.assertEqual((["pgdata"], "old"), (self.left(), self.content(self.place.data)))

    def test_a_member_from_nothing(self):
        self.place.data.rename(self.place.data.with_name("elsewhere"))
        self.place.data.mkdir()
        self.place.begin()
        self.write(self.place.new, "new")
        self.place.finish()
        self.assertEqual("new", self.content(self.place.data))
        self.assertFalse(self.place.kept.exists())


class Control(unittest.TestCase):
    TEXT = """Database system identifier:           7385046
Latest checkpoint location:           0/7000028
Latest checkpoint's TimeLineID:       3
Minimum recovery ending location:     1/20
Min recovery ending loc's timeline:   4
"""

    def test_reads_pg_control(self):
        self.assertEqual(Held("7385046", Position(4, (1 << 32) + 0x20)), control.holds(control.fields(self.TEXT)))

    def test_positions_are_written_as_they_are_read(self):
        for text in ("0/0", "1/20", "A/FF000028"):
            self.assertEqual(text, wal.text(wal.byte(text)))
