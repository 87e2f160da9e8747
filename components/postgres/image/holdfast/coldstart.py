"""Who may start first when a cluster comes back from its volumes alone.

While Kubernetes keeps Patroni's state, the quorum in it decides who may lead. When that state is gone but volumes are
not (the stack was destroyed and declared again), Patroni lets whoever is up first lead, and a former primary a second
ahead of its successor would make the others throw the successor's writes away. So members then compare what they have
before any of them starts: the newest history leads, and the others follow it.
"""

import json
import logging
import subprocess
import threading
import time

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from . import control
from .env import DATA_DIRECTORY, Identity, number
from .kube import Kube
from .wal import NOTHING, Position

log = logging.getLogger(__name__)

ANNOTATION = "holdfast.dev/position"

PATIENCE_SECONDS = number("COLD_START_SECONDS")


def may_start(me: str, positions: dict[str, Position], expected: int, waited: float) -> bool:
    """Whether this member may start in a cluster without state. Pure.

    `positions`: what members have told so far; `expected`: how many there should be. Members with nothing follow; where
    nobody has anything this is a new cluster and everybody may start. Of equals the first name leads.
    """
    if len(positions) < expected and waited < PATIENCE_SECONDS:
        return False
    if all(position == NOTHING for position in positions.values()):
        return True
    best = max(positions, key=lambda name: (positions[name], [-ord(letter) for letter in name]))
    return me == best


class ColdStart:
    """Answers the start script's question, over and over, until it is yes."""

    def __init__(self, kube: Kube, me: Identity, expected: int) -> None:
        self.kube, self.me, self.expected = kube, me, expected
        self.began = time.monotonic()
        self.looking = threading.Lock()
        self.mine: Position | None = None

    def allowed(self) -> bool:
        try:
            if self.kube.initialized(self.me.cluster):
                return True
            mine = self._mine()
            self.kube.annotate_pod(self.me.name, {ANNOTATION: json.dumps([mine.timeline, mine.location])})
            told = {
                name: Position(*json.loads(text))
                for name, text in self.kube.pod_annotations(self.me.cluster, ANNOTATION).items()
            }
        except (ApiException, HTTPError) as error:
            log.info("cold start: the API does not answer yet: %s", error)
            return False
        answer = may_start(self.me.name, {**told, self.me.name: mine}, self.expected, time.monotonic() - self.began)
        log.info(
            "cold start: %s of %d members known, %s", len(told), self.expected, "starting" if answer else "waiting"
        )
        return answer

    def _mine(self) -> Position:
        """What lies here; found out once, as nothing writes to it before this member may start."""
        with self.looking:
            if self.mine is None:
                self.mine = _position()
            return self.mine


def _position() -> Position:
    try:
        found = control.held(DATA_DIRECTORY)
    except subprocess.TimeoutExpired:
        log.warning("cold start: the WAL here is too long to be read in time, going by the last checkpoint")
        found = control.told(DATA_DIRECTORY)
    return found.position if found else NOTHING
