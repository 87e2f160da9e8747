"""The owner's own dump, by the programs that owners use, and played back by the owner."""

import subprocess
import unittest
from pathlib import Path

from . import servers
from .test_rights_real import DATABASE, Declared, missing


@unittest.skipIf(missing(), missing())
class Dump(Declared):
    def program(self, name, *words):
        """Runs one of PostgreSQL's programs as the owner."""
        where = ["-h", self.servers.directory, "-p", self.servers.postgres_port, "-U", "owner"]
        program = Path(servers.initdb()).parent / name
        ran = subprocess.run([program, *map(str, [*where, *words])], capture_output=True, text=True, check=False)
        self.assertEqual((0, ""), (ran.returncode, ran.stderr))

    def test_the_owner_plays_back_its_own_dump(self):
        self.say("CREATE TABLE one (id serial, said text)", "INSERT INTO one (said) VALUES ('hello')")
        self.say("CREATE VIEW two AS SELECT * FROM one", "GRANT SELECT ON two TO readonly")
        self.say("REVOKE DELETE ON one FROM app")
        self.round()
        file = self.servers.directory / "dump"
        self.program("pg_dump", "-Fc", "-f", file, DATABASE)
        self.admin("CREATE DATABASE copy OWNER owner")
        self.program("pg_restore", "--exit-on-error", "-d", "copy", file)
        self.assertEqual([(1, "hello")], self.say("TABLE two", user="readonly", dbname="copy"))
        asked = "SELECT has_table_privilege('app', 'one', 'DELETE'), has_table_privilege('app', 'one', 'INSERT')"
        self.assertEqual([(False, True)], self.say(asked, dbname="copy"))

    def test_nothing_but_the_owners_own_stands_in_its_schema(self):
        of_others = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        self.assertEqual([], self.say(of_others))
        schema = (
            "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname LIKE 'pg_%'"
        )
        self.assertEqual([("monitoring",)], self.admin(schema))

    def test_a_database_of_before_is_cleared_of_it_once(self):
        self.admin("DROP SCHEMA holdfast CASCADE")
        made = "CREATE EXTENSION pg_stat_statements"
        there = "SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'"
        self.admin(made, dbname=DATABASE)
        self.round()
        self.assertEqual([(0,)], self.say(there))
        self.admin(made, dbname=DATABASE)
        self.round()
        self.assertEqual([(1,)], self.say(there))

    def test_one_that_somebody_built_on_stays(self):
        self.admin("DROP SCHEMA holdfast CASCADE")
        view = "CREATE VIEW slow AS SELECT query FROM pg_stat_statements"
        self.admin("CREATE EXTENSION pg_stat_statements", view, dbname=DATABASE)
        self.round()
        self.assertEqual([(1,)], self.say("SELECT count(*) FROM pg_views WHERE viewname = 'slow'"))


if __name__ == "__main__":
    unittest.main()
