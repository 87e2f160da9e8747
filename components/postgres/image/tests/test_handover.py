"""Who hands over before it ends, and who does not."""

import unittest
from unittest import mock

from holdfast import handover, rest
from holdfast.local import Local

PATIENCE = 60.0
LEADER = Local(running=True, in_recovery=False, position=100, upstream="")


def cluster(mine="leader", other="streaming"):
    standbys = [
        {"name": f"postgres-{number}", "role": "quorum_standby", "state": other, "lag": lag}
        for number, lag in ((1, 0), (2, 300))
    ]
    return {"members": [{"name": "postgres-0", "role": mine, "state": "running"}, *standbys]}


class HandOver(unittest.TestCase):
    def ask(self, answers, here=LEADER, calm=lambda: True, renewed=frozenset(), ending=frozenset):
        """`answers`: by path; one that can be called is asked anew each time."""
        asked = []

        def patroni(ip, method, path, body=None, timeout=0):
            asked.append((method, path, body))
            answer = answers[path]
            if callable(answer):
                answer = answer()
            if isinstance(answer, Exception):
                raise answer
            return answer

        with (
            mock.patch.object(handover.local, "state", return_value=here),
            mock.patch.object(handover.rest, "patroni", patroni),
        ):
            return handover.hand_over("postgres-0", calm, lambda: renewed, ending, PATIENCE), asked

    def test_a_leader_with_a_streaming_standby_switches_over(self):
        done, asked = self.ask({"/cluster": cluster(), "/switchover": {"text": "Successfully switched over"}})
        self.assertTrue(done)
        self.assertIn(("POST", "/switchover", {"leader": "postgres-0", "candidate": "postgres-1"}), asked)

    def test_a_rollout_goes_to_a_member_that_has_been_replaced_already(self):
        answers = {"/cluster": cluster(), "/switchover": {"text": "ok"}}
        _, asked = self.ask(answers, renewed={"postgres-2"})
        self.assertEqual("postgres-2", asked[-1][2]["candidate"])

    def test_a_standby_that_ends_as_well_is_no_successor(self):
        answers = {"/cluster": cluster(), "/switchover": {"text": "ok"}}
        _, asked = self.ask(answers, ending=lambda: {"postgres-0", "postgres-1"})
        self.assertEqual("postgres-2", asked[-1][2]["candidate"])

    def when_all_end(self, looks, ending):
        """`looks`: what Patroni says of the members, look after look; the last one stays. How it ended, what was asked,
        and how many looks it took."""
        clock, seen = {"now": 0.0}, iter(range(1000))

        def sleep(seconds):
            clock["now"] += seconds

        def members():
            return looks[min(next(seen), len(looks) - 1)]

        with (
            mock.patch.object(handover.time, "sleep", sleep),
            mock.patch.object(handover.time, "monotonic", lambda: clock["now"]),
        ):
            done, asked = self.ask({"/cluster": members, "/switchover": {"text": "ok"}}, ending=ending)
        return done, [path for _, path, _ in asked], next(seen)

    def test_where_all_end_the_primary_goes_last_and_hands_over_to_nobody(self):
        everybody = {"postgres-0", "postgres-1", "postgres-2"}
        done, paths, looks = self.when_all_end([cluster()] * 5 + [cluster(other="stopped")], lambda: everybody)
        self.assertEqual((False, {"/cluster"}, 6), (done, set(paths), looks))
        # A standby that does not end keeps nobody for ever.
        done, paths, looks = self.when_all_end([cluster()], lambda: everybody)
        self.assertEqual((False, {"/cluster"}), (done, set(paths)))
        self.assertAlmostEqual(handover.HAND_OVER_SECONDS / handover.ASK_SECONDS, looks, delta=4)

    def test_one_that_is_back_meanwhile_takes_over(self):
        told = iter([{"postgres-0", "postgres-1", "postgres-2"}] * 3)
        done, paths, _ = self.when_all_end([cluster()], lambda: next(told, {"postgres-0", "postgres-2"}))
        self.assertEqual((True, "/switchover"), (done, paths[-1]))

    def wait_for_calm(self, calm, lateness):
        """Seconds after which it switched over; `lateness` tells by how much a sleep at that time is too long."""
        clock = {"now": 0.0}

        def sleep(seconds):
            clock["now"] += seconds + lateness(clock["now"])

        with (
            mock.patch.object(handover.time, "sleep", sleep),
            mock.patch.object(handover.time, "monotonic", lambda: clock["now"]),
        ):
            done, asked = self.ask(
                {"/cluster": cluster(), "/switchover": {"text": "ok"}}, calm=lambda: calm(clock["now"])
            )
        self.assertTrue(done)
        self.assertEqual("/switchover", asked[-1][1])
        return clock["now"]

    def test_waits_until_the_poolers_are_whole_but_not_for_ever(self):
        self.assertAlmostEqual(
            3 + handover.CALM_FOR_SECONDS, self.wait_for_calm(lambda now: now >= 3, lambda now: 0.0), delta=0.1
        )
        self.assertAlmostEqual(PATIENCE, self.wait_for_calm(lambda now: False, lambda now: 0.0), delta=0.1)

    def test_waits_until_it_gets_the_cpu_in_time_but_not_for_ever(self):
        self.assertAlmostEqual(
            handover.CALM_FOR_SECONDS, self.wait_for_calm(lambda now: True, lambda now: 0.03), delta=0.1
        )
        self.assertAlmostEqual(
            8 + handover.CALM_FOR_SECONDS,
            self.wait_for_calm(lambda now: True, lambda now: 0.2 if now < 8 else 0.01),
            delta=0.4,
        )
        self.assertAlmostEqual(PATIENCE, self.wait_for_calm(lambda now: True, lambda now: 0.2), delta=0.6)

    def test_a_standby_lets_its_readers_go_first(self):
        with mock.patch.object(handover.time, "sleep") as sleep:
            done, asked = self.ask({}, here=Local(running=True, in_recovery=True))
        sleep.assert_called_once_with(handover.READERS_LEAVE_SECONDS)
        self.assertEqual((False, []), (done, asked))

    def test_a_standby_or_a_leader_without_one_just_ends(self):
        for answer in (cluster(mine="replica"), cluster(other="starting")):
            done, asked = self.ask({"/cluster": answer})
            self.assertFalse(done)
            self.assertEqual(1, len(asked))

    def test_a_refused_switchover_does_not_keep_the_pod(self):
        done, _ = self.ask({"/cluster": cluster(), "/switchover": rest.RestError("412")})
        self.assertFalse(done)
