"""Who may start first when a cluster comes back from its volumes alone.

While Kubernetes keeps Patroni's state, the quorum in it decides who may lead. When that state is gone but volumes are not (the
stack was destroyed and declared again), Patroni lets whoever is up first lead, and a former primary a second ahead of its
successor would make the others throw the successor's writes away. So members then compare what they have before any of them
starts: the newest history leads, and the others follow it.
"""

import json
import logging
import subprocess
import time
from dataclasses import dataclass

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from .env import DATA_DIRECTORY, Identity
from .kube import Kube

log = logging.getLogger(__name__)

ANNOTATION = "holdfast.dev/position"

# Seconds to wait for members that have not told their position: a node may be gone for good.
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True, order=True)
class Position:
    """How far a member's data goes: the timeline first, then the position on it. Nothing at all is (0, 0)."""

    timeline: int
    location: int


def parse(control: str) -> Position:
    """Reads `pg_controldata`'s output."""
    fields = dict(line.split(":", 1) for line in control.splitlines() if ":" in line)
    value = {key.strip(): text.strip() for key, text in fields.items()}

    def location(name: str) -> int:
        high, _, low = value.get(name, "0/0").partition("/")
        return int(high, 16) << 32 | int(low, 16)

    timelines = [int(value.get(name, "0")) for name in ("Latest checkpoint's TimeLineID", "Min recovery ending loc's timeline")]
    return Position(max(timelines), max(location("Latest checkpoint location"), location("Minimum recovery ending location")))


def may_start(me: str, positions: dict[str, Position], expected: int, waited: float) -> bool:
    """Whether this member may start in a cluster without state. Pure.

    `positions`: what members have told so far; `expected`: how many there should be. Members with nothing follow; where
    nobody has anything this is a new cluster and everybody may start. Of equals the first name leads.
    """
    if len(positions) < expected and waited < PATIENCE_SECONDS:
        return False
    if all(position == Position(0, 0) for position in positions.values()):
        return True
    best = max(positions, key=lambda name: (positions[name], [-ord(letter) for letter in name]))
    return me == best


class ColdStart:
    """Answers the start script's question, over and over, until it is yes."""

    def __init__(self, kube: Kube, me: Identity, expected: int) -> None:
        self.kube, self.me, self.expected = kube, me, expected
        self.began = time.monotonic()

    def allowed(self) -> bool:
        try:
            if self.kube.initialized(self.me.cluster):
                return True
            mine = self._mine()
            self.kube.annotate_pod(self.me.name, {ANNOTATION: json.dumps([mine.timeline, mine.location])})
            told = {name: Position(*json.loads(text)) for name, text in self.kube.pod_annotations(self.me.cluster, ANNOTATION).items()}
        except (ApiException, HTTPError) as error:
            log.info("cold start: the API does not answer yet: %s", error)
            return False
        answer = may_start(self.me.name, {**told, self.me.name: mine}, self.expected, time.monotonic() - self.began)
        log.info("cold start: %s of %d members known, %s", len(told), self.expected, "starting" if answer else "waiting")
        return answer

    def _mine(self) -> Position:
        if not (DATA_DIRECTORY / "PG_VERSION").exists():
            return Position(0, 0)
        control = subprocess.run(("pg_controldata", str(DATA_DIRECTORY)), capture_output=True, text=True, timeout=10, check=False)
        return parse(control.stdout) if control.returncode == 0 else Position(0, 0)
