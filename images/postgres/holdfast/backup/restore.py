"""Fills an empty data directory from the repository: Patroni runs it instead of initdb when a restore is asked for.

The wish is a mounted `restore.json` with an optional `time` (`2026-01-31 12:00:00+00`); without it, everything that was archived
is replayed.
"""

import json
import subprocess
import sys

from ..env import SETTINGS
from . import command

WISH = SETTINGS / "restore.json"


def options(wish: dict) -> list[str]:
    """pgBackRest's options for a wish: up to a moment, or to the end of the archive; then the database opens."""
    if wish.get("time"):
        # Everything committed up to that moment, the moment included.
        return ["--type=time", f"--target={wish['time']}", "--target-action=promote"]
    return ["--type=default"]


def main() -> int:
    wish = json.loads(WISH.read_text(encoding="utf-8"))
    return subprocess.run(command.arguments(*options(wish), "restore"), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
