"""Runs pgBackRest."""

import subprocess

from .config import FILE, STANZA


def arguments(*command: str) -> list[str]:
    """The command line of pgBackRest for our stanza."""
    return ["pgbackrest", f"--config={FILE}", f"--stanza={STANZA}", *command]


def run(*command: str, timeout: float | None = None) -> subprocess.CompletedProcess:
    """Runs it to its end, output kept."""
    return subprocess.run(arguments(*command), capture_output=True, text=True, timeout=timeout, check=False)


def last_line(result: subprocess.CompletedProcess) -> str:
    """The sentence that says why it failed."""
    lines = [line for line in (result.stdout + result.stderr).splitlines() if "ERROR" in line] or (
        result.stdout + result.stderr
    ).splitlines()
    return lines[-1].strip() if lines else f"pgbackrest ended with {result.returncode}"
