"""Runs pgBackRest's server beside a member or in front of the repository, keeps the stanza right, and reports what is there.

    python3 -m holdfast.backup.server member|repository
"""

import logging
import subprocess
import sys
import threading
import time

from prometheus_client import Gauge

from .. import local, web
from . import command, config, info, leftovers

log = logging.getLogger("holdfast.backup")

ROUND_SECONDS = 60.0
RETRY_SECONDS = 5.0

LAST_BACKUP = Gauge("holdfast_backup_last_timestamp_seconds", "When the newest whole backup ended, 0 for none")
LAST_FULL = Gauge("holdfast_backup_last_full_timestamp_seconds", "When the newest whole full backup ended, 0 for none")
BACKUPS = Gauge("holdfast_backup_count", "Whole backups in the repository")
BACKUP_BYTES = Gauge("holdfast_backup_newest_bytes", "Bytes the newest backup takes in the repository")
STANZA_READY = Gauge("holdfast_backup_stanza_ready", "1 when the repository is ready for this database's backups and WAL")


def prepare_stanza() -> bool:
    """Makes the repository ready for this database; after a restore into a new one it is upgraded. Safe to repeat."""
    created = command.run("stanza-create", timeout=60)
    if created.returncode == 0:
        return True
    upgraded = command.run("stanza-upgrade", timeout=60)
    if upgraded.returncode == 0:
        return True
    log.info("stanza: %s", command.last_line(created))
    return False


def report() -> None:
    found = info.parse(command.run("info", "--output=json", timeout=60).stdout)
    LAST_BACKUP.set(max(found.ends, default=0))
    LAST_FULL.set(max(found.full_ends, default=0))
    BACKUPS.set(len(found.ends))
    BACKUP_BYTES.set(found.newest_bytes)


def responsible(kind: str, settings: config.Settings) -> bool:
    """Who looks after the stanza: the repository's host, or with an object store the primary."""
    if settings.s3 is None:
        return kind == "repository"
    here = local.state()
    return here.running and not here.in_recovery


def supervise(kind: str, settings: config.Settings) -> None:
    ready = False
    while True:
        try:
            if responsible(kind, settings):
                ready = ready or prepare_stanza()
                STANZA_READY.set(int(ready))
                report()
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
    web.serve({}, healthy=lambda: server.poll() is None, port=config.PORT + 1)
    sys.exit(server.wait())


if __name__ == "__main__":
    main()
