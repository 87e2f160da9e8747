"""What the agents of servers and of Sentinels have in common: a start is decided, then a life stands beside it."""

import os
import threading

from . import links, rotation
from .accounts import OPERATOR, Accounts, Passwords, replace
from .env import Pod
from .life import Life
from .peers import Peers
from .ready import ready


class Beside:
    """One agent. `Server` and `Sentinel` say how theirs starts, and what else stands beside it."""

    def __init__(self, pod: Pod) -> None:
        self.pod = pod
        self.file = f"{pod.kind}.conf"
        self.accounts = Accounts(pod.accounts, pod.run)
        self._life = Life()
        # Starts run one after the other. A container that asked for a start may have been ended while it waited.
        self._starting = threading.Lock()

    def begin(self) -> None:
        """Goes on where an earlier agent was ended while its server ran on. What the earlier agent last told the server
        is not known."""
        if self.accounts.started():
            self._stand(None)

    def start(self) -> bool:
        """Decides which configuration the server starts with, and writes it. A configuration from an earlier start does
        not count."""
        with self._starting:
            passwords = self.accounts.mounted()
            text = self.decided(passwords)
            # What stood beside the last one would speak to this one.
            self._life.end()
            self._life = life = Life()
            replace(os.path.join(self.pod.run, self.file), text)
            self.accounts.speak(passwords[OPERATOR])
            life.run(lambda: links.renew(life, self.peers(), links.address()))
            self._stand(passwords)
        return True

    def ready(self) -> bool:
        """Whether it is, for the kubelet."""
        return ready(self.pod, self.accounts)

    def peers(self) -> Peers:
        """The others, for one loop."""
        return Peers(self.pod, self.accounts)

    def base(self) -> str:
        """The part of the configuration that is the same for every pod."""
        with open(os.path.join(self.pod.config, self.file), encoding="utf-8") as file:
            return file.read()

    def decided(self, passwords: Passwords) -> str:
        """The configuration that it is to start with; waits until that is clear."""
        raise NotImplementedError

    def stand(self, life: Life) -> None:
        """Begins what else stands beside it."""
        raise NotImplementedError

    def last_round(self) -> float | None:
        """When it last did what it does all the time, in monotonic seconds; None where there is no such thing."""
        raise NotImplementedError

    def _stand(self, known: Passwords | None) -> None:
        life = self._life
        life.run(lambda: rotation.follow(life, self.peers(), self.accounts, known))
        self.stand(life)
