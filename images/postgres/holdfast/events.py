"""Events of a pod in Kubernetes: what a person finds with `kubectl get events` after something unusual."""

from datetime import datetime, timezone

from .kube import DEADLINE, Kube


def warn(kube: Kube, pod: str, reason: str, message: str) -> None:
    """Records a warning about a pod of ours; the API's errors are the caller's."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    body = event(kube.namespace, pod, reason, message, now)
    kube.core.create_namespaced_event(kube.namespace, body, _request_timeout=DEADLINE)


def event(namespace: str, pod: str, reason: str, message: str, now: str) -> dict:
    """The object. Pure; `now` in RFC 3339."""
    return {
        "metadata": {"generateName": f"{pod}-", "namespace": namespace},
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": pod, "namespace": namespace},
        "type": "Warning", "reason": reason, "message": message, "source": {"component": "holdfast"},
        "firstTimestamp": now, "lastTimestamp": now, "count": 1,
    }
