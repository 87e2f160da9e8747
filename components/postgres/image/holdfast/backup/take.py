"""Takes one backup, after making room for it.

python3 -m holdfast.backup.take full
"""

import subprocess
import sys

from . import command, config, repository, room, stanza

# pgBackRest's exit code for a lock that somebody else holds.
LOCKED = 50


def _run(kind: str) -> int:
    """As pgBackRest ends. A checkpoint at once: with the database's own pace the backup would begin minutes later."""
    return subprocess.run(command.arguments(f"--type={kind}", "--start-fast", "backup"), check=False).returncode


def _say_no_room(wanted: int) -> None:
    free = room.available()[1]
    print(
        f"The repository's volume has {free >> 20} MB left, the next backup may need {wanted >> 20} MB, and the last "
        "whole full backup is not given up for it: enlarge the volume, as the runbook says under "
        '"Repository too small".',
        flush=True,
    )


def take(kind: str, on_volume: bool) -> int:
    """Takes it and answers with pgBackRest's exit code; where the volume has no room, older backups go first."""
    wanted = room.needed(repository.stanza().get("backup", []), repository.names()) if on_volume else 0
    if on_volume:
        room.make(max(wanted, room.FLOOR_BYTES), for_backup=True)
    code = _run(kind)
    # The estimate was too low: each turn takes one more backup away, until it fits or none may go.
    while code not in (0, LOCKED) and on_volume and room.available()[1] < room.FLOOR_BYTES:
        backups = repository.stanza().get("backup", [])
        if not room.oldest_may_go(backups) or not room.expire_oldest(backups):
            _say_no_room(wanted)
            break
        code = _run(kind)
    if code == LOCKED:
        print("Another backup of this database is running; this one was not needed and ends here.", flush=True)
    elif code == 0:
        print(command.run("info").stdout, flush=True)
    return code


def main() -> int:
    try:
        # After a restore from the backups of an earlier database it is again the one that runs.
        stanza.prepare()
        return take(sys.argv[1], on_volume=config.Settings.load().s3 is None)
    except (repository.Unreadable, subprocess.TimeoutExpired) as error:
        print(f"The backup repository does not answer, so no backup was taken: {error}", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
