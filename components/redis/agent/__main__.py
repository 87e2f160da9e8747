"""`python3 -m agent server|sentinel`: the agent of such a pod."""

import os
import signal
import sys
import time

from . import door
from .beside import Beside
from .env import Pod, number, pod

AGENT_PORT = number("AGENT_PORT")

# Without a round for so many seconds, the kubelet starts the agent again.
SILENT_SECONDS = 120


def alive(last: float | None, now: float) -> bool:
    """Whether the agent still does what it does all the time. Pure; seconds of one clock."""
    return last is None or now - last < SILENT_SECONDS


def serve(here: Pod, host: str = "0.0.0.0", port: int = AGENT_PORT) -> None:
    """Does the agent's work in the background, and answers at this address."""
    questions, agent = _made(here)
    door.open_web(host, port, {"/ready": agent.ready, "/healthz": lambda: alive(agent.last_round(), time.monotonic())})
    agent.begin()
    door.open_door(here.run, questions)


def _made(here: Pod) -> tuple[dict[str, door.Question], Beside]:
    # Each kind loads its own half.
    if here.kind == "redis":
        from .server import Server

        server = Server(here)
        return {"START": server.start, "HAND-OVER": server.hand_over}, server
    from .sentinel import Sentinel

    sentinel = Sentinel(here)
    return {"START": sentinel.start}, sentinel


if __name__ == "__main__":
    # What this writes holds passwords.
    os.umask(0o077)
    # As process 1 it would not end by default.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    serve(pod(sys.argv[1]))
    while True:
        signal.pause()
