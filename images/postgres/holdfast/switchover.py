"""A planned switchover by hand, in any member's agent: waits until the new primary leads and says how it went.

    python3 -m holdfast.switchover [member to lead]
"""

import sys
import time

from . import rest
from .env import Identity
from .kube import Kube

# Seconds to wait for the new leader.
DEADLINE_SECONDS = 30.0


def main() -> int:
    candidate = sys.argv[1] if len(sys.argv) > 1 else None
    me = Identity.from_environment()
    kube = Kube(me.namespace)
    before = kube.lock(me.cluster).leader
    members = {member.name: member for member in kube.members(me.cluster)}
    if before is None or before not in members:
        print("Nobody leads the cluster just now, so nobody can hand over: wait for `status` to show a primary.", file=sys.stderr)
        return 1
    if candidate is not None and (candidate not in members or not members[candidate].streaming):
        ready = ", ".join(sorted(name for name, member in members.items() if member.streaming)) or "none"
        print(f"{candidate} is no standby that could lead; ready are: {ready}.", file=sys.stderr)
        return 1
    body = {"leader": before, **({"candidate": candidate} if candidate else {})}
    try:
        print(rest.patroni(members[before].ip, "POST", "/switchover", body, timeout=DEADLINE_SECONDS).get("text", ""))
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
