"""A set of Redis that answers from a table, and notes what it was asked."""

import contextlib
from collections.abc import Callable

from agent.env import Pod
from agent.life import Ended
from agent.peers import Peers
from agent.resp import ErrorReply, Reply

SERVERS = ["10.0.0.10", "10.0.0.11", "10.0.0.12"]
SENTINELS = ["10.0.0.20", "10.0.0.21", "10.0.0.22"]
PASSWORDS = {key: f"value-of-{key}" for key in ("password", "next-password", "operator-password", "exporter-password")}

NAMED = "SENTINEL get-master-addr-by-name main"
MONITORED = "SENTINEL master main"
FAILOVER = "SENTINEL FAILOVER main COORDINATED"


def pod(kind: str, ordinal: int = 0) -> Pod:
    """A pod of the set."""
    return Pod("redis" if kind == "redis" else "redis-sentinel", ordinal, SERVERS, SENTINELS, kind)


class Box(Peers):
    """Peers that nobody has to start. `own` is 127.0.0.1."""

    def __init__(self, here: Pod) -> None:
        super().__init__(here, None)
        self.answers: dict[tuple[str, str], Reply | list[Reply]] = {}
        self.calls: list[tuple[str, str]] = []
        # Commands that are answered with nothing, once each.
        self.busy: list[str] = []

    def ask(self, host: str, port: int, *words: str) -> Reply:
        question = " ".join(words)
        self.calls.append((host, question))
        if question in self.busy:
            self.busy.remove(question)
            return None
        return self.answers.get((host, question))

    def says(self, host: str, question: str, answer: Reply) -> None:
        """From now on."""
        self.answers[host, question] = answer

    def is_primary(self, host: str) -> None:
        self.says(host, "ROLE", ["master", "100", []])

    def is_replica(self, host: str, keys: int | str) -> None:
        self.says(host, "ROLE", ["slave", "10.0.0.99", "6379", "connect", "0"])
        self.says(host, "DBSIZE", ErrorReply(keys) if isinstance(keys, str) else str(keys))

    def names(self, sentinel: str, primary: str) -> None:
        self.says(sentinel, NAMED, [primary, "6379"])

    def monitors(self, sentinel: str, primary: str, flags: str = "master", last_ping_sent: str = "0") -> None:
        told = {"name": "main", "ip": primary, "port": "6379", "runid": "", "flags": flags}
        told |= {"link-pending-commands": "0", "last-ping-sent": last_ping_sent, "last-ok-ping-reply": "300"}
        self.says(sentinel, MONITORED, [word for pair in told.items() for word in pair])

    def asked(self, question: str) -> list[str]:
        """Whom, in order."""
        return [host for host, one in self.calls if one == question]


class Rounds:
    """A life of so many pauses, none of which takes any time; `between` is called at each with its number."""

    def __init__(self, pauses: int, between: Callable[[int], None] = lambda _: None) -> None:
        self.pauses: list[float] = []
        self._most = pauses
        self._between = between

    def pause(self, seconds: float) -> None:
        if len(self.pauses) >= self._most:
            raise Ended
        self.pauses.append(seconds)
        self._between(len(self.pauses))


def lived(task: Callable[[Rounds], None], rounds: Rounds) -> Rounds:
    """Does a task until its life ends."""
    with contextlib.suppress(Ended):
        task(rounds)
    return rounds
