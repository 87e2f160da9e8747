"""How long a planned stop of the primary waits, and for what; how the agent is asked."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

from holdfast import hook

IN_PRODUCTION, SHUT_DOWN, SHUTTING_DOWN = 6, 1, 3


class Stop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.pid_file = os.path.join(folder.name, "postmaster.pid")
        self.control_file = os.path.join(folder.name, "pg_control")
        with open(self.pid_file, "w", encoding="ascii") as file:
            file.write("4711\n")
        self.sign = os.path.join(folder.name, "handing-over")
        self.control(IN_PRODUCTION)
        self.now = 0.0
        self.alive = False

    def control(self, state):
        with open(self.control_file, "wb") as file:
            file.write(bytes(16) + state.to_bytes(4, sys.byteorder) + bytes(100))

    def stop(self, timeline):
        """Stops; `timeline` tells what becomes of PostgreSQL at which second. Returns when the hook was done."""

        def sleep(seconds):
            self.now += seconds
            while timeline and timeline[0][0] <= self.now:
                timeline.pop(0)[1]()

        told = lambda *_: self.assertTrue(os.path.exists(self.sign), "nothing keeps the archive from the last segment")
        paths = {"PID_FILE": self.pid_file, "CONTROL_FILE": self.control_file, "HANDING_OVER": self.sign}
        with (
            mock.patch.multiple(hook, **paths, alive=lambda process: self.alive),
            mock.patch.object(hook.os, "kill", side_effect=told) as kill,
            mock.patch.object(hook.os, "listdir", return_value=[]),
            mock.patch.object(hook.time, "sleep", sleep),
            mock.patch.object(hook.time, "monotonic", lambda: self.now),
        ):
            hook.stop_postgres(5.0)
        kill.assert_called_once_with(4711, signal.SIGINT)
        self.assertFalse(os.path.exists(self.sign), "the archive would stand still")
        return self.now

    def test_waits_until_it_is_down(self):
        done = self.stop(
            [
                (0.1, lambda: self.control(SHUTTING_DOWN)),
                (0.2, lambda: self.control(SHUT_DOWN)),
                (0.6, lambda: os.unlink(self.pid_file)),
            ]
        )
        self.assertAlmostEqual(0.6, done, delta=0.02)

    def test_waits_until_the_process_is_gone_as_well(self):
        def end():
            self.alive = False

        self.alive = True
        done = self.stop([(0.1, lambda: self.control(SHUT_DOWN)), (0.15, lambda: os.unlink(self.pid_file)), (0.3, end)])
        self.assertAlmostEqual(0.3, done, delta=0.02)

    def test_a_process_of_this_machine_is_alive_until_it_was_waited_for(self):
        process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.DEVNULL)
        self.assertTrue(hook.alive(process.pid))
        process.wait(timeout=30)
        self.assertFalse(hook.alive(process.pid))

    def test_ends_an_archive_that_is_slow(self):
        with mock.patch.object(hook, "end_archiving", lambda: os.unlink(self.pid_file)):
            done = self.stop([(0.2, lambda: self.control(SHUT_DOWN)), (4.0, self.fail)])
        self.assertAlmostEqual(0.2 + hook.ARCHIVE_SECONDS, done, delta=0.05)

    def test_ends_the_archive_command_and_nothing_else(self):
        script = "import time; time.sleep(60)"
        command, sender = (
            subprocess.Popen([sys.executable, "-c", script, "--stanza=main", name])
            for name in ("archive-push", "archive-push:async")
        )
        shell = subprocess.Popen(
            ["sh", "-c", "read line; pgbackrest --stanza=main archive-push segment"], stdin=subprocess.PIPE
        )
        self.addCleanup(shell.stdin.close)
        self.addCleanup(sender.wait)
        self.addCleanup(sender.kill)
        # Only these three: this machine's other processes are none of the test's business.
        with mock.patch.object(
            hook.os, "listdir", return_value=["self", *(str(process.pid) for process in (command, sender, shell))]
        ):
            deadline = time.monotonic() + 5
            while (command.poll() is None or shell.poll() is None) and time.monotonic() < deadline:
                hook.end_archiving()
                time.sleep(0.01)
        for process in (command, shell):
            self.assertEqual(-signal.SIGKILL, process.wait(timeout=5))
        self.assertIsNone(sender.poll())

    def test_waits_for_a_database_that_is_still_writing_until_time_is_up(self):
        self.assertAlmostEqual(5.0, self.stop([(0.1, lambda: self.control(SHUTTING_DOWN))]), delta=0.02)


class Ask(unittest.TestCase):
    """The other end of the agent's socket is this test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "agent.sock")
        patch = mock.patch.object(hook, "AGENT_SOCKET", path)
        patch.start()
        self.addCleanup(patch.stop)
        self.agent = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.agent.close)
        self.agent.bind(path)
        self.agent.listen()

    def answer(self, text):
        def run():
            connection, _ = self.agent.accept()
            with connection:
                connection.recv(100)
                connection.sendall(text)

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)

    def test_returns_the_line(self):
        self.answer(b"yes it is\n")
        self.assertEqual("yes it is", hook.ask("question", 10.0))

    def test_an_agent_that_goes_has_no_answer(self):
        self.answer(b"")
        self.assertRaisesRegex(OSError, "closed", hook.ask, "question", 10.0)

    def test_waits_no_longer_than_it_should(self):
        self.assertRaisesRegex(OSError, "in time", hook.ask, "question", 0.05)

    def test_an_answer_that_nobody_wants_any_more_is_not_waited_for(self):
        asked = time.monotonic()
        self.assertRaises(OSError, hook.ask, "question", 30.0, lambda: True)
        self.assertLess(time.monotonic() - asked, 15)
