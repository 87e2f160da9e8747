"""What a real standby says of itself: a receiver that is told to end, and log that it has not read yet."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from holdfast import local

from . import servers

# Seconds that anything may take which is there within one or two.
PATIENCE = 20.0

# Names of the sockets; neither server listens on the network.
PORTS = {"primary": "5432", "standby": "5433"}


class Pair:
    """A primary and a standby that streams from it, in a directory of their own. Asked by psql, which is where they
    are."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="holdfast-test-"))
        if servers.AS:
            shutil.chown(self.directory, servers.AS)
        self.running: dict[str, subprocess.Popen] = {}
        self.run("initdb", "-D", "primary", "-U", "postgres", "--auth=trust", "--no-sync", "--no-instructions")
        self.start("primary")
        self.eventually("primary", "SELECT 't'")
        self.run("pg_basebackup", *self.where("primary"), "-D", "standby", "-R", "--checkpoint=fast", "--no-sync")
        self.start("standby")

    def where(self, name: str) -> tuple[str, ...]:
        return "-h", str(self.directory), "-p", PORTS[name], "-U", "postgres"

    def command(self, program: str, args: tuple) -> dict:
        words = [str(Path(servers.initdb()).parent / program), *map(str, args)]
        return {"args": words, "cwd": self.directory, "user": servers.AS, "stderr": subprocess.DEVNULL}

    def run(self, program: str, *args: str) -> str:
        """What it printed, nothing where it failed."""
        return subprocess.run(**self.command(program, args), stdout=subprocess.PIPE, text=True, check=False).stdout

    def ask(self, name: str, *statements: str) -> list[str]:
        """The columns of the last row, each statement a transaction; nothing while nobody answers."""
        words = [word for statement in statements for word in ("-c", statement)]
        return self.run("psql", *self.where(name), "-d", "postgres", "-qXAt", *words).strip().split("|")

    def state(self) -> local.Local:
        """The standby's, by the agent's own question."""
        recovery, position, upstream, _, final = self.ask("standby", local.STATE)
        return local.Local(True, recovery == "t", int(position), upstream, frozenset(), final == "t")

    def eventually(self, name: str, condition: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.ask(name, condition) != ["t"]:
            if time.monotonic() > deadline:
                raise AssertionError(f"not true of the {name} in time: {condition}")
            time.sleep(0.05)

    def start(self, name: str) -> None:
        options = ("-D", name, "-k", self.directory, "-p", PORTS[name], "-c", "listen_addresses=", "-c", "fsync=off")
        self.running[name] = subprocess.Popen(**self.command("postgres", options), stdout=subprocess.DEVNULL)

    def crash(self, name: str) -> None:
        """PostgreSQL's immediate shutdown: nothing is written down any more, and its children end with it."""
        self.running[name].send_signal(signal.SIGQUIT)
        self.running.pop(name).wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.crash(name)
        shutil.rmtree(self.directory)


@unittest.skipIf(servers.no_postgres(), servers.no_postgres())
class RealStandby(unittest.TestCase):
    def setUp(self):
        self.pair = Pair()
        self.addCleanup(self.pair.stop)
        self.pair.eventually("standby", "SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'")

    def test_a_receiver_that_is_told_to_end_and_has_not_is_one(self):
        """Held still, it ends as slowly as one that is just writing; what it has got it may still acknowledge."""
        receiver = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walreceiver'"
        process = int(self.pair.ask("standby", receiver)[0])
        os.kill(process, signal.SIGSTOP)
        try:
            self.pair.ask("standby", "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
            self.pair.eventually(
                "standby", "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
            )
            self.assertNotEqual("", self.pair.state().upstream)
        finally:
            os.kill(process, signal.SIGCONT)
        self.pair.eventually("standby", "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")
        self.assertEqual("", self.pair.state().upstream)

    def test_one_that_restarted_knows_that_it_has_not_read_all_of_its_log(self):
        """It holds at the first commit, and has more on its disk than it says."""
        self.pair.ask("standby", "ALTER SYSTEM SET recovery_min_apply_delay = '1h'", "SELECT pg_reload_conf()")
        self.pair.ask("primary", "CREATE TABLE more AS SELECT generate_series(1, 10000)")
        written = int(self.pair.ask("primary", "SELECT pg_current_wal_flush_lsn() - '0/0'")[0])
        self.pair.eventually("standby", f"SELECT pg_last_wal_receive_lsn() - '0/0' >= {written}")
        self.pair.crash("primary")
        self.pair.crash("standby")
        self.pair.start("standby")
        delayed = "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay'"
        self.pair.eventually("standby", delayed)
        found = self.pair.state()
        self.assertFalse(found.final)
        self.assertLess(found.position, written)
        self.pair.ask("standby", "ALTER SYSTEM RESET recovery_min_apply_delay", "SELECT pg_reload_conf()")
        self.pair.eventually("standby", f"SELECT pg_last_wal_replay_lsn() - '0/0' >= {written}")
        self.pair.eventually(
            "standby", "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event ~ '^RecoveryRetrieve'"
        )
        self.assertTrue(self.pair.state().final)
