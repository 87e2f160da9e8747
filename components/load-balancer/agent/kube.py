"""The one Secret that may be read and written, by the Kubernetes API."""

import base64
import http.client
import json
import ssl
from os import environ

TOKEN = environ.get("TOKEN", "/var/run/secrets/kubernetes.io/serviceaccount")

# Seconds for one call.
PATIENCE = 10


class ApiError(Exception):
    """A call that did not succeed; somebody else may have written first."""


class Secret:
    """A Secret by namespace and name."""

    def __init__(self, namespace: str, name: str) -> None:
        self._path = f"/api/v1/namespaces/{namespace}/secrets/{name}"
        self._version = ""

    def read(self) -> dict[str, str]:
        """Its content as text. Raises ApiError."""
        return self._taken(self._call("GET"))

    def write(self, changes: dict[str, str]) -> dict[str, str]:
        """Changes some keys of what was read, all or none; the content afterwards.

        Raises ApiError where it can't be done, or where it is another by now."""
        data = {key: base64.b64encode(text.encode()).decode() for key, text in changes.items()}
        return self._taken(self._call("PATCH", {"metadata": {"resourceVersion": self._version}, "data": data}))

    def _taken(self, found: dict) -> dict[str, str]:
        self._version = found["metadata"]["resourceVersion"]
        return {key: base64.b64decode(text).decode() for key, text in (found.get("data") or {}).items()}

    def _call(self, method: str, body: dict | None = None) -> dict:
        try:
            with open(f"{TOKEN}/token", encoding="utf-8") as file:
                authorization = f"Bearer {file.read().strip()}"
            headers = {"Authorization": authorization, "Content-Type": "application/merge-patch+json"}
            context = ssl.create_default_context(cafile=f"{TOKEN}/ca.crt")
            # Python 3.13 asks more of a certificate than the standard's users agree on, and clusters' own fall short.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            host, port = environ["KUBERNETES_SERVICE_HOST"], int(environ["KUBERNETES_SERVICE_PORT"])
            api = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)
            try:
                api.request(method, self._path, json.dumps(body) if body else None, headers)
                answer = api.getresponse()
                text = answer.read()
            finally:
                api.close()
            if answer.status >= 300:
                raise ApiError(f"{method} {self._path}: {answer.status} {answer.reason}")
            return json.loads(text)
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            raise ApiError(f"{method} {self._path}: {error}") from error
