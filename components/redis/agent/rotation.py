"""Follows the mounted passwords while a server or Sentinel runs, so that a rotation restarts nothing.

Each pod sees a changed Secret at a moment of its own within about 90 s (the kubelet's sync period), so the change goes
in three steps, a grace period apart: accept the new as well as the old; speak the new; accept what is mounted alone.
"""

from .accounts import OPERATOR, Accounts, Passwords, accepted
from .env import PRIMARY_NAME, number
from .life import Life, say
from .peers import Peers, done

GRACE_SECONDS = number("PASSWORD_GRACE_SECONDS")
# From one look at the mounted files to the next.
PERIOD_SECONDS = 5
# From one attempt to the next. On a busy machine an answer may take longer than we wait for one: a Sentinel that had
# not heard of its new patience was seen to hold a failover up for 20 s.
AGAIN_SECONDS = 0.5

ACCEPT = "accepting old and new"
SPEAK = "using the new"
REFUSE = "what is mounted no more is refused from now on"


def step(elapsed: int | None, changed: bool) -> tuple[str | None, int | None]:
    """What is due after a look, and the seconds since the change as of then. Pure.

    `elapsed`: the same as of the look before, None where no change is under way."""
    if changed:
        return ACCEPT, 0
    if elapsed is None:
        return None, None
    after = elapsed + PERIOD_SECONDS
    if elapsed < GRACE_SECONDS <= after:
        return SPEAK, after
    if after >= 2 * GRACE_SECONDS:
        return REFUSE, None
    return None, after


def commands(due: str, kind: str, passwords: Passwords) -> list[tuple[str, ...]]:
    """What the server in this pod is told for a step. Pure."""
    new = passwords[OPERATOR]
    if due == SPEAK and kind == "redis":
        return [("CONFIG", "SET", "primaryauth", new)]
    if due == SPEAK:
        return [
            ("SENTINEL", "SET", PRIMARY_NAME, "auth-pass", new),
            ("SENTINEL", "CONFIG", "SET", "sentinel-pass", new),
        ]
    reset = ["resetpass"] if due == REFUSE else []
    return [("ACL", "SETUSER", account, *reset, *hashes) for account, hashes in accepted(kind, passwords).items()]


def insist(peers: Peers, life: Life, *words: str) -> None:
    """Asks this pod's own server until it has done it."""
    while not done(peers.own(*words)):
        # Without the last word, which may be a password.
        say(f"{' '.join(words[:-1])} has not been done: again")
        life.pause(AGAIN_SECONDS)


def follow(life: Life, peers: Peers, accounts: Accounts, known: Passwords | None) -> None:
    """Follows the files until this life ends. `known`: what the server was told; None where that is not sure."""
    elapsed = None
    while True:
        life.pause(PERIOD_SECONDS)
        mounted = accounts.mounted()
        due, elapsed = step(elapsed, mounted != known)
        if due is None:
            continue
        say(f"passwords changed: {due}")
        for command in commands(due, peers.pod.kind, mounted):
            insist(peers, life, *command)
        if due == ACCEPT:
            accounts.speak(mounted[OPERATOR])
            known = mounted
