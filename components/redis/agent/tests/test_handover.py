"""A server that is to end."""

import unittest
from unittest import mock

from agent import handover

from .box import FAILOVER, NAMED, SENTINELS, SERVERS, Box, pod

ME, OTHER, _ = SERVERS


class HandsOver(unittest.TestCase):
    def setUp(self):
        self.box = Box(pod("redis"))
        self.pauses = []
        self.now = 0.0
        self.moves = lambda: None
        clock = mock.patch.object(handover.time, "monotonic", lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
        self.moves()

    def is_primary(self, replicas):
        self.box.is_primary("127.0.0.1")
        self.box.says("127.0.0.1", "INFO replication", f"role:master\r\nconnected_slaves:{replicas}\r\n")

    def run_it(self):
        handover.HandOver(self.box, self.pause).run()
        return self.box.asked(FAILOVER)

    def test_to_nobody_where_it_is_a_replica(self):
        self.box.is_replica("127.0.0.1", 7)
        self.assertEqual((self.run_it(), self.pauses), ([], []))

    def test_without_waiting_for_sentinels_that_are_all_gone(self):
        self.is_primary(2)
        self.assertEqual((self.run_it(), self.pauses), ([], [0.5, 0.5]))

    def test_without_waiting_for_replicas_that_are_all_gone(self):
        self.is_primary(0)
        self.box.names(SENTINELS[0], ME)
        self.assertEqual((self.run_it(), self.pauses), ([], [0.5, 0.5]))

    def test_until_its_role_has_moved_and_two_sentinels_say_so(self):
        self.is_primary(2)
        for sentinel in SENTINELS:
            self.box.names(sentinel, ME)
        self.box.says(SENTINELS[0], FAILOVER, "OK")

        def moves():
            if len(self.pauses) == 3:
                self.box.is_replica("127.0.0.1", 7)
                self.box.names(SENTINELS[0], OTHER)
            if len(self.pauses) == 6:
                self.box.names(SENTINELS[2], OTHER)

        self.moves = moves
        self.assertEqual((self.run_it(), self.pauses), ([SENTINELS[0]], [0.1] * 6))

    def test_without_waiting_for_sentinels_that_are_gone_once_its_role_has_moved(self):
        self.is_primary(2)
        self.box.says(SENTINELS[0], FAILOVER, "OK")
        self.box.names(SENTINELS[0], ME)

        def moves():
            self.box.is_replica("127.0.0.1", 7)
            self.box.answers.pop((SENTINELS[0], NAMED), None)

        self.moves = moves
        self.assertEqual(self.run_it(), [SENTINELS[0]])
        self.assertEqual(len(self.pauses), 3)

    def test_asking_for_twelve_seconds_while_a_sentinel_answers_and_there_is_a_replica(self):
        self.is_primary(1)
        self.box.names(SENTINELS[1], ME)
        self.box.says(SENTINELS[1], FAILOVER, "NOGOODSLAVE No suitable replica to promote")
        asked = self.run_it()
        self.assertEqual(set(asked), {SENTINELS[1]})
        self.assertEqual((len(asked), self.now), (24, 12))

    def test_asking_the_next_where_one_does_not_take_it(self):
        self.is_primary(1)
        for sentinel in SENTINELS:
            self.box.names(sentinel, OTHER)
        self.box.says(SENTINELS[0], FAILOVER, "NOGOODSLAVE No suitable replica to promote")
        self.box.says(SENTINELS[1], FAILOVER, "INPROG Failover already in progress")
        self.moves = lambda: self.box.is_replica("127.0.0.1", 7)
        self.assertEqual(len(self.run_it()), 2)

    def test_asking_again_after_two_seconds(self):
        self.is_primary(1)
        self.box.names(SENTINELS[0], ME)
        self.box.says(SENTINELS[0], FAILOVER, "OK")
        self.assertAlmostEqual(len(self.run_it()), 12 / 2, delta=1)
        self.assertEqual(set(self.pauses), {0.1})

    def test_replicas_are_counted(self):
        for info, wanted in (("connected_slaves:0", False), ("a:1\r\nconnected_slaves:12", True), (None, False)):
            self.assertEqual(handover.has_replica(info), wanted)
