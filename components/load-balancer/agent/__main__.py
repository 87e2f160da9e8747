"""`python3 -m agent keep|issue`: the agent beside a balancer, or the one that gets its certificates."""

import json
import os
import signal
import sys
from os import environ

from . import web


def keep() -> None:
    """Beside HAProxy."""
    from .keeper import Keeper
    from .slot import Certificate

    certificates = [Certificate(**one) for one in json.loads(environ["CERTIFICATES"])]
    keeper = Keeper(environ["RUN"], certificates, environ.get("ISSUED"))
    answer({"/metrics": keeper.metrics, "/healthz": keeper.alive})
    keeper.keep()


def issue() -> None:
    """Alone."""
    from .issuer import KINDS
    from .kube import Secret

    said = json.loads(environ["ISSUE"])
    issuer = KINDS[said["kind"]](Secret(environ["NAMESPACE"], environ["KEPT_IN"]), said)
    answer({"/healthz": issuer.alive})
    issuer.keep()


def answer(pages: dict[str, web.Page]) -> None:
    """Answers on the agent's port."""
    web.serve(environ.get("AGENT_HOST", "0.0.0.0"), int(environ["AGENT_PORT"]), pages)


if __name__ == "__main__":
    # What this writes holds keys.
    os.umask(0o077)
    # As process 1 it would not end by default.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    {"keep": keep, "issue": issue}[sys.argv[1]]()
