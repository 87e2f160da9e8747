"""Tests of the pods' programs, with the standard library alone.

What they import from the image (the Kubernetes client, psycopg, urllib3, prometheus_client) is replaced by a hollow
module where it isn't installed: nothing tested here calls into it, but errors of the API and of connections are raised.
Their numbers are those that a manifest says; numbers.test.ts writes the file.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from unittest import mock

os.environ.update(json.loads(Path(__file__).with_name("environment.json").read_text(encoding="utf-8")))

for name in (
    "psycopg",
    "psycopg.conninfo",
    "psycopg.sql",
    "urllib3",
    "urllib3.exceptions",
    "prometheus_client",
    "kubernetes",
    "kubernetes.client",
    "kubernetes.client.exceptions",
):
    try:
        importlib.import_module(name)
    except ImportError:
        sys.modules[name] = mock.MagicMock()


class ApiException(Exception):
    """Stands in for the Kubernetes client's error of that name."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


for name, error in (
    ("kubernetes.client.exceptions", ApiException),
    ("urllib3.exceptions", type("HTTPError", (Exception,), {})),
    ("psycopg", type("OperationalError", (Exception,), {})),
):
    if isinstance(sys.modules[name], mock.MagicMock):
        setattr(sys.modules[name], error.__name__, error)
