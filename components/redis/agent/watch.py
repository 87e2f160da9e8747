"""Demotes a server that believes it is the primary while the Sentinels name another one. This happens when the server
starts in the middle of a failover, or when its frozen node thaws. Nothing else ends it quickly."""

import time

from .env import QUORUM, REDIS_PORT, number
from .life import Life, say
from .peers import PRIMARY, Peers, done, together

MIN_REPLICAS = number("MIN_REPLICAS")

# After a promotion the Sentinels agree within a tenth of a second. If they still name another server after two rounds
# of this many seconds, this server is not the primary.
ROUND_SECONDS = 3.0
STRIKES = 2
# Rounds are short in the first minute: where all start at once, the Sentinels may change their mind once more.
SHORT_SECONDS = 1.0
SHORT_ROUNDS = 60
# While writes are held back, somebody waits.
HELD_SECONDS = 0.3


def pause(held: bool, short_rounds: int) -> float:
    """Seconds until the next round. Pure."""
    if held:
        return HELD_SECONDS
    return SHORT_SECONDS if short_rounds > 0 else ROUND_SECONDS


def strikes(before: int, chosen: str, me: str) -> int:
    """In how many rounds in a row the Sentinels meant another, now that they mean `chosen` ("": nobody). Pure."""
    return 0 if chosen in ("", me) else before + 1


class Watch:
    """Stands beside a server.

    `held`: it may have been started with its writes held back, until two Sentinels see it alive. To say so of one
    whose writes are open changes nothing."""

    def __init__(self, peers: Peers, held: bool) -> None:
        self._peers = peers
        self.held = held
        self._strikes = 0
        # Monotonic seconds of the last round: whether this still goes on.
        self.seen = time.monotonic()

    def run(self, life: Life) -> None:
        """Looks at it until this life ends."""
        short_rounds = SHORT_ROUNDS
        while True:
            life.pause(pause(self.held, short_rounds))
            if not self.held:
                short_rounds = max(0, short_rounds - 1)
            self.look()
            self.seen = time.monotonic()

    def look(self) -> None:
        """One round."""
        role = self._peers.role()
        if role == "slave":
            # Deposed before it ever served: it may be promoted later, and then the writes must not be held.
            if self.held:
                self._open_writes()
            self._strikes = 0
        elif role == "master":
            if self.held and self._seen_alive() and self._open_writes():
                say("two Sentinels see us: writes are open")
            self._compare()

    def _compare(self) -> None:
        chosen = self._peers.survey([], self._peers.pod.sentinels).chosen
        self._strikes = strikes(self._strikes, chosen, self._peers.pod.me)
        if self._strikes >= STRIKES and self._peers.server_state(chosen) == PRIMARY:
            say(f"the Sentinels mean {chosen}: joining it")
            self._peers.own("REPLICAOF", chosen, str(REDIS_PORT))
            self._peers.own("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def _seen_alive(self) -> bool:
        """Whether two Sentinels monitor us as the primary and have no doubt about us. Two of three have to hold a
        primary for dead before it is deposed, so from here on nobody is being promoted behind our back."""
        votes: list[bool] = []
        me = self._peers.pod.me
        together([lambda host=host: votes.append(self._peers.believes(host, me)) for host in self._peers.pod.sentinels])
        return sum(votes) >= QUORUM

    def _open_writes(self) -> bool:
        """Whether the server has done it; if not, the next round tries again."""
        self.held = not done(self._peers.own("CONFIG", "SET", "min-replicas-to-write", str(MIN_REPLICAS)))
        return not self.held
