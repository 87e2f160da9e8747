"""What a volume holds: pg_control's words, and what lies beside the data."""

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


if __name__ == "__main__":
    unittest.main()
