"""A candidate's own synchronous_standby_names has to fit the state that the next one goes by."""

import unittest

from holdfast.verdict import Sync, succeeded
from holdfast.waits import parse, uncovered

A, B, C, D = "postgres-0", "postgres-1", "postgres-2", "postgres-3"


class Waits(unittest.TestCase):
    def test_reads_what_patroni_writes(self):
        self.assertEqual((1, frozenset({A, C})), parse('ANY 1 ("postgres-0","postgres-2")'))
        self.assertEqual((2, frozenset({"a", "b_c"})), parse("ANY 2 (a, b_c)"))
        for other in ("", "*", "FIRST 1 (a)"):
            self.assertEqual((0, frozenset()), parse(other))

    def test_as_a_table(self):
        cases = [
            ("what Patroni sets for a successor", B, 1, {A, C}, succeeded(Sync(A, {B, C}, 1), B), True),
            ("from outside the voters", D, 2, {A, B, C}, succeeded(Sync(A, {B, C}, 1), D), True),
            ("the old leader again", A, 1, {B, C}, Sync(A, {B, C}, 1), True),
            ("fewer than are asked", A, 1, {B}, Sync(A, {B, C}, 1), True),
            ("the old primary dismissed one meanwhile", B, 1, {A, C}, succeeded(Sync(A, {B}, 0), B), False),
            ("the old primary took one on meanwhile", B, 1, {A, C}, succeeded(Sync(A, {B, C, D}, 2), B), True),
            ("one fewer is waited for", B, 1, {A, C, D}, succeeded(Sync(A, {B, C, D}, 1), B), False),
            ("nothing is set", B, 0, set(), succeeded(Sync(A, {B, C}, 1), B), False),
            ("nobody is named, so nobody else can follow", A, 1, {A, B, C}, Sync(A, set(), 0), True),
        ]
        for what, me, needed, names, state, safe in cases:
            with self.subTest(what):
                self.assertEqual(safe, uncovered(me, needed, frozenset(names), state) is None)
