"""Databases and roles of an application's own, in a real PostgreSQL."""

import unittest
from contextlib import closing
from unittest import mock

import psycopg
from holdfast import logins, roles
from holdfast.declared import Database
from holdfast.pooler import config

from . import servers
from .test_rights_real import DATABASE, PASSWORDS, Declared, missing

REPORTS = Database("reports", owner="reporting", writers=(), readers=("analyst",), extensions=("pg_trgm", "uuid-ossp"))
REPORTS_OF_FIVE = Database("reports", owner="reporting", writers=(), readers=("analyst",), connections=5)
SECRETS = PASSWORDS | {f"{role}-password": role for role in ("reporting", "reporting_2", "analyst", "analyst_2")}


@unittest.skipIf(missing(), missing())
class Databases(Declared):
    def round(self, *databases, passwords=SECRETS):
        """With the further ones, unless others are said; the first round is of before them."""
        super().round(*databases, passwords=passwords)

    def test_an_owner_of_its_own_has_a_database_and_a_reader_reads_it(self):
        self.round(REPORTS)
        self.say("CREATE TABLE sums (id serial)", "INSERT INTO sums DEFAULT VALUES", user="reporting", dbname="reports")
        self.assertEqual([(1,)], self.say("TABLE sums", user="analyst", dbname="reports"))
        denied = psycopg.errors.InsufficientPrivilege
        self.assertRaises(denied, self.say, "DELETE FROM sums", user="analyst", dbname="reports")
        for role, database in (("app", "reports"), ("analyst", DATABASE), ("reporting", DATABASE), ("app", "postgres")):
            asked = f"SELECT has_database_privilege('{role}', '{database}', 'CONNECT')"
            self.assertEqual([(False,)], self.admin(asked), (role, database))

    def test_a_reader_that_comes_later_reads_what_there_is_and_what_will_be(self):
        self.say("CREATE TABLE old (id int)")
        more = Database(DATABASE, readers=("readonly", "analyst"))
        roles.reconcile((more,), SECRETS)
        self.say("CREATE TABLE new (id int)")
        for table in ("old", "new"):
            self.assertEqual([], self.say(f"TABLE {table}", user="analyst"))
        self.say("REVOKE SELECT ON new FROM analyst")
        roles.reconcile((more,), SECRETS)
        self.assertRaises(psycopg.errors.InsufficientPrivilege, self.say, "TABLE new", user="analyst")

    def test_extensions_are_in_a_schema_of_their_own_and_found_without_its_name(self):
        self.round(REPORTS)
        found = "SELECT similarity('word', 'words') > 0, uuid_generate_v4() IS NOT NULL"
        self.assertEqual([(True, True)], self.say(found, user="analyst", dbname="reports"))
        of = "SELECT extnamespace::regnamespace::text, extowner::regrole::text FROM pg_extension"
        where = f"{of} WHERE extname = 'pg_trgm'"
        self.assertEqual([("extensions", "reporting")], self.say(where, user="reporting", dbname="reports"))
        of_owner = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        self.assertEqual([], self.say(of_owner, user="reporting", dbname="reports"))

    def test_one_that_the_owner_dropped_comes_back_and_one_that_it_put_elsewhere_stays(self):
        self.say("CREATE EXTENSION hstore")
        both = Database(DATABASE, extensions=("hstore", "citext"))
        roles.reconcile((both,), SECRETS)
        schemas = (
            "SELECT extname, extnamespace::regnamespace::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
        )
        self.assertEqual([("citext", "extensions"), ("hstore", "public")], self.say(schemas))
        self.say("DROP EXTENSION citext", "ALTER DATABASE orders RESET search_path")
        roles.reconcile((both,), SECRETS)
        self.assertEqual([("citext", "extensions"), ("hstore", "public")], self.say(schemas))
        self.assertEqual([('"$user", public',)], self.say("SHOW search_path"))

    def test_an_idle_round_writes_nothing(self):
        self.round(REPORTS)
        xmax = "SELECT txid_snapshot_xmax(txid_current_snapshot())"
        before = self.admin(xmax)
        self.round(REPORTS)
        self.assertEqual(before, self.admin(xmax))

    def test_what_is_not_declared_any_more_stays_and_its_people_can_not_log_in(self):
        self.round(REPORTS)
        self.say("CREATE TABLE sums (id int)", user="reporting", dbname="reports")
        with self.assertLogs("holdfast.roles", "WARNING") as logs:
            self.round(passwords=PASSWORDS)
            self.round(passwords=PASSWORDS)
        told = sorted(line.split(":")[2].split(" is ")[0] for line in logs.output)
        self.assertEqual(["database reports", "role analyst", "role reporting"], told)
        known = "SELECT rolname FROM pg_authid WHERE rolname ~ 'analyst|reporting'"
        let_in = f"{known} AND (rolcanlogin OR rolpassword IS NOT NULL)"
        self.assertEqual(6, len(self.admin(known)))
        self.assertEqual([], self.admin(let_in))
        self.assertEqual([(0,)], self.admin("SELECT count(*) FROM sums", dbname="reports"))
        roles.said.clear()
        self.round(REPORTS)
        self.assertEqual([], self.say("TABLE sums", user="analyst", dbname="reports"))

    def test_the_next_generation_of_a_reader_becomes_it(self):
        self.round(REPORTS)
        self.say("CREATE TABLE sums (id int)", user="reporting", dbname="reports")
        for login in logins.logins("analyst")[:2]:
            self.assertEqual([("analyst",)], self.say("SELECT current_user", user=login, dbname="reports"))
            self.assertEqual([], self.say("TABLE sums", user=login, dbname="reports"))


