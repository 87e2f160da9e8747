"""Who is copied anew, who waits, and what a person reads of it."""

import unittest
from unittest import mock

from holdfast import rejoin
from holdfast.control import Held
from holdfast.directory import Copy
from holdfast.rejoin import REFUSED_SECONDS, STUCK_SECONDS, WAITS, Progress, Rejoin
from holdfast.wal import Position

MINE = Held("7001", Position(3, 500))


def listed(state):
    return [
        {"name": "postgres-0", "role": "leader", "state": "running", "host": "10.0.0.1"},
        {"name": "postgres-1", "role": "replica", "state": state, "host": "10.0.0.2"},
    ]


class Stuck(unittest.TestCase):
    def setUp(self):
        self.progress = Progress(patience=60)

    def test_no_progress_for_long_enough(self):
        self.assertFalse(self.progress.stuck(False, "a", 0))
        self.assertFalse(self.progress.stuck(False, "a", 59))
        self.assertTrue(self.progress.stuck(False, "a", 60))

    def test_any_progress_starts_anew(self):
        self.progress.stuck(False, "a", 0)
        self.assertFalse(self.progress.stuck(False, "b", 60))
        self.assertFalse(self.progress.stuck(False, "b", 119))

    def test_a_member_that_is_fine_is_never_stuck(self):
        for now in (0, 100, 200):
            self.assertFalse(self.progress.stuck(True, None, now))


class CopiedAnew(unittest.TestCase):
    def setUp(self):
        self.now = 1000.0
        self.position = 900
        self.reachable = True
        self.under_way, self.refused_at = False, None
        self.told = []
        self.asked = []
        for target, replacement in (
            ("time.monotonic", lambda: self.now),
            (
                "copies.see",
                lambda name, _: Copy(name, "7001", Position(3, self.position), self.now) if self.reachable else None,
            ),
            ("control.held", lambda _: MINE),
            ("rewind.under_way", lambda: self.under_way),
            ("rewind.refused_for", lambda: 0.0 if self.refused_at is None else self.now - self.refused_at),
            ("rewind.forget", self.forget),
            ("rest.patroni", lambda *call: self.asked.append(call[2])),
        ):
            patch = mock.patch.object(rejoin, target.split(".")[0], wraps=getattr(rejoin, target.split(".")[0]))
            module = patch.start()
            setattr(module, target.split(".")[1], replacement)
            self.addCleanup(patch.stop)
        self.rejoin = Rejoin("postgres-1", self.told.append)
        self.rejoin._marker = lambda: "as before"
        self.rejoin.place = mock.Mock(used=lambda: 100, available=lambda: 1000)
        self.rejoin.place.kept.exists.return_value = False

    def forget(self):
        self.refused_at = None

    def watch(self, seconds, state="starting"):
        for _ in range(int(seconds / 3) + 1):
            self.rejoin.step(listed(state))
            self.now += 3

    def test_a_member_that_is_stuck_beside_a_leader_it_reaches(self):
        self.watch(STUCK_SECONDS + 3)
        self.assertEqual(["/reinitialize"], self.asked)

    def test_never_while_the_leader_is_out_of_reach_however_long(self):
        self.reachable = False
        self.watch(3600)
        self.assertEqual([], self.asked)
        self.assertIn("does not answer from here", self.told[-1][WAITS])

    def test_not_at_once_when_the_leader_is_back_in_reach(self):
        self.reachable = False
        self.watch(600)
        self.reachable = True
        self.watch(STUCK_SECONDS - 6)
        self.assertEqual([], self.asked)

    def test_not_where_the_leader_has_less(self):
        self.position = 499
        self.watch(STUCK_SECONDS + 3)
        self.assertEqual([], self.asked)
        self.assertEqual(
            "postgres-1 can't come back by itself and is not copied anew: postgres-0 is behind it "
            "(timeline 3, 0/1F3 there, timeline 3, 0/1F4 here)",
            self.told[-1][WAITS],
        )

    def test_not_where_there_is_no_room(self):
        self.rejoin.place.available = lambda: 50
        self.watch(STUCK_SECONDS + 3)
        self.assertEqual([], self.asked)
        self.assertIn("the volume has 0 MiB left", self.told[-1][WAITS])

    def test_one_that_must_not_be_rewound_is_copied_sooner(self):
        self.refused_at = self.now
        self.watch(REFUSED_SECONDS - 3)
        self.assertEqual([], self.asked)
        self.watch(0)
        self.assertEqual(["/reinitialize"], self.asked)
        self.watch(REFUSED_SECONDS)
        self.assertEqual(["/reinitialize"], self.asked)

    def test_not_for_a_refusal_from_before_it_streamed(self):
        self.refused_at = self.now - 3600
        self.watch(0, "streaming")
        self.watch(STUCK_SECONDS - 6)
        self.assertEqual([], self.asked)

    def test_nor_where_it_may_not_be_copied_either(self):
        self.rejoin.place.available = lambda: 50
        self.refused_at = self.now - REFUSED_SECONDS
        self.watch(0)
        self.assertEqual([], self.asked)
        self.assertIn("is not copied anew: a copy beside it", self.told[-1][WAITS])

    def test_not_while_it_is_rewound_or_copied(self):
        self.under_way = True
        self.watch(3600)
        self.under_way = False
        self.watch(3600, "creating replica")
        self.assertEqual([], self.asked)

    def test_what_it_waited_for_is_taken_back(self):
        self.reachable = False
        self.watch(STUCK_SECONDS + 3)
        self.reachable = True
        self.watch(3, "streaming")
        self.assertEqual({WAITS: None}, self.told[-1])

    def test_nor_does_it_wait_for_the_leader_once_it_leads_itself(self):
        self.reachable = False
        self.watch(STUCK_SECONDS + 3)
        self.rejoin.leads()
        self.assertEqual({WAITS: None}, self.told[-1])
