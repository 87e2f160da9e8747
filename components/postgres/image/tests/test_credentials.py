"""Passwords that PgBouncer uses end as those that were declared and work, whoever starts anew in between."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import psycopg
from holdfast.declared import Database
from holdfast.logins import CALLERS, logins_of
from holdfast.pooler import config
from holdfast.pooler.credentials import Credentials

# Those of generation 1: the third log-in has no password yet.
LET_IN = [login for login in logins_of(CALLERS) if not login.endswith("_3")]


class Rotation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # What the pod's files say, what is declared, and what the database accepts.
        self.mounted, self.declared, self.accepted = "old", "old", {"old"}
        self.roles = LET_IN
        self.reloads, self.refusals, self.told = 0, 0, []
        self.console = mock.MagicMock()
        self.console.__enter__.return_value.run = self.reload
        for name, value in {
            "config.USERS": Path(folder.name, "userlist.txt"),
            "credentials.Console": lambda: self.console,
            "credentials.credential": lambda _: self.mounted,
            "credentials.Credentials._logs_in": self.logs_in,
        }.items():
            patch = mock.patch(f"holdfast.pooler.{name}", value)
            patch.start()
            self.addCleanup(patch.stop)
        self.start_pooler()
        self.credentials = self.start_agent()

    def start_pooler(self):
        config.write_users(dict.fromkeys(self.roles, self.mounted))

    def start_agent(self):
        kube = mock.Mock()
        kube.secret = lambda _: {f"{role}-password": self.declared for role in (*self.roles, "monitoring")}
        return Credentials(kube, "secret", (Database("shop"),), lambda: "10.0.0.1", self.told.append)

    def logs_in(self, _role, password):
        return password in self.accepted

    def reload(self, _):
        if self.refusals:
            self.refusals -= 1
            raise psycopg.OperationalError("away")
        self.reloads += 1

    def in_use(self):
        return set(config.users().values())

    def test_what_works_is_used_and_what_does_not_is_waited_for(self):
        self.declared = "new"
        self.assertTrue(self.credentials.step())
        self.assertEqual({"old"}, self.in_use())
        self.accepted = {"new"}
        self.assertFalse(self.credentials.step())
        self.assertEqual({"new"}, self.in_use())
        self.assertEqual(["new"], self.told)

    def test_nothing_is_done_twice(self):
        self.credentials.step()
        self.credentials.step()
        self.assertEqual(1, self.reloads)

    def test_a_pooler_that_did_not_answer_is_told_again(self):
        self.declared, self.accepted, self.refusals = "new", {"new"}, 1
        self.assertRaises(psycopg.OperationalError, self.credentials.step)
        self.credentials.step()
        self.assertEqual(1, self.reloads)

    def test_an_agent_that_starts_with_newer_passwords_than_the_pooler_has_read(self):
        self.mounted, self.declared, self.accepted = "new", "new", {"new"}
        self.start_agent().step()
        self.assertEqual({"new"}, self.in_use())

    def test_a_pooler_that_starts_with_older_passwords_than_are_in_use(self):
        self.declared, self.accepted = "new", {"new"}
        self.credentials.step()
        self.start_pooler()
        self.assertEqual({"old"}, self.in_use())
        self.credentials.step()
        self.assertEqual({"new"}, self.in_use())
        self.assertEqual(2, self.reloads)

    def test_a_log_in_is_let_in_once_it_has_a_password_and_no_longer_when_it_has_none(self):
        for roles in ([*LET_IN, "app_3"], LET_IN):
            self.roles = roles
            self.assertFalse(self.credentials.step())
            self.assertEqual(set(roles), set(config.users()))
        self.assertEqual(2, self.reloads)

    def test_before_there_is_a_pooler_nothing_is_done(self):
        config.USERS.unlink()
        self.assertTrue(self.credentials.step())
        self.assertEqual((0, False), (self.reloads, config.USERS.exists()))
