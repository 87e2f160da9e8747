"""Where the Service of the primary leads: an EndpointSlice that is written when the primary changes, by the one that leads.

Left alone, Kubernetes copies the Endpoints of a Service without selector into such a slice, annotations and all. Patroni's
Endpoints are its lock, renewed every second, and kube-proxy takes every change of a slice for one of addresses: on every node
it read and wrote its rules once a second, and the change of a primary waited for the next of those seconds.
"""

import logging
import time

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from .env import Identity
from .kube import Kube

log = logging.getLogger(__name__)

# Seconds after which it is written again though nothing seems to have changed: somebody may have deleted it, or the lock, or a
# primary that stood still for a while may have written late.
REPEAT_SECONDS = 30.0


class PrimaryAddress:
    """Points the Service at this member, for as long as it leads."""

    def __init__(self, kube: Kube, me: Identity) -> None:
        self.kube, self.me = kube, me
        self.written: float | None = None

    def leads(self) -> None:
        """To be called every now and then while this member leads. What fails is tried again at the next call."""
        if self.written is not None and time.monotonic() - self.written < REPEAT_SECONDS:
            return
        try:
            self.kube.point(self.me.cluster, self.me.name, self.me.ip)
        except (ApiException, HTTPError) as error:
            log.info("address: %s", error)
            return
        if self.written is None:
            log.info("address: %s leads to %s", self.me.cluster, self.me.name)
        self.written = time.monotonic()

    def follows(self) -> None:
        """To be called while it does not: what it wrote is no longer what stands there."""
        self.written = None

    def promoted(self) -> None:
        """To be called at a promotion: somebody else's address stands there."""
        self.follows()
        self.leads()
