"""What comes before pg_rewind: who is looked at, what is refused, and what the agent learns of it."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast import rewind
from holdfast.control import Held
from holdfast.directory import Copy
from holdfast.wal import Position

MINE = Held("7001", Position(3, 500))
SOURCE, THIRD = "10.0.0.1", "10.0.0.3"
MEMBERS = [
    {"name": "postgres-0", "host": SOURCE},
    {"name": "postgres-1", "host": "10.0.0.2"},
    {"name": "postgres-2", "host": THIRD},
    {"name": "postgres-3"},
]
ARGUMENTS = ["-D", "pgdata", "--source-server", f"dbname=postgres host={SOURCE} port=5432"]


class Became(Exception):
    """This process is another one now."""


class Rewind(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.refused = Path(folder.name) / "refused"
        # Which addresses answer, and how far they are.
        self.there = {SOURCE: 500, THIRD: 500}
        self.place = mock.Mock()
        self.place.shares.return_value = False
        for name, value in {
            "REFUSED": self.refused,
            "held": lambda _: MINE,
            "hold": lambda: None,
            "say": lambda _: None,
            "stays": lambda *_: None,
            "host_of": lambda text: text.split("host=")[1].split()[0],
            "rest.members": lambda _: MEMBERS,
            "copies.see": self.see,
            "os.execv": mock.Mock(side_effect=Became),
        }.items():
            patch = mock.patch(f"holdfast.rewind.{name}", value)
            patch.start()
            self.addCleanup(patch.stop)

    def see(self, name, host):
        at = self.there.get(host)
        return Copy(name, "7001", Position(3, at), rewind.time.monotonic()) if at is not None else None

    def run_it(self):
        return rewind.run(ARGUMENTS, self.place, "postgres-1")

    def test_everybody_else_is_looked_at_once_and_by_name(self):
        source, others = rewind.look(SOURCE, MEMBERS, "postgres-1")
        self.assertEqual(("postgres-0", ["postgres-2"]), (source.member, [copy.member for copy in others]))
        self.assertEqual(SOURCE, rewind.look(SOURCE, [], "postgres-1")[0].member)

    def test_with_two_other_copies_it_becomes_pg_rewind(self):
        self.refused.touch()
        with self.assertRaises(Became):
            self.run_it()
        self.assertFalse(self.refused.exists())

    def test_with_one_it_is_refused_and_the_first_time_is_kept(self):
        del self.there[THIRD]
        self.assertEqual(1, self.run_it())
        first = self.refused.stat().st_mtime_ns
        self.assertEqual(1, self.run_it())
        self.assertEqual(first, self.refused.stat().st_mtime_ns)
        self.assertGreater(rewind.refused_for(), 0)
        rewind.forget()
        self.assertEqual(0, rewind.refused_for())

    def test_with_one_and_shared_blocks_the_old_data_is_kept_and_put_back_after_a_failure(self):
        del self.there[THIRD]
        self.place.shares.return_value = True
        for code in (0, 1):
            with mock.patch("holdfast.rewind.subprocess.run", return_value=mock.Mock(returncode=code)):
                self.assertEqual(code, self.run_it())
            self.place.changed.assert_called_with(well=code == 0)

    def test_what_could_not_be_kept_is_not_touched(self):
        self.place.shares.return_value = True
        self.place.keep.return_value = False
        self.assertEqual(1, self.run_it())
        self.assertTrue(self.refused.exists())
