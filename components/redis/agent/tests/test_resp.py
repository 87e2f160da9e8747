"""Questions over a real connection, and the agent's own two doors."""

import os
import socket
import tempfile
import threading
import time
import unittest

from agent import __main__ as program
from agent import door
from agent.ready import server_ready
from agent.resp import Client, ErrorReply, encode


class Member:
    """Answers on the loopback, a line of the table for each command; None ends the connection, "" keeps silent."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.heard = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection = self._listening.accept()[0]
            self.connections += 1
            while asked := connection.recv(1000):
                self.heard.append(asked)
                reply = self.replies.pop(0)
                if reply is None:
                    break
                connection.sendall(reply)
            connection.close()


class Asks(unittest.TestCase):
    def test_every_kind_of_reply(self):
        for sent, wanted in (
            (b"+OK\r\n", "OK"),
            (b":42\r\n", "42"),
            (b"$5\r\na\r\nbc\r\n", "a\r\nbc"),
            (b"$-1\r\n", ""),
            (b"*-1\r\n", ""),
            (b"*3\r\n$6\r\nmaster\r\n:7\r\n*0\r\n", ["master", "7", []]),
            (b"-LOADING it\r\n", "LOADING it"),
        ):
            with self.subTest(sent):
                found = Client("127.0.0.1", Member(sent).port).ask("ROLE")
                self.assertEqual(found, wanted)
                self.assertEqual(isinstance(found, ErrorReply), sent.startswith(b"-"))

    def test_over_one_connection(self):
        member = Member(b"+1\r\n", b"+2\r\n")
        client = Client("127.0.0.1", member.port)
        self.assertEqual([client.ask("PING"), client.ask("PING")], ["1", "2"])
        self.assertEqual(member.connections, 1)
        self.assertEqual(member.heard[0], encode(("PING",)))

    def test_over_another_where_the_last_was_closed_meanwhile(self):
        member = Member(b"+1\r\n", None, b"+2\r\n")
        client = Client("127.0.0.1", member.port)
        self.assertEqual([client.ask("PING"), client.ask("PING")], ["1", "2"])
        self.assertEqual(member.connections, 2)

    def test_with_the_password_that_is_accepted(self):
        member = Member(b"-WRONGPASS no\r\n", b"+OK\r\n", b"+PONG\r\n")
        client = Client("127.0.0.1", member.port, lambda: ["old", "new"])
        self.assertEqual(client.ask("PING"), "PONG")
        self.assertEqual(member.heard[1], encode(("AUTH", "operator", "new")))

    def test_nothing_where_no_password_is(self):
        self.assertIsNone(Client("127.0.0.1", Member(b"-WRONGPASS no\r\n").port, lambda: ["old"]).ask("PING"))

    def test_nothing_from_one_that_is_silent_or_not_there(self):
        began = time.monotonic()
        self.assertIsNone(Client("127.0.0.1", Member(b"").port).ask("PING", patience=0.2))
        self.assertLess(time.monotonic() - began, 2)
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        self.assertIsNone(Client("127.0.0.1", port).ask("PING"))

    def test_an_answer_that_comes_too_late_is_not_the_next_one(self):
        member = Member(b"", b"+late\r\n+2\r\n")
        client = Client("127.0.0.1", member.port)
        self.assertIsNone(client.ask("PING", patience=0.1))
        member.replies = [b"+fresh\r\n"]
        self.assertEqual(client.ask("PING"), "fresh")


class Ready(unittest.TestCase):
    def test_is_a_primary_or_a_replica_that_is_connected(self):
        for ping, role, wanted in (
            ("PONG", ["master", "1", []], True),
            ("PONG", ["slave", "10.0.0.1", "6379", "connected", "1"], True),
            ("PONG", ["slave", "10.0.0.1", "6379", "sync", "1"], False),
            ("PONG", None, False),
            (ErrorReply("LOADING"), ["master", "1", []], False),
            (None, ["master", "1", []], False),
        ):
            self.assertEqual(server_ready(ping, role), wanted)


class Doors(unittest.TestCase):
    def test_the_pods_own_programs_are_answered_as_a_server_would(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, door.SOCKET)
            # An agent that was killed leaves it.
            open(path, "w").close()
            door.open_door(folder, {"START": lambda: True, "NEVER": lambda: False})
            for asked, wanted in (
                ("START", b"+OK\r\n"),
                ("NEVER", b"-ERR no\r\n"),
                ("X", b"-ERR one of START NEVER\r\n"),
            ):
                with socket.socket(socket.AF_UNIX) as caller:
                    caller.connect(path)
                    caller.sendall(encode((asked,)))
                    self.assertEqual(caller.recv(100), wanted)

    def test_the_kubelet_is_told_yes_no_or_that_there_is_no_such_thing(self):
        questions = {"/ready": lambda: True, "/healthz": lambda: False}
        for line, wanted in (
            (b"GET /ready HTTP/1.1\r\n", b"200"),
            (b"GET /healthz HTTP/1.1\r\n", b"503"),
            (b"GET /start HTTP/1.1\r\n", b"404"),
            (b"POST /ready HTTP/1.1\r\n", b"404"),
            (b"\r\n", b"404"),
        ):
            self.assertEqual(door.web_answer(line, questions).split()[1], wanted)

    def test_an_agent_without_a_round_for_two_minutes_is_not_alive(self):
        for last, wanted in ((None, True), (0.0, True), (-119.0, True), (-121.0, False)):
            self.assertEqual(program.alive(last, 0.0), wanted)
