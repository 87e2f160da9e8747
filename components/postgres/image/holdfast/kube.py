"""The few calls to the Kubernetes API that the agents make, each with a short deadline and no silent retry.

Answers are read as the plain JSON they are: the client's typed objects cost several times the request itself, and these
calls are made all the time, beside a database that wants the CPU.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kubernetes import client, config, watch

from . import record
from .env import POSTGRES_PORT, number
from .verdict import Sync

# Seconds to connect and to answer. A slower API counts as no API: what the agents decide on must be fresh.
DEADLINE = (1.0, 2.0)

# Seconds after which the API ends a watch of ours in order, and a new one begins: none stays with one API server.
WATCH_SECONDS = 300

WATCH_SILENCE = number("WATCH_SILENCE_SECONDS")


@dataclass(frozen=True)
class Lock:
    """The leader's Endpoints: the lock and the address in one object."""

    leader: str | None
    address: str | None
    renewed: str | None
    version: str
    annotations: dict = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Member:
    """One database pod as Patroni describes it in the pod's own annotation."""

    name: str
    ip: str
    state: str = ""
    role: str = ""
    pending_restart: bool = False
    replication_state: str = ""
    # Told to stop; it serves until it has.
    ending: bool = False

    @property
    def streaming(self) -> bool:
        return self.state == "running" and self.replication_state == "streaming"


@dataclass(frozen=True)
class Pooler:
    """One pooler pod: whether it serves, whether it has been told to stop, and its address, "" while it has none."""

    name: str
    ready: bool
    ending: bool
    ip: str = ""


def with_callers(poolers: list[Pooler]) -> list[str]:
    """Addresses of those that may have callers; one that ends has some until it is gone."""
    return [pooler.ip for pooler in poolers if pooler.ip and (pooler.ready or not pooler.ending)]


def lock_of(endpoints: dict) -> Lock:
    """Reads the lock from an Endpoints object as Patroni writes it."""
    annotations = endpoints["metadata"].get("annotations") or {}
    addresses = [
        address["ip"] for subset in endpoints.get("subsets") or [] for address in subset.get("addresses") or []
    ]
    return Lock(
        leader=annotations.get("leader") or None,
        address=addresses[0] if addresses else None,
        renewed=annotations.get("renewTime"),
        version=endpoints["metadata"]["resourceVersion"],
        annotations=annotations,
    )


def member_of(pod: dict) -> Member | None:
    """Reads a member from its pod, or None while the pod has no address."""
    if not pod["status"].get("podIP"):
        return None
    status = json.loads((pod["metadata"].get("annotations") or {}).get("status") or "{}")
    return Member(
        name=pod["metadata"]["name"],
        ip=pod["status"]["podIP"],
        state=status.get("state", ""),
        role=status.get("role", ""),
        pending_restart=bool(status.get("pending_restart")),
        replication_state=status.get("replication_state", ""),
        ending=_ending(pod),
    )


