"""Gaps seen by names alone, who takes a backup when, what makes room for it, and what a member owes."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast.backup import gaps, heal, owed, room, stanza, take
from holdfast.backup.wal import Segment

from .archives import HOLE, PROMOTED, RESTORED, archive, backup


def missing(**case):
    files, _ = archive(**case)
    return gaps.missing(files.segments, files.histories, files.backups)


class Gaps(unittest.TestCase):
    CASES = [
        ("nothing yet", {"files": {}}, 0),
        ("no backup yet", {"files": {1: [1, 3]}}, 0),
        ("whole", {"files": {1: range(1, 9)}, "backups": [backup(2)]}, 0),
        ("a hole behind the newest backup", {**HOLE, "backups": [backup(2)]}, 2),
        ("a hole before the newest backup", HOLE, 0),
        ("the backup behind it is broken", {**HOLE, "backups": [backup(2), backup(9, error=True)]}, 2),
        ("several holes", {"files": {1: [2, 4, 5, 8]}, "backups": [backup(2)]}, 3),
        ("a promotion", PROMOTED, 0),
        ("what the former primary still owes", {**PROMOTED, "files": {1: range(1, 4), 2: range(5, 9)}}, 1),
        ("a restore: the left part doesn't count", {**RESTORED, "files": {1: [1, 2, 3, 4, 9, 11], 2: range(5, 9)}}, 0),
        (
            "a backup of the left part doesn't help",
            {**RESTORED, "files": {1: [2, 4, 5, 8], 2: [5]}, "backups": [backup(2), backup(8)]},
            1,
        ),
        ("a history that nothing leads into", {"files": {1: range(1, 5), 2: range(5, 9)}, "backups": [backup(2)]}, 1),
    ]

    def test_table(self):
        for name, case, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(expected, missing(**case).segments)

    def test_a_full_backup_is_needed_for_what_is_missing_and_where_there_is_none(self):
        cases = [
            ("nothing yet", {"files": {}}, True),
            ("no backup yet", {"files": {1: [1, 3]}}, True),
            ("the only one is broken", {"files": {1: range(1, 9)}, "backups": [backup(2, error=True)]}, True),
            ("whole", {"files": {1: range(1, 9)}, "backups": [backup(2)]}, False),
            ("nothing archived since", {"files": {}, "backups": [backup(2)]}, False),
            ("a hole behind the newest backup", {**HOLE, "backups": [backup(2)]}, True),
            ("a hole before the newest backup", HOLE, False),
        ]
        for name, case, expected in cases:
            with self.subTest(name):
                self.assertEqual(expected, missing(**case).backup_needed)

    def test_a_database_that_took_another_s_place_lacks_its_first_backup(self):
        cases = [
            ("nothing of it came yet", {"files": {}}, 1),
            ("restored from the backups of an earlier one", {"files": {2: range(5, 9)}, "histories": {2: [(1, 5)]}}, 1),
            ("its first backup is broken", {"files": {1: range(1, 9)}, "backups": [backup(2, error=True)]}, 1),
            ("and whole", {"files": {1: range(1, 9)}, "backups": [backup(2)]}, 0),
        ]
        for name, case, expected in cases:
            with self.subTest(name):
                files, _ = archive(**case)
                found = gaps.missing(files.segments, files.histories, files.backups, first=False)
                self.assertEqual(expected, found.segments)

    def test_since_when(self):
        files, _ = archive(**{**HOLE, "backups": [backup(2)]})
        self.assertEqual(files.segments[Segment(1, 4)], gaps.missing(files.segments, {}, files.backups).since)


class Heal(unittest.TestCase):
    GAP = gaps.Missing(3, 0.0)
    CASES = [
        ("nothing missing", (gaps.NOTHING, 0.0, None, 9e9), False),
        ("just seen", (GAP, 1000.0, None, 1000.0), False),
        ("nearly patient", (GAP, 1000.0, None, 999.0 + heal.PATIENCE_SECONDS), False),
        ("long enough", (GAP, 1000.0, None, 1000.0 + heal.PATIENCE_SECONDS), True),
        ("no backup yet, for long enough", (gaps.FIRST, 1000.0, None, 1000.0 + heal.PATIENCE_SECONDS), True),
        ("tried a moment ago", (GAP, 1000.0, 5000.0, 5001.0), False),
        ("tried a while ago", (GAP, 1000.0, 5000.0, 5000.0 + heal.PAUSE_SECONDS), True),
    ]

    def test_table(self):
        for name, arguments, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(expected, heal.due(*arguments))

    def test_one_at_a_time_and_from_the_start_after_a_gap_is_closed(self):
        began = []

        class Running:
            returncode = None

            def poll(self):
                return self.returncode

        def start(_command):
            began.append(Running())
            return began[-1]

        healer, clock = heal.Healer(), mock.Mock(side_effect=range(0, 100_000, 1000))
        with mock.patch.object(heal.subprocess, "Popen", start), mock.patch.object(heal.time, "monotonic", clock):
            for _ in range(3):
                healer.step(self.GAP)
            self.assertEqual(1, len(began))
            began[0].returncode = 82
            healer.step(self.GAP)
            self.assertEqual(2, len(began))
            began[1].returncode = 0
            healer.step(gaps.NOTHING)
            healer.step(self.GAP)
            self.assertEqual(2, len(began))


def full(number, size=100, error=False, kind="full"):
    """A backup that began at `number` hours and took half an hour, as `info` tells of it."""
    return {
        "label": f"2026013{number}-000000F",
        "type": kind,
        "error": error,
        "timestamp": {"start": number * 3600, "stop": number * 3600 + 1800},
        "info": {"repository": {"size": size, "delta": size}},
    }


class Room(unittest.TestCase):
    def wal(self, *each):
        """Files of the archive, each by the hour it was saved in and its bytes."""
        return {str(number): (hour * 3600.0, size) for number, (hour, size) in enumerate(each)}

    def test_what_the_next_backup_needs(self):
        cases = [
            ([], self.wal((1, 50)), 0),
            ([full(1)], {}, 100),
            ([full(1)], self.wal((0, 70), (2, 30)), 130),
            ([full(1)], self.wal((2, 5000)), 200),
            ([full(1), full(2, 300)], {}, 300),
            ([full(1), full(2, 300, error=True)], {}, 100),
        ]
        for backups, wal, expected in cases:
            with self.subTest(backups=len(backups), wal=wal):
                self.assertEqual(expected, room.needed(backups, wal))

    def test_the_last_whole_full_backup_never_goes(self):
        cases = [
            ([], False),
            ([full(1)], False),
            ([full(1), full(2)], True),
            ([full(1), full(2, error=True)], False),
            ([full(1, error=True), full(2)], True),
            ([full(1), full(2, kind="incr")], False),
            ([full(2), full(1, error=True)], True),
        ]
        for backups, expected in cases:
            with self.subTest([(each["timestamp"]["start"], each["error"], each["type"]) for each in backups]):
                self.assertEqual(expected, room.oldest_may_go(backups))

    def test_what_is_short_when_everything_older_has_gone(self):
        wal = self.wal((1.5, 40), (4, 10))
        self.assertEqual(0, room.short([full(1), full(3)], wal, free=0))
        self.assertEqual(310 - 40 - 100 - 60, room.short([full(1), full(3, 300)], wal, free=60))
        self.assertEqual(0, room.short([], wal, free=0))

    def make(self, backups, free, wanted, expires=True):
        """Makes room where each backup that goes frees what it took; what is left, and whether there is room."""
        left = list(backups)

        def expire(_backups):
            if expires:
                left.pop(0)
            return expires

        def available():
            return 0, free + sum(each["info"]["repository"]["size"] for each in backups if each not in left)

        with (
            mock.patch.multiple(room, available=available, expire_oldest=expire, unfinished=lambda _: 0),
            mock.patch.object(room.repository, "stanza", lambda: {"backup": list(left)}),
            mock.patch.object(room, "log"),
        ):
            return room.make(wanted, for_backup=True), len(left)

    def test_oldest_backups_go_until_there_is_room(self):
        three = [full(1), full(2), full(3)]
        self.assertEqual((True, 3), self.make(three, 500, 400))
        self.assertEqual((True, 2), self.make(three, 350, 400))
        self.assertEqual((False, 1), self.make(three, 50, 400))
        self.assertEqual((False, 3), self.make(three, 50, 400, expires=False))

    def test_a_backup_that_broke_off_is_counted(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(room, "REPOSITORY", Path(folder)):
            self.assertEqual(0, room.unfinished(set()))
            for label in ("20260131-021700F", "20260201-021700F", "backup.history"):
                (Path(folder) / "backup" / "main" / label).mkdir(parents=True)
                (Path(folder) / "backup" / "main" / label / "file").write_bytes(b"12345")
            self.assertEqual(5, room.unfinished({"20260131-021700F"}))


class Take(unittest.TestCase):
    def take(self, codes, may_go, free):
        """How it ended, how often pgBackRest ran, and what was said."""
        codes, may_go, said, ran = iter(codes), iter(may_go), [], []

        def run(_kind):
            ran.append(next(codes))
            return ran[-1]

        with (
            mock.patch.object(take, "_run", run),
            mock.patch.object(take.repository, "stanza", dict),
            mock.patch.object(take.repository, "names", dict),
            mock.patch.multiple(
                take.room,
                make=mock.DEFAULT,
                expire_oldest=lambda _: True,
                oldest_may_go=lambda _: next(may_go),
                available=lambda: (0, free),
            ),
            mock.patch.object(take.command, "run"),
            mock.patch("builtins.print", lambda text, **_: said.append(text)),
        ):
            return take.take("full", True), len(ran), [text for text in said if isinstance(text, str)]

    def test_ends_as_pgbackrest_does(self):
        self.assertEqual((0, 1), self.take([0], [], 0)[:2])
        self.assertEqual((82, 1, []), self.take([82], [], 10 * room.FLOOR_BYTES))
        self.assertIn("Another backup", self.take([take.LOCKED], [], 0)[2][0])

    def test_a_volume_that_filled_up_meanwhile_loses_one_more_backup(self):
        self.assertEqual((0, 3), self.take([64, 64, 0], [True, True], 0)[:2])
        code, ran, said = self.take([64, 64], [True, False], 0)
        self.assertEqual((64, 2, 1), (code, ran, len(said)))
        self.assertIn("Repository too small", said[0])


class Stanza(unittest.TestCase):
    """pgBackRest's own answers for a database of another system id: stanza-create ends with 28, backup with 51."""

    def prepare(self, codes):
        """Whether it is ready, and what pgBackRest was told; `codes`: how each of its commands ends."""
        told = []

        def run(word, **_):
            told.append(word)
            return mock.Mock(returncode=codes[word], stderr="", stdout="")

        with mock.patch.object(stanza.command, "run", run):
            return stanza.prepare(), told

    def test_another_database_is_taken_in(self):
        self.assertEqual((True, ["stanza-create"]), self.prepare({"stanza-create": 0}))
        both = ["stanza-create", "stanza-upgrade"]
        self.assertEqual((True, both), self.prepare({"stanza-create": 28, "stanza-upgrade": 0}))
        self.assertEqual((False, both), self.prepare({"stanza-create": 56, "stanza-upgrade": 56}))

    def test_before_every_backup(self):
        done = []
        with (
            mock.patch.object(take.stanza, "prepare", lambda: done.append("stanza")),
            mock.patch.object(take, "take", lambda *_, **__: done.append("backup")),
            mock.patch.object(take.config.Settings, "load"),
            mock.patch.object(take.sys, "argv", ["job", "full"]),
        ):
            take.main()
        self.assertEqual(["stanza", "backup"], done)

    def test_a_silent_archive_is_looked_into(self):
        for silence, expected in ((0, False), (70, False), (stanza.QUIET_SECONDS + 1, True)):
            self.assertEqual(expected, stanza.quiet(1000.0, 1000.0 + silence))


class Owed(unittest.TestCase):
    def test_since_when_the_archive_is_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            wal, dropping = Path(folder), Path(folder) / "wal-dropping"
            (wal / "archive_status").mkdir()
            self.assertIsNone(owed.waiting_since(wal, dropping))
            for name, time in {"A.ready": 200, "B.ready": 300, "C.done": 100}.items():
                (wal / "archive_status" / name).touch()
                os.utime(wal / "archive_status" / name, (time, time))
            self.assertEqual(200, owed.waiting_since(wal, dropping))
            # Everything that waited was given up at once; nothing has got through since.
            dropping.touch()
            os.utime(dropping, (150, 150))
            self.assertEqual(150, owed.waiting_since(wal, dropping))

    def test_settled_by_a_backup_that_began_behind(self):
        names = [Segment(1, 5).name, "00000002.history", Segment(1, 6).name]
        cases = [
            ([], False),
            ([backup(4)], False),
            ([backup(6)], False),
            ([backup(7)], True),
            ([backup(7, error=True)], False),
            ([backup(3, timeline=2)], True),
        ]
        for backups, expected in cases:
            with self.subTest([each.label for each in backups]):
                self.assertEqual(expected, owed.settled(names, tuple(backups)))
