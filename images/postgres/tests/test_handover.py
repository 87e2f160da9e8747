"""Who hands over before it ends, and who does not."""

import unittest
from unittest import mock

from holdfast import handover, rest
from holdfast.local import Local

PATIENCE = 60.0
LEADER = Local(running=True, in_recovery=False, position=100, upstream="")


def cluster(mine="leader", other="streaming"):
    return {"members": [{"name": "postgres-0", "role": mine, "state": "running"}, {"name": "postgres-1", "role": "replica", "state": other}]}


class HandOver(unittest.TestCase):
    def ask(self, answers, here=LEADER, calm=lambda: True):
        asked = []

        def patroni(ip, method, path, body=None, timeout=0):
            asked.append((method, path, body))
            answer = answers[path]
            if isinstance(answer, Exception):
                raise answer
            return answer

        with mock.patch.object(handover.local, "state", return_value=here), mock.patch.object(handover.rest, "patroni", patroni):
            return handover.hand_over("postgres-0", calm, PATIENCE), asked

    def test_a_leader_with_a_streaming_standby_switches_over(self):
        done, asked = self.ask({"/cluster": cluster(), "/switchover": {"text": "Successfully switched over"}})
        self.assertTrue(done)
        self.assertIn(("POST", "/switchover", {"leader": "postgres-0"}), asked)

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


if __name__ == "__main__":
    unittest.main()
