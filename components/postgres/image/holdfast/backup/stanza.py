"""Makes the repository ready for the database that runs."""

import logging

from ..env import number
from . import command

log = logging.getLogger(__name__)

# Seconds without a new file in the archive after which somebody looks whether the database is still the one that the
# repository knows: an idle one sends a segment as often as `archive_timeout` says.
QUIET_SECONDS = 3 * number("ARCHIVE_TIMEOUT_SECONDS")

SECONDS = 60.0


def prepare() -> bool:
    """Creates the stanza, or upgrades it where another database runs now: a new one, or after a restore or an undo one
    from before. Until then its WAL and its backups are refused. Safe to repeat."""
    created = command.run("stanza-create", timeout=SECONDS)
    if created.returncode == 0:
        return True
    upgraded = command.run("stanza-upgrade", timeout=SECONDS)
    if upgraded.returncode == 0:
        return True
    log.info("stanza: %s", command.last_line(created))
    return False


def quiet(newest: float, now: float) -> bool:
    """Whether nothing has come for so long that the repository may wait for another database. Pure; Unix seconds."""
    return now - newest > QUIET_SECONDS
