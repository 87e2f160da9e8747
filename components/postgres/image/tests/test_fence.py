"""What the fence reads, writes down and lets itself be told; the decision itself is in test_verdict.py."""

import unittest
from types import SimpleNamespace
from unittest import mock

from holdfast import events, fence, local, record
from holdfast.fence import UNSEEN, answer_of, promotion_of
from holdfast.kube import Lock
from holdfast.rescue import ORDER_SECONDS, Order, refused
from holdfast.turning import follows
from holdfast.verdict import Answer, Known, Promotion, Sync, verdict
from holdfast.wal import Position

A, B, C = "postgres-0", "postgres-1", "postgres-2"
STATE = Sync(A, {B, C}, 1)
AT = Position(3, 100)
NOW = 5000.0


class Answers(unittest.TestCase):
    def test_of_this_version(self):
        told = {"turned": True, "no_primary": True, "position": 90, "timeline": 2, "final": False}
        self.assertEqual(Answer(C, True, False, Position(2, 90)), answer_of(C, told, frozenset(), AT))
        told = {"turned": False, "no_primary": True, "position": 0, "ended": [2, 80]}
        self.assertEqual(Answer(C, ended=Position(2, 80)), answer_of(C, told, frozenset(), AT))

    def test_none_and_empty_ones_say_nothing(self):
        for told in ({}, {"turned": False, "no_primary": False, "position": 0, "ended": None}):
            self.assertEqual(Answer(C), answer_of(C, told, frozenset({C}), AT))

    def test_of_the_version_before_counts_when_it_streams_from_the_candidate(self):
        told = {"turned": True, "no_primary": True, "position": 90}
        self.assertEqual(Answer(C, True, True, Position(3, 90)), answer_of(C, told, frozenset({C}), AT))
        self.assertEqual(Answer(C, False, False, Position(3, 90)), answer_of(C, told, frozenset({B}), AT))

    def test_a_rollout_hands_over_whoever_has_been_replaced(self):
        stopped_before = {"turned": False, "no_primary": True, "position": 0}
        turned_before = {"turned": True, "no_primary": True, "position": 90}
        stopped, turned = {**stopped_before, "ended": [3, 90]}, {**turned_before, "timeline": 3, "final": True}
        silent: dict = {}
        for old, other, safe in (
            (stopped_before, turned, True),
            (stopped_before, turned_before, True),
            (stopped_before, silent, False),
            (stopped, turned_before, True),
            (stopped, silent, True),
        ):
            answers = [answer_of(A, old, frozenset({C}), AT), answer_of(C, other, frozenset({C}), AT)]
            self.assertEqual(safe, verdict(B, AT, Known(STATE, None, 3), answers) is None, (old, other))


class Record(unittest.TestCase):
    def test_a_promotion_comes_back_as_it_was(self):
        for promotion in (Promotion(B, A, 4, 12.5), Promotion(B, "", 2, 12.0, "r1")):
            self.assertEqual(promotion, record.promotion({record.PROMOTION: record.write(promotion)}))
        self.assertIsNone(record.promotion({}))

    def test_it_says_which_timeline_is_used_up(self):
        self.assertEqual(Promotion(B, A, 4, NOW), promotion_of(B, Known(STATE, None, 3), 3, NOW, None))
        failed = Promotion(C, A, 4, 1.0)
        self.assertEqual(Promotion(B, A, 5, NOW, "r1"), promotion_of(B, Known(STATE, failed, 3), 3, NOW, "r1"))
        blind = promotion_of(B, Known(None, None, 3), 3, NOW, None)
        self.assertEqual(("", 4 + UNSEEN), (blind.after, blind.timeline))

    def test_what_nobody_of_ours_wrote_is_named(self):
        for text in ("nonsense", "[]", "{}", '{"member": "postgres-0"}'):
            with self.assertRaisesRegex(record.Unreadable, "holdfast.dev/promotion"):
                record.promotion({record.PROMOTION: text})
            with self.assertRaisesRegex(record.Unreadable, "holdfast.dev/rescue"):
                record.order({record.RESCUE: text})

    def test_patronis_state(self):
        self.assertEqual(STATE, record.sync({"leader": A, "sync_standby": f"{B},{C}", "quorum": "1"}))
        self.assertEqual(Sync("", set(), 0), record.sync({}))


