"""Generations of passwords in a real PostgreSQL, and behind a real PgBouncer: who is let in, and as whom."""

import os
import unittest
from contextlib import closing
from unittest import mock

import psycopg
from holdfast import logins, roles
from holdfast.declared import Database
from holdfast.pooler import config

from . import servers

# The first PgBouncer that this was tried with; nothing of it is newer.
POOLER = (1, 18)


def login(caller, generation):
    return logins.logins(caller)[(generation - 1) % logins.TURNS]


def secret(caller, generation):
    return f"{caller}-{generation}"


def passwords(generation):
    """The Secret at a generation, as the component makes it."""
    of_callers = {
        f"{login(caller, each)}-password": secret(caller, each)
        for caller in logins.CALLERS
        for each in range(max(1, generation - 1), generation + 2)
    }
    return {**{f"{role}-password": role for role in ("superuser", "replication", "monitoring")}, **of_callers}


@unittest.skipIf(servers.missing(POOLER), servers.missing(POOLER))
class Generations(unittest.TestCase):
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
        callers = ",".join(f"+{caller}" for caller in logins.CALLERS)
        (self.servers.data / "pg_hba.conf").write_text(
            f"local all postgres trust\nhost orders {callers} all scram-sha-256\n", encoding="utf-8"
        )
        self.admin("SELECT pg_reload_conf()")
        roles.reconcile((Database("orders"),), passwords(1))

    def admin(self, text):
        with roles.connect("postgres") as conn:
            cursor = conn.execute(text)
            return cursor.fetchall() if cursor.description else None

    def declare(self, generation):
        with roles.connect("postgres") as conn:
            roles.reconcile_roles(conn, passwords(generation))

    def log_in(self, caller, generation, port=None):
        return psycopg.connect(
            host=self.servers.HOST,
            port=port or self.servers.postgres_port,
            dbname="orders",
            autocommit=True,
            user=login(caller, generation),
            password=secret(caller, generation),
            connect_timeout=5,
        )

    def let_in(self, caller, generation, port=None):
        try:
            self.log_in(caller, generation, port).close()
            return True
        except psycopg.OperationalError as error:
            self.assertRegex(str(error), "authentication failed|not permitted|no pg_hba.conf entry|no such user")
            return False

    def say(self, caller, generation, text):
        with closing(self.log_in(caller, generation)) as conn:
            cursor = conn.execute(text)
            return cursor.fetchall() if cursor.description else None

    def test_the_generation_before_and_the_one_after_are_let_in_and_no_other(self):
        for current in (1, 2, 3, 4, 5, 4):
            self.declare(current)
            for caller in logins.CALLERS:
                for held in range(1, 7):
                    self.assertEqual(abs(held - current) <= 1, self.let_in(caller, held), (caller, held, current))

    def test_a_session_of_before_goes_on_while_its_caller_rolls_over(self):
        with closing(self.log_in("app", 1)) as session:
            for current in (2, 3):
                self.declare(current)
                self.assertEqual([("app",)], session.execute("SELECT current_user").fetchall())
        self.assertFalse(self.let_in("app", 1))

    def test_what_one_log_in_makes_another_changes_and_all_of_it_is_the_callers(self):
        self.say("owner", 1, "CREATE TABLE one (id int, who name DEFAULT current_user)")
        self.declare(2)
        self.say("owner", 2, "ALTER TABLE one ADD COLUMN more int")
        self.say("owner", 2, "CREATE TABLE two (id serial, who name DEFAULT current_user)")
        self.declare(3)
        self.say("owner", 3, "ALTER TABLE two ENABLE ROW LEVEL SECURITY")
        self.say("owner", 3, "CREATE POLICY mine ON two TO app USING (who = current_user)")
        owners = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        self.assertEqual([("one", "owner"), ("two", "owner")], self.say("owner", 3, owners))
        for generation in (2, 3, 4):
            self.say("app", generation, "INSERT INTO one VALUES (1)")
            self.say("app", generation, "INSERT INTO two DEFAULT VALUES")
        self.assertEqual([("app", 3)], self.say("app", 3, "SELECT who, count(*) FROM two GROUP BY 1"))
        self.assertEqual([(3,)], self.say("readonly", 3, "SELECT count(*) FROM one"))
        for caller, text in (("readonly", "INSERT INTO one VALUES (1)"), ("app", "ALTER TABLE one ADD COLUMN x int")):
            self.assertRaises(psycopg.errors.InsufficientPrivilege, self.say, caller, 3, text)

    def test_nothing_that_a_pool_sends_makes_it_another_role(self):
        with closing(self.log_in("owner", 2)) as session:
            for text in ("DISCARD ALL", "RESET ROLE", "RESET ALL", "SET SESSION AUTHORIZATION DEFAULT"):
                session.execute(text)
                self.assertEqual([("owner",)], session.execute("SELECT current_user").fetchall(), text)

    def test_a_callers_settings_hold_for_its_log_ins(self):
        names = ("statement_timeout", "search_path", "shop.tenant")
        shown = "SELECT " + ", ".join(f"current_setting('{name}', true)" for name in names)
        plain = self.say("app", 1, shown)
        self.admin("ALTER ROLE app SET statement_timeout = '7s'")
        self.admin('ALTER ROLE app IN DATABASE orders SET search_path = "a b", public')
        self.admin("ALTER ROLE app SET shop.tenant = 'it''s = one'")
        self.declare(1)
        self.assertEqual([("7s", '"a b", public', "it's = one")], self.say("app", 1, shown))
        self.assertEqual(self.say("app", 1, shown), self.say("app", 2, shown))
        self.admin("ALTER ROLE app RESET ALL")
        self.admin("ALTER ROLE app IN DATABASE orders RESET ALL")
        self.declare(1)
        self.assertEqual(plain, self.say("app", 2, shown))
        self.assertEqual([("app",)], self.say("app", 2, "SELECT current_user"))

    def test_what_is_as_it_should_be_is_left_alone(self):
        tables = ("pg_authid", "pg_db_role_setting", "pg_auth_members")
        look = [f"SELECT xmin::text FROM {table} ORDER BY 1" for table in tables]
        self.declare(2)
        before = [self.admin(text) for text in look]
        self.declare(2)
        self.assertEqual(before, [self.admin(text) for text in look])
        self.admin("ALTER ROLE app_2 CREATEROLE")
        self.declare(2)
        self.assertEqual([(False,)], self.admin("SELECT rolcreaterole FROM pg_roles WHERE rolname = 'app_2'"))

    def start_pooler(self, pool_size):
        """As the component's configuration has it, and its agent the list of users."""
        named = {key.removesuffix("-password"): value for key, value in passwords(1).items()}
        users = {name: value for name, value in named.items() if name in logins.logins_of(logins.CALLERS)}
        self.servers._write(self.servers.directory / "userlist.txt", config.userlist(users) + '"pgbouncer" ""\n')
        self.servers._write(
            self.servers.directory / "hba.conf",
            "\n".join(
                [
                    "local pgbouncer pgbouncer trust",
                    f"host orders {','.join(logins.logins_of(logins.CALLERS))} 0.0.0.0/0 scram-sha-256",
                    "",
                ]
            ),
        )
        self.servers._write(
            self.servers.directory / "databases.ini",
            f"orders = host={self.servers.HOST} port={self.servers.postgres_port} dbname=orders\n",
        )
        self.servers._write(
            self.servers.settings,
            "\n".join(
                [
                    "[databases]",
                    f"%include {self.servers.directory}/databases.ini",
                    "[users]",
                    *(f"{name} = pool_mode=session" for name in logins.logins("owner")),
                    "[pgbouncer]",
                    f"unix_socket_dir = {self.servers.directory}",
                    f"listen_addr = {self.servers.HOST}",
                    f"listen_port = {self.servers.pooler_port}",
                    "auth_type = hba",
                    f"auth_hba_file = {self.servers.directory}/hba.conf",
                    f"auth_file = {self.servers.directory}/userlist.txt",
                    "admin_users = pgbouncer",
                    "pool_mode = transaction",
                    f"default_pool_size = {pool_size}",
                    f"max_db_connections = {pool_size}",
                    f"min_pool_size = {min(2, pool_size)}",
                    "query_wait_timeout = 3",
                    "",
                ]
            ),
        )
        self.servers.start_pooler()
        self.addCleanup(self.servers.stop_pooler)

    def test_a_pool_that_one_log_in_has_filled_makes_way_for_the_next(self):
        self.start_pooler(2)
        port = self.servers.pooler_port
        with closing(self.log_in("app", 1, port)) as one, closing(self.log_in("app", 1, port)) as other:
            for session in (one, other):
                session.execute("BEGIN")
            for session in (one, other):
                session.execute("COMMIT")
            with closing(self.log_in("app", 2, port)) as rolled:
                for session in (rolled, one, rolled, other):
                    self.assertEqual([("app",)], session.execute("SELECT current_user").fetchall())
                there = "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'app%'"
                self.assertLessEqual(self.admin(there)[0][0], 2)

    def test_a_pooler_lets_in_who_has_a_password(self):
        self.start_pooler(5)
        port = self.servers.pooler_port
        for caller in logins.CALLERS:
            self.assertEqual([True, True, False], [self.let_in(caller, each, port) for each in (1, 2, 3)], caller)
        empty = {"host": self.servers.HOST, "port": port, "dbname": "orders", "user": "owner_3", "password": ""}
        self.assertRaises(psycopg.OperationalError, psycopg.connect, **empty)

    def test_the_next_migration_on_a_pooled_session_is_the_owner(self):
        self.start_pooler(1)
        for table in ("one", "two"):
            with closing(self.log_in("owner", 2, self.servers.pooler_port)) as conn:
                conn.execute(f"CREATE TABLE {table} (id int)")
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        self.assertEqual([("owner",)], self.say("owner", 1, owners))
