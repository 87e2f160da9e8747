"""What the members of the set say, read as what is decided on. Each loop has `Peers` of its own: a connection is for
one thread."""

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .accounts import Accounts
from .env import PRIMARY_NAME, QUORUM, REDIS_PORT, SENTINEL_PORT, Pod
from .resp import PATIENCE, Client, ErrorReply, Reply

PRIMARY = "primary"
# A replica that holds some data or is loading it.
DATA = "data"
EMPTY = "empty"
SILENT = "silent"


class Survey(NamedTuple):
    """What everybody said in one round: each server's state, and the primary that each Sentinel names ("": none of
    ours)."""

    servers: dict[str, str]
    sentinels: dict[str, str]

    def that_are(self, state: str) -> list[str]:
        """Servers in that state."""
        return [host for host, found in self.servers.items() if found == state]

    @property
    def chosen(self) -> str:
        return agreed(self.sentinels.values())


def agreed(answers: Iterable[str]) -> str:
    """The address that a majority of the Sentinels names, or ""."""
    named = [answer for answer in answers if answer]
    return next((address for address in named if named.count(address) >= QUORUM), "")


def role_of(reply: Reply) -> str:
    """First word of what ROLE answers: "master", "slave"; "" where it says neither."""
    return reply[0] if isinstance(reply, list) and reply else ""


def replica_state(keys: Reply) -> str:
    """State of a replica, by what DBSIZE answers; one that refuses to say is loading."""
    return SILENT if not keys else EMPTY if keys == "0" else DATA


def named_by(reply: Reply, servers: list[str]) -> str:
    """The primary that a Sentinel names, if it is one of ours."""
    told = reply[0] if isinstance(reply, list) and reply else ""
    return told if told in servers else ""


def believed(reply: Reply, address: str | None) -> bool:
    """Whether what SENTINEL MASTER answers says that the primary (at `address`, if given) is alive and has been heard.

    The flags alone say too much: to a Sentinel that has just started everybody is a healthy primary until the time of
    grace is over."""
    if not isinstance(reply, list):
        return False
    told = dict(zip(reply[::2], reply[1::2], strict=False))
    return told.get("flags") == "master" and told.get("last-ping-sent") == "0" and address in (None, told.get("ip"))


class Peers:
    """Everybody in the set, asked as the operator."""

    def __init__(self, pod: Pod, accounts: Accounts, patience: float = PATIENCE) -> None:
        self.pod = pod
        self._accounts = accounts
        self._patience = patience
        self._clients: dict[tuple[str, int], Client] = {}

    def ask(self, host: str, port: int, *words: str) -> Reply:
        """A member's answer, None if there is none in time."""
        client = self._clients.get((host, port))
        if client is None:
            client = self._clients[host, port] = Client(host, port, self._accounts.ways_in)
        return client.ask(*words, patience=self._patience)

    def own(self, *words: str) -> Reply:
        """The answer of what runs in this pod."""
        return self.ask(self.pod.own, self.pod.port, *words)

    def role(self) -> str:
        """The role of this pod's own server, "" where it does not say."""
        return role_of(self.own("ROLE"))

    def server_state(self, host: str) -> str:
        """A server's state."""
        role = role_of(self.ask(host, REDIS_PORT, "ROLE"))
        if role == "master":
            return PRIMARY
        return replica_state(self.ask(host, REDIS_PORT, "DBSIZE")) if role == "slave" else SILENT

    def sentinel_answer(self, host: str) -> str:
        """The primary that a Sentinel names, "" where it names none of ours."""
        told = self.ask(host, SENTINEL_PORT, "SENTINEL", "get-master-addr-by-name", PRIMARY_NAME)
        return named_by(told, self.pod.servers)

    def believes(self, host: str, address: str | None) -> bool:
        """Whether a Sentinel holds the primary (at `address`, if given) to be alive."""
        return believed(self.ask(host, SENTINEL_PORT, "SENTINEL", "master", PRIMARY_NAME), address)

    def survey(self, servers: list[str], sentinels: list[str]) -> Survey:
        """Asks all at once: a dead one costs a second, not a second each."""
        found = Survey({}, {})
        together(
            [lambda host=host: found.servers.update({host: self.server_state(host)}) for host in servers]
            + [lambda host=host: found.sentinels.update({host: self.sentinel_answer(host)}) for host in sentinels]
        )
        return found

    def close(self) -> None:
        """Ends the connections, so that the next questions are asked over fresh ones."""
        for client in self._clients.values():
            client.close()


def together(tasks: list[Callable[[], object]]) -> None:
    """Does all at the same time and waits for the last."""
    threads = [threading.Thread(target=task, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def done(reply: Reply) -> bool:
    """Whether a command was carried out."""
    return reply == "OK" and not isinstance(reply, ErrorReply)
