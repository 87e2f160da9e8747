"""How often a member's position is written, and that everything else is written at once; which commands are no
processes.
"""

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


class Hooks(unittest.TestCase):
    def setUp(self):
        self.cancellable = mock.Mock(is_cancelled=False)
        self.started = mock.Mock(return_value=7)
        self.run_command = patroni.at_hand(self.started)

    def ask(self, **answer):
        return mock.patch.object(patroni.hook, "ask", **answer)

    def run_hook(self, name):
        return self.run_command(self.cancellable, ["python3", "-S", patroni.hook.__file__, name])

    def test_a_promotion_is_decided_without_a_process(self):
        for answer, code in (("yes", 0), ("no", 1)):
            with self.ask(return_value=answer):
                self.assertEqual(code, self.run_hook("pre-promote"))
        self.started.assert_not_called()

    def test_without_an_agent_the_command_is_run(self):
        with self.ask(side_effect=OSError("gone")):
            self.assertEqual(7, self.run_hook("pre-promote"))
        self.started.assert_called_once_with(self.cancellable, ["python3", "-S", patroni.hook.__file__, "pre-promote"])

    def test_the_answer_is_unwanted_once_patroni_has_given_up(self):
        with self.ask(return_value="yes") as ask:
            self.run_hook("pre-promote")
        unwanted = ask.call_args.args[2]
        self.assertFalse(unwanted())
        self.cancellable.is_cancelled = True
        self.assertTrue(unwanted())

    def test_a_stop_is_prepared_without_a_process(self):
        with mock.patch.object(patroni.hook, "before_stop", return_value=0):
            self.assertEqual(0, self.run_hook("before-stop"))
        self.started.assert_not_called()

    def test_any_other_command_is_none_of_ours(self):
        for command in (
            ["pg_rewind", "-D", "x"],
            ["python3", "-S", "/elsewhere/hook.py", "pre-promote"],
            ["pre-promote"],
        ):
            self.assertEqual(7, self.run_command(self.cancellable, command, env={}))
            self.started.assert_called_with(self.cancellable, command, env={})
