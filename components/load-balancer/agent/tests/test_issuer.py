"""What is done, and noted, for a certificate; the Secret is one in memory."""

import unittest
from unittest import mock

from agent import issuer, openssl
from agent.acme import AcmeError
from agent.due import Tried, tried
from agent.issuer import Acme, Local
from agent.kube import ApiError
from agent.shown import covers

HOSTS = ["a.example"]


class Memory:
    """A Secret that somebody else may change, too."""

    def __init__(self) -> None:
        self.data: dict[str, str] = {}
        self.version = 0
        self.between = lambda: None

    def read(self) -> dict[str, str]:
        self._seen = self.version
        return dict(self.data)

    def write(self, changes: dict[str, str]) -> dict[str, str]:
        self.between()
        if self._seen != self.version:
            raise ApiError("409 Conflict")
        self.data.update(changes)
        self.version += 1
        return self.read()

    def touch(self) -> None:
        """Somebody else writes."""
        self.version += 1


class Gets(unittest.TestCase):
    def setUp(self):
        self.secret = Memory()
        self.said: list[str] = []
        self.enterContext(mock.patch.object(issuer, "say", self.said.append))
        self.orders = 0
        self.answers: list[Exception | None] = []

    def acme(self) -> Acme:
        made = Acme(self.secret, HOSTS, "https://ca.example/dir", None, settle=150)
        authority_key, authority = issuer.authority.new(HOSTS)

        def order(data):
            self.orders += 1
            answer = self.answers.pop(0) if self.answers else None
            if answer:
                raise answer
            key = openssl.new_key()
            return {"tls.crt": issuer.authority.sign(authority_key, authority, HOSTS, key), "tls.key": key}

        made.made = order
        return made

    def test_a_new_account_is_known_by_all_before_anything_is_ordered(self):
        agent = self.acme()
        agent.look(1000)
        agent.look(1149)
        self.assertEqual(self.orders, 0)
        self.assertEqual(len(self.secret.data["thumbprint"]), 43)
        agent.look(1150)
        self.assertEqual((self.orders, tried(self.secret.data["tried"])), (1, Tried(0, 0)))

    def test_a_failure_changes_nothing_and_is_told_with_its_reason(self):
        agent = self.acme()
        agent.look(0)
        self.answers = [AcmeError("dns: no such name"), AcmeError("dns: no such name")]
        agent.look(1000)
        self.assertEqual(tried(self.secret.data["tried"]), Tried(1, 1300))
        self.assertNotIn("tls.crt", self.secret.data)
        self.assertIn("no certificate for a.example: dns: no such name; the next try is in 5 min", self.said)
        agent.look(1299)
        self.assertEqual(self.orders, 1)
        agent.look(1300)
        self.assertEqual(tried(self.secret.data["tried"]), Tried(2, 1900))
        agent.look(1900)
        self.assertEqual((self.orders, tried(self.secret.data["tried"])), (3, Tried(0, 0)))

    def test_of_two_that_look_at_once_one_orders(self):
        agent = self.acme()
        agent.look(0)
        self.secret.between = self.secret.touch
        with self.assertRaises(ApiError):
            agent.look(1000)
        self.assertEqual(self.orders, 0)

    def test_one_that_starts_again_in_the_middle_of_an_order_waits(self):
        agent = self.acme()
        agent.look(0)
        self.answers = [KeyboardInterrupt()]
        with self.assertRaises(KeyboardInterrupt):
            agent.look(1000)
        self.acme().look(1010)
        self.assertEqual(self.orders, 1)

    def test_a_local_authority_stays_until_it_is_for_other_hosts(self):
        Local(self.secret, HOSTS).look(1000)
        first = dict(self.secret.data)
        self.secret.data["tls.crt"] = ""
        Local(self.secret, HOSTS).look(2000)
        self.assertEqual(self.secret.data["ca.crt"], first["ca.crt"])
        self.assertNotEqual(self.secret.data["tls.crt"], first["tls.crt"])
        Local(self.secret, ["b.example"]).look(3000)
        self.assertNotEqual(self.secret.data["ca.crt"], first["ca.crt"])
        self.assertTrue(covers(openssl.describe(self.secret.data["tls.crt"]).names, "b.example"))

    def test_an_authority_signs_for_its_own_hosts_only(self):
        key, certificate = issuer.authority.new(["localhost", "*.shop.localhost"])
        for host, trusted in (("localhost", True), ("a.shop.localhost", True), ("bank.example", False)):
            with self.subTest(host):
                made = issuer.authority.sign(key, certificate, [host], openssl.new_key())
                with openssl.files(ca=certificate, made=made) as paths:
                    self.assertEqual(self.verified(paths["ca"], paths["made"]), trusted)

    def verified(self, ca: str, made: str) -> bool:
        try:
            return b"OK" in openssl.run("verify", "-CAfile", ca, made)
        except openssl.Failed:
            return False
