"""Whom a primary waits for where Patroni would write `*`, nothing, or what PostgreSQL refuses."""

import unittest
from collections import namedtuple

from holdfast import required

EVERYBODY = 'ANY 1 ("postgres-0","postgres-1","postgres-2")'
Parsed = namedtuple("Parsed", "members has_star")
State = namedtuple("State", "sync active")


class Required(unittest.TestCase):
    def test_names_every_member(self):
        self.assertEqual(EVERYBODY, required.everybody("postgres", 3))

    def test_only_what_is_open_is_closed(self):
        for value in (None, "*", "ANY 1 (*)", "ANY None (*)"):
            self.assertEqual(EVERYBODY, required.closed(value, EVERYBODY), value)
        self.assertEqual('ANY 1 ("postgres-2")', required.closed('ANY 1 ("postgres-2")', EVERYBODY))

    def test_nothing_changes_where_the_last_member_may_go_on_alone(self):
        written = []
        write = required.setting(lambda _, value: written.append(value), EVERYBODY, strict=lambda: False)
        for value in (None, "*"):
            write(None, value)
        self.assertEqual([None, "*"], written)
        self.assertEqual({}, required.parameters(lambda *_: {}, EVERYBODY, strict=lambda: False)(None, {}))

    def test_a_server_starts_with_it(self):
        made = required.parameters(lambda *_: {"work_mem": "4MB"}, EVERYBODY, strict=lambda: True)
        self.assertEqual({"work_mem": "4MB", "synchronous_standby_names": EVERYBODY}, made(None, {}))

    def test_patroni_takes_it_for_the_star_and_its_own_for_its_own(self):
        parse = required.parsed(lambda value: Parsed(set(value.split(",")), False), "postgres-1")
        self.assertTrue(parse("postgres-0,postgres-1,postgres-2").has_star)
        self.assertFalse(parse("postgres-0,postgres-2").has_star)

    def test_the_last_standbys_stay_in_office_while_they_are_away(self):
        cases = [
            ("both stream", {"b", "c"}, {"b", "c"}, True, {"b", "c"}),
            ("one is away", {"b", "c"}, {"c"}, True, {"c"}),
            ("both are away", {"b", "c"}, set(), True, {"b", "c"}),
            ("there were none", set(), set(), True, set()),
            ("the primary may go on alone", {"b", "c"}, set(), False, set()),
        ]
        for what, sync, active, strict, expected in cases:
            with self.subTest(what):
                read = required.in_office(lambda *_: State(sync, active), lambda: strict)
                self.assertEqual(expected, read(None, None).active)


if __name__ == "__main__":
    unittest.main()
