"""Passwords: what is accepted, and how a change of them goes."""

import os
import tempfile
import unittest
from hashlib import sha256

from agent import accounts, rotation

from .box import PASSWORDS, Box, Rounds, lived, pod


def sha(text):
    return "#" + sha256(text.encode()).hexdigest()


class Mounted(unittest.TestCase):
    """With the Secret in a folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for key, value in PASSWORDS.items():
            self.mount(key, value + "\n")
        self.accounts = accounts.Accounts(self.folder, self.folder)

    def mount(self, key, value):
        with open(os.path.join(self.folder, key), "w") as file:
            file.write(value)


class Accounts(Mounted):
    def test_passwords_stand_in_the_configuration_by_their_hash_only(self):
        lines = accounts.user_lines("redis", self.accounts.mounted())
        self.assertNotIn("value-of", "".join(lines))
        current, following = sha("value-of-password"), sha("value-of-next-password")
        self.assertIn(f"user default reset on {current} {following} ~* &* +@all -@admin -@dangerous +info +role", lines)
        self.assertIn(f"user operator reset on {sha('value-of-operator-password')} ~* &* +@all", lines)
        rights = "~* &* -@all +@connection +info +config|get +latency +slowlog +dbsize"
        self.assertIn(f"user exporter reset on {sha('value-of-exporter-password')} {rights}", lines)

    def test_the_previous_password_is_accepted_where_there_is_one(self):
        self.mount("previous-password", "the one before")
        default = accounts.accepted("redis", self.accounts.mounted())["default"]
        self.assertEqual(default[1:], [sha("value-of-next-password"), sha("the one before")])

    def test_a_sentinel_knows_the_operator_and_tells_anyone_who_leads(self):
        lines = accounts.user_lines("sentinel", self.accounts.mounted())
        self.assertEqual([line.split()[1] for line in lines], ["operator", "default"])
        rights = lines[1].split()
        self.assertEqual(rights[2:7], ["reset", "on", "nopass", "&*", "-@all"])
        wanted = {"+@connection", "+info", "+role", "+subscribe", "+psubscribe", "+unsubscribe", "+punsubscribe"}
        words = "get-master-addr-by-name get-primary-addr-by-name masters primaries master primary replicas slaves"
        wanted |= {f"+sentinel|{word}" for word in f"{words} sentinels ckquorum myid".split()}
        self.assertEqual(set(rights[7:]), wanted)

    def test_the_way_in_is_what_the_server_accepts_then_what_is_mounted(self):
        self.assertFalse(self.accounts.started())
        self.assertEqual(self.accounts.ways_in(), ["value-of-operator-password"])
        self.accounts.speak("before")
        self.assertTrue(self.accounts.started())
        self.assertEqual(self.accounts.ways_in(), ["before", "value-of-operator-password"])


class Steps(unittest.TestCase):
    def test_are_a_grace_period_apart(self):
        elapsed, due = None, []
        for look in range(100):
            what, elapsed = rotation.step(elapsed, look == 2)
            if what:
                due.append((5 * (look - 2), what))
        self.assertEqual(due, [(0, rotation.ACCEPT), (150, rotation.SPEAK), (300, rotation.REFUSE)])

    def test_begin_anew_with_another_change(self):
        self.assertEqual(rotation.step(145, True), (rotation.ACCEPT, 0))
        self.assertEqual(rotation.step(295, True), (rotation.ACCEPT, 0))

    def test_nothing_is_due_without_a_change(self):
        self.assertEqual(rotation.step(None, False), (None, None))

    def test_tell_a_server(self):
        operator, exporter = sha("value-of-operator-password"), sha("value-of-exporter-password")
        clients = (sha("value-of-password"), sha("value-of-next-password"))
        for due, reset in ((rotation.ACCEPT, ()), (rotation.REFUSE, ("resetpass",))):
            self.assertEqual(
                rotation.commands(due, "redis", PASSWORDS),
                [
                    ("ACL", "SETUSER", "operator", *reset, operator),
                    ("ACL", "SETUSER", "default", *reset, *clients),
                    ("ACL", "SETUSER", "exporter", *reset, exporter),
                ],
            )
        self.assertEqual(
            rotation.commands(rotation.SPEAK, "redis", PASSWORDS),
            [("CONFIG", "SET", "primaryauth", "value-of-operator-password")],
        )

    def test_tell_a_sentinel(self):
        operator = sha("value-of-operator-password")
        self.assertEqual(
            [rotation.commands(due, "sentinel", PASSWORDS) for due in (rotation.ACCEPT, rotation.REFUSE)],
            [[("ACL", "SETUSER", "operator", operator)], [("ACL", "SETUSER", "operator", "resetpass", operator)]],
        )
        self.assertEqual(
            rotation.commands(rotation.SPEAK, "sentinel", PASSWORDS),
            [
                ("SENTINEL", "SET", "main", "auth-pass", "value-of-operator-password"),
                ("SENTINEL", "CONFIG", "SET", "sentinel-pass", "value-of-operator-password"),
            ],
        )


class Follows(Mounted):
    def follow(self, known, looks):
        box = Box(pod("redis"))
        box.ask = lambda *call: self.told.append(call) or "OK"
        self.told, self.spoken = [], []
        self.accounts.speak = self.spoken.append
        rounds = Rounds(looks)
        lived(lambda life: rotation.follow(life, box, self.accounts, known), rounds)
        self.assertEqual(set(rounds.pauses), {5})
        return [call[2:5] for call in self.told]

    def test_nothing_that_has_not_changed(self):
        self.assertEqual(self.follow(PASSWORDS, 100), [])

    def test_what_has(self):
        before = PASSWORDS | {"password": "before"}
        self.assertEqual(len(self.follow(before, 30)), 3)
        self.assertEqual(self.spoken, ["value-of-operator-password"])
        self.assertEqual(self.follow(before, 31)[3:], [("CONFIG", "SET", "primaryauth")])
        self.assertEqual(
            self.follow(before, 200)[4:], [("ACL", "SETUSER", one) for one in ("operator", "default", "exporter")]
        )

    def test_what_an_agent_before_it_may_have_told(self):
        self.assertEqual(len(self.follow(None, 200)), 7)

    def test_a_command_is_repeated_until_it_is_done(self):
        box = Box(pod("redis"))
        answers = iter([None, "ERR", "OK"])
        box.ask = lambda *_: next(answers)
        rounds = Rounds(9)
        rotation.insist(box, rounds, "ACL", "SETUSER", "operator", "#1")
        self.assertEqual(rounds.pauses, [0.5, 0.5])
