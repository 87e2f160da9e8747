"""Rights in a real PostgreSQL: what is given once, what is given back, and what an idle round writes."""

import os
import threading
import unittest
from contextlib import closing
from unittest import mock

import psycopg
from holdfast import logins, roles
from holdfast.declared import Database

from . import servers

DATABASE = "orders"

PASSWORDS = {
    f"{name}-password": name
    for name in ("superuser", "replication", "monitoring", *logins.CALLERS, *(f"{c}_2" for c in logins.CALLERS))
}

# Rounds of the agent while somebody else changes rights as fast as they can.
ROUNDS = 20


def missing():
    """What keeps these tests from running here, None when nothing does."""
    return "needs psycopg" if isinstance(psycopg, mock.MagicMock) else servers.no_postgres()


class Declared(unittest.TestCase):
    """A PostgreSQL that a round of the agent has been over."""

    def setUp(self):
        self.servers = servers.Servers()
        self.addCleanup(self.servers.stop)
        for patch in (
            mock.patch("holdfast.roles.SOCKETS", self.servers.directory),
            mock.patch.dict(os.environ, {"PGPORT": str(self.servers.postgres_port)}),
            servers.members(),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        self.round()

    def round(self, *databases, passwords=PASSWORDS):
        roles.reconcile((Database(DATABASE), *databases), passwords)

    def say(self, *texts, user="owner", dbname=DATABASE):
        """What the last of these statements answers."""
        where = {"host": str(self.servers.directory), "port": self.servers.postgres_port}
        with closing(psycopg.connect(**where, user=user, dbname=dbname, autocommit=True)) as conn:
            for text in texts:
                cursor = conn.execute(text)
            return cursor.fetchall() if cursor.description else None

    def admin(self, *texts, dbname="postgres"):
        return self.say(*texts, user="postgres", dbname=dbname)

    def may(self, role, right, table):
        return self.admin(f"SELECT has_table_privilege('{role}', '{table}', '{right}')", dbname=DATABASE)[0][0]


@unittest.skipIf(missing(), missing())
class Rights(Declared):
    def transactions(self):
        return self.admin("SELECT txid_snapshot_xmax(txid_current_snapshot())")[0][0]

    def test_an_idle_round_writes_nothing(self):
        self.say("CREATE TABLE one (id serial)")
        self.round()
        before = self.transactions()
        for _ in range(5):
            self.round()
        self.assertEqual(0, self.transactions() - before)

    def test_what_the_owner_revokes_stays_revoked(self):
        self.say("CREATE TABLE one (id serial)", "CREATE TABLE two (id serial)")
        self.say(
            "REVOKE DELETE ON one FROM app",
            "REVOKE SELECT ON one FROM readonly",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM readonly",
        )
        self.round()
        self.say("CREATE TABLE three (id serial)")
        self.round()
        self.assertFalse(self.may("app", "DELETE", "one"))
        self.assertTrue(self.may("app", "SELECT", "one"))
        self.assertFalse(self.may("readonly", "SELECT", "one"))
        self.assertTrue(self.may("readonly", "SELECT", "two"))
        self.assertFalse(self.may("readonly", "SELECT", "three"))
        self.say("REVOKE ALL ON SCHEMA public FROM PUBLIC, app, readonly")
        self.round()
        self.assertRaises(psycopg.errors.InsufficientPrivilege, self.say, "TABLE public.one", user="app")

    def test_what_the_owner_grants_stays_granted(self):
        self.say("GRANT TEMPORARY ON DATABASE orders TO app", "GRANT CONNECT, TEMPORARY ON DATABASE orders TO PUBLIC")
        self.round()
        self.say("CREATE TEMPORARY TABLE mine (id int)", user="app")
        self.assertEqual([(True,)], self.admin("SELECT has_database_privilege('replication', 'orders', 'TEMPORARY')"))

    def test_the_rights_that_the_component_needs_come_back(self):
        self.say("REVOKE CONNECT ON DATABASE orders FROM app, readonly, monitoring")
        self.admin(
            "REVOKE pg_monitor FROM monitoring",
            "REVOKE CONNECT ON DATABASE postgres FROM replication",
            "GRANT CONNECT ON DATABASE postgres TO PUBLIC",
            "REVOKE EXECUTE ON FUNCTION pg_read_binary_file(text) FROM replication",
        )
        self.round()
        for role in ("app", "readonly", "monitoring"):
            self.say("SELECT 1", user=role)
        asked = (
            "pg_has_role('monitoring', 'pg_monitor', 'USAGE')",
            "has_database_privilege('replication', 'postgres', 'CONNECT')",
            "NOT has_database_privilege('app', 'postgres', 'CONNECT')",
            "has_function_privilege('replication', 'pg_read_binary_file(text)', 'EXECUTE')",
        )
        for text in asked:
            self.assertEqual([(True,)], self.admin(f"SELECT {text}"), text)

    def test_a_table_that_nobody_gave_rights_on_gets_what_the_owners_defaults_say(self):
        self.admin("CREATE TABLE restored (id serial)", "ALTER TABLE restored OWNER TO owner", dbname=DATABASE)
        self.assertFalse(self.may("app", "INSERT", "restored"))
        self.round()
        self.say("INSERT INTO restored DEFAULT VALUES", user="app")
        self.assertEqual([(1,)], self.say("TABLE restored", user="readonly"))

    def test_a_database_made_anew_is_given_its_rights_anew(self):
        self.say("REVOKE ALL ON SCHEMA public FROM PUBLIC, app")
        self.admin("DROP DATABASE orders")
        self.round()
        self.say("CREATE TABLE one (id serial)")
        self.say("INSERT INTO one DEFAULT VALUES", user="app")

    def test_rights_that_somebody_else_changes_meanwhile_fail_no_round(self):
        self.admin("CREATE TABLE one (id int)", "ALTER TABLE one OWNER TO owner", dbname=DATABASE)
        over = threading.Event()

        def change():
            where = {"host": str(self.servers.directory), "port": self.servers.postgres_port}
            with closing(psycopg.connect(**where, user="owner", dbname=DATABASE, autocommit=True)) as conn:
                while not over.is_set():
                    for text in (
                        "GRANT UPDATE ON one TO app",
                        "REVOKE UPDATE ON one FROM app",
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT TRIGGER ON TABLES TO app",
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE TRIGGER ON TABLES FROM app",
                        "CREATE TABLE passing (id serial)",
                        "DROP TABLE passing",
                    ):
                        try:
                            conn.execute(text)
                        except psycopg.Error as error:
                            if "concurrently" not in str(error):
                                raise

        owner = threading.Thread(target=change, daemon=True)
        owner.start()
        self.addCleanup(owner.join)
        self.addCleanup(over.set)
        failed = []
        for _ in range(ROUNDS):
            try:
                self.round()
            except psycopg.Error as error:
                failed.append(str(error).strip())
        self.assertEqual([], failed)


if __name__ == "__main__":
    unittest.main()
