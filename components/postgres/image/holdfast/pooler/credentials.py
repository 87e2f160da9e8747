"""Takes new passwords into use the moment the database accepts them, so that pooler and database never disagree for
long."""

import logging
import time
from collections.abc import Callable

import psycopg
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from ..declared import Database
from ..env import POSTGRES_PORT, credential
from ..kube import Kube
from . import config
from .console import Console

log = logging.getLogger(__name__)

CALM_SECONDS = 4.0
PENDING_SECONDS = 0.5

# Seconds for the database to take a log-in, libpq's least: one that did not answer is asked again.
CONNECT_SECONDS = 2


class Credentials:
    """`leader` gives the address to try passwords at; `monitoring` is told the monitoring role's password when it
    changed."""

    def __init__(
        self,
        kube: Kube,
        secret: str,
        databases: tuple[Database, ...],
        leader: Callable[[], str | None],
        monitoring: Callable[[str], None],
    ) -> None:
        self.kube, self.secret, self.databases = kube, secret, databases
        self.leader, self.monitoring = leader, monitoring
        self.monitors_with = credential("monitoring-password")
        # Whether PgBouncer has read its list since it was last seen or written here.
        self.reloaded = False

    def run(self) -> None:
        while True:
            pending = True
            try:
                pending = self.step()
            except (ApiException, HTTPError, KeyError) as error:
                log.debug("credentials: %s", error)
            except Exception:
                log.exception("credentials")
            time.sleep(PENDING_SECONDS if pending else CALM_SECONDS)

    def step(self) -> bool:
        """Takes over what works; True while something declared does not work yet.

        What is in use is what PgBouncer's list says: a PgBouncer that starts anew writes the mounted passwords there,
        which may be older, and an agent that starts anew may have newer ones mounted than PgBouncer ever read.
        """
        listed = config.users()
        if listed is None:
            return True
        values = self.kube.secret(self.secret)
        used = {**listed, config.MONITORING: self.monitors_with}
        callers = config.callers_in(list(values))
        wanted = {role: values[role + config.KEY] for role in (*callers, config.MONITORING)}
        changed = [role for role in wanted if wanted[role] != used.get(role)]
        works = [role for role in changed if self._logs_in(role, wanted[role])]
        if config.MONITORING in works:
            self.monitors_with = wanted[config.MONITORING]
            self.monitoring(self.monitors_with)
        let_in = {role: password for role, password in listed.items() if role in wanted}
        let_in |= {role: wanted[role] for role in works if role in callers}
        if let_in != listed:
            config.write_users(let_in)
            self.reloaded = False
        if not self.reloaded:
            with Console() as console:
                console.run("RELOAD")
            self.reloaded = True
        if works:
            log.info("credentials: new passwords in use for %s", ", ".join(works))
        return len(works) < len(changed)

    def _logs_in(self, role: str, password: str) -> bool:
        address = self.leader()
        if address is None:
            return False
        database = config.database_of(role, self.databases)
        try:
            psycopg.connect(
                host=address,
                port=POSTGRES_PORT,
                dbname=database,
                user=role,
                password=password,
                connect_timeout=CONNECT_SECONDS,
            ).close()
            return True
        except psycopg.OperationalError:
            return False
