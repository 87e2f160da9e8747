"""Where reads go while members come, go, and are told to stop."""

import unittest
from unittest import mock

from holdfast.declared import Database
from holdfast.kube import Member
from holdfast.pooler import readers
from urllib3.exceptions import HTTPError

ONE, TWO, PRIMARY = "10.0.0.1", "10.0.0.2", "10.0.0.3"


class Choice(unittest.TestCase):
    def choose(self, passed, primary, current):
        members = [Member(f"postgres-{number}", ip) for number, ip in enumerate((TWO, ONE, PRIMARY))]
        return readers.choose(members, dict.fromkeys(passed, readers.JOIN_ROUNDS), primary, current).hosts

    def test_healthy_standbys_else_the_primary_else_what_was_in_use(self):
        self.assertEqual([ONE, TWO], self.choose([TWO, ONE], PRIMARY, []))
        self.assertEqual([PRIMARY], self.choose([], PRIMARY, [ONE]))
        self.assertEqual([ONE], self.choose([], None, [ONE]))


class Rounds(unittest.TestCase):
    def setUp(self):
        self.passing = {ONE, TWO}
        self.written, self.killed, self.commands = [], [], []
        # Log-ins under way, at each look.
        self.logins = []
        self.console = mock.MagicMock()
        self.console.__enter__.return_value.run = self.run_command
        for name, value in {
            "rest.answers_ok": lambda ip, *_: ip in self.passing,
            "config.write_hosts": lambda _, hosts: self.written.append(hosts),
            "Console": lambda: self.console,
        }.items():
            patch = mock.patch(f"holdfast.pooler.readers.{name}", value)
            patch.start()
            self.addCleanup(patch.stop)
        self.readers = readers.Readers(mock.Mock(), "postgres", (Database("shop"),))
        self.readers.point(PRIMARY)
        # One caller has a statement under way on each standby.
        self.servers = [{"link": f"c{ip}", "addr": ip} for ip in (ONE, TWO)]

    def run_command(self, command):
        self.commands.append(command)
        if command.startswith("KILL_CLIENT"):
            self.killed.append(command.split()[1])
        if command == "SHOW POOLS":
            return [
                {"database": "pgbouncer", "sv_login": "1"},
                {"database": "shop", "sv_login": self.logins.pop(0) if self.logins else "0"},
            ]
        return {
            "SHOW SERVERS": self.servers,
            "SHOW CLIENTS": [{"ptr": server["link"], "id": server["addr"]} for server in self.servers],
        }.get(command, [])

    def rounds(self, count, *ending):
        for _ in range(count):
            self.round(*ending)

    def round(self, *ending):
        self.readers.kube.members.return_value = [
            *(Member(f"postgres-{number}", ip, ending=ip in ending) for number, ip in enumerate((ONE, TWO))),
            Member("postgres-2", PRIMARY),
        ]
        self.readers.listed = float("-inf")
        self.readers._round()

    def test_a_round_in_which_nothing_changes_does_nothing(self):
        self.round()
        self.round()
        self.assertEqual([[ONE, TWO]], self.written)

    def test_a_dead_standby_is_left_and_its_callers_with_it(self):
        self.round()
        self.passing.remove(TWO)
        self.round()
        self.assertEqual([[ONE, TWO], [ONE]], self.written)
        self.assertEqual([TWO], self.killed)

    def test_a_standby_that_is_told_to_stop_is_left_by_new_statements_and_finishes_the_others(self):
        self.round()
        self.round(TWO)
        self.assertEqual([[ONE, TWO], [ONE]], self.written)
        self.assertEqual([], self.killed)

    def test_log_ins_under_way_are_waited_for_where_nobody_is_dead(self):
        self.round()
        self.logins, self.commands = ["2", "1", "0"], []
        self.round(TWO)
        self.assertEqual(["SHOW POOLS", "SHOW POOLS", "SHOW POOLS", "RELOAD"], self.commands[:4])
        self.logins, self.commands = ["1"], []
        self.passing.remove(ONE)
        self.round(TWO)
        self.assertEqual("RELOAD", self.commands[0])

    def test_a_standby_that_comes_is_used_once_it_is_there_for_good(self):
        self.passing.remove(TWO)
        self.round()
        self.passing.add(TWO)
        self.rounds(readers.JOIN_ROUNDS - 1)
        self.passing.remove(TWO)
        self.round()
        self.passing.add(TWO)
        self.rounds(readers.JOIN_ROUNDS - 1)
        self.assertEqual([[ONE]], self.written)
        self.round()
        self.assertEqual([[ONE], [ONE, TWO]], self.written)

    def test_a_standby_that_becomes_primary_finishes_what_it_has(self):
        self.round()
        self.passing.remove(TWO)
        self.readers.point(TWO)
        self.round()
        self.assertEqual([[ONE, TWO], [ONE]], self.written)
        self.assertEqual([], self.killed)

    def test_one_that_hangs_after_that_keeps_nobody(self):
        self.round(TWO)
        self.passing.remove(TWO)
        self.round(TWO)
        self.assertEqual([TWO], self.killed)

    def test_an_agent_that_starts_while_the_api_is_away_leaves_a_dead_one_of_those_in_use(self):
        self.readers.kube.members.side_effect = HTTPError()
        with mock.patch("holdfast.pooler.readers.config.last_hosts", lambda: [ONE, TWO]):
            self.readers.point(None)
            self.readers._round()
            self.passing.remove(TWO)
            self.readers._round()
        self.assertEqual([ONE], self.written[-1])
        self.assertEqual([TWO], self.killed)

    def test_an_agent_that_starts_while_the_api_is_away_keeps_what_it_can_say_nothing_of(self):
        self.readers.kube.members.side_effect = HTTPError()
        self.passing = set()
        for hosts in ([], ["10.96.0.1"]):
            with mock.patch("holdfast.pooler.readers.config.last_hosts", lambda: hosts):
                self.readers.point(None)
                self.readers._round()
        self.assertEqual([], self.written)

    def test_without_any_other_standby_reads_go_to_the_primary(self):
        self.passing.remove(ONE)
        self.round(TWO)
        self.assertEqual([[PRIMARY]], self.written)
