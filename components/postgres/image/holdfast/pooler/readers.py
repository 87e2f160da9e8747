"""Where the read pooler sends its callers: the standbys whose own health check passes, the primary when there is
none."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from .. import rest
from ..declared import Database
from ..env import number
from ..kube import Kube, Member
from . import config
from .console import Console, clients_on

log = logging.getLogger(__name__)

# Seconds between two rounds, and how long one answer may take. It is asked for twice, as the one that is late may be
# we: a frozen standby is left within three seconds.
ROUND_SECONDS = 1.0
CHECK_SECONDS = 1.0

# Seconds between two looks at who the members are. Whoever is gone fails the check; one that is told to stop is to be
# left before.
MEMBERS_SECONDS = 2.0

# Rounds that a standby has to pass, one after the other, before it is used. One that starts on a busy machine passes
# and misses in turn, and each change costs callers: a log-in that PgBouncer has begun counts as failed when the hosts
# change.
JOIN_ROUNDS = 3

# Seconds that log-ins under way get before the hosts change for a reason that can wait: PgBouncer ends them and counts
# them as failed, and fails callers with them.
LOGINS_SECONDS = 2.0
# Between two looks at whether there are any: one takes some tens of milliseconds.
LOGINS_LOOK_SECONDS = 0.02

# A standby further behind serves no reads.
CHECK = f"/replica?lag={number('READ_LAG_MIB'):.0f}MB"


@dataclass(frozen=True)
class Use:
    """Where callers are sent."""

    hosts: list[str]
    # Addresses whose callers may finish there; those of others are cut.
    kept: set[str]


def choose(members: list[Member], rounds: dict[str, int], primary: str | None, current: list[str]) -> Use:
    """Healthy standbys that stay, else the primary, else whatever was in use.

    `rounds`: by address, how many rounds a standby has passed without a miss, the last one among them.
    `current`: the addresses in use, which need no time of trial.
    """
    passed = [member for member in members if member.ip in rounds]
    staying = sorted(member.ip for member in passed if not member.ending)
    # Where there is no choice, the first round decides.
    hosts = (
        [ip for ip in staying if ip in current or rounds[ip] >= JOIN_ROUNDS]
        or staying
        or ([primary] if primary else current)
    )
    # A standby that has become the primary is no place for reads, and no reason to cut those that are there.
    return Use(hosts, {*hosts, *(member.ip for member in passed if member.ending), *filter(None, [primary])})


class Readers:
    def __init__(self, kube: Kube, cluster: str, databases: tuple[Database, ...]) -> None:
        self.kube, self.cluster, self.databases = kube, cluster, databases
        self.primary: str | None = None
        self.members: list[Member] = []
        self.listed = float("-inf")
        self.used = Use([], set())
        # By address, how many rounds it has passed without a miss.
        self.rounds: dict[str, int] = {}

    def point(self, address: str | None) -> None:
        """The leader's address as the lock has it."""
        self.primary = address

    def run(self) -> None:
        while True:
            try:
                self._round()
            except Exception:
                log.exception("readers")
            time.sleep(ROUND_SECONDS)

    def _round(self) -> None:
        if time.monotonic() - self.listed >= MEMBERS_SECONDS:
            self._list()
        # With the API away since this agent's start: those in use are known, and one of them that dies is to be left.
        members = self.members or [Member(ip, ip) for ip in config.last_hosts()]
        if not members:
            return
        with ThreadPoolExecutor(len(members)) as pool:
            answers = list(pool.map(lambda member: rest.answers_ok(member.ip, CHECK, CHECK_SECONDS), members))
        self.rounds = {
            member.ip: self.rounds.get(member.ip, 0) + 1 for member, ok in zip(members, answers, strict=True) if ok
        }
        use = choose(members, self.rounds, self.primary, self.used.hosts)
        if use.hosts and use != self.used:
            self._use(use)

    def _list(self) -> None:
        try:
            self.members = self.kube.members(self.cluster)
            self.listed = time.monotonic()
        except (ApiException, HTTPError) as error:
            log.debug("readers: the API is away, going on with the members known: %s", error)

    def _use(self, use: Use) -> None:
        """Sends callers there. Connections to other hosts end with their statement if they are to be kept, and now if
        not."""
        changed = use.hosts != self.used.hosts
        if changed:
            log.info("readers: %s", ", ".join(use.hosts))
            config.write_hosts(self.databases, use.hosts)
        try:
            with Console() as console:
                if changed:
                    # A host whose callers are cut is dead, and left at once.
                    if use.kept.issuperset(self.used.hosts):
                        self._await_logins(console)
                    console.run("RELOAD")
                for client in clients_on(console.run("SHOW SERVERS"), console.run("SHOW CLIENTS"), keep=use.kept):
                    console.run(f"KILL_CLIENT {client}")
        except psycopg.OperationalError as error:
            log.info("readers: PgBouncer does not answer yet: %s", error)
            return
        self.used = use

    def _await_logins(self, console: Console) -> None:
        """Returns at a moment without a log-in under way, or when it has waited long enough for one."""
        deadline = time.monotonic() + LOGINS_SECONDS
        while time.monotonic() < deadline:
            if not any(int(pool["sv_login"]) for pool in console.run("SHOW POOLS") if pool["database"] != "pgbouncer"):
                return
            time.sleep(LOGINS_LOOK_SECONDS)
