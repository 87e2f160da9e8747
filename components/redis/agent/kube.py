"""The calls to the Kubernetes API: two objects are read, one is written."""

import json
from os import environ

from .env import TOKEN

# Seconds for one call.
PATIENCE = 3

JSON = "application/json"
# Server-side apply takes YAML, and JSON is valid YAML.
APPLY = "application/apply-patch+yaml"


class ApiError(Exception):
    """A call that did not succeed."""


def call(method: str, path: str, body: dict | None = None, kind: str = JSON) -> dict:
    """The answer to one call, over a connection of its own: a few in half a minute need no more.

    Raises ApiError where there is none, or another than success."""
    # Loaded here, after the start: a second of it is a second without a Sentinel.
    import http.client
    import ssl

    try:
        with open(f"{TOKEN}/token", encoding="utf-8") as file:
            headers = {"Authorization": f"Bearer {file.read().strip()}", "Content-Type": kind}
        context = ssl.create_default_context(cafile=f"{TOKEN}/ca.crt")
        # Python 3.13 asks more of a certificate than the standard's users agree on, and clusters' own fall short of it.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        api = http.client.HTTPSConnection(
            environ["KUBERNETES_SERVICE_HOST"],
            int(environ["KUBERNETES_SERVICE_PORT"]),
            timeout=PATIENCE,
            context=context,
        )
        try:
            api.request(method, path, json.dumps(body) if body else None, headers)
            answer = api.getresponse()
            text = answer.read()
        finally:
            api.close()
        if answer.status >= 300:
            raise ApiError(f"{method} {path}: {answer.status} {answer.reason}")
        return json.loads(text)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ApiError(f"{method} {path}: {error}") from error
