"""What a repository holds, read from `pgbackrest info`.

python3 -m holdfast.backup.info   prints it as JSON
"""

import json
import sys
from dataclasses import asdict, dataclass

from . import command

# Seconds for pgBackRest to list a repository; a bucket far away takes a few.
LIST_SECONDS = 60


@dataclass(frozen=True)
class Inventory:
    """Backups that are whole, by the Unix second they ended at, oldest first."""

    ends: tuple[float, ...]
    full_ends: tuple[float, ...]
    # Bytes that the newest backup's files take in the repository.
    newest_bytes: int
    # Last archived WAL segment, empty when there is none.
    newest_segment: str


def parse(text: str) -> Inventory:
    """Reads the command's JSON; a stanza that doesn't exist yet holds nothing."""
    return inventory(next(iter(json.loads(text or "[]")), {}))


def inventory(stanza: dict) -> Inventory:
    """The same of a stanza's entry in it."""
    backups = sorted(
        (backup for backup in stanza.get("backup", []) if not backup.get("error")),
        key=lambda backup: backup["timestamp"]["stop"],
    )
    segments = [archive.get("max") or "" for archive in stanza.get("archive", [])]
    return Inventory(
        ends=tuple(float(backup["timestamp"]["stop"]) for backup in backups),
        full_ends=tuple(float(backup["timestamp"]["stop"]) for backup in backups if backup["type"] == "full"),
        newest_bytes=backups[-1]["info"]["repository"]["delta"] if backups else 0,
        newest_segment=max(segments, default=""),
    )


def main() -> int:
    result = command.run("info", "--output=json", timeout=LIST_SECONDS)
    if result.returncode != 0:
        print(command.last_line(result), file=sys.stderr)
        return 1
    print(json.dumps(asdict(parse(result.stdout))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
