"""Takes one backup: what the CronJob runs.

    python3 -m holdfast.backup.job full|diff|incr
"""

import socket
import subprocess
import sys
import time

from . import command, config

# Seconds a new pod gets until the network lets it through: allow rules follow a pod's start (kube-router #1309).
NETWORK_SECONDS = 60.0

# pgBackRest's exit code for a lock that somebody else holds.
LOCKED = 50


def wait_for_network(members: list[str]) -> bool:
    """Waits until some member's server answers."""
    deadline = time.monotonic() + NETWORK_SECONDS
    while time.monotonic() < deadline:
        for member in members:
            try:
                socket.create_connection((member, config.PORT), timeout=2).close()
                return True
            except OSError:
                continue
        time.sleep(1)
    return False


def main() -> int:
    kind = sys.argv[1]
    settings = config.write("job")
    if not wait_for_network(settings.members):
        print(f"No member of the database answered on port {config.PORT} within {NETWORK_SECONDS:.0f} s: no backup was taken.", flush=True)
        return 1
    code = subprocess.run(command.arguments(f"--type={kind}", "backup"), check=False).returncode
    if code == LOCKED:
        print("Another backup of this database is running; this one was not needed and ends here.", flush=True)
    elif code == 0:
        print(command.run("info").stdout, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
