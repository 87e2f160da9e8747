"""When a lock counts as overdue, and everything that must not count."""

import unittest
from unittest import mock

from holdfast import guard
from holdfast.kube import Lock

AFTER = 5.0


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

    def test_a_gap_in_its_own_sight_starts_anew(self):
        self.overdue_from(0, 1, 2)
        self.assertEqual(11.0, self.overdue_from(6, 7, 8))

    def test_blindness_starts_anew(self):
        self.overdue_from(0, 1, 2, 3, 4)
        self.patience.blind()
        self.assertEqual(10.0, self.overdue_from(5, 6))

    def test_a_free_lock_is_nobody_s_to_expire(self):
        self.assertEqual(float("inf"), self.overdue_from(0, 1, 2, 3, 4, 5, 6, reading=lock(leader=None)))


class Step(unittest.TestCase):
    def setUp(self):
        self.kube = mock.Mock()
        self.kube.members.return_value = []
        self.kube.lock.return_value = lock()
        # When the lock was let expire.
        self.acted = []
        self.guard = guard.Guard(self.kube, "postgres", "postgres-1", margin=1)

    def run_for(self, seconds, failsafe=False, answers=False, latency=0.01):
        clock = {"now": 0.0}

        def monotonic():
            return clock["now"]

        def read(_):
            clock["now"] += latency
            return self.kube.lock.return_value

        def answer(*_, timeout):
            # No answer takes as long as one may take; a refused connection or a real answer takes nothing.
            clock["now"] += timeout if answers is None else 0
            return bool(answers)

        def sleep(duration):
            clock["now"] += duration

        self.kube.lock.side_effect = read
        self.kube.annotate_lock.side_effect = lambda *_: self.acted.append(clock["now"])
        with mock.patch.object(guard.time, "monotonic", monotonic), \
                mock.patch.object(guard.rest, "patroni", return_value={"failsafe_mode_is_active": failsafe, "loop_wait": 1, "retry_timeout": 3}), \
                mock.patch.object(guard.rest, "answers_ok", answer), mock.patch.object(guard.time, "sleep", sleep):
            while clock["now"] < seconds:
                started = clock["now"]
                self.guard.step(started)
                clock["now"] = max(clock["now"], started + guard.READ_INTERVAL)

    def test_lets_a_dead_primary_s_lock_expire_with_the_version_it_saw(self):
        self.run_for(6)
        self.kube.annotate_lock.assert_called_once_with("postgres", "1", {"ttl": "1"})

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
        self.kube.lock.return_value = lock(ttl="1")
        self.run_for(60)
        self.kube.annotate_lock.assert_not_called()


if __name__ == "__main__":
    unittest.main()
