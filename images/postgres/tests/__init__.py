"""Tests of the pods' programs, with the standard library alone.

What they import from the image (the Kubernetes client, psycopg, urllib3, prometheus_client) is replaced by a hollow module
where it isn't installed: nothing tested here calls into it.
"""

import importlib
import sys
from unittest import mock

for name in (
    "psycopg", "psycopg.conninfo", "psycopg.sql", "urllib3", "urllib3.exceptions", "prometheus_client",
    "kubernetes", "kubernetes.client", "kubernetes.client.exceptions",
):
    try:
        importlib.import_module(name)
    except ImportError:
        sys.modules[name] = mock.MagicMock()
