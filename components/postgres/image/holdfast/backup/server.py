"""Runs pgBackRest's server beside a member or in front of the repository, keeps the stanza right, and watches it.

python3 -m holdfast.backup.server member|repository
"""

import logging
import subprocess
import sys
import threading
import time

from .. import local, web
from ..env import DATA_DIRECTORY, number
from . import config, leftovers, owed, repository, stanza, watch

log = logging.getLogger("holdfast.backup")

ROUND_SECONDS = 60.0
RETRY_SECONDS = 5.0


def responsible(kind: str, settings: config.Settings) -> bool:
    """Who looks after the stanza: the repository's host, or with an object store the primary."""
    if settings.s3 is None:
        return kind == "repository"
    here = local.state()
    return here.running and not here.in_recovery


def settle_dropped() -> None:
    """Forgets what this member dropped, once a backup has begun after it."""
    names = owed.dropped(owed.DROPPED)
    if not names:
        return
    sent = leftovers.send_histories(DATA_DIRECTORY / "pg_wal", names)
    if sent and owed.settled(names, repository.all_backups(repository.stanza())):
        owed.DROPPED.unlink()
        owed.DROPPING.unlink(missing_ok=True)


def supervise(kind: str, settings: config.Settings) -> None:
    """The loop. Everything in it is tried again."""
    ready, looked, watcher = False, 0.0, watch.Watch(on_volume=settings.s3 is None)
    while True:
        try:
            if responsible(kind, settings):
                if not ready or stanza.quiet(watcher.newest, time.time()):
                    # A primary that is away for a while says nothing about the stanza.
                    ready = stanza.prepare() or ready
                watch.STANZA_READY.set(int(ready))
                watcher.step()
            if kind == "member" and time.monotonic() - looked >= ROUND_SECONDS:
                looked = time.monotonic()
                settle_dropped()
        except (repository.Unreadable, subprocess.TimeoutExpired) as error:
            log.info("backup: the repository does not answer: %s", error)
        except Exception:
            log.exception("backup")
        time.sleep(ROUND_SECONDS if ready else RETRY_SECONDS)


def main() -> None:
    web.begin()
    kind = sys.argv[1]
    settings = config.write(kind)
    server = subprocess.Popen(["pgbackrest", f"--config={config.FILE}", "server"])
    threading.Thread(target=supervise, args=(kind, settings), daemon=True).start()
    if kind == "member":
        threading.Thread(target=leftovers.run, daemon=True).start()
    web.serve({}, healthy=lambda: server.poll() is None, port=int(number("PORT_BACKUP_METRICS")))
    sys.exit(server.wait())


if __name__ == "__main__":
    main()
