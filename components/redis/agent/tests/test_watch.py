"""What is watched beside a server."""

import unittest

from agent import watch

from .box import SENTINELS, SERVERS, Box, Rounds, lived, pod

ME, OTHER, _ = SERVERS
OPEN = "CONFIG SET min-replicas-to-write 1"
JOIN = f"REPLICAOF {OTHER} 6379"


class Rule(unittest.TestCase):
    def test_rounds_are_short_while_somebody_waits_and_in_the_first_minute(self):
        cases = ((True, 60, 0.3), (True, 0, 0.3), (False, 60, 1), (False, 1, 1), (False, 0, 3))
        for held, short, wanted in cases:
            self.assertEqual(watch.pause(held, short), wanted)

    def test_strikes_are_counted_in_a_row(self):
        for before, chosen, wanted in ((0, OTHER, 1), (1, OTHER, 2), (5, ME, 0), (5, "", 0)):
            self.assertEqual(watch.strikes(before, chosen, ME), wanted)


class Watch(unittest.TestCase):
    def setUp(self):
        self.box = Box(pod("redis"))
        self.box.says("127.0.0.1", OPEN, "OK")
        self.box.is_primary("127.0.0.1")

    def look(self, held=False, rounds=1):
        one = watch.Watch(self.box, held)
        for _ in range(rounds):
            one.look()
        return one

    def mean(self, address, sentinels=SENTINELS):
        for sentinel in sentinels:
            self.box.names(sentinel, address)

    def test_writes_are_opened_once_two_sentinels_see_it(self):
        self.box.monitors(SENTINELS[0], ME)
        self.assertTrue(self.look(held=True).held)
        self.box.monitors(SENTINELS[1], OTHER)
        self.assertTrue(self.look(held=True).held)
        self.box.monitors(SENTINELS[1], ME, last_ping_sent="20")
        self.assertTrue(self.look(held=True).held)
        self.box.monitors(SENTINELS[1], ME, "s_down,master")
        self.assertTrue(self.look(held=True).held)
        self.assertEqual(self.box.asked(OPEN), [])
        self.box.monitors(SENTINELS[2], ME)
        self.assertFalse(self.look(held=True).held)
        self.assertEqual(self.box.asked(OPEN), ["127.0.0.1"])

    def test_writes_that_could_not_be_opened_are_opened_in_the_next_round(self):
        self.box.monitors(SENTINELS[0], ME)
        self.box.monitors(SENTINELS[1], ME)
        self.box.busy.append(OPEN)
        self.assertFalse(self.look(held=True, rounds=2).held)

    def test_a_replica_does_not_hold_them(self):
        self.box.is_replica("127.0.0.1", 7)
        self.assertFalse(self.look(held=True).held)
        self.box.calls.clear()
        self.look()
        self.assertEqual(self.box.calls, [("127.0.0.1", "ROLE")])

    def test_it_stands_down_for_another_that_is_meant_twice_and_is_the_primary(self):
        self.mean(OTHER)
        self.box.is_primary(OTHER)
        self.look(rounds=1)
        self.assertEqual(self.box.asked(JOIN), [])
        self.look(rounds=2)
        self.assertEqual(
            self.box.calls[-2:], [("127.0.0.1", JOIN), ("127.0.0.1", "CLIENT KILL TYPE normal SKIPME yes")]
        )

    def test_not_for_one_that_one_sentinel_means_or_that_is_no_primary(self):
        self.mean(OTHER, SENTINELS[:1])
        self.box.is_primary(OTHER)
        self.look(rounds=5)
        self.mean(OTHER)
        self.box.is_replica(OTHER, 7)
        self.look(rounds=5)
        self.mean(ME)
        self.look(rounds=5)
        self.assertEqual(self.box.asked(JOIN), [])

    def test_rounds(self):
        self.box.is_replica("127.0.0.1", 7)
        rounds = lived(watch.Watch(self.box, True).run, Rounds(63))
        self.assertEqual(rounds.pauses, [0.3] + 60 * [1] + 2 * [3])
