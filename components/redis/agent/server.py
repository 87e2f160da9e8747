"""The agent of a server's pod: decides how the server starts, stands beside it, and hands its role over."""

import time

from . import role
from .accounts import OPERATOR, Passwords, user_lines
from .beside import Beside
from .env import REDIS_PORT, Pod
from .handover import HandOver
from .life import Life, say
from .watch import Watch

# Seconds from one look at the others to the next, while it has to wait.
WAIT_SECONDS = 0.2
# More replicas than there will ever be: no write is accepted.
HELD = 1000


def configuration(base: str, me: str, passwords: Passwords, plan: role.Plan) -> str:
    """What a server is started with. Pure. `base`: the part that is the same for every pod."""
    what, address = plan
    lines = [
        f"replica-announce-ip {me}",
        f"primaryauth {passwords[OPERATOR]}",
        *user_lines("redis", passwords),
        # The Sentinels may be deposing us at this moment. Until two of them see us alive, no write is taken (watch.py).
        f"replicaof {address} {REDIS_PORT}" if what == role.FOLLOW else f"min-replicas-to-write {HELD}",
    ]
    return base + "\n".join(lines) + "\n"


class Server(Beside):
    """Beside a server."""

    def __init__(self, pod: Pod) -> None:
        super().__init__(pod)
        # Whether it may have been started with its writes held back; a server found running may have been.
        self._held = True
        self._watch: Watch | None = None

    def decided(self, passwords: Passwords) -> str:
        """Follows or leads."""
        plan = self._plan()
        self._held = plan[0] == role.LEAD
        return configuration(self.base(), self.pod.me, passwords, plan)

    def stand(self, life: Life) -> None:
        """Watches its role."""
        watch = self._watch = Watch(self.peers(), self._held)
        life.run(lambda: watch.run(life))

    def last_round(self) -> float | None:
        """Of the watch; None before there is a server."""
        return self._watch.seen if self._watch else None

    def hand_over(self) -> bool:
        """Before a planned stop; returns when the server may end."""
        HandOver(self.peers()).run()
        return True

    def _plan(self) -> role.Plan:
        peers, said = self.peers(), None
        others = [host for host in self.pod.servers if host != self.pod.me]
        while True:
            survey = peers.survey(others, self.pod.sentinels)
            plan = role.decide(survey, self.pod.me, role.has_data(self.pod.data))
            if plan != said:
                say(": ".join(plan))
                said = plan
            if plan[0] != role.WAIT:
                peers.close()
                return plan
            time.sleep(WAIT_SECONDS)
