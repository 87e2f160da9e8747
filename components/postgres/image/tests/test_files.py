"""What is rendered into files, and the one calculation on passwords."""

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from holdfast.declared import Database
from holdfast.env import Identity
from holdfast.member_file import failover_priority, render
from holdfast.passwords import verifies
from holdfast.pooler import config
from holdfast.pooler.config import database_line, userlist
from holdfast.pooler.console import clients_on
from holdfast.start import dynamic_settings

MEMBER = {
    "scope": "postgres",
    "restapi": {"listen": "0.0.0.0:8008"},
    "kubernetes": {"use_endpoints": True},
    "bootstrap": {"initdb": []},
    "postgresql": {
        "authentication": {
            "superuser": {"username": "postgres"},
            "replication": {"username": "replication"},
            "rewind": {"username": "replication"},
        }
    },
}


class Dynamic(unittest.TestCase):
    """The configuration's file may be away while a member starts."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path, self.data = Path(folder.name, "dynamic.json"), Path(folder.name)

    def come_back(self, _seconds):
        self.path.write_text('{"ttl": 20}', encoding="utf-8")

    def test_a_member_with_data_goes_on_without(self):
        (self.data / "PG_VERSION").touch()
        self.assertEqual({}, dynamic_settings(self.path, self.data, sleep=self.fail))

    def test_a_member_without_data_waits_for_it(self):
        self.assertEqual({"ttl": 20}, dynamic_settings(self.path, self.data, sleep=self.come_back))


class MemberFile(unittest.TestCase):
    def setUp(self):
        identity = Identity("postgres-2", "shop", "10.0.0.9", "postgres", "online_shop")
        self.file = render(MEMBER, {"ttl": 20}, identity, {"replication": "r-secret", "agent": "token"}, restore=False)

    def test_fills_in_who_and_where(self):
        self.assertEqual("postgres-2", self.file["name"])
        self.assertEqual("10.0.0.9:8008", self.file["restapi"]["connect_address"])
        self.assertEqual("10.0.0.9:5432", self.file["postgresql"]["connect_address"])
        self.assertEqual({"use_endpoints": True, "namespace": "shop", "pod_ip": "10.0.0.9"}, self.file["kubernetes"])
        self.assertEqual({"initdb": [], "dcs": {"ttl": 20}}, self.file["bootstrap"])

    def test_passwords_only_where_they_are_used(self):
        self.assertEqual(2, json.dumps(self.file).count("r-secret"))
        self.assertNotIn("password", self.file["postgresql"]["authentication"]["superuser"])

    def test_does_not_change_what_it_was_given(self):
        self.assertNotIn("password", MEMBER["postgresql"]["authentication"]["replication"])

    def test_a_restore_takes_the_place_of_initdb(self):
        identity = Identity("postgres-0", "shop", "10.0.0.7", "postgres", "online_shop")
        file = render(MEMBER, {}, identity, {"replication": "r", "agent": "t"}, restore=True)
        self.assertEqual("restore", file["bootstrap"]["method"])
        self.assertIn("holdfast.backup.restore", file["bootstrap"]["restore"]["command"])

    def test_low_ordinals_are_preferred(self):
        self.assertGreater(failover_priority("postgres-0"), failover_priority("postgres-1"))


class Passwords(unittest.TestCase):
    # RFC 7677's example exchange: user "user", password "pencil".
    SECRET = (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )

    def test_the_right_one(self):
        self.assertTrue(verifies(self.SECRET, "pencil"))

    def test_a_wrong_one_none_and_an_old_format(self):
        self.assertFalse(verifies(self.SECRET, "pencils"))
        self.assertFalse(verifies(None, "pencil"))
        self.assertFalse(verifies("md5a1b2c3", "pencil"))


class Pooler(unittest.TestCase):
    def test_files(self):
        self.assertEqual(
            "shop = host=10.0.0.1,10.0.0.2 port=5432 dbname=shop\n",
            database_line(Database("shop"), ["10.0.0.1", "10.0.0.2"]),
        )
        self.assertEqual('"app" "a"\n"owner" "o"\n"stats" ""\n', userlist({"owner": "o", "app": "a"}))

    def test_what_pgbouncer_has_is_read_back(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.multiple(config, DATABASES=Path(folder, "databases.ini"), USERS=Path(folder, "userlist.txt")),
        ):
            self.assertEqual(([], None), (config.last_hosts(), config.users()))
            config.write_hosts((Database("shop"), Database("reports", connections=5)), ["10.0.0.1", "10.0.0.2"])
            config.write_users({"app": 'a"b c', "owner": "o"})
            self.assertEqual(
                "shop = host=10.0.0.1,10.0.0.2 port=5432 dbname=shop\n"
                "reports = host=10.0.0.1,10.0.0.2 port=5432 dbname=reports pool_size=5 max_db_connections=5\n",
                config.DATABASES.read_text(encoding="utf-8"),
            )
            self.assertEqual(["10.0.0.1", "10.0.0.2"], config.last_hosts())
            self.assertEqual({"app": 'a"b c', "owner": "o"}, config.users())

    def test_a_password_is_tried_where_its_log_in_is_let_in(self):
        there = (Database("shop"), Database("reports", owner="reporting", writers=(), readers=("analyst",)))
        asked = ("app", "owner_2", "reporting", "analyst_3", "stranger")
        self.assertEqual(
            ["shop", "shop", "reports", "reports", "shop"], [config.database_of(login, there) for login in asked]
        )

    def test_whoever_has_a_password_in_the_secret_is_a_caller(self):
        keys = ["agent-token", "analyst-password", "app_2-password", "monitoring-password"]
        self.assertEqual(["analyst", "app_2"], config.callers_in(keys))

    def test_only_clients_tied_to_a_server_elsewhere_are_cut(self):
        servers = [
            {"addr": "10.0.0.1", "link": "c1"},
            {"addr": "10.0.0.2", "link": "c2"},
            {"addr": "10.0.0.1", "link": ""},
        ]
        clients = [{"id": "7", "ptr": "c1"}, {"id": "8", "ptr": "c2"}, {"id": "9", "ptr": "c3"}]
        self.assertEqual(["7"], clients_on(servers, clients, keep={"10.0.0.2"}))
