"""What the manifest tells the agent: who the members are, which of them this is, and its numbers (settings.ts has the
reasons).

Members are known by fixed addresses, never by names: a dead pod's name stops resolving, and a Sentinel that cannot
resolve one member gives up every failover.
"""

from os import environ
from typing import NamedTuple


def number(name: str) -> int:
    """A number that the manifest sets."""
    return int(environ[name])


PRIMARY_NAME = environ["PRIMARY_NAME"]
REDIS_PORT = number("REDIS_PORT")
SENTINEL_PORT = number("SENTINEL_PORT")
QUORUM = number("QUORUM")

# Folders, as names.ts has them.
CONFIG = "/opt/agent"
ACCOUNTS = "/run/secrets/redis"
RUN = "/run/redis"
DATA = "/data"
TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"


class Pod(NamedTuple):
    """The pod that this agent is in."""

    # Of its StatefulSet, and its place in it.
    set: str
    ordinal: int
    # Addresses by ordinal.
    servers: list[str]
    sentinels: list[str]
    # What listens in this pod: "redis" or "sentinel".
    kind: str
    # Where that is asked. Everybody else's way leads through a Service.
    own: str = "127.0.0.1"
    config: str = CONFIG
    accounts: str = ACCOUNTS
    run: str = RUN
    data: str = DATA

    @property
    def port(self) -> int:
        return REDIS_PORT if self.kind == "redis" else SENTINEL_PORT

    @property
    def me(self) -> str:
        """This pod's fixed address, by which the others know it."""
        return (self.servers if self.kind == "redis" else self.sentinels)[self.ordinal]


def pod(kind: str) -> Pod:
    """The pod as its environment describes it."""
    name, _, ordinal = environ["HOSTNAME"].rpartition("-")
    return Pod(name, int(ordinal), environ["REDIS_HOSTS"].split(), environ["SENTINEL_HOSTS"].split(), kind)
