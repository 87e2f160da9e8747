"""Where the Services of the primary and of the standbys lead. Who leads writes it, as EndpointSlices, when it changes.

Neither has a selector. A label for a member's role would have to be changed at a hand-over, when there is no time for
it: for whoever enforces network policies a pod with other labels is another pod, and its rules are made anew on every
node. And a dead node's pod keeps its labels for most of a minute.

Nor is the primary's left to Kubernetes, which copies the Endpoints of a Service without selector into a slice,
annotations and all. These Endpoints are Patroni's lock, renewed every second, and kube-proxy takes every change of a
slice for one of addresses."""

import logging
import time
from collections.abc import Callable

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from .env import Identity
from .kube import Kube

log = logging.getLogger(__name__)

# Seconds after which it is written again though nothing seems to have changed: somebody may have deleted it, or the
# lock, or a primary that stood still for a while may have written late.
REPEAT_SECONDS = 30.0


class Addresses:
    """What this member writes for as long as it leads."""

    def __init__(self, kube: Kube, me: Identity) -> None:
        self.kube, self.me = kube, me
        # By Service: the pods it was pointed at, and when.
        self.written: dict[str, tuple[frozenset[str], float]] = {}

    def leads(self, downstream: frozenset[str]) -> None:
        """To be called every now and then while this member leads. `downstream`: who streams from it; not all need be
        members.
        """
        self._keep_mine()
        replicas = f"{self.me.cluster}-replicas"
        self._keep(
            replicas,
            downstream,
            lambda: self.kube.point(
                replicas,
                {member.name: member.ip for member in self.kube.members(self.me.cluster) if member.name in downstream},
            ),
        )

    def promoted(self) -> None:
        """To be called at a promotion: somebody else's address stands there, and nobody streams from this member
        yet.
        """
        self.follows()
        self._keep_mine()

    def follows(self) -> None:
        """To be called while it does not lead: what it wrote is no longer what stands there."""
        self.written.clear()

    def _keep_mine(self) -> None:
        def write() -> None:
            self.kube.point(self.me.cluster, {self.me.name: self.me.ip})
            # Only now, so that there is an address at every moment.
            self.kube.stop_mirroring(self.me.cluster)

        self._keep(self.me.cluster, frozenset({self.me.name}), write)

    def _keep(self, service: str, names: frozenset[str], write: Callable[[], None]) -> None:
        """Writes a Service's addresses if it is time. What fails is tried again at the next call."""
        before, at = self.written.get(service, (None, 0.0))
        if before == names and time.monotonic() - at < REPEAT_SECONDS:
            return
        try:
            write()
        except (ApiException, HTTPError) as error:
            log.info("addresses: %s: %s", service, error)
            return
        if before != names:
            log.info("addresses: %s leads to %s", service, ", ".join(sorted(names)) or "nobody")
        self.written[service] = names, time.monotonic()
