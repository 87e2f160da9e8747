"""Keeps the Service named in SERVICE pointing at the primary, for clients that know no Sentinel.

One pointer stands beside each Sentinel. All of them write the same thing, what two Sentinels agree on, so the loss of
any one changes nothing.
"""

import time
from collections.abc import Callable
from os import environ

from . import kube
from .env import PRIMARY_NAME, REDIS_PORT, SENTINEL_PORT, Pod
from .life import Life, say
from .peers import agreed, named_by
from .resp import Client

# Between two questions to each Sentinel: clients that follow the Service wait that long for a new primary at most.
ROUND_SECONDS = 1.0
# Rounds after which the address is written again though nothing seems to have changed: a pod may have come back with
# another address, or somebody may have changed the slice. With three of us that is one look in ten seconds.
REPEAT = 30


def due(chosen: str, pointed: str, rounds: int) -> bool:
    """Whether the address is to be written. Pure.

    `chosen`: what two Sentinels name, ""; `pointed`: what was written last; `rounds`: how many since."""
    return chosen != "" and (chosen != pointed or rounds >= REPEAT)


def endpoint_slice(service: str, owner: str, pod: str, address: str, namespace: str) -> dict:
    """The slice that points the Service at a pod. The Service owns it (by its uid), so that it goes with it. Pure."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": "IPv4",
        "metadata": {
            "name": f"{service}-primary",
            "labels": {"kubernetes.io/service-name": service, "endpointslice.kubernetes.io/managed-by": "holdfast"},
            "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": service, "uid": owner}],
        },
        "ports": [{"name": "redis", "port": REDIS_PORT, "protocol": "TCP"}],
        "endpoints": [
            {
                "addresses": [address],
                "conditions": {"ready": True},
                "targetRef": {"kind": "Pod", "name": pod, "namespace": namespace},
            }
        ],
    }


class Pointer:
    """Points while this pod is there, whatever its Sentinel does.

    `call` is the Kubernetes API."""

    def __init__(self, pod: Pod, call: Callable[..., dict] = kube.call) -> None:
        self._pod = pod
        self._call = call
        self._service, self._namespace = environ["SERVICE"], environ["NAMESPACE"]
        # What each Sentinel has said since the last round.
        self._heard: dict[str, str] = {}
        self._pointed, self._rounds = "", 0
        # Monotonic seconds of the last round: whether this still goes on.
        self.seen = time.monotonic()

    def begin(self, life: Life) -> None:
        """Listens to every Sentinel, and points, until this life ends."""
        for host in self._pod.sentinels:
            life.run(lambda host=host: self._listen(life, host))
        life.run(lambda: self._run(life))

    def hear(self, host: str, named: str) -> None:
        """Notes the primary that a Sentinel names."""
        if named:
            self._heard[host] = named

    def look(self) -> None:
        """One round. An answer counts once: a Sentinel that has fallen silent has no say in the next."""
        heard, self._heard = self._heard, {}
        chosen = agreed(heard.values())
        self._rounds += 1
        self.seen = time.monotonic()
        if not due(chosen, self._pointed, self._rounds):
            return
        self._rounds = 0
        # A server's Service and its pod have the name of the StatefulSet, which is that of SERVICE.
        name = f"{self._service}-{self._pod.servers.index(chosen)}"
        try:
            self._point(name)
        except kube.ApiError as error:
            say(f"could not point {self._service} at {name}, trying again: {error}")
            self._pointed = ""
            return
        if chosen != self._pointed:
            say(f"{self._service} points at {name}")
        self._pointed = chosen

    def _listen(self, life: Life, host: str) -> None:
        """Asks one Sentinel once a second, without a password: each is asked on its own, so that a silent one delays
        nothing."""
        client = Client(host, SENTINEL_PORT)
        while True:
            told = client.ask("SENTINEL", "get-master-addr-by-name", PRIMARY_NAME)
            self.hear(host, named_by(told, self._pod.servers))
            life.pause(ROUND_SECONDS)

    def _run(self, life: Life) -> None:
        while True:
            life.pause(ROUND_SECONDS)
            self.look()

    def _point(self, name: str) -> None:
        space = f"namespaces/{self._namespace}"
        pod = self._call("GET", f"/api/v1/{space}/pods/{name}")
        service = self._call("GET", f"/api/v1/{space}/services/{self._service}")
        address = pod.get("status", {}).get("podIP")
        if not address:
            raise kube.ApiError("the pod has no address yet")
        wanted = endpoint_slice(self._service, service["metadata"]["uid"], name, address, self._namespace)
        path = f"/apis/discovery.k8s.io/v1/{space}/endpointslices/{wanted['metadata']['name']}"
        self._call("PATCH", f"{path}?fieldManager=holdfast&force=true", wanted, kube.APPLY)
