"""A whole set on this machine: three servers, three Sentinels and their six agents, each at a loopback address of its
own. Needs `valkey-server`, 9 or newer, and `valkey-cli` on PATH.

    python3 -B -m unittest agent.tests.real
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable

from agent.accounts import Accounts
from agent.env import REDIS_PORT, Pod
from agent.peers import Peers
from agent.resp import Client

SERVERS = [f"127.0.77.{i}" for i in (10, 11, 12)]
SENTINELS = [f"127.0.77.{i}" for i in (20, 21, 22)]

# The container's command of pods.ts, and what an agent's process is here: a whole rotation fits into a test.
ENTRY = 'until [ "$(valkey-cli -s {run}/agent.sock START 2> /dev/null)" = OK ]; do sleep 0.1; done; {program}'
AGENT = """import os, agent.tests
os.environ["PASSWORD_GRACE_SECONDS"] = "5"
from agent.tests.real import Member
Member({kind!r}, {ordinal}, {root!r}).serve()"""

# The parts of config.ts that matter here.
REDIS_CONF = """bind {host}
port 6379
protected-mode no
dir {folder}
appendonly yes
repl-diskless-sync yes
repl-diskless-sync-delay 0
min-replicas-to-write 1
min-replicas-max-lag 5
primaryuser operator
"""
SENTINEL_CONF = """bind {host}
port 26379
protected-mode no
dir {folder}
sentinel resolve-hostnames no
sentinel down-after-milliseconds main 20000
sentinel failover-timeout main 6000
sentinel parallel-syncs main 1
"""
PASSWORDS = ("password", "next-password", "operator-password", "exporter-password")


class Member:
    """One pod: a folder for each of its volumes, an agent, and a server or Sentinel."""

    def __init__(self, kind: str, ordinal: int, root: str) -> None:
        name = "redis" if kind == "redis" else "redis-sentinel"
        self.root = root
        self.folder = os.path.join(root, f"{name}-{ordinal}")
        self.host = (SERVERS if kind == "redis" else SENTINELS)[ordinal]
        places = {one: os.path.join(self.folder, one) for one in ("config", "run", "data")}
        accounts = os.path.join(root, "accounts")
        self.pod = Pod(name, ordinal, SERVERS, SENTINELS, kind, self.host, accounts=accounts, **places)
        self.processes: dict[str, subprocess.Popen] = {}
        for place in places.values():
            os.makedirs(place, exist_ok=True)
        base = (REDIS_CONF if kind == "redis" else SENTINEL_CONF).format(host=self.host, folder=self.pod.data)
        with open(os.path.join(self.pod.config, f"{kind}.conf"), "w") as file:
            file.write(base)

    def serve(self) -> None:
        """What the agent's process does."""
        from agent import links
        from agent.__main__ import serve

        # All have one address to come from here.
        links.PAUSES = ()
        os.umask(0o077)
        serve(self.pod, self.host, 8009)
        time.sleep(3600)

    def start(self, *names: str) -> None:
        """Starts "agent" or "server", both where nothing is said."""
        program = {
            "redis": f"exec valkey-server {self.pod.run}/redis.conf",
            "sentinel": f"cp {self.pod.run}/sentinel.conf {self.pod.data}/sentinel.conf.new && "
            f"mv {self.pod.data}/sentinel.conf.new {self.pod.data}/sentinel.conf && "
            f"exec valkey-server {self.pod.data}/sentinel.conf --sentinel",
        }[self.pod.kind]
        agent = AGENT.format(kind=self.pod.kind, ordinal=self.pod.ordinal, root=self.root)
        commands = {
            "agent": [sys.executable, "-B", "-c", agent],
            "server": ["sh", "-c", ENTRY.format(run=self.pod.run, program=program)],
        }
        for name in names or commands:
            with open(os.path.join(self.folder, f"{name}.log"), "a") as log:
                self.processes[name] = subprocess.Popen(commands[name], stdout=log, stderr=log)

    def send(self, which: signal.Signals, *names: str) -> None:
        """A signal to "agent" or "server", both where nothing is said."""
        for name in names or self.processes:
            self.processes[name].send_signal(which)
            if which == signal.SIGKILL:
                self.processes[name].wait()

    def hand_over(self) -> str:
        """What the preStop hook does."""
        command = ["valkey-cli", "-s", os.path.join(self.pod.run, "agent.sock"), "HAND-OVER"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def log(self) -> str:
        """What its agent has said."""
        with open(os.path.join(self.folder, "agent.log")) as file:
            return file.read()


def until(found: Callable[[], object], seconds: float = 90) -> object:
    """What is found in the end."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


class WholeSet(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="redis-agent-")
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        os.mkdir(os.path.join(self.root, "accounts"))
        self.mount("first")
        self.servers = [Member("redis", i, self.root) for i in range(3)]
        self.sentinels = [Member("sentinel", i, self.root) for i in range(3)]
        self.all = self.servers + self.sentinels
        self.peers = Peers(self.servers[0].pod, Accounts(self.servers[0].pod.accounts, self.root))
        for member in self.all:
            member.start()
            self.addCleanup(member.send, signal.SIGKILL)

    def mount(self, prefix):
        for account in PASSWORDS:
            with open(os.path.join(self.root, "accounts", account), "w") as file:
                file.write(f"{prefix}-{account}")

    def write(self, host, value):
        return self.peers.ask(host, REDIS_PORT, "SET", "key", value) == "OK"

    def settled(self, other_than=None):
        """Waits for one primary, which every Sentinel names, two replicas follow and writes go to."""

        def found():
            survey = self.peers.survey(SERVERS, SENTINELS)
            primaries = survey.that_are("primary")
            if len(primaries) != 1 or {*survey.sentinels.values()} != {*primaries} or primaries[0] == other_than:
                return None
            if "connected_slaves:2" not in (self.peers.ask(primaries[0], REDIS_PORT, "INFO", "replication") or ""):
                return None
            return primaries[0] if self.write(primaries[0], "settled") else None

        host = until(found)
        return next(member for member in self.servers if member.host == host)

    def test_its_life(self):
        with self.subTest("begins with the first"):
            first = self.settled()
            self.assertEqual(first.host, SERVERS[0])
            until(lambda: all(self.ready(member) for member in self.all))

        with self.subTest("hands over before a planned stop"):
            self.assertTrue(self.write(first.host, "before the hand-over"))
            self.assertEqual(first.hand_over(), "OK")
            second = self.settled(other_than=first.host)
            self.assertEqual(self.peers.server_state(first.host), "data")

        with self.subTest("decides anew where a server alone is killed, and its agent is not"):
            begun = second.log().count("holdfast: lead") + second.log().count("holdfast: follow")
            second.send(signal.SIGKILL, "server")
            second.start("server")
            until(lambda: second.log().count("holdfast: lead") + second.log().count("holdfast: follow") > begun)
            third = self.settled()

        with self.subTest("goes on where an agent alone is killed, and follows passwords that were changed meanwhile"):
            third.send(signal.SIGKILL, "agent")
            self.assertTrue(self.write(third.host, "without its agent"))
            self.mount("second")
            third.start("agent")
            for member in self.all:
                until(lambda member=member: "is refused from now on" in member.log())
            mounted = Accounts(self.servers[0].pod.accounts, self.root)
            self.peers = Peers(self.servers[0].pod, mounted)
            self.assertEqual(self.settled().host, third.host)
            self.assertEqual(self.login(third.host, "default", "first-password"), "WRONGPASS")
            self.assertEqual(self.login(third.host, "default", "second-next-password"), "OK")
            self.assertEqual(self.login(third.host, "operator", "first-operator-password"), "WRONGPASS")

        with self.subTest("a primary that was frozen joins its successor when it thaws"):
            third.send(signal.SIGSTOP)
            others = [host for host in SERVERS if host != third.host]
            until(lambda: self.peers.survey(others, []).that_are("primary"))
            third.send(signal.SIGCONT)
            fourth = self.settled(other_than=third.host)

        with self.subTest("keeps its data and one primary where everything is killed and started again"):
            self.assertTrue(self.write(fourth.host, "kept"))
            time.sleep(2)
            for member in self.all:
                member.send(signal.SIGKILL)
                # The folder in memory goes with a pod.
                shutil.rmtree(member.pod.run)
                os.mkdir(member.pod.run)
            for member in self.all:
                member.start()
            until(lambda: len(self.peers.survey(SERVERS, []).that_are("primary")) == 1)
            fifth = until(lambda: self.peers.survey(SERVERS, []).that_are("primary"))[0]
            self.assertEqual(self.peers.ask(fifth, REDIS_PORT, "GET", "key"), "kept")
            self.settled()

    def ready(self, member):
        from urllib.error import URLError
        from urllib.request import urlopen

        try:
            with urlopen(f"http://{member.host}:8009/ready") as ready, urlopen(f"http://{member.host}:8009/healthz"):
                return ready.status == 200
        except URLError:
            return False

    def login(self, host, account, password):
        """First word of what a server answers to a log-in."""
        return str(Client(host, REDIS_PORT).ask("AUTH", account, password)).split()[0]
