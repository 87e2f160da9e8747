"""What was put down for a promotion that did not come goes before the next start, and nothing else does."""

import tempfile
import unittest
from pathlib import Path

from holdfast.placeholders import MARK, swept

TAKEN, REAL = f"1\t0/0\t{MARK}\n", "1\t0/3000\tno recovery target specified\n"


class Swept(unittest.TestCase):
    def left(self, **files: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                Path(folder, name.removeprefix("_").replace("_", ".")).write_text(text)
            self.assertEqual("started", swept(lambda: "started", Path(folder))())
            return sorted(file.name for file in Path(folder).iterdir())

    def test_a_promotion_that_did_not_come(self):
        left = self.left(_000000010000000000000003="", _00000002_history=TAKEN, _00000003_history=TAKEN)
        self.assertEqual(["000000010000000000000003"], left)

    def test_one_that_came_and_a_timeline_that_is_followed(self):
        kept = ["00000002.history", "00000003.history", "000000030000000000000003", "00000004.history"]
        histories = {"_00000002_history": TAKEN, "_00000003_history": REAL, "_00000004_history": REAL}
        self.assertEqual(kept, self.left(_000000030000000000000003="", **histories))

    def test_no_directory_yet(self):
        self.assertEqual("started", swept(lambda: "started", Path("/nowhere"))())
