"""A person's order: what is written down, asked of Patroni and taken back, and what the person is told."""

import json
import unittest
from unittest import mock

from holdfast import events, local, record, rest, takeover
from holdfast.fence import Candidate
from holdfast.kube import Lock
from holdfast.rescue import Order
from holdfast.verdict import Sync
from kubernetes.client.exceptions import ApiException

ME = Candidate("postgres-1", "10.0.0.2", "postgres", 3)
STATE = Sync("postgres-0", {"postgres-1", "postgres-2"}, 1)
SEEN = json.dumps(
    {"leader": "postgres-0", "standbys": ["postgres-1", "postgres-2"], "quorum": 1}, separators=(",", ":")
)


class Cluster:
    """Patroni's Endpoints in memory, with their versions, and a Patroni and a PostgreSQL that follow them."""

    def __init__(self):
        self.objects = {
            "postgres": {"leader": "postgres-0"},
            "postgres-config": {"config": "{}"},
            "postgres-sync": {"leader": "postgres-0", "sync_standby": "postgres-1,postgres-2", "quorum": "1"},
        }
        self.versions = {}
        self.ordered, self.events = [], []
        self.promotes, self.refusal, self.primary = True, None, False

    def lock(self, name):
        annotations = dict(self.objects[name])
        return Lock(annotations.get("leader"), None, None, str(self.versions.get(name, 1)), annotations)

    def state(self, _cluster):
        return {name: self.lock(name) for name in self.objects}

    def failover(self, cluster):
        return self.state(cluster).get(f"{cluster}-failover")

    def keep(self, _cluster, name, current, annotations):
        if current is not None and current.version != str(self.versions.get(name, 1)):
            raise ApiException(status=409)
        self.versions[name] = self.versions.get(name, 1) + 1
        kept = {**self.objects.get(name, {}), **annotations}
        self.objects[name] = {key: value for key, value in kept.items() if value is not None}
        if annotations.get(record.RESCUE):
            self.ordered.append(record.order(annotations))

    def order(self, cluster, current, annotations):
        self.keep(cluster, f"{cluster}-failover", current, annotations)

    def warn(self, _kube, _pod, reason, _text):
        self.events.append(reason)

    def patroni(self, _ip, _method, path, body=None, timeout=0):
        if self.refusal:
            raise rest.RestError(self.refusal)
        self.objects["postgres-failover"] = {"member": body["candidate"]}
        if self.promotes:
            self.objects["postgres"], self.primary = {"leader": body["candidate"]}, True
        return {"text": path}

    def here(self):
        return local.Local(True, in_recovery=not self.primary)


class Run(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster()
        self.clock = 0.0

    def run_it(self, seen=None):
        def sleep(seconds):
            self.clock += seconds

        with (
            mock.patch.object(rest, "patroni", self.cluster.patroni),
            mock.patch.object(local, "state", self.cluster.here),
            mock.patch.object(events, "warn", self.cluster.warn),
            mock.patch.object(takeover.time, "sleep", sleep),
            mock.patch.object(takeover.time, "monotonic", lambda: self.clock),
        ):
            return takeover.run(self.cluster, ME, "eve@laptop", seen)

    def left(self):
        return self.cluster.objects["postgres-config"].get(record.RESCUE), self.cluster.objects.get(
            "postgres-failover", {}
        ).get("member")

    def test_an_order_for_the_state_as_it_is_makes_the_member_lead_and_is_gone_afterwards(self):
        for seen in (None, SEEN):
            with self.subTest(seen):
                self.cluster = Cluster()
                done, text = self.run_it(seen)
                (order,) = self.cluster.ordered
                self.assertEqual((True, f"postgres-1 leads, by order {order.id} of eve@laptop."), (done, text))
                self.assertEqual(("postgres-1", STATE, "eve@laptop"), (order.member, order.state, order.by))
                self.assertEqual((None, None), self.left())
                self.assertEqual(["RescueOrdered", "RescueDone"], self.cluster.events)

    def test_it_is_for_the_state_after_a_promotion_that_Patroni_has_not_written_yet(self):
        promotion = {"member": "postgres-2", "after": "postgres-0", "timeline": 5, "at": 1.0}
        self.cluster.objects["postgres-config"][record.PROMOTION] = json.dumps(promotion)
        self.assertIn("look again", self.run_it(SEEN)[1])
        self.assertEqual([], self.cluster.ordered)
        self.run_it()
        self.assertEqual(Sync("postgres-2", {"postgres-0", "postgres-1"}, 1), self.cluster.ordered[0].state)

    def test_a_member_that_leads_needs_no_order(self):
        self.cluster.objects["postgres"], self.cluster.primary = {"leader": "postgres-1"}, True
        self.assertEqual((True, "postgres-1 leads already."), self.run_it())
        self.assertEqual([], self.cluster.ordered)

    def test_without_a_sync_state_nobody_led(self):
        del self.cluster.objects["postgres-sync"]
        self.assertTrue(self.run_it()[0])
        self.assertEqual(Sync("", set(), 0), self.cluster.ordered[0].state)

    def test_what_comes_to_nothing_is_taken_back_and_said(self):
        self.cluster.promotes = False
        done, text = self.run_it()
        self.assertFalse(done)
        self.assertIn('a line with "fence:"', text)
        self.assertEqual((None, None), self.left())
        self.assertEqual(["RescueOrdered", "RescueFailed"], self.cluster.events)

    def test_what_Patroni_refuses_is_taken_back_with_its_reason(self):
        self.cluster.refusal = "412 candidate does not exists"
        self.assertEqual(
            (False, "Patroni refused, and the order was taken back: 412 candidate does not exists"), self.run_it()
        )
        self.assertEqual((None, None), self.left())

    def test_a_slow_answer_of_a_Patroni_that_has_noted_it_down_is_no_refusal(self):
        self.cluster.refusal = "timed out"
        self.cluster.objects["postgres-failover"] = {"member": "postgres-1"}
        self.assertIn("does not lead after", self.run_it()[1])

    def test_an_API_that_refuses_or_does_not_answer_is_said(self):
        for error, words in ((ApiException(status=409), "same moment"), (ApiException(status=500), "try again")):
            self.cluster.keep = mock.Mock(side_effect=error)
            done, text = self.run_it()
            self.assertFalse(done)
            self.assertIn(words, text)


class Text(unittest.TestCase):
    def test_is_what_the_fence_reads(self):
        order = Order("a", "postgres-1", 1795953603.0, STATE, "eve@laptop")
        self.assertEqual(order, record.order({record.RESCUE: takeover.text_of(order)}))

    def test_the_state_that_was_seen_is_one_word(self):
        self.assertEqual(STATE, takeover.state_of(SEEN))
        self.assertNotIn(" ", SEEN)

    def test_for_people(self):
        self.assertEqual("postgres-0 led last, with postgres-1, postgres-2 to acknowledge", takeover.words(STATE))
        self.assertEqual("nobody knows who led last", takeover.words(Sync("", set(), 0)))