def _labels(name: str, component: str) -> dict[str, str]:
    """What the objects of a component of ours are found by."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": component}


def _ready(pod: dict) -> bool:
    return any(
        entry["type"] == "Ready" and entry["status"] == "True" for entry in pod["status"].get("conditions") or []
    )


def _ending(pod: dict) -> bool:
    return "deletionTimestamp" in pod["metadata"]


class Kube:
    """The API as seen from one namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        settings = client.Configuration()
        config.load_incluster_config(client_configuration=settings)
        # Retries would turn one slow answer into four and hide how old it is.
        settings.retries = False
        self.core = client.CoreV1Api(client.ApiClient(settings))
        # This version of the client has no other way to ask for a server-side apply.
        self.applied = client.DiscoveryV1Api(client.ApiClient(settings, "Content-Type", "application/apply-patch+yaml"))

    def _read(self, call: Callable[..., Any], *args: str, **options: str) -> dict:
        return json.loads(
            call(*args, self.namespace, _request_timeout=DEADLINE, _preload_content=False, **options).data
        )

    def lock(self, name: str) -> Lock:
        """The lock as it is now, straight from the API."""
        return lock_of(self._read(self.core.read_namespaced_endpoints, name))

    def watch_lock(self, name: str) -> Iterator[Lock]:
        """The lock now and at each change; ends by an exception when the connection is lost."""
        stream = watch.Watch(return_type=object).stream(
            self.core.list_namespaced_endpoints,
            self.namespace,
            field_selector=f"metadata.name={name}",
            timeout_seconds=WATCH_SECONDS,
            _request_timeout=(DEADLINE[0], WATCH_SILENCE),
        )
        for event in stream:
            if event["type"] in ("ADDED", "MODIFIED"):
                yield lock_of(event["object"])

    def annotate_lock(self, name: str, version: str, annotations: dict) -> None:
        """Changes annotations of the lock only if it is still the version that was decided on (409 otherwise)."""
        body = {"metadata": {"resourceVersion": version, "annotations": annotations}}
        self.core.patch_namespaced_endpoints(name, self.namespace, body, _request_timeout=DEADLINE)

    def point(self, service: str, pods: dict[str, str]) -> None:
        """Makes pods (name to address) what a Service without selector leads to. The Service owns the slice, so that it
        goes with it.
        """
        found = self._read(self.core.read_namespaced_service, service)
        name = f"{service}-addresses"
        endpoint_slice = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "addressType": found["spec"]["ipFamilies"][0],
            "metadata": {
                "name": name,
                "labels": {"kubernetes.io/service-name": service, "endpointslice.kubernetes.io/managed-by": "holdfast"},
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Service", "name": service, "uid": found["metadata"]["uid"]}
                ],
            },
            "ports": [{"name": "postgres", "port": POSTGRES_PORT, "protocol": "TCP"}],
            "endpoints": [
                {
                    "addresses": [ip],
                    "conditions": {"ready": True},
                    "targetRef": {"kind": "Pod", "name": pod, "namespace": self.namespace},
                }
                for pod, ip in sorted(pods.items())
            ],
        }
        self.applied.patch_namespaced_endpoint_slice(
            name,
            self.namespace,
            endpoint_slice,
            field_manager="holdfast",
            force=True,
            _request_timeout=DEADLINE,
        )

    def stop_mirroring(self, endpoints: str) -> None:
        """Keeps Kubernetes from copying an Endpoints object into an EndpointSlice."""
        body = {"metadata": {"labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}}}
        self.core.patch_namespaced_endpoints(endpoints, self.namespace, body, _request_timeout=DEADLINE)

    def members(self, cluster: str) -> list[Member]:
        """Every database pod that has an address."""
        return [member for member in map(member_of, self._pods(cluster, "database")) if member]

    def revisions(self, cluster: str) -> dict[str, str]:
        """Which version of their StatefulSet the database pods are of; a rollout is at work while they differ."""
        return {
            pod["metadata"]["name"]: pod["metadata"]["labels"]["controller-revision-hash"]
            for pod in self._pods(cluster, "database")
        }

    def poolers(self, name: str) -> list[Pooler]:
        """Every pod of a pooler."""
        return [
            Pooler(pod["metadata"]["name"], _ready(pod), _ending(pod), pod["status"].get("podIP", ""))
            for pod in self._pods(name, "pooler")
        ]

    def _pods(self, name: str, component: str) -> list[dict]:
        selector = ",".join(f"{key}={value}" for key, value in _labels(name, component).items())
        return self._read(self.core.list_namespaced_pod, label_selector=selector)["items"]

    def secret(self, name: str) -> dict[str, str]:
        """A Secret's values."""
        found = self._read(self.core.read_namespaced_secret, name).get("data") or {}
        return {key: base64.b64decode(value).decode() for key, value in found.items()}

    def config(self, name: str) -> dict[str, str]:
        """A ConfigMap's data."""
        return self._read(self.core.read_namespaced_config_map, name).get("data") or {}

    def initialized(self, cluster: str) -> bool:
        """Whether Patroni's state of a cluster exists: it knows which database it is about."""
        state = self._unless_missing(f"{cluster}-config")
        return state is not None and bool(state.annotations.get("initialize"))

    def sync(self, cluster: str) -> Sync | None:
        """The last primary's synchronous state, None where there is none."""
        state = self._unless_missing(f"{cluster}-sync")
        return None if state is None else record.sync(state.annotations)

    def state(self, cluster: str) -> dict[str, Lock]:
        """All of Patroni's Endpoints by name, as they are at one moment."""
        selector = ",".join(f"{key}={value}" for key, value in _labels(cluster, "database").items())
        found = self._read(self.core.list_namespaced_endpoints, label_selector=selector)["items"]
        return {endpoints["metadata"]["name"]: lock_of(endpoints) for endpoints in found}

    def failover(self, cluster: str) -> Lock | None:
        """Patroni's order for a switchover. The object is made with the first order, and is empty between two."""
        return self._unless_missing(f"{cluster}-failover")

    def order(self, cluster: str, current: Lock | None, annotations: dict) -> None:
        """Changes that order if it is still what `failover` said (409 otherwise)."""
        self.keep(cluster, f"{cluster}-failover", current, annotations)

    def keep(self, cluster: str, name: str, current: Lock | None, annotations: dict) -> None:
        """Changes annotations of one of Patroni's Endpoints that was read before, or makes it where there was none
        (else 409).
        """
        if current is not None:
            self.annotate_lock(name, current.version, annotations)
            return
        metadata = {"name": name, "labels": _labels(cluster, "database"), "annotations": annotations}
        self.core.create_namespaced_endpoints(self.namespace, {"metadata": metadata}, _request_timeout=DEADLINE)

    def _unless_missing(self, name: str) -> Lock | None:
        try:
            return self.lock(name)
        except client.exceptions.ApiException as error:
            if error.status == 404:
                return None
            raise

    def annotate_pod(self, name: str, annotations: dict[str, str | None]) -> None:
        """Writes annotations of a pod; a value of None takes one away."""
        self.core.patch_namespaced_pod(
            name, self.namespace, {"metadata": {"annotations": annotations}}, _request_timeout=DEADLINE
        )

    def pod_annotations(self, cluster: str, key: str) -> dict[str, str]:
        """An annotation's value by pod, where it is set."""
        found = (
            (pod["metadata"]["name"], (pod["metadata"].get("annotations") or {}).get(key))
            for pod in self._pods(cluster, "database")
        )
        return {name: value for name, value in found if value}
