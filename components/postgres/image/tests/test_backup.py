"""pgBackRest's configuration, its answers, and the key that all pods derive."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast.backup import info, leftovers, tls
from holdfast.backup.config import PUSH_PATIENCE, Settings, render
from holdfast.rejoin import STUCK_SECONDS

VOLUME = Settings(["postgres-0.members", "postgres-1.members"], "backup.shop.svc", None, 2, 1000, ["*.members"])
BUCKET = Settings(
    ["postgres-0.members"], None, {"s3-bucket": "b", "s3-region": "r", "s3-endpoint": "e"}, 4, 1000, ["*.members"]
)
KEYS = {"s3-key": "id", "s3-key-secret": "very-secret"}


def options(text):
    sections, current = {}, {}
    for line in text.splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), {})
        elif line:
            key, value = line.split("=", 1)
            current[key] = value
    return sections


class Config(unittest.TestCase):
    def test_member_sends_to_the_repository_s_host(self):
        file = options(render(VOLUME, "member", {}, "/run/lock"))
        self.assertEqual(("backup.shop.svc", "tls"), (file["global"]["repo1-host"], file["global"]["repo1-host-type"]))
        self.assertNotIn("repo1-path", file["global"])
        self.assertEqual("1000", file["global"]["archive-push-queue-max"])
        self.assertEqual("/var/lib/postgresql/data/pgdata", file["main"]["pg1-path"])

    def test_a_push_gives_up_long_before_a_member_looks_stuck(self):
        file = options(render(VOLUME, "member", {}, "/run/lock"))
        self.assertEqual({"archive-timeout": str(PUSH_PATIENCE)}, file["global:archive-push"])
        self.assertLess(3 * PUSH_PATIENCE, STUCK_SECONDS)
        self.assertNotIn("archive-timeout", render(VOLUME, "job", {}, "/repo/lock"))

    def test_job_reaches_every_member_and_has_the_repository_at_hand(self):
        file = options(render(VOLUME, "job", {}, "/repo/lock"))
        self.assertEqual("/var/lib/pgbackrest", file["global"]["repo1-path"])
        self.assertEqual(
            ["postgres-0.members", "postgres-1.members"], [file["main"][f"pg{number}-host"] for number in (1, 2)]
        )
        self.assertEqual("/repo/lock", file["global"]["lock-path"])

    def test_object_store_is_reached_by_everybody_with_its_keys(self):
        for kind in ("member", "job"):
            file = options(render(BUCKET, kind, KEYS, "/run/lock"))
            self.assertEqual(
                ("s3", "b", "very-secret"),
                tuple(file["global"][f"repo1-{key}"] for key in ("type", "s3-bucket", "s3-key-secret")),
            )
            self.assertNotIn("repo1-host", file["global"])


class Leftovers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.wal = Path(folder.name)
        (self.wal / "archive_status").mkdir()
        for name in ("00000001000000000000000A", "00000001000000000000000B", "00000002.history"):
            (self.wal / name).touch()

    def mark(self, *names):
        for name in names:
            (self.wal / "archive_status" / name).touch()

    def send(self, returncode=0):
        pushed = []

        def run(*command, timeout):
            pushed.append(Path(command[-1]).name)
            return subprocess.CompletedProcess(command, returncode, "", "ERROR: away")

        with mock.patch.object(leftovers.command, "run", run):
            return (
                leftovers.send(self.wal),
                pushed,
                sorted(path.name for path in (self.wal / "archive_status").iterdir()),
            )

    def test_sends_what_is_not_archived_in_its_order(self):
        self.mark("00000001000000000000000A.done", "00000002.history.ready", "00000001000000000000000B.ready")
        self.assertEqual(
            (
                2,
                ["00000001000000000000000B", "00000002.history"],
                [
                    "00000001000000000000000A.done",
                    "00000001000000000000000B.done",
                    "00000002.history.done",
                ],
            ),
            self.send(),
        )

    def test_keeps_them_for_later_while_the_repository_is_away(self):
        self.mark("00000001000000000000000A.ready", "00000001000000000000000B.ready")
        self.assertEqual(
            (0, ["00000001000000000000000A"], ["00000001000000000000000A.ready", "00000001000000000000000B.ready"]),
            self.send(returncode=1),
        )

    def test_does_not_stop_at_one_that_is_gone(self):
        self.mark("000000010000000000000009.ready", "00000001000000000000000A.ready")
        self.assertEqual(
            (1, ["00000001000000000000000A"], ["000000010000000000000009.done", "00000001000000000000000A.done"]),
            self.send(),
        )


class Info(unittest.TestCase):
    def test_counts_whole_backups_only(self):
        backup = {"type": "full", "error": False, "timestamp": {"stop": 200}, "info": {"repository": {"delta": 42}}}
        broken = {**backup, "error": True, "timestamp": {"stop": 300}}
        older = {**backup, "type": "incr", "timestamp": {"stop": 100}}
        found = info.parse(
            json.dumps([{"backup": [backup, broken, older], "archive": [{"max": "000000010000000000000009"}]}])
        )
        self.assertEqual(((100.0, 200.0), (200.0,), 42), (found.ends, found.full_ends, found.newest_bytes))
        self.assertEqual("000000010000000000000009", found.newest_segment)

    def test_nothing_yet(self):
        self.assertEqual((), info.parse("").ends)
        self.assertEqual((), info.parse('[{"backup": [], "archive": []}]').ends)


class Tls(unittest.TestCase):
    def test_one_secret_one_key(self):
        self.assertEqual(tls.private_key("a"), tls.private_key("a"))
        self.assertNotEqual(tls.private_key("a"), tls.private_key("b"))
        self.assertTrue(tls.private_key("a").startswith("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw"))
