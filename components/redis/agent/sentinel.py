"""The agent of a Sentinel's pod: decides how it starts, stands beside it, and points the primary's Service."""

import os
import time

from . import monitored, settle
from .accounts import Passwords
from .beside import Beside
from .env import Pod
from .life import Life, say
from .pointer import Pointer

# Before a second round of questions, because the first packets of a new pod may be lost before its network policy is in
# place. There is no third: a set that begins waits for each of them, and a Sentinel that is wrong is corrected by the
# others.
AGAIN_SECONDS = 0.3


class Sentinel(Beside):
    """Beside a Sentinel."""

    def __init__(self, pod: Pod) -> None:
        super().__init__(pod)
        self._pointer = Pointer(pod)

    def begin(self) -> None:
        """Points, whatever becomes of this pod's own Sentinel."""
        super().begin()
        self._pointer.begin(Life())

    def decided(self, passwords: Passwords) -> str:
        """Monitors the primary that it remembers or is told; else the one that every Sentinel begins with."""
        path = os.path.join(self.pod.data, self.file)
        state = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                state = file.read()
        # Nobody knows of a primary: a set that begins. Everyone's default is the same server, at epoch 0, so that any
        # Sentinel that does remember better corrects it within its first greeting.
        primary = monitored.remembered(state, self.pod.servers) or self._asked() or self.pod.servers[0]
        say(f"monitoring {primary}")
        return monitored.configuration(self.base(), self.pod, primary, state, passwords)

    def stand(self, life: Life) -> None:
        """Shortens its patience."""
        life.run(lambda: settle.settle(life, self.peers()))

    def last_round(self) -> float | None:
        """Of the pointer."""
        return self._pointer.seen

    def _asked(self) -> str:
        """The primary as the others name it, "" where nobody does."""
        others = [host for host in self.pod.sentinels if host != self.pod.me]
        peers = self.peers()
        for pause in (0, AGAIN_SECONDS):
            time.sleep(pause)
            if named := monitored.told(peers.survey(self.pod.servers, others), self.pod.servers):
                break
        peers.close()
        return named
