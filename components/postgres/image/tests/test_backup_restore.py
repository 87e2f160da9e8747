"""A restore's request: what pgBackRest is told, that it is carried out once, and what it waits for."""

import json
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from holdfast.backup import restore

WISH = {"id": "one", "time": "2026-01-31 12:00:00+00", "timeline": 2, "backup": "20260131-021700F"}


class Options(unittest.TestCase):
    def test_to_a_moment(self):
        self.assertEqual(
            [
                "--set=20260131-021700F",
                "--target-timeline=2",
                "--type=time",
                "--target=2026-01-31 12:00:00+00",
                "--target-action=promote",
            ],
            restore.options(WISH),
        )

    def test_to_the_end_of_a_timeline(self):
        self.assertEqual(
            ["--set=20260131-021700F", "--target-timeline=2", "--type=default"], restore.options({**WISH, "time": None})
        )


class Refusals(unittest.TestCase):
    CASES = [
        (WISH, [], None),
        (WISH, ["another"], None),
        (WISH, ["another", "one"], "already"),
        ({}, [], "no id and no backup and no timeline"),
        ({"time": "2026-01-31 12:00:00+00"}, [], "npm run restore"),
        ({**WISH, "timeline": None}, [], "no timeline"),
    ]

    def test_table(self):
        for wish, done, word in self.CASES:
            with self.subTest(wish=wish, done=done):
                answer = restore.refusal(wish, done)
                self.assertEqual(word is None, answer is None)
                self.assertIn(word or "", answer or "")


class Once(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "restore.json").write_text(json.dumps(WISH))
        for name, file in {"WISH": "restore.json", "DONE": "restored", "COPIED": "restoring"}.items():
            patch = mock.patch.object(restore, name, self.folder / file)
            patch.start()
            self.addCleanup(patch.stop)
        (self.folder / "pgbackrest.conf").touch()

    def run_it(self, code):
        """The program with a pgBackRest that ends with a code; how it ended, and how often pgBackRest was called."""
        calls = self.folder / "calls"
        script = f"open({str(calls)!r}, 'a').write('x'); raise SystemExit({code})"
        with (
            mock.patch.object(restore.config, "FILE", self.folder / "pgbackrest.conf"),
            mock.patch.object(restore.command, "arguments", lambda *_: [sys.executable, "-S", "-c", script]),
            mock.patch.object(restore.sys, "stderr"),
        ):
            return restore.main(), len(calls.read_text()) if calls.exists() else 0

    def test_a_request_that_stays_is_not_repeated(self):
        self.assertEqual((0, 1), self.run_it(0))
        restore.leads()
        self.assertEqual((1, 1), self.run_it(0))
        # A member leads for long, and through more than one restore.
        restore.leads()
        (self.folder / "restore.json").write_text(json.dumps({**WISH, "id": "two"}))
        self.assertEqual((0, 2), self.run_it(0))
        restore.leads()
        self.assertEqual(["one", "two"], restore.done(restore.DONE))

    def test_one_whose_recovery_failed_behind_the_copy_is(self):
        self.assertEqual((0, 1), self.run_it(0))
        self.assertEqual((0, 2), self.run_it(0))

    def test_one_that_failed_is(self):
        self.assertEqual((5, 1), self.run_it(5))
        self.assertEqual((0, 2), self.run_it(0))

    def test_waits_for_the_configuration(self):
        file = self.folder / "late.conf"
        threading.Timer(0.05, file.touch).start()
        with mock.patch.object(restore, "LOOK_SECONDS", 0.01), mock.patch("builtins.print"):
            restore.wait_for(file)
        self.assertTrue(file.exists())
