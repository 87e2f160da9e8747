"""A planned switchover by hand, in any member's agent: waits until the new primary leads and says how it went.

    python3 -m holdfast.switchover [member to lead]
"""

import sys
import time

from . import rest, successor
from .env import Identity
from .kube import Kube

# Seconds to wait for the new leader.
DEADLINE_SECONDS = 30.0


def main() -> int:
    candidate = sys.argv[1] if len(sys.argv) > 1 else None
    me = Identity.from_environment()
    kube = Kube(me.namespace)
    lock = kube.lock(me.cluster)
    if lock.leader is None or lock.address is None:
        print("Nobody leads the cluster just now, so nobody can hand over: wait for `status` to show a primary.", file=sys.stderr)
        return 1
    before = lock.leader
    try:
        fit = successor.fit(before, rest.patroni(lock.address, "GET", "/cluster").get("members", []))
        if candidate is not None and candidate not in fit:
            print(f"{candidate} is no standby that could lead; ready are: {', '.join(sorted(fit)) or 'none'}.", file=sys.stderr)
            return 1
        print(successor.switch_over(before, lock.address, [candidate], timeout=DEADLINE_SECONDS))
    except rest.RestError as error:
        print(f"The primary refused: {error}", file=sys.stderr)
        return 1
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        now = kube.lock(me.cluster).leader
        if now not in (None, before):
            print(f"{before} handed over to {now}")
            return 0
        time.sleep(0.2)
    print(f"No other member leads after {DEADLINE_SECONDS:.0f} s.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
