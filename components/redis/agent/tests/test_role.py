"""Which role a server starts in, and with what."""

import os
import tempfile
import unittest
from unittest import mock

from agent import role, server
from agent.peers import Survey

from .box import PASSWORDS, SENTINELS, SERVERS, Box, pod

A, B, C = SERVERS
EMPTY_SET = "our volume is empty and no other server answers"
FULL_SET = "our volume is empty and a replica has data"
UNSETTLED = "several servers say they are the primary, and the Sentinels have not settled it"
UNKNOWN = "no primary answers, and no two Sentinels agree on one"


def survey(servers: str, named: str) -> Survey:
    """`servers` and `named` a word for each: p(rimary) d(ata) e(mpty) -, and the ordinal that is named or -."""
    states = {"p": "primary", "d": "data", "e": "empty", "-": "silent"}
    return Survey(
        {host: states[one] for host, one in zip(SERVERS, servers)},
        {host: SERVERS[int(one)] if one != "-" else "" for host, one in zip(SENTINELS, named)},
    )


class Decides(unittest.TestCase):
    def test_a_server(self):
        for what, servers, named, me, has_data, wanted in (
            ("joins a primary that answers, whatever the Sentinels say", "-p-", "000", A, True, ("follow", B)),
            ("joins it with an empty volume, too", "-p-", "---", A, False, ("follow", B)),
            ("of two joins the one that two Sentinels mean", "pp-", "1-1", C, True, ("follow", B)),
            ("waits where two say so and one Sentinel means one", "pp-", "1--", C, True, ("wait", UNSETTLED)),
            ("waits where two say so and a third is meant", "pp-", "222", C, True, ("wait", UNSETTLED)),
            ("believes two Sentinels", "---", "00-", C, True, ("follow", A)),
            ("does not believe one", "---", "-0-", C, True, ("wait", UNKNOWN)),
            ("does not believe one that means itself", "---", "-0-", A, True, ("wait", UNKNOWN)),
            ("does not believe three that differ", "---", "012", A, True, ("wait", UNKNOWN)),
            ("leads where two mean it and it has data", "---", "0-0", A, True, ("lead", mock.ANY)),
            ("never leads empty and alone", "---", "000", A, False, ("wait", EMPTY_SET)),
            ("never leads empty over data", "-d-", "000", A, False, ("wait", FULL_SET)),
            ("never leads empty over data, though another is empty", "-ed", "000", A, False, ("wait", FULL_SET)),
            ("begins a set in which nobody has anything", "-e-", "000", A, False, ("lead", mock.ANY)),
            ("leads with data over replicas", "-dd", "000", A, True, ("lead", mock.ANY)),
        ):
            with self.subTest(what):
                self.assertEqual(role.decide(survey(servers, named), me, has_data), wanted)

    def test_what_the_others_say(self):
        box = Box(pod("redis"))
        box.is_primary(A)
        box.is_replica(B, 7)
        box.is_replica(C, "LOADING Valkey is loading the dataset in memory")
        box.names(SENTINELS[0], A)
        box.names(SENTINELS[1], "10.0.0.66")
        found = box.survey(SERVERS, SENTINELS)
        self.assertEqual(found.servers, {A: "primary", B: "data", C: "data"})
        self.assertEqual(found.sentinels, {SENTINELS[0]: A, SENTINELS[1]: "", SENTINELS[2]: ""})
        box.is_replica(B, 0)
        box.answers.pop((C, "DBSIZE"))
        self.assertEqual(box.survey(SERVERS, []).servers, {A: "primary", B: "empty", C: "silent"})

    def test_data_is_a_snapshot_or_an_append_only_file(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertFalse(role.has_data(folder))
            dump = os.path.join(folder, "dump.rdb")
            open(dump, "w").close()
            self.assertFalse(role.has_data(folder))
            os.mkdir(os.path.join(folder, "appendonlydir"))
            self.assertFalse(role.has_data(folder))
            open(os.path.join(folder, "appendonlydir", "appendonly.aof.manifest"), "w").close()
            self.assertTrue(role.has_data(folder))
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "dump.rdb"), "w") as file:
                file.write("x")
            self.assertTrue(role.has_data(folder))


class IsConfigured(unittest.TestCase):
    def conf(self, plan, passwords=PASSWORDS):
        return server.configuration("min-replicas-to-write 1\n", C, passwords, plan).splitlines()

    def test_to_hold_writes_back_where_it_leads(self):
        writes = [line for line in self.conf(("lead", "")) if line.startswith("min-replicas-to-write")]
        self.assertEqual(writes[-1], "min-replicas-to-write 1000")
        self.assertNotIn("replicaof", "".join(self.conf(("lead", ""))))

    def test_to_be_ready_for_a_promotion_where_it_follows(self):
        conf = self.conf(("follow", B))
        self.assertIn(f"replicaof {B} 6379", conf)
        self.assertEqual([line for line in conf if line.startswith("min-replicas-to-write")][-1][-2:], " 1")

    def test_by_its_own_address(self):
        self.assertIn(f"replica-announce-ip {C}", self.conf(("follow", B)))
        self.assertIn("primaryauth value-of-operator-password", self.conf(("follow", B)))
