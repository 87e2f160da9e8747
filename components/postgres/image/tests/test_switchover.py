"""A switchover by command: what it answers, and how the answer gets to whoever asked."""

import contextlib
import io
import os
import tempfile
import unittest
from unittest import mock

from holdfast import hook, rest, switchover, web
from holdfast.kube import Lock
from kubernetes.client.exceptions import ApiException

MEMBERS = [
    {"name": "postgres-0", "role": "leader", "state": "running"},
    {"name": "postgres-1", "role": "quorum_standby", "state": "streaming", "lag": 40},
    {"name": "postgres-2", "role": "quorum_standby", "state": "streaming", "lag": 0},
]


def led_by(name):
    return Lock(name, name and "10.0.0.1", "t", "1")


class Run(unittest.TestCase):
    def setUp(self):
        self.kube = mock.Mock()
        self.kube.lock.side_effect = [led_by("postgres-0"), led_by(None), led_by("postgres-2")]
        self.asked = []

    def run_it(self, candidate=None, refusal=None):
        def patroni(ip, method, path, body=None, timeout=0):
            if method == "POST":
                self.asked.append((ip, body))
                if refusal:
                    raise rest.RestError(refusal)
            return {"members": MEMBERS, "text": "ok"}

        with mock.patch.object(rest, "patroni", patroni), mock.patch.object(switchover.time, "sleep"):
            return switchover.run(self.kube, "postgres", candidate)

    def test_hands_over_to_the_best_standby_and_waits_until_it_leads(self):
        self.assertEqual((True, "postgres-0 handed over to postgres-2"), self.run_it())
        self.assertEqual([("10.0.0.1", {"leader": "postgres-0", "candidate": "postgres-2"})], self.asked)

    def test_hands_over_to_whom_it_was_told(self):
        self.run_it("postgres-1")
        self.assertEqual("postgres-1", self.asked[0][1]["candidate"])

    def test_asks_nothing_of_a_member_that_could_not_lead(self):
        self.assertEqual(
            (False, "postgres-7 is no standby that could lead; ready are: postgres-1, postgres-2."),
            self.run_it("postgres-7"),
        )
        self.assertEqual([], self.asked)

    def test_says_why_it_did_not_happen(self):
        self.assertEqual((False, "The primary refused: 412"), self.run_it(refusal="412"))
        self.kube.lock.side_effect = [led_by(None)]
        self.assertIn("Nobody leads", self.run_it()[1])
        self.kube.lock.side_effect = ApiException(status=500)
        self.assertIn("try again", self.run_it()[1])


class Asked(unittest.TestCase):
    """By the pod's own socket, which is a real one here."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "agent.sock")
        for module in (hook, web):
            patched = mock.patch.object(module, "AGENT_SOCKET", path)
            patched.start()
            self.addCleanup(patched.stop)

    def command(self, *words):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = hook.switchover(*words)
        return code, out.getvalue().strip(), err.getvalue().strip()

    def test_the_answer_arrives_with_its_exit_code(self):
        web.answer_hooks(
            {
                "switchover": lambda member="somebody": (member != "postgres-7", f"handed over\nto {member}"),
                "before-stop": lambda: True,
            }
        )
        self.assertEqual((0, "handed over to somebody", ""), self.command())
        self.assertEqual((0, "handed over to postgres-1", ""), self.command("postgres-1"))
        self.assertEqual((1, "", "handed over to postgres-7"), self.command("postgres-7"))
        self.assertEqual("yes", hook.ask("before-stop", 5.0))

    def test_no_agent_is_said_to_be_none(self):
        code, _, error = self.command()
        self.assertEqual(1, code)
        self.assertIn("does not answer", error)
