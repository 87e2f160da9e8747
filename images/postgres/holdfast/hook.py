"""What Patroni runs around a promotion and a stop. Small and quick to start: the work is the agent's, which is warm.

    python3 -m holdfast.hook pre-promote   exit code 0 lets the promotion go
    python3 -m holdfast.hook before-stop   always 0
"""

import http.client
import json
import os
import signal
import sys
import time

from .env import AGENT_PORT, DATA_DIRECTORY, credential

# Longer than the fence tries, so that its answer is never cut off.
PRE_PROMOTE_SECONDS = 12.0
BEFORE_STOP_SECONDS = 5.0


def ask(path: str, timeout: float) -> dict:
    """Asks the agent in this pod."""
    connection = http.client.HTTPConnection("127.0.0.1", AGENT_PORT, timeout=timeout)
    try:
        connection.request("POST", path, "{}", {"Authorization": f"Bearer {credential('agent-token')}"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise OSError(f"agent answers {answer.status}")
        return json.loads(body)
    finally:
        connection.close()


def pre_promote() -> int:
    try:
        return 0 if ask("/pre-promote", PRE_PROMOTE_SECONDS)["allowed"] else 1
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        print(f"pre-promote: no agent ({error}), fencing without it", flush=True)
    # The agent may be restarting just now; the fence does not depend on it.
    from . import fence
    from .env import Identity
    from .kube import Kube

    me = Identity.from_environment()
    return 0 if fence.run(Kube(me.namespace), me.cluster, me.name, me.ip) else 1


def stop_postgres(timeout: float) -> None:
    """A fast shutdown: standbys receive everything, callers are let go. Returns when PostgreSQL is down or time is up."""
    pid_file = DATA_DIRECTORY / "postmaster.pid"
    try:
        os.kill(int(pid_file.read_text(encoding="ascii").split()[0]), signal.SIGINT)
    except (OSError, ValueError, IndexError):
        return
    deadline = time.monotonic() + timeout
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def before_stop() -> int:
    try:
        if ask("/before-stop", BEFORE_STOP_SECONDS)["planned"]:
            stop_postgres(BEFORE_STOP_SECONDS)
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        print(f"before-stop: no agent, stopping without a pause: {error}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit({"pre-promote": pre_promote, "before-stop": before_stop}[sys.argv[1]]())
