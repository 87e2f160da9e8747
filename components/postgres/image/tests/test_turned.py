"""That Patroni does not undo the fence's word by what it read before, and that the word ends when it should."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast import turned
from holdfast.turned import Turned, host_in, locked, outdated, overruled

OLD, CANDIDATE, THIRD = "10.0.0.1", "10.0.0.2", "10.0.0.3"
CONNINFO = (
    "dbname=postgres user=replication passfile=/run/holdfast/pgpass host={} port=5432 application_name=postgres-2"
)
WORD = Turned("postgres-1", CANDIDATE, {"primary_slot_name": "", "primary_conninfo": CONNINFO.format(CANDIDATE)})


class Rule(unittest.TestCase):
    def test_as_a_table(self):
        cases = [
            # what, Patroni means, who leads by now, it is held to the word, the word ends
            ("read before the lock moved", OLD, CANDIDATE, True, False),
            ("read while the lock was free", "", CANDIDATE, True, False),
            ("what the word says anyway", CANDIDATE, CANDIDATE, False, False),
            ("the candidate gave the lock back", OLD, "", True, False),
            ("and nobody is followed", "", "", False, False),
            ("the API is away", OLD, None, True, False),
            ("the API is away, and it follows already", CANDIDATE, None, False, False),
            ("the old primary has the lock again", OLD, OLD, False, True),
            ("a third one has it", THIRD, THIRD, False, True),
            ("a third one has it, who is this member", "", THIRD, False, True),
        ]
        for what, wanted, leads, held, ends in cases:
            with self.subTest(what):
                self.assertEqual(held, overruled(CANDIDATE, wanted, leads))
                self.assertEqual(ends, outdated(CANDIDATE, leads))

    def test_the_host_in_what_patroni_writes(self):
        conf = f"listen_addresses = '0.0.0.0'\nprimary_conninfo = '{CONNINFO.format(OLD)}'\nwork_mem = '4MB'\n"
        self.assertEqual(OLD, host_in(conf))
        self.assertEqual(OLD, host_in(f"primary_conninfo = 'host={OLD} hostaddr=1.2.3.4'\n"))
        for nobody in ("", "listen_addresses = 'host=x'\n", "primary_conninfo = ''\n"):
            self.assertEqual("", host_in(nobody))


class Held(unittest.TestCase):
    """Patroni's writing, with its files in a directory of their own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        files = {
            "CONF": "postgresql.conf",
            "AUTO_CONF": "auto",
            "PASSFILE": "pgpass",
            "WORD": "turned",
            "LOCK": "turning",
        }
        for name, file in files.items():
            self.replace(name, self.folder / file)
        self.replace("credential", lambda _: "secret")
        self.replace("log", mock.Mock())
        self.leads = CANDIDATE
        self.replace("leader", lambda: self.leads)
        self.save = turned.held(self.patroni)

    def replace(self, name, value):
        patch = mock.patch.object(turned, name, value)
        patch.start()
        self.addCleanup(patch.stop)

    def patroni(self, host):
        """What Patroni does: its own line, its own password file, and nothing about recovery in the other file."""
        turned.CONF.write_text(f"primary_conninfo = '{CONNINFO.format(host)}'\n" if host else "")
        turned.AUTO_CONF.write_text("work_mem = '4MB'\n")
        turned.PASSFILE.write_text("another line\n")

    def test_a_stale_round_changes_nothing(self):
        turned.write(WORD)
        for leads in (CANDIDATE, None):
            self.leads = leads
            self.save(OLD)
            text = turned.AUTO_CONF.read_text()
            self.assertIn(f"primary_conninfo = '{CONNINFO.format(CANDIDATE)}'\n", text)
            self.assertIn("primary_slot_name = ''\n", text)
            self.assertIn(f"{CANDIDATE}:5432:*:replication:secret\n", turned.PASSFILE.read_text())
            self.assertEqual(WORD, turned.read())

    def test_patroni_follows_the_candidate_by_itself(self):
        turned.write(WORD)
        self.save(CANDIDATE)
        self.assertEqual("work_mem = '4MB'\n", turned.AUTO_CONF.read_text())
        self.save(OLD)
        self.assertIn(CANDIDATE, turned.AUTO_CONF.read_text())

    def test_the_word_ends_when_another_one_leads(self):
        turned.write(WORD)
        self.leads = THIRD
        self.save(THIRD)
        self.assertIsNone(turned.read())
        self.leads = CANDIDATE
        self.save(OLD)
        self.assertEqual("work_mem = '4MB'\n", turned.AUTO_CONF.read_text())

    def test_without_a_word_nothing_is_asked(self):
        self.replace("leader", lambda: self.fail("asked"))
        self.save(OLD)
        self.save("")

    def test_a_value_is_written_as_postgresql_reads_it(self):
        turned.put_back(Turned("postgres-1", CANDIDATE, {"primary_conninfo": r"password=a\'b"}))
        self.assertEqual("primary_conninfo = 'password=a\\\\''b'\n", turned.AUTO_CONF.read_text())

    def test_a_word_that_cannot_be_read_is_none(self):
        for text in ("", "{}", "[1]"):
            turned.WORD.write_text(text)
            self.assertIsNone(turned.read())


class Lock(unittest.TestCase):
    def test_one_at_a_time_and_nobody_waits_for_ever(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(turned, "LOCK", Path(folder) / "lock"):
            with locked(), self.assertRaises(TimeoutError), locked(seconds=0.01):
                self.fail("both have it")
            with locked(seconds=0.01):
                pass
