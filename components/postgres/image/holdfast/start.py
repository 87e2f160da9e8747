"""Starts Patroni: checks the volume, renders the configuration, and becomes Patroni."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .backup.restore import WISH
from .directory import Place
from .env import DATA_DIRECTORY, DATA_MOUNT, RUNTIME, SETTINGS, Identity, credential, write_private
from .hook import ask, release_archive
from .member_file import render

PATRONI_FILE = RUNTIME / "patroni.yaml"

# Seconds for the agent to say whether this member may start: it asks the API and reads the log. Then it is asked again.
ANSWER_SECONDS = 10.0

# Between two looks at what has to be there before it starts.
AGAIN_SECONDS = 1


def volume_problem(mount: Path) -> str | None:
    """One sentence on why the volume can't be used, or None.

    Volumes of host paths ignore `fsGroup`, and some provisioners make them root's (kubernetes/minikube #12360, #11765).
    """
    if os.access(mount, os.W_OK | os.X_OK):
        return None
    owner = mount.stat()
    return (
        f"The data volume at {mount} belongs to uid {owner.st_uid} with mode {owner.st_mode & 0o777:o} and can't be "
        f"written by uid {os.getuid()}: its StorageClass makes directories that ignore fsGroup. Use a StorageClass "
        "that honours fsGroup, or make its provisioner create directories with mode 0777, then delete this pod's "
        "claim and the pod."
    )


def dynamic_settings(path: Path, data: Path, sleep: Callable[[float], None] = time.sleep) -> dict:
    """The configuration that a new cluster begins with.

    A changed one may be made anew, and is away until it is mounted again: a member with data goes on without, as the
    cluster has its configuration; one without waits.
    """
    while not path.exists():
        if (data / "PG_VERSION").exists():
            return {}
        sleep(AGAIN_SECONDS)
    return json.loads(path.read_text(encoding="utf-8"))


def write_member_file() -> None:
    """Renders the configuration anew from what is mounted now, mode 0600 in memory; JSON is YAML."""
    member = json.loads((SETTINGS / "member.json").read_text(encoding="utf-8"))
    dynamic = dynamic_settings(SETTINGS / "dynamic.json", DATA_DIRECTORY)
    passwords = {"replication": credential("replication-password"), "agent": credential("agent-token")}
    write_private(
        PATRONI_FILE, json.dumps(render(member, dynamic, Identity.from_environment(), passwords, WISH.exists()))
    )


def wait_for_turn() -> None:
    """Waits until the agent lets this member start (see coldstart.py); at once unless the cluster's state is gone."""
    while True:
        try:
            if ask("may-start", ANSWER_SECONDS) == "yes":
                return
        except OSError as error:
            print(f"start: the agent does not answer yet: {error}", flush=True)
        time.sleep(AGAIN_SECONDS)


def main() -> None:
    problem = volume_problem(DATA_MOUNT)
    if problem:
        print(problem, file=sys.stderr, flush=True)
        # Shown by `kubectl describe pod` as the reason, where a person looks first.
        Path("/dev/termination-log").write_text(problem, encoding="utf-8")
        sys.exit(1)
    # Left there by a Patroni that was killed in the middle of a hand-over.
    release_archive()
    done = Place().tidy()
    if done:
        print(f"start: {done}", flush=True)
    wait_for_turn()
    DATA_DIRECTORY.mkdir(mode=0o700, exist_ok=True)
    write_member_file()
    os.execvp("python3", ["python3", "-m", "holdfast.patroni", str(PATRONI_FILE)])


if __name__ == "__main__":
    main()
