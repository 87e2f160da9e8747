"""Who is fit to lead next, and who is the best of them."""

import math
import unittest
from unittest import mock

from holdfast import rest, successor
from holdfast.kube import Sync


def at(position, state="running"):
    return {"state": state, "xlog": {"received_location": position - 1, "replayed_location": position}}


class Successor(unittest.TestCase):
    def test_only_who_streams_and_counts_for_the_quorum_is_fit(self):
        members = [
            {"name": "postgres-0", "role": "leader", "state": "running"},
            {"name": "postgres-1", "role": "quorum_standby", "state": "in archive recovery", "lag": 0},
            {"name": "postgres-2", "role": "replica", "state": "streaming", "lag": 0},
            {"name": "postgres-3", "role": "quorum_standby", "state": "streaming", "lag": "unknown"},
            {"name": "postgres-4", "role": "sync_standby", "state": "streaming", "lag": 7},
        ]
        with mock.patch.object(rest, "patroni", return_value={"members": members}):
            self.assertEqual({"postgres-3": math.inf, "postgres-4": 7}, successor.fit("postgres-0", "10.0.0.1"))

    def test_the_least_behind_is_the_best_but_a_preferred_one_is_better(self):
        behind = {"postgres-1": 9, "postgres-2": 3, "postgres-3": math.inf}
        self.assertEqual("postgres-2", successor.best(behind, []))
        self.assertEqual("postgres-1", successor.best(behind, ["postgres-1", "postgres-3"]))
        self.assertEqual("postgres-2", successor.best(behind, ["postgres-9"]))
        self.assertIsNone(successor.best({}, ["postgres-1"]))

    def after_loss(self, sync=Sync("postgres-0", {"postgres-1", "postgres-2"}, 1), **told):
        return successor.after_loss(
            "postgres-0", sync, {f"postgres-{name[1:]}": answer for name, answer in told.items()}
        )

    def test_after_a_loss_the_furthest_follows_and_of_equals_the_first(self):
        self.assertEqual("postgres-2", self.after_loss(p1=at(100), p2=at(200)))
        self.assertEqual("postgres-1", self.after_loss(p1=at(200), p2=at(200)))

    def test_nobody_is_named_unless_everybody_who_may_have_acknowledged_has_spoken(self):
        self.assertIsNone(self.after_loss(p1=at(100)))
        self.assertIsNone(self.after_loss(p1=at(100), p2=at(100, state="starting")))
        self.assertIsNone(self.after_loss(p1=at(100), p2={"state": "running"}))
        self.assertIsNone(self.after_loss(sync=None, p1=at(100), p2=at(100)))
        self.assertIsNone(
            self.after_loss(sync=Sync("postgres-1", {"postgres-0", "postgres-2"}, 1), p1=at(100), p2=at(100))
        )
        self.assertIsNone(self.after_loss(sync=Sync("postgres-0", set(), 0), p1=at(100), p2=at(100)))
