"""A planned switchover by command: hands over, waits until the new primary leads and says how it went.

    python3 -S /opt/holdfast/hook.py switchover [member to lead]

It runs in the agent, which is warm. A program of its own took three seconds of CPU to start on a busy machine, and took
them from the very hand-over it was about to ask for.
"""

import time

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from . import rest, successor
from .env import number
from .kube import Kube

DEADLINE_SECONDS = number("SWITCHOVER_SECONDS")

# Between two looks at who leads.
LOOK_SECONDS = 0.2


def run(kube: Kube, cluster: str, candidate: str | None = None) -> tuple[bool, str]:
    """Whether somebody else leads now, and what there is to say about it. `candidate`: who is to; the best standby by
    default.
    """
    try:
        return _run(kube, cluster, candidate)
    except rest.RestError as error:
        return False, f"The primary refused: {error}"
    except (ApiException, HTTPError) as error:
        return False, f"The Kubernetes API does not answer, so nobody knows who leads: try again. ({error})"


def _run(kube: Kube, cluster: str, candidate: str | None) -> tuple[bool, str]:
    lock = kube.lock(cluster)
    if lock.leader is None or lock.address is None:
        return False, "Nobody leads the cluster just now, so nobody can hand over: wait for `status` to show a primary."
    fit = successor.fit(lock.leader, lock.address)
    if candidate is not None and candidate not in fit:
        return False, f"{candidate} is no standby that could lead; ready are: {', '.join(sorted(fit)) or 'none'}."
    successor.switch_over(lock.leader, lock.address, candidate or successor.best(fit), timeout=DEADLINE_SECONDS)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        now = kube.lock(cluster).leader
        if now not in (None, lock.leader):
            return True, f"{lock.leader} handed over to {now}"
        time.sleep(LOOK_SECONDS)
    return False, f"No other member leads after {DEADLINE_SECONDS:.0f} s."
