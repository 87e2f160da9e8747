"""What a volume holds: pg_control's words, and what lies beside the data."""

import json
import tempfile
import unittest
from pathlib import Path

from holdfast import survey
from holdfast.control import fields

CONTROL = """Database cluster state:               in archive recovery
pg_control last modified:             Mon Nov 30 04:48:47 2026
"""


class Fields(unittest.TestCase):
    def test_values_that_hold_colons_stay_whole(self):
        found = fields(CONTROL)
        self.assertEqual("in archive recovery", found["Database cluster state"])
        self.assertEqual("Mon Nov 30 04:48:47 2026", found["pg_control last modified"])


class KeptBeside(unittest.TestCase):
    def test_data_directories_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as volume:
            for name in ("pgdata", "pgdata.kept", "pgdata.failed"):
                (Path(volume) / name).mkdir()
                (Path(volume) / name / survey.VERSION_FILE).touch()
            (Path(volume) / "lost+found").mkdir()
            (Path(volume) / "note").touch()
            self.assertEqual(("pgdata.failed", "pgdata.kept"), survey.kept_beside(Path(volume) / "pgdata"))


class Primaries(unittest.TestCase):
    """Who led last, from the annotations as `npm run rescue` passes them on."""

    SYNC = {"leader": "postgres-0", "sync_standby": "postgres-2,postgres-1", "quorum": "1"}
    FIRST = {"leader": "postgres-0", "standbys": ["postgres-1", "postgres-2"], "quorum": 1}

    def promoted(self, member, after):
        text = json.dumps({"member": member, "after": after, "timeline": 5, "at": 1.0})
        return {"holdfast.dev/promotion": text, "config": "{}"}

    def test_table(self):
        second = {"leader": "postgres-1", "standbys": ["postgres-0", "postgres-2"], "quorum": 1}
        outside = {"leader": "postgres-3", "standbys": ["postgres-0", "postgres-1", "postgres-2"], "quorum": 1}
        nobody = {"leader": "", "standbys": [], "quorum": 0}
        for name, config, sync, timeline, expected in (
            ("nobody was let through", {}, self.SYNC, 4, [self.FIRST]),
            (
                "Patroni has not written it yet",
                self.promoted("postgres-1", "postgres-0"),
                self.SYNC,
                4,
                [self.FIRST, second],
            ),
            ("and it is known to have led", self.promoted("postgres-1", "postgres-0"), self.SYNC, 5, [second]),
            ("somebody from outside", self.promoted("postgres-3", "postgres-0"), self.SYNC, 5, [outside]),
            ("Patroni has written it", self.promoted("postgres-0", "postgres-1"), self.SYNC, 5, [self.FIRST]),
            ("the old leader came back", self.promoted("postgres-0", "postgres-0"), self.SYNC, 5, [self.FIRST]),
            ("nobody knows who led", self.promoted("postgres-1", ""), None, 4, [nobody]),
            ("what nobody of ours wrote", {"holdfast.dev/promotion": "{"}, self.SYNC, 4, [self.FIRST]),
        ):
            with self.subTest(name):
                self.assertEqual(expected, survey.primaries({"config": config, "sync": sync}, timeline))
