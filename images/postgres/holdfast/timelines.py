"""No timeline twice in one archive, also after an undo of a restore.

PostgreSQL takes the next number that has no history file in its own `pg_wal`. A database put back from before a restore
does not know the timelines that were opened since, and the archive would refuse its second history of one number for ever.
So `npm run restore -- --undo` writes the highest number of the archive beside the lock, and who is about to be promoted
first marks the numbers up to it as taken.
"""

import logging

import psycopg
from psycopg import sql

from . import history, local

log = logging.getLogger(__name__)

# Annotation of the lock, written by the command (commands/restore/names.ts).
TAKEN = "holdfast.dev/timelines-taken"

_OWN = "SELECT greatest(timeline_id, min_recovery_end_timeline) FROM pg_control_checkpoint(), pg_control_recovery()"


def pass_over(annotations: dict[str, str]) -> None:
    """Marks what is taken, right before a promotion; where it can't, the promotion goes on, for callers wait."""
    taken = annotations.get(TAKEN, "")
    if not taken.isdigit():
        return
    try:
        with local.connect() as conn:
            (current,) = conn.execute(_OWN).fetchone()
            present = {name for (name,) in conn.execute("SELECT name FROM pg_ls_waldir() WHERE name LIKE '%.history'")}
            for name in history.missing(current, int(taken), present):
                # The data volume is read-only for the agent, but not for PostgreSQL, a standby's too.
                path = str(history.WAL_DIRECTORY / name)
                conn.execute(sql.SQL("COPY (SELECT {}) TO {}").format(sql.Literal(history.MARK), sql.Literal(path)))
    except psycopg.Error as error:
        log.error("timelines: the archive may get a second history of one number: %s", error)
