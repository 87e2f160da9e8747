import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast import history


class Missing(unittest.TestCase):
    def test_table(self) -> None:
        cases = [
            # current, taken, present, expected
            (1, 0, set(), []),
            (1, 1, set(), []),
            (1, 3, set(), ["00000002.history", "00000003.history"]),
            (1, 3, {"00000002.history"}, ["00000003.history"]),
            (4, 3, {"00000004.history"}, []),
            (9, 11, set(), ["0000000A.history", "0000000B.history"]),
        ]
        for current, taken, present, expected in cases:
            with self.subTest(current=current, taken=taken, present=present):
                self.assertEqual(history.missing(current, taken, present), expected)


class Forget(unittest.TestCase):
    REAL = "1\t0/1000000\tno recovery target specified\n"

    def left(self, texts: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(history, "WAL_DIRECTORY", Path(folder)):
            for name, text in texts.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            history.forget()
            return sorted(path.name for path in Path(folder).iterdir())

    def test_marks_of_a_promotion_that_was_not_go(self) -> None:
        self.assertEqual(self.left({"00000002.history": self.REAL, "00000003.history": history.MARK, "00000003": ""}), ["00000002.history", "00000003"])

    def test_marks_below_a_real_timeline_stay(self) -> None:
        names = ["00000002.history", "00000003.history", "00000004.history"]
        self.assertEqual(self.left({names[0]: history.MARK, names[1]: history.MARK, names[2]: self.REAL}), names)

    def test_no_data_directory_yet(self) -> None:
        with mock.patch.object(history, "WAL_DIRECTORY", Path("/nonexistent")):
            history.forget()


if __name__ == "__main__":
    unittest.main()
