"""When a lock counts as overdue, and everything that must not count."""

import unittest
from unittest import mock

from holdfast import guard, rest
from holdfast.kube import Lock, Member, Sync
from kubernetes.client.exceptions import ApiException

AFTER = 5.0
NAMED = Lock("postgres-2", None, None, "8", {"leader": "postgres-2", "member": "postgres-2"})


def lock(renewed="t0", leader="postgres-0", ttl="20", version="1"):
    return Lock(leader, "10.0.0.1", renewed, version, {"ttl": ttl})


class Patience(unittest.TestCase):
    def setUp(self):
        self.patience = guard.Patience(AFTER)

    def overdue_from(self, *times, reading=None):
        return [self.patience.observe(reading or lock(), time) for time in times][-1]

    def test_counts_from_the_first_sight_of_a_renewal(self):
        self.assertEqual(5.0, self.overdue_from(0, 1, 2, 3, 4, 4.9))

    def test_a_renewal_starts_anew(self):
        self.overdue_from(0, 1, 2, 3, 4)
        self.assertEqual(10.0, self.overdue_from(5, 6, reading=lock("t1")))

    def test_time_in_which_it_saw_nothing_does_not_count(self):
        self.overdue_from(0, 1, 2)
        self.assertEqual(9.0, self.overdue_from(6, 7, 8))

    def test_nor_does_time_in_which_an_answer_was_on_its_way(self):
        self.overdue_from(0, 1, 2)
        self.assertEqual(6.0, self.patience.observe(lock(), 3, quick=False))

    def test_a_lock_that_somebody_let_expire_is_watched_anew(self):
        self.overdue_from(0, 1, 2, 3)
        self.assertEqual(9.0, self.overdue_from(4, 5, reading=lock(ttl=guard.EXPIRED)))

    def test_blindness_starts_anew(self):
        self.overdue_from(0, 1, 2, 3, 4)
        self.patience.blind()
        self.assertEqual(10.0, self.overdue_from(5, 6))


class Step(unittest.TestCase):
    def setUp(self):
        self.kube = mock.Mock()
        self.kube.members.return_value = [Member(f"postgres-{number}", f"10.0.0.{number}") for number in range(3)]
        self.kube.lock.return_value = lock()
        self.kube.sync.return_value = Sync("postgres-0", {"postgres-1", "postgres-2"}, 1)
        self.kube.failover.return_value = None
        # When the lock was let expire.
        self.acted = []
        self.guard = guard.Guard(self.kube, "postgres", "postgres-1", margin=1)

    def run_for(self, seconds, failsafe=False, answers=False, latency=0.01, conflict=False, pause=False):
        """`answers`: whether the primary does; None for one whose connections hang."""
        clock = {"now": 0.0}

        def monotonic():
            return clock["now"]

        def read(_):
            clock["now"] += latency
            return self.kube.lock.return_value

        def patroni(ip, _, path, timeout):
            if path == "/config":
                return {"loop_wait": 1, "retry_timeout": 3}
            if ip == "10.0.0.0" and not answers:
                # No answer takes as long as one may take; a refused connection or a real answer takes nothing.
                clock["now"] += timeout if answers is None else 0
                raise rest.RestError("nobody there")
            position = 200 if ip == "10.0.0.2" else 100
            return {
                "state": "running",
                "failsafe_mode_is_active": failsafe,
                "pause": pause,
                "xlog": {"received_location": position},
            }

        def sleep(duration):
            clock["now"] += duration

        def expire(*_):
            if conflict:
                raise ApiException(status=409)
            self.acted.append(clock["now"])

        self.kube.lock.side_effect = read
        self.kube.annotate_lock.side_effect = expire
        with (
            mock.patch.object(guard.time, "monotonic", monotonic),
            mock.patch.object(guard.rest, "patroni", patroni),
            mock.patch.object(guard.time, "sleep", sleep),
        ):
            while clock["now"] < seconds:
                started = clock["now"]
                try:
                    self.guard.step(started)
                except ApiException:
                    return
                clock["now"] = max(clock["now"], started + guard.READ_INTERVAL)

    def test_lets_a_dead_primary_s_lock_expire_with_the_version_it_saw(self):
        self.run_for(6)
        self.kube.annotate_lock.assert_called_once_with("postgres", "1", {"ttl": "-1"})

    def test_names_the_standby_that_is_the_furthest_before_that(self):
        self.run_for(6)
        self.kube.order.assert_called_once_with("postgres", None, {"leader": "postgres-2", "member": "postgres-2"})
        order = [call[0] for call in self.kube.method_calls]
        self.assertLess(order.index("order"), order.index("annotate_lock"))

    def test_names_nobody_where_somebody_gave_an_order(self):
        self.kube.failover.return_value = Lock(None, None, None, "7", {"member": "postgres-1"})
        self.run_for(6)
        self.kube.order.assert_not_called()
        self.kube.annotate_lock.assert_called_once()

    def test_takes_the_name_back_when_the_primary_has_renewed_in_between(self):
        self.kube.order.side_effect = lambda *_: setattr(self.kube.failover, "return_value", NAMED)
        self.run_for(6, conflict=True)
        self.assertEqual(mock.call("postgres", NAMED, {"leader": None, "member": None}), self.kube.order.call_args)

    def test_takes_the_name_back_when_nobody_has_taken_the_lock(self):
        self.kube.lock.return_value = lock(ttl=guard.EXPIRED)
        self.kube.failover.return_value = NAMED
        self.run_for(3)
        self.kube.order.assert_not_called()
        self.run_for(6)
        self.assertEqual(mock.call("postgres", NAMED, {"leader": None, "member": None}), self.kube.order.call_args)

    def test_takes_the_name_back_when_the_one_named_gave_the_lock_back(self):
        self.kube.lock.return_value = lock(leader=None)
        self.kube.failover.return_value = NAMED
        self.run_for(3)
        self.kube.order.assert_not_called()
        self.run_for(6)
        self.assertEqual(mock.call("postgres", NAMED, {"leader": None, "member": None}), self.kube.order.call_args)
        self.kube.annotate_lock.assert_not_called()

    def test_acts_once_the_lock_is_overdue_and_a_silent_primary_s_time_to_answer_is_part_of_that(self):
        for silence in (None, False):
            with self.subTest(silence=silence):
                self.setUp()
                self.run_for(6, answers=silence)
                self.assertGreaterEqual(self.acted[0], AFTER)
                self.assertLess(self.acted[0], AFTER + guard.READ_INTERVAL)

    def test_spares_a_primary_that_answers(self):
        self.run_for(60, answers=True)
        self.kube.annotate_lock.assert_not_called()

    def test_spares_everybody_while_a_person_has_paused_the_cluster(self):
        self.run_for(60, pause=True)
        self.kube.annotate_lock.assert_not_called()

    def test_spares_everybody_in_failsafe_mode(self):
        self.run_for(60, failsafe=True)
        self.kube.annotate_lock.assert_not_called()

    def test_never_acts_on_a_slow_api(self):
        self.run_for(300, latency=1.0)
        self.kube.annotate_lock.assert_not_called()

    def test_never_acts_on_its_own_lock(self):
        self.kube.lock.return_value = lock(leader="postgres-1")
        self.run_for(60)
        self.kube.annotate_lock.assert_not_called()

    def test_does_not_act_twice_on_a_lock_it_has_let_expire(self):
        self.kube.lock.return_value = lock(ttl=guard.EXPIRED)
        self.run_for(60)
        self.kube.annotate_lock.assert_not_called()