# The first PgBouncer that this was tried with; nothing of it is newer.
POOLER = (1, 18)


@unittest.skipIf(servers.missing(POOLER), servers.missing(POOLER))
class Pooler(Declared):
    """Through a PgBouncer with the lines that its agent writes, and those of pooler-config.ts."""

    def setUp(self):
        super().setUp()
        both = (Database(DATABASE, readers=("readonly", "analyst")), REPORTS_OF_FIVE)
        roles.reconcile(both, SECRETS)
        where, port = self.servers.HOST, self.servers.pooler_port
        with mock.patch("holdfast.pooler.config.POSTGRES_PORT", self.servers.postgres_port):
            lines = [config.database_line(each, [where]) for each in both]
        files = {
            "databases.ini": "".join(lines),
            "userlist.txt": config.userlist({role: role for role in (*both[0].callers, *both[1].callers)})
            + '"pgbouncer" ""\n',
            "hba.conf": "local pgbouncer pgbouncer trust\n"
            + "".join(f"host {each.name} {','.join(each.callers)} 0.0.0.0/0 scram-sha-256\n" for each in both),
            "pgbouncer.ini": "\n".join(
                [
                    "[databases]",
                    f"%include {self.servers.directory}/databases.ini",
                    "[users]",
                    "analyst = max_user_connections=2",
                    "[pgbouncer]",
                    f"unix_socket_dir = {self.servers.directory}",
                    f"listen_addr = {where}",
                    f"listen_port = {port}",
                    "auth_type = hba",
                    f"auth_hba_file = {self.servers.directory}/hba.conf",
                    f"auth_file = {self.servers.directory}/userlist.txt",
                    "admin_users = pgbouncer",
                    "pool_mode = transaction",
                    "max_db_connections = 3",
                    "query_wait_timeout = 2",
                    "",
                ]
            ),
        }
        for name, text in files.items():
            self.servers._write(self.servers.directory / name, text)
        self.servers.start_pooler()
        self.addCleanup(self.servers.stop_pooler)

    def caller(self, role, database):
        return psycopg.connect(
            host=self.servers.HOST,
            port=self.servers.pooler_port,
            user=role,
            password=role,
            dbname=database,
            autocommit=True,
        )

    def test_everybody_is_led_to_the_databases_that_are_theirs(self):
        for role, database, let_in in (
            ("app", DATABASE, True),
            ("analyst", DATABASE, True),
            ("analyst", "reports", True),
            ("reporting", "reports", True),
            ("app", "reports", False),
            ("reporting", DATABASE, False),
        ):
            if let_in:
                with closing(self.caller(role, database)) as conn:
                    self.assertEqual(
                        (role, database), conn.execute("SELECT current_user, current_database()").fetchone()
                    )
            else:
                self.assertRaises(psycopg.OperationalError, self.caller, role, database)

    def test_people_who_are_many_leave_the_application_its_connections(self):
        people = [self.caller("analyst", DATABASE) for _ in range(3)]
        for conn in people:
            self.addCleanup(conn.close)
        for conn in people[:2]:
            conn.execute("BEGIN")
            conn.execute("SELECT 1")
        with closing(self.caller("app", DATABASE)) as app:
            self.assertEqual((1,), app.execute("SELECT 1").fetchone())
        self.assertRaisesRegex(psycopg.OperationalError, "query_wait_timeout", people[2].execute, "SELECT 1")


if __name__ == "__main__":
    unittest.main()
