"""pgBackRest's configuration file, for each of the three kinds of pods that run it."""

import json
from dataclasses import dataclass
from pathlib import Path

from ..env import CREDENTIALS, DATA_DIRECTORY, RUNTIME, SETTINGS, SOCKETS, credential, number, write_private
from .tls import COMMON_NAME, write_certificates

FILE = RUNTIME / "pgbackrest.conf"
CERTIFICATES = RUNTIME / "backup-tls"
REPOSITORY = Path("/var/lib/pgbackrest")
STANZA = "main"
PORT = int(number("PORT_BACKUP"))

# Seconds that a push waits for pgBackRest's process in the background, which ends at once where it can't reach the
# repository. PostgreSQL tries again anyway. Patroni archives what is left before it rewinds a member, one segment after
# the other, and with pgBackRest's own 60 s that member looked stuck (rejoin.py) and was copied anew.
PUSH_PATIENCE = 10


@dataclass(frozen=True)
class Settings:
    """`backup.json` as the component writes it."""

    # Members' names, where each runs pgBackRest's server.
    members: list[str]
    # DNS name of the repository's host, or None where the repository is an object store.
    host: str | None
    # Object store options without the `repo1-` prefix and without keys, or None.
    s3: dict | None
    # Full backups to keep.
    retain_full: int
    # Bytes of unarchived WAL above which PostgreSQL drops it from the archive rather than fill its volume.
    queue_bytes: int
    # DNS names that the pods of the cluster answer to.
    names: list[str]

    @staticmethod
    def load() -> "Settings":
        return Settings(**json.loads((SETTINGS / "backup.json").read_text(encoding="utf-8")))


def _tls(prefix: str) -> dict[str, str]:
    return {
        f"{prefix}-{kind}-file": str(CERTIFICATES / name)
        for kind, name in (("ca", "ca.crt"), ("cert", "tls.crt"), ("key", "tls.key"))
    }


def _repository(settings: Settings, keys: dict[str, str], local: bool) -> dict[str, str]:
    """Where the repository is, seen from a pod that has it on its own volume (`local`) or has not."""
    if settings.s3 is not None:
        return {"repo1-type": "s3", **{f"repo1-{key}": value for key, value in {**settings.s3, **keys}.items()}}
    if local:
        return {"repo1-path": str(REPOSITORY)}
    return {
        "repo1-host": settings.host or "",
        "repo1-host-type": "tls",
        "repo1-host-port": str(PORT),
        **_tls("repo1-host"),
    }


def render(settings: Settings, kind: str, keys: dict[str, str], lock_path: str) -> str:
    """The file's text.

    `kind`: `member` (a database pod), `repository` (the repository's host) or `job` (takes a backup).
    `keys`: the object store's `s3-key` and `s3-key-secret`, empty otherwise.
    """
    common = {
        **_repository(settings, keys, local=kind != "member"),
        "repo1-retention-full": str(settings.retain_full),
        "log-level-console": "info",
        "log-level-file": "off",
        "lock-path": lock_path,
        "compress-type": "zst",
        # A broken connection is noticed within a minute; PostgreSQL keeps the WAL meanwhile.
        "io-timeout": "30",
        "tls-server-address": "0.0.0.0",
        "tls-server-port": str(PORT),
        "tls-server-auth": f"{COMMON_NAME}={STANZA}",
        **_tls("tls-server"),
    }
    if kind == "member":
        common |= {
            # On the data volume: segments that were accepted for archiving must survive the pod.
            "archive-async": "y",
            "spool-path": str(DATA_DIRECTORY.parent / "spool"),
            "archive-push-queue-max": str(settings.queue_bytes),
        }
        stanza = {"pg1-path": str(DATA_DIRECTORY), "pg1-socket-path": str(SOCKETS), "pg1-user": "postgres"}
        sections = {"global": common, "global:archive-push": {"archive-timeout": str(PUSH_PATIENCE)}, STANZA: stanza}
    else:
        common |= {"start-fast": "y", "delta": "y", "backup-standby": "prefer"}
        stanza = {}
        for number, member in enumerate(settings.members, start=1):
            stanza |= {
                f"pg{number}-host": member,
                f"pg{number}-host-type": "tls",
                f"pg{number}-host-port": str(PORT),
                f"pg{number}-path": str(DATA_DIRECTORY),
                f"pg{number}-socket-path": str(SOCKETS),
                f"pg{number}-user": "postgres",
                **_tls(f"pg{number}-host"),
            }
        sections = {"global": common, STANZA: stanza}
    lines = [
        line
        for name, options in sections.items()
        for line in (f"[{name}]", *(f"{key}={value}" for key, value in options.items()), "")
    ]
    return "\n".join(lines)


def write(kind: str) -> Settings:
    """Writes certificates and configuration for this pod."""
    settings = Settings.load()
    write_certificates(CERTIFICATES, credential("backup-secret"), settings.names)
    keys = {name: credential(name) for name in ("s3-key", "s3-key-secret") if (CREDENTIALS / name).exists()}
    # Backups that run at the same time see each other's lock on the repository's volume.
    locks = REPOSITORY / "lock" if kind != "member" and settings.s3 is None else RUNTIME / "backup-lock"
    write_private(FILE, render(settings, kind, keys, str(locks)))
    return settings
