"""Events of a pod in Kubernetes: what a person finds with `kubectl get events` after something unusual."""

import logging
from datetime import UTC, datetime

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from .kube import DEADLINE, Kube

log = logging.getLogger(__name__)


def warn(kube: Kube, pod: str, reason: str, message: str) -> None:
    """Records a warning about a pod of ours; the API's errors are the caller's."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    body = event(kube.namespace, pod, reason, message, now)
    kube.core.create_namespaced_event(kube.namespace, body, _request_timeout=DEADLINE)


def tell(kube: Kube, pod: str, reason: str, message: str) -> None:
    """The same, where nothing depends on it: a failure is only logged."""
    try:
        warn(kube, pod, reason, message)
    except (ApiException, HTTPError) as error:
        log.warning("event %s of %s was not left: %s", reason, pod, error)


def event(namespace: str, pod: str, reason: str, message: str, now: str) -> dict:
    """The object. Pure; `now` in RFC 3339."""
    return {
        "metadata": {"generateName": f"{pod}-", "namespace": namespace},
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": pod, "namespace": namespace},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": {"component": "holdfast"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