class Taken(unittest.TestCase):
    def test_the_newest_timeline_of_the_archive_beside_the_lock(self):
        cases = (({}, 0), ({record.TAKEN: "7"}, 7), ({record.TAKEN: "seven"}, 0), ({record.TAKEN: None}, 0))
        for annotations, timeline in cases:
            with self.subTest(annotations):
                self.assertEqual(timeline, record.taken(annotations))


class Rescue(unittest.TestCase):
    text = """{"id": "r1", "member": "postgres-1", "at": 4900, "by": "ann@desk",
               "state": {"leader": "postgres-0", "standbys": ["postgres-2", "postgres-1"], "quorum": 1}}"""
    order = Order("r1", B, 4900.0, STATE, "ann@desk")

    def refused(self, *answers, me=B, order=order, sync=STATE, promotion=None, now=NOW):
        return refused(order, me, AT, Known(sync, promotion, 3), list(answers), now)

    def test_an_order_is_read(self):
        self.assertEqual(self.order, record.order({record.RESCUE: self.text}))
        self.assertIsNone(record.order({}))

    def test_the_last_one_left_is_let_through(self):
        self.assertIsNotNone(verdict(B, AT, Known(STATE, None, 3), [Answer(A), Answer(C)]))
        self.assertIsNone(self.refused())
        self.assertIsNone(self.refused(Answer(A), Answer(C)))
        self.assertIsNone(self.refused(Answer(C, False, True, Position(2, 500))))

    def test_an_order_is_for_one_member_one_state_one_time_and_minutes(self):
        self.assertIn("it is for postgres-1", self.refused(me=C))
        self.assertIn("another state", self.refused(sync=Sync(A, {B}, 0)))
        self.assertIn("another state", self.refused(sync=None))
        self.assertIn("another state", self.refused(promotion=Promotion(C, A, 4, 1.0)))
        self.assertIn("carried out already", self.refused(promotion=Promotion(B, A, 4, 1.0, "r1")))
        self.assertIsNone(self.refused(promotion=Promotion(A, C, 4, 1.0, "r0")))
        for now in (4901 + ORDER_SECONDS, 4899 - ORDER_SECONDS):
            self.assertIn("give a new one", self.refused(now=now))

    def test_whoever_answers_and_has_more_is_named(self):
        for ahead in (
            Answer(A, True, True, Position(3, 101)),
            Answer(A, False, True, Position(4, 1)),
            Answer(A, ended=Position(3, 150)),
            Answer(A, True, False, Position(3, 101)),
        ):
            self.assertIn("postgres-0 answers and has more", self.refused(ahead))
        self.assertIn("postgres-2 answers and still reads", self.refused(Answer(C, True, False, Position(3, 90))))


