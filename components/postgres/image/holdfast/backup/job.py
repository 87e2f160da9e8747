"""Takes one backup: what the CronJob runs.

python3 -m holdfast.backup.job full|diff|incr
"""

import socket
import sys
import time

from . import config, take

# Seconds a new pod gets until the network lets it through: allow rules follow a pod's start (kube-router #1309).
NETWORK_SECONDS = 60.0
# For one member's answer, and until they are asked again.
CONNECT_SECONDS = 2
AGAIN_SECONDS = 1


def wait_for_network(members: list[str]) -> bool:
    """Waits until some member's server answers."""
    deadline = time.monotonic() + NETWORK_SECONDS
    while time.monotonic() < deadline:
        for member in members:
            try:
                socket.create_connection((member, config.PORT), timeout=CONNECT_SECONDS).close()
                return True
            except OSError:
                continue
        time.sleep(AGAIN_SECONDS)
    return False


def main() -> int:
    settings = config.write("job")
    if not wait_for_network(settings.members):
        print(
            f"No member of the database answered on port {config.PORT} within {NETWORK_SECONDS:.0f} s: "
            "no backup was taken.",
            flush=True,
        )
        return 1
    return take.main()


if __name__ == "__main__":
    sys.exit(main())
