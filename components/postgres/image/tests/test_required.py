"""Whom a primary waits for where Patroni would write `*`, nothing, or what PostgreSQL refuses."""

import unittest
from collections import namedtuple
from types import SimpleNamespace

from holdfast import required

EVERYBODY = 'ANY 1 ("postgres-0","postgres-1","postgres-2")'
Parsed = namedtuple("Parsed", "members has_star")
State = namedtuple("State", "numsync sync active")


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

    def in_office(self, sync, active, flushed, strict=True, written=lambda: 100, voters=None):
        state = lambda *_: State(1, sync, active)
        read = required.in_office(state, lambda: strict, lambda _: flushed, lambda _: written())
        cluster = SimpleNamespace(sync=SimpleNamespace(voters=list(sync if voters is None else voters)))
        return lambda: read(None, cluster).active

    def test_a_standby_stays_in_office_until_another_one_has_what_it_may_have_acknowledged(self):
        cases = [
            ("both stream", {"b", "c"}, {"b", "c"}, {"b": 100, "c": 100}, True, {"b", "c"}),
            ("one is away and the other has everything", {"b", "c"}, {"c"}, {"c": 100}, True, {"c"}),
            ("one is away and the other is behind", {"b", "c"}, {"c"}, {"c": 99}, True, {"b", "c"}),
            ("one not waited for is no help", {"b", "c"}, {"c", "d"}, {"c": 99, "d": 100}, True, {"b", "c", "d"}),
            ("both are away", {"b", "c"}, set(), {}, True, {"b", "c"}),
            ("there were none", set(), set(), {}, True, set()),
            ("the primary may go on alone", {"b", "c"}, set(), {}, False, set()),
        ]
        for what, sync, active, flushed, strict, expected in cases:
            with self.subTest(what):
                self.assertEqual(expected, self.in_office(sync, active, flushed, strict)())

    def test_what_is_written_later_does_not_put_it_off(self):
        written, flushed = iter((100, 200)), {"c": 99}
        active = self.in_office({"b", "c"}, {"c"}, flushed, written=lambda: next(written))
        self.assertEqual({"b", "c"}, active())
        flushed["c"] = 150
        self.assertEqual({"c"}, active())

    def test_one_that_was_not_in_the_quorum_yet_is_not_waited_for(self):
        self.assertEqual({"c"}, self.in_office({"b"}, {"c"}, {}, voters=())())
