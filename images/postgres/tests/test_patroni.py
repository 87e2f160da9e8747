"""How often a member's position is written, and that everything else is written at once."""

import unittest
from unittest import mock

from holdfast import patroni

RUNNING = {"state": "running", "role": "replica", "timeline": 3}


class Position(unittest.TestCase):
    def setUp(self):
        self.now = 1000.0
        clock = mock.patch.object(patroni.time, "monotonic", side_effect=lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)
        self.written = []
        self.dcs = mock.Mock()
        self.stands(None)
        self.touch = patroni.told_less_often(self.write)

    def stands(self, data):
        self.dcs.cluster.get_member.return_value = None if data is None else mock.Mock(data=dict(data))

    def write(self, dcs, data):
        """As Patroni's own: writes what differs from what stands."""
        self.assertIs(dcs, self.dcs)
        member = self.dcs.cluster and self.dcs.cluster.get_member.return_value
        if member is None or member.data != data:
            self.written.append(data)
            if self.dcs.cluster:
                self.stands(data)
        return True

    def tell(self, position, **more):
        self.assertTrue(self.touch(self.dcs, {**RUNNING, **more, "xlog_location": position}))

    def test_a_new_member_tells_at_once(self):
        self.tell(10)
        self.assertEqual(self.written, [{**RUNNING, "xlog_location": 10}])

    def test_a_position_alone_waits_for_its_ten_seconds(self):
        for second in range(21):
            self.tell(second)
            self.now += 1
        self.assertEqual([data["xlog_location"] for data in self.written], [0, 10, 20])

    def test_another_role_is_told_at_once(self):
        self.tell(1)
        self.now += 1
        self.tell(2, role="primary")
        self.assertEqual(self.written[1:], [{**RUNNING, "role": "primary", "xlog_location": 1}])

    def test_a_member_that_knows_no_position_says_so_at_once(self):
        self.tell(1)
        self.touch(self.dcs, {"state": "stopped"})
        self.assertEqual(self.written[1:], [{"state": "stopped"}])

    def test_before_patroni_has_seen_the_cluster(self):
        self.dcs.cluster = None
        self.touch(self.dcs, {**RUNNING, "xlog_location": 1})
        self.touch(self.dcs, {**RUNNING, "xlog_location": 2})
        self.assertEqual([data["xlog_location"] for data in self.written], [1, 2])


if __name__ == "__main__":
    unittest.main()
