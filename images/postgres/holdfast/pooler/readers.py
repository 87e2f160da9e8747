"""Where the read pooler sends its callers: the standbys whose own health check passes, the primary when there is none."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from .. import rest
from ..kube import Kube, Member
from . import config
from .console import Console, clients_on

log = logging.getLogger(__name__)

# Seconds between two rounds, and how long one answer may take: a frozen standby is left within three seconds.
ROUND_SECONDS = 1.0
CHECK_SECONDS = 1.0

# Seconds between two looks at who the members are. That changes with their pods only, and whoever is gone fails the check.
MEMBERS_SECONDS = 5.0

# A standby further behind serves no reads.
CHECK = "/replica?lag=16MB"


def choose(healthy: list[str], primary: str | None, current: list[str]) -> list[str]:
    """The hosts to use: healthy standbys, else the primary, else whatever was in use."""
    if healthy:
        return sorted(healthy)
    return [primary] if primary else current


class Readers:
    def __init__(self, kube: Kube, cluster: str, database: str) -> None:
        self.kube, self.cluster, self.database = kube, cluster, database
        self.primary: str | None = None
        self.members: list[Member] = []
        self.listed = float("-inf")
        self.hosts: list[str] = []

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
        addresses = [member.ip for member in self.members]
        if not addresses:
            return
        with ThreadPoolExecutor(len(addresses)) as pool:
            passed = list(pool.map(lambda ip: rest.answers_ok(ip, CHECK, CHECK_SECONDS), addresses))
        hosts = choose([ip for ip, ok in zip(addresses, passed) if ok], self.primary, self.hosts)
        if hosts and hosts != self.hosts:
            self._use(hosts)

    def _list(self) -> None:
        try:
            self.members = self.kube.members(self.cluster)
            self.listed = time.monotonic()
        except (ApiException, HTTPError) as error:
            log.debug("readers: the API is away, going on with the members known: %s", error)

    def _use(self, hosts: list[str]) -> None:
        log.info("readers: %s", ", ".join(hosts))
        config.write_hosts(self.database, hosts)
        try:
            with Console() as console:
                console.run("RELOAD")
                for client in clients_on(console.run("SHOW SERVERS"), console.run("SHOW CLIENTS"), keep=set(hosts)):
                    console.run(f"KILL_CLIENT {client}")
        except psycopg.OperationalError as error:
            log.info("readers: PgBouncer does not answer yet: %s", error)
            return
        self.hosts = hosts
