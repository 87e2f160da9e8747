"""A Sentinel: what it is started with, and how patient it is."""

import re
import unittest

from agent import links, monitored, settle

from .box import MONITORED, PASSWORDS, SENTINELS, SERVERS, Box, Rounds, lived, pod

A, B, C = SERVERS
STATE = f"""sentinel monitor main {B} 6379 2
sentinel current-epoch 9
sentinel config-epoch main 8
sentinel leader-epoch main 9
sentinel known-sentinel main 10.0.0.66 26379 {"f" * 40}
sentinel auth-pass main old
"""


class IsStarted(unittest.TestCase):
    def conf(self, ordinal, primary=A, state=""):
        return monitored.configuration("port 26379\n", pod("sentinel", ordinal), primary, state, PASSWORDS)

    def test_with_two_replicas_and_two_others_always_by_the_same_ids(self):
        first, second = self.conf(0, C), self.conf(1, C)
        self.assertEqual(re.findall(r"^sentinel known-replica main (\S+) 6379$", first, re.M), [A, B])

        def own(conf):
            return re.search(r"^sentinel myid (\w{40})$", conf, re.M)[1]

        def others(conf):
            return re.findall(r"^sentinel known-sentinel main (\S+) 26379 (\w{40})$", conf, re.M)

        self.assertIn((SENTINELS[0], own(first)), others(second))
        self.assertIn((SENTINELS[1], own(second)), others(first))
        self.assertEqual(len(others(first)), 2)
        # A set that was made by an older Holdfast knows them by these.
        self.assertEqual(own(first), "1639e906bdfacae08c2415f9d6486cc7dd3b01be")

    def test_with_its_epochs_and_nothing_else_of_before(self):
        conf = self.conf(0, B, STATE)
        for line in ("current-epoch 9", "config-epoch main 8", "leader-epoch main 9"):
            self.assertIn(f"\nsentinel {line}\n", conf)
        self.assertNotIn("10.0.0.66", conf)
        self.assertNotIn("auth-pass main old", conf)
        self.assertIn(f"\nsentinel monitor main {B} 6379 2\n", conf)
        self.assertIn(f"\nsentinel announce-ip {SENTINELS[0]}\n", conf)

    def test_with_the_operator_towards_servers_and_sentinels(self):
        for line in ("auth-user main", "auth-pass main", "sentinel-user", "sentinel-pass"):
            value = "operator" if "user" in line else "value-of-operator-password"
            self.assertIn(f"\nsentinel {line} {value}\n", self.conf(0))

    def test_on_the_primary_that_it_remembers(self):
        self.assertEqual(monitored.remembered(STATE, SERVERS), B)
        self.assertEqual(monitored.remembered("", SERVERS), "")

    def test_not_on_an_address_that_is_no_longer_one_of_ours(self):
        self.assertEqual(monitored.remembered("sentinel monitor main 10.0.0.66 6379 2\n", SERVERS), "")

    def test_on_what_the_others_say_then_the_servers(self):
        box = Box(pod("sentinel"))

        def told():
            return monitored.told(box.survey(SERVERS, SENTINELS[1:]), SERVERS)

        self.assertEqual(told(), "")
        box.is_primary(C)
        self.assertEqual(told(), C)
        box.names(SENTINELS[2], B)
        self.assertEqual(told(), B)


class IsPatient(unittest.TestCase):
    def looks(self, monitors):
        """How often it looked at its primary before it shortened its patience; it does so in any case in the end."""
        box = Box(pod("sentinel"))
        box.answers = {
            ("127.0.0.1", "SENTINEL SET main down-after-milliseconds 2000"): "OK",
            ("127.0.0.1", "SENTINEL DEBUG tilt-period 5000"): "OK",
        }
        monitors(box)
        rounds = lived(lambda life: settle.settle(life, box), Rounds(100))
        self.assertEqual(set(rounds.pauses), {0.5})
        self.assertEqual(box.calls[-1], ("127.0.0.1", "SENTINEL DEBUG tilt-period 5000"))
        return len(box.asked(MONITORED))

    def test_until_its_primary_has_answered(self):
        self.assertEqual(self.looks(lambda box: box.monitors("127.0.0.1", A)), 1)

    def test_for_long_with_one_that_it_has_not_heard_or_that_is_down(self):
        for flags, sent in (("master", "345"), ("s_down,master", "0"), ("master,disconnected", "0")):
            with self.subTest(flags):
                self.assertEqual(self.looks(lambda box: box.monitors("127.0.0.1", A, flags, sent)), 40)

    def test_a_little_longer_at_each_ordinal_later(self):
        self.assertEqual([settle.patience_ms(ordinal) for ordinal in range(3)], [2000, 2300, 2600])

    def test_as_it_was_until_it_has_heard(self):
        self.assertEqual(self.looks(lambda box: box.busy.append("SENTINEL SET main down-after-milliseconds 2000")), 40)


class Links(unittest.TestCase):
    def renewed(self, sync):
        box = Box(pod("sentinel", 1))
        box.says("127.0.0.1", "INFO replication", f"role:slave\r\nmaster_sync_in_progress:{sync}\r\n")
        rounds = lived(lambda life: links.renew(life, box, "10.0.0.9"), Rounds(9))
        self.assertEqual(rounds.pauses, [4, 8, 12])
        for kind in ("normal", "pubsub", "replica"):
            self.assertEqual(box.asked(f"CLIENT KILL TYPE {kind} SKIPME yes"), ["127.0.0.1"] * 3)
        return sorted(box.asked("CLIENT KILL IP 10.0.0.9"))

    def test_are_made_anew_everywhere_three_times(self):
        self.assertEqual(self.renewed(0), sorted(3 * (SERVERS + SENTINELS)))

    def test_are_left_alone_while_it_copies_the_data(self):
        self.assertEqual(self.renewed(1), [])
