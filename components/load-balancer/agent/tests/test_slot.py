"""What is done with a Secret's content, before a HAProxy that answers from a table."""

import os
import tempfile
import unittest
from unittest import mock

from agent import slot
from agent.runtime import Refused
from agent.slot import Certificate, Slot

GOOD = """Serial: {serial}
notBefore: Jan  1 00:00:00 1990 GMT
notAfter: Jan  1 00:00:00 2090 GMT
Subject Alternative Name: DNS:a.example"""


class Haproxy:
    """Believes each text that begins with `good`."""

    def __init__(self) -> None:
        self.served = "Serial: 0\nSubject: /CN=placeholder.invalid"
        self.offered: str | None = None
        self.takes = 0

    def offer(self, file: str, pem: str) -> str:
        if not pem.startswith("good"):
            raise Refused("unable to load")
        self.offered = GOOD.format(serial=pem.split()[1])
        return self.offered

    def take(self, file: str) -> None:
        self.served, self.offered = self.offered, None
        self.takes += 1

    def forget(self, file: str) -> None:
        self.offered = None

    def in_use(self, file: str) -> str:
        return self.served


class Keeps(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.secret = os.path.join(folder, "secret")
        os.makedirs(os.path.join(self.secret, "..data"))
        self.file = os.path.join(folder, "0.pem")
        self.haproxy = Haproxy()
        self.enterContext(mock.patch.object(slot, "say", self.said.append))
        self.slot = self.new()

    said: list[str] = []

    def new(self) -> Slot:
        made = Slot(Certificate("shop-tls", self.secret, ["a.example"]), self.file)
        made.prepare()
        return made

    def put(self, certificate: str, key: str = "key") -> None:
        for name, text in (("tls.crt", certificate), ("tls.key", key)):
            with open(os.path.join(self.secret, "..data", name), "w", encoding="utf-8") as file:
                file.write(text)
        self.slot.look(self.haproxy)

    def test_a_good_one_is_used_once(self):
        self.put("good 1")
        self.put("good 1")
        self.assertEqual((self.haproxy.takes, self.slot.used.serial, self.slot.problem), (1, "1", None))
        with open(self.file, encoding="utf-8") as file:
            self.assertEqual(file.read(), "good 1\nkey\n")

    def test_a_bad_one_is_told_once_and_changes_nothing(self):
        self.put("good 1")
        self.said.clear()
        self.put("bad")
        self.put("bad")
        self.assertEqual((self.haproxy.takes, self.slot.used.serial, self.slot.problem), (1, "1", "unable to load"))
        self.assertEqual(len(self.said), 1)
        self.assertIsNone(self.haproxy.offered)
        self.put("good 2")
        self.assertEqual((self.slot.used.serial, self.slot.problem), ("2", None))

    def test_going_back_to_what_is_used_is_no_problem(self):
        self.put("good 1")
        self.put("bad")
        self.put("good 1")
        self.assertEqual((self.haproxy.takes, self.slot.problem), (1, None))

    def test_half_a_secret_is_none(self):
        self.put("good 1", "")
        self.assertEqual((self.slot.used, self.slot.problem), (None, "there is no tls.crt and tls.key in it"))

    def test_an_agent_that_starts_again_finds_what_is_used(self):
        self.put("good 1")
        self.slot = self.new()
        self.slot.look(self.haproxy)
        self.assertEqual((self.haproxy.takes, self.slot.used.serial), (1, "1"))
