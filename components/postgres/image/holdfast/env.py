"""Where a program runs and which files it is given; everything is set by the pod's manifest."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

CREDENTIALS = Path("/run/secrets/postgres")
SETTINGS = Path("/etc/holdfast")
RUNTIME = Path("/run/holdfast")
SOCKETS = Path("/run/postgresql")
DATA_MOUNT = Path("/var/lib/postgresql/data")
DATA_DIRECTORY = DATA_MOUNT / "pgdata"


def number(name: str) -> float:
    """A number that others depend on as well. It is declared with its reason in components/postgres/settings.ts, and
    the manifest of an image's containers says it. KeyError where it does not: then it is another image's manifest."""
    return float(os.environ[name])


POSTGRES_PORT = int(number("PORT_POSTGRES"))
PATRONI_PORT = int(number("PORT_PATRONI"))
AGENT_PORT = int(number("PORT_AGENT"))
POOLER_PORT = int(number("PORT_POOLER"))

# User name of Patroni's own REST interface; its password is the agents' token.
REST_USER = "holdfast"


@dataclass(frozen=True)
class Identity:
    """One pod, and the cluster it belongs to."""

    name: str
    namespace: str
    ip: str
    cluster: str
    database: str

    @staticmethod
    def from_environment() -> "Identity":
        env = os.environ
        return Identity(
            name=env["POD_NAME"],
            namespace=env["POD_NAMESPACE"],
            ip=env["POD_IP"],
            cluster=env.get("CLUSTER_NAME", "postgres"),
            database=env.get("DATABASE", "postgres"),
        )


def credential(key: str) -> str:
    """A mounted password; the file may have a new content at any time, so it is never kept."""
    return (CREDENTIALS / key).read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step, readable by its owner alone. Two containers of a pod may do so at the same time."""
    descriptor, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