class Attempt(unittest.TestCase):
    """One try, with the API and PostgreSQL replaced: what is written before it goes, and that nothing goes without."""

    def attempt(self, told=(), leader=B, config=(), conflict=None, waits_for=f'ANY 1 ("{A}","{C}")'):
        kube = mock.Mock(**{"keep.side_effect": conflict, "namespace": "shop"})
        lock = Lock(leader, "10.0.0.2", None, "1")
        sync = Lock(A, None, None, "2", {"leader": A, "sync_standby": f"{B},{C}", "quorum": "1"})
        kube.state.return_value = {"pg": lock, "pg-sync": sync, "pg-config": Lock(None, None, None, "3", dict(config))}
        here = dict(
            connect=mock.MagicMock(),
            slots_of=mock.Mock(),
            use_up=mock.Mock(),
            newest_timeline=lambda: 3,
            state_of=lambda _: SimpleNamespace(position=100, downstream=frozenset()),
            reached=lambda position: Position(3, position),
            setting=lambda *_: waits_for,
        )
        with (
            mock.patch.object(fence, "_ask", lambda *_: iter(told)),
            mock.patch.multiple(local, **here),
            mock.patch.object(fence.time, "time", lambda: NOW),
        ):
            return kube, fence._attempt(kube, fence.Candidate(B, "10.0.0.2", "pg", 3))

    def test_whoever_is_let_through_is_written_down_with_the_version_that_was_read(self):
        kube, reason = self.attempt([(A, {}), (C, {"turned": True, "position": 90, "timeline": 3, "final": True})])
        self.assertIsNone(reason)
        (cluster, name, current, annotations), _ = kube.keep.call_args
        self.assertEqual(("pg", "pg-config", "3"), (cluster, name, current.version))
        self.assertEqual(Promotion(B, A, 4, NOW), record.promotion(annotations))
        kube.core.create_namespaced_event.assert_not_called()

    def test_the_sync_state_gets_another_version_first(self):
        kube, _ = self.attempt([(A, {"ended": [3, 90]})])
        self.assertEqual(["pg-sync", "pg-config"], [call.args[1] for call in kube.keep.call_args_list])
        self.assertEqual("2", kube.keep.call_args_list[0].args[2].version)

    def test_nobody_goes_who_would_wait_for_others_than_are_asked_after_it(self):
        kube, reason = self.attempt([(A, {"ended": [3, 90]})], waits_for='ANY 1 ("postgres-0","postgres-3")')
        self.assertIn("are asked after it", reason)
        kube.keep.assert_not_called()

    def test_nobody_is_written_down_who_is_not_let_through(self):
        for lock_of, told in ((B, [(A, {}), (C, {})]), (C, [(A, {"ended": [3, 90]})])):
            kube, reason = self.attempt(told, leader=lock_of)
            self.assertIsNotNone(reason)
            kube.keep.assert_not_called()

    def test_who_could_not_be_written_down_does_not_go(self):
        with self.assertRaises(fence.ApiException):
            self.attempt([(A, {"ended": [3, 90]})], conflict=fence.ApiException(status=409))

    def test_a_rescue_is_told_and_one_that_is_refused_says_why(self):
        order = {record.RESCUE: Rescue.text}
        kube, reason = self.attempt([(A, {}), (C, {})], config=order)
        self.assertIsNone(reason)
        self.assertEqual("r1", record.promotion(kube.keep.call_args[0][3]).rescue)
        told = kube.core.create_namespaced_event.call_args[0][1]
        self.assertIn("rescue order r1 of ann@desk", told["message"])
        further = {"turned": False, "position": 101, "timeline": 3, "final": True}
        _, reason = self.attempt([(A, {}), (C, further)], config=order)
        self.assertIn("ahead; the rescue order r1 does not change that: postgres-2 answers and has more", reason)

    def test_an_event_is_about_the_pod(self):
        made = events.event("shop", B, "RescuePromotion", "text", "2026-11-30T04:00:00+00:00")
        self.assertEqual({"apiVersion": "v1", "kind": "Pod", "name": B, "namespace": "shop"}, made["involvedObject"])


class Follows(unittest.TestCase):
    """Word for word what Patroni writes for the candidate: PostgreSQL compares the texts, and starts the receiver anew
    where they differ.
    """

    def test_another_host_and_nothing_else(self):
        of = "user=replication passfile=/run/holdfast/pgpass host={} port=5432 application_name=postgres-2"
        self.assertEqual(of.format("10.0.0.22"), follows(of.format("10.0.0.1"), "10.0.0.22"))

    def test_no_upstream_stays_none(self):
        self.assertEqual("", follows("", "10.0.0.22"))
