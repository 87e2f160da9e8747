"""Fills an empty data directory from the repository: Patroni runs it instead of initdb when a restore is asked for.

The wish is a mounted `restore.json`:
`{"id": "...", "time": "2026-01-31 12:00:00+00" or null, "timeline": 2, "backup": "20260131-021700F"}`.
Without a time the timeline is replayed to its end. Which timeline and which backup hold a moment is for whoever
wishes to find out (catalogue.py): the newest timeline may not be the one.

A wish is carried out once: when the database that came of it leads, its id is kept beside the data directory, so that a
request which somebody forgot never replaces a newer database. A recovery that fails before that has spent nothing.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

from ..env import DATA_MOUNT, SETTINGS
from . import command, config

WISH = SETTINGS / "restore.json"
# Ids of wishes that were carried out into this volume, one a line.
DONE = DATA_MOUNT / "restored"
# Id of the wish that was copied into this volume last, until a database that came of it leads.
COPIED = DATA_MOUNT / "restoring"

# Seconds between two looks for the configuration, and between two lines that say what is waited for.
LOOK_SECONDS = 0.5
TELL_SECONDS = 10.0


def options(wish: dict) -> list[str]:
    """pgBackRest's options for a wish: everything committed up to a moment, itself included, or all of a timeline."""
    which = [f"--set={wish['backup']}", f"--target-timeline={wish['timeline']}"]
    if wish.get("time"):
        return [*which, "--type=time", f"--target={wish['time']}", "--target-action=promote"]
    return [*which, "--type=default"]


def refusal(wish: dict, done: Collection[str]) -> str | None:
    """Why a wish is not carried out, in one sentence, or None."""
    absent = [key for key in ("id", "backup", "timeline") if not wish.get(key)]
    if absent:
        return f"The restore's request says no {' and no '.join(absent)}: ask for it again, with `npm run restore`."
    if wish["id"] in done:
        return (
            f"The restore {wish['id']} was carried out into this volume already and is not repeated: "
            "delete the ConfigMap that asks for it, and ask again with `npm run restore` if it is still wished."
        )
    return None


def done(path: Path) -> list[str]:
    """The wishes that were carried out here."""
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def leads() -> None:
    """To be called while this member leads: the wish that it came of is carried out, if there was one."""
    if COPIED.exists():
        write(DONE, "".join(f"{wish}\n" for wish in (*done(DONE), COPIED.read_text(encoding="utf-8").strip())))
        COPIED.unlink()


def write(path: Path, text: str) -> None:
    """Replaces a file whole; it is on the disk when this returns."""
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def wait_for(file: Path) -> None:
    """Waits until the container beside this one has written the configuration. Without end: a restore that fails
    makes Patroni put the directory aside, and nothing is lost by waiting."""
    told = 0.0
    while not file.exists():
        if time.monotonic() - told > TELL_SECONDS:
            print(f"restore: waiting for {file}, which this pod's container `backup` writes when it starts", flush=True)
            told = time.monotonic()
        time.sleep(LOOK_SECONDS)


def main() -> int:
    wish = json.loads(WISH.read_text(encoding="utf-8"))
    problem = refusal(wish, done(DONE))
    if problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    wait_for(config.FILE)
    code = subprocess.run(command.arguments(*options(wish), "restore"), check=False).returncode
    if code == 0:
        write(COPIED, wish["id"])
    return code


if __name__ == "__main__":
    sys.exit(main())
