"""A whole set on this machine: three servers, three Sentinels and their six agents, each at a loopback address of its
own. Needs `valkey-server`, 9 or newer, and `valkey-cli` on PATH."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from agent.accounts import Accounts
from agent.door import SOCKET
from agent.env import REDIS_PORT, SENTINEL_PORT, Pod
from agent.peers import Peers

SERVERS = [f"127.0.1.{i}" for i in range(3)]
SENTINELS = [f"127.0.2.{i}" for i in range(3)]

# What a container's command does, and what an agent is started with; see pods.ts.
ENTRY = 'until [ "$(valkey-cli -s {run}/{socket} START)" = OK ]; do sleep 0.1; done 2> /dev/null; exec {server}'
AGENT = "from agent.tests.real import *; Member({kind!r}, {ordinal}, {root!r}).serve()"

BASE = """bind {host}
protected-mode no
daemonize no
"""
SERVER = """port 6379
appendonly yes
repl-diskless-sync yes
repl-diskless-sync-delay 0
min-replicas-to-write 1
min-replicas-max-lag 5
replica-announce-port 6379
primaryuser operator
"""
SENTINEL = """port 26379
sentinel announce-port 26379
sentinel resolve-hostnames no
sentinel down-after-milliseconds main 20000
sentinel failover-timeout main 6000
sentinel parallel-syncs main 1
"""


class Member:
    """One pod: a folder for each of its volumes, its agent, and its server or Sentinel."""

    def __init__(self, kind: str, ordinal: int, root: str) -> None:
        name = "redis" if kind == "redis" else "redis-sentinel"
        self.host = (SERVERS if kind == "redis" else SENTINELS)[ordinal]
        self.root = root
        self.folder = os.path.join(root, f"{name}-{ordinal}")
        folders = {one: os.path.join(self.folder, one) for one in ("config", "run", "data")}
        accounts = os.path.join(root, "accounts")
        self.pod = Pod(name, ordinal, SERVERS, SENTINELS, kind, self.host, accounts=accounts, **folders)
        self.processes: dict[str, subprocess.Popen] = {}
        for folder in folders.values():
            os.makedirs(folder, exist_ok=True)
        base = BASE.format(host=self.host) + (SERVER if kind == "redis" else SENTINEL)
        if kind == "redis":
            base += f"dir {folders['data']}\n"
        else:
            base += f"dir {folders['run']}\n"
        with open(os.path.join(folders["config"], "redis.conf" if kind == "redis" else "sentinel.conf"), "w") as file:
            file.write(base)

    def serve(self) -> None:
        """What the agent's process does."""
        from agent.__main__ import serve

        os.umask(0o077)
        serve(self.pod, self.host, 8008)
        time.sleep(3600)

    def start(self, what: str = "both") -> None:
        """Starts the agent, the server, or both."""
        log = open(os.path.join(self.folder, "log"), "a")  # noqa: SIM115
        if what in ("both", "agent"):
            code = AGENT.format(kind=self.pod.kind, ordinal=self.pod.ordinal, root=self.root)
            self.processes["agent"] = subprocess.Popen([sys.executable, "-B", "-c", code], stderr=log, stdout=log)
        if what in ("both", "server"):
            server = (
                f"valkey-server {self.pod.run}/redis.conf"
                if self.pod.kind == "redis"
                else f"valkey-server {self.pod.data}/sentinel.conf --sentinel"
            )
            entry = ENTRY.format(run=self.pod.run, socket=SOCKET, server=server)
            self.processes["server"] = subprocess.Popen(["sh", "-c", entry], stderr=log, stdout=log)

    def kill(self, *names: str) -> None:
        """kill -9."""
        for name in names:
            self.processes[name].kill()
            self.processes[name].wait()

    def hand_over(self) -> str:
        """What the preStop hook does."""
        command = ["valkey-cli", "-s", os.path.join(self.pod.run, SOCKET), "HAND-OVER"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


class Set:
    """All six."""

    def __init__(self) -> None:
        self.root = tempfile.mkdtemp(prefix="redis-agent-")
        self.passwords("value-of-")
        self.servers = [Member("redis", i, self.root) for i in range(3)]
        self.sentinels = [Member("sentinel", i, self.root) for i in range(3)]
        pod = self.servers[0].pod
        self.peers = Peers(pod, Accounts(pod.accounts, self.root))

    def passwords(self, prefix: str) -> None:
        os.makedirs(os.path.join(self.root, "accounts"), exist_ok=True)
        for account in ("password", "next-password", "operator-password", "exporter-password"):
            with open(os.path.join(self.root, "accounts", account), "w") as file:
                file.write(prefix + account)

    def start(self) -> None:
        for member in self.servers + self.sentinels:
            member.start()

    def remove(self) -> None:
        for member in self.servers + self.sentinels:
            for process in member.processes.values():
                process.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def primaries(self) -> list[str]:
        return sorted(self.peers.survey(SERVERS, []).that_are("primary"))

    def named(self) -> list[str]:
        return sorted(set(self.peers.survey([], SENTINELS).sentinels.values()))

    def settled(self) -> str | None:
        """The primary, once one says so and all Sentinels name it, and writes are open."""
        primaries = self.primaries()
        if len(primaries) == 1 and self.named() == primaries:
            if self.peers.ask(primaries[0], REDIS_PORT, "SET", "k", "v") == "OK":
                return primaries[0]
        return None


def until(found: Callable[[], object], seconds: float = 60) -> tuple[object, float]:
    """What is found in the end, and after how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if result := found():
            return result, round(time.monotonic() - began, 2)
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")
