"""Who hands over before it ends, and who does not."""

import math
import unittest
from unittest import mock

from holdfast import handover, rest, successor
from holdfast.kube import Sync
from holdfast.local import Local

PATIENCE = 60.0


def at(position, state="running"):
    return {"state": state, "xlog": {"received_location": position - 1, "replayed_location": position}}


LEADER = Local(running=True, in_recovery=False, position=100, upstream="")


def cluster(mine="leader", other="streaming"):
    standbys = [{"name": f"postgres-{number}", "role": "quorum_standby", "state": other, "lag": lag} for number, lag in ((1, 0), (2, 300))]
    return {"members": [{"name": "postgres-0", "role": mine, "state": "running"}, *standbys]}


class HandOver(unittest.TestCase):
    def ask(self, answers, here=LEADER, calm=lambda: True, renewed=frozenset()):
        asked = []

        def patroni(ip, method, path, body=None, timeout=0):
            asked.append((method, path, body))
            answer = answers[path]
            if isinstance(answer, Exception):
                raise answer
            return answer

        with mock.patch.object(handover.local, "state", return_value=here), mock.patch.object(handover.rest, "patroni", patroni):
            return handover.hand_over("postgres-0", calm, lambda: renewed, PATIENCE), asked

    def test_a_leader_with_a_streaming_standby_switches_over(self):
        done, asked = self.ask({"/cluster": cluster(), "/switchover": {"text": "Successfully switched over"}})
        self.assertTrue(done)
        self.assertIn(("POST", "/switchover", {"leader": "postgres-0", "candidate": "postgres-1"}), asked)

    def test_a_rollout_goes_to_a_member_that_has_been_replaced_already(self):
        answers = {"/cluster": cluster(), "/switchover": {"text": "ok"}}
        _, asked = self.ask(answers, renewed={"postgres-2"})
        self.assertEqual("postgres-2", asked[-1][2]["candidate"])

    def wait_for_calm(self, calm, lateness):
        """Seconds after which it switched over; `lateness` tells by how much a sleep at that time is too long."""
        clock = {"now": 0.0}

        def sleep(seconds):
            clock["now"] += seconds + lateness(clock["now"])

        with mock.patch.object(handover.time, "sleep", sleep), mock.patch.object(handover.time, "monotonic", lambda: clock["now"]):
            done, asked = self.ask({"/cluster": cluster(), "/switchover": {"text": "ok"}}, calm=lambda: calm(clock["now"]))
        self.assertTrue(done)
        self.assertEqual("/switchover", asked[-1][1])
        return clock["now"]

    def test_waits_until_the_poolers_are_whole_but_not_for_ever(self):
        self.assertAlmostEqual(3 + handover.CALM_FOR_SECONDS, self.wait_for_calm(lambda now: now >= 3, lambda now: 0.0), delta=0.1)
        self.assertAlmostEqual(PATIENCE, self.wait_for_calm(lambda now: False, lambda now: 0.0), delta=0.1)

    def test_waits_until_it_gets_the_cpu_in_time_but_not_for_ever(self):
        self.assertAlmostEqual(handover.CALM_FOR_SECONDS, self.wait_for_calm(lambda now: True, lambda now: 0.03), delta=0.1)
        self.assertAlmostEqual(
            8 + handover.CALM_FOR_SECONDS, self.wait_for_calm(lambda now: True, lambda now: 0.2 if now < 8 else 0.01), delta=0.4,
        )
        self.assertAlmostEqual(PATIENCE, self.wait_for_calm(lambda now: True, lambda now: 0.2), delta=0.6)

    def test_a_standby_or_a_leader_without_one_just_ends(self):
        for answer in (cluster(mine="replica"), cluster(other="starting")):
            done, asked = self.ask({"/cluster": answer})
            self.assertFalse(done)
            self.assertEqual(1, len(asked))

    def test_a_refused_switchover_does_not_keep_the_pod(self):
        done, _ = self.ask({"/cluster": cluster(), "/switchover": rest.RestError("412")})
        self.assertFalse(done)


class Successor(unittest.TestCase):
    def test_only_who_streams_and_counts_for_the_quorum_is_fit(self):
        members = [
            {"name": "postgres-0", "role": "leader", "state": "running"},
            {"name": "postgres-1", "role": "quorum_standby", "state": "in archive recovery", "lag": 0},
            {"name": "postgres-2", "role": "replica", "state": "streaming", "lag": 0},
            {"name": "postgres-3", "role": "quorum_standby", "state": "streaming", "lag": "unknown"},
            {"name": "postgres-4", "role": "sync_standby", "state": "streaming", "lag": 7},
        ]
        self.assertEqual({"postgres-3": math.inf, "postgres-4": 7}, successor.fit("postgres-0", members))

    def test_the_least_behind_is_the_best_but_a_preferred_one_is_better(self):
        behind = {"postgres-1": 9, "postgres-2": 3, "postgres-3": math.inf}
        self.assertEqual("postgres-2", successor.best(behind, []))
        self.assertEqual("postgres-1", successor.best(behind, ["postgres-1", "postgres-3"]))
        self.assertEqual("postgres-2", successor.best(behind, ["postgres-9"]))
        self.assertIsNone(successor.best({}, ["postgres-1"]))

    def after_loss(self, sync=Sync("postgres-0", {"postgres-1", "postgres-2"}, 1), **told):
        return successor.after_loss("postgres-0", sync, {f"postgres-{name[1:]}": answer for name, answer in told.items()})

    def test_after_a_loss_the_furthest_follows_and_of_equals_the_first(self):
        self.assertEqual("postgres-2", self.after_loss(p1=at(100), p2=at(200)))
        self.assertEqual("postgres-1", self.after_loss(p1=at(200), p2=at(200)))

    def test_nobody_is_named_unless_everybody_who_may_have_acknowledged_has_spoken(self):
        self.assertIsNone(self.after_loss(p1=at(100)))
        self.assertIsNone(self.after_loss(p1=at(100), p2=at(100, state="starting")))
        self.assertIsNone(self.after_loss(p1=at(100), p2={"state": "running"}))
        self.assertIsNone(self.after_loss(sync=None, p1=at(100), p2=at(100)))
        self.assertIsNone(self.after_loss(sync=Sync("postgres-1", {"postgres-0", "postgres-2"}, 1), p1=at(100), p2=at(100)))
        self.assertIsNone(self.after_loss(sync=Sync("postgres-0", set(), 0), p1=at(100), p2=at(100)))


if __name__ == "__main__":
    unittest.main()
