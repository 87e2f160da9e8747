"""Calls to the Kubernetes API, at a real TLS server with a certificate like a cluster's own."""

import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
import unittest
from unittest import mock

from agent import kube


class Handler(http.server.BaseHTTPRequestHandler):
    seen: list[tuple] = []

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, self.headers["Authorization"], self.headers["Content-Type"], body))
        status, answer = (200, b'{"kind": "Pod"}') if self.path == "/pod" else (403, b"{}")
        if self.path == "/broken":
            status, answer = 200, b"{"
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_PATCH = do_GET

    def log_message(self, *_):
        pass


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        ca_key, ca, key, certificate = (
            os.path.join(cls.folder.name, one) for one in ("ca.key", "ca.crt", "key", "crt")
        )
        # A cluster's own certificates have not all of the extensions that Python 3.13 would have.
        made = ["openssl", "req", "-x509", "-days", "1", "-nodes"]
        made += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        leaf = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "authorityKeyIdentifier=none"]
        for command in (
            [*made, "-subj", "/CN=ca", "-keyout", ca_key, "-out", ca],
            [*made, "-subj", "/CN=api", "-keyout", key, "-out", certificate, "-CA", ca, "-CAkey", ca_key, *leaf],
        ):
            subprocess.run(command, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.address = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(server.server_port)}

    def setUp(self):
        Handler.seen.clear()
        for patch in (mock.patch.dict(os.environ, self.address), mock.patch.object(kube, "TOKEN", self.folder.name)):
            patch.start()
            self.addCleanup(patch.stop)
        self.token("first")

    def token(self, value):
        with open(os.path.join(self.folder.name, "token"), "w") as file:
            file.write(value)

    def test_carry_the_token_as_it_is_now(self):
        self.assertEqual(kube.call("GET", "/pod"), {"kind": "Pod"})
        self.token("second")
        kube.call("GET", "/pod")
        self.assertEqual([one[2] for one in Handler.seen], ["Bearer first", "Bearer second"])

    def test_carry_an_object_as_it_is_applied(self):
        kube.call("PATCH", "/pod", {"a": 1}, kube.APPLY)
        method, _, _, kind, body = Handler.seen[0]
        self.assertEqual((method, kind, json.loads(body)), ("PATCH", "application/apply-patch+yaml", {"a": 1}))

    def test_fail_where_they_are_refused_or_unanswered_or_make_no_sense(self):
        for path in ("/secret", "/broken"):
            with self.assertRaises(kube.ApiError):
                kube.call("GET", path)
        with mock.patch.dict(os.environ, KUBERNETES_SERVICE_PORT="1"), self.assertRaises(kube.ApiError):
            kube.call("GET", "/pod")
        os.unlink(os.path.join(self.folder.name, "token"))
        with self.assertRaises(kube.ApiError):
            kube.call("GET", "/pod")

    def test_trust_nobody_else(self):
        with mock.patch.dict(os.environ, KUBERNETES_SERVICE_HOST="localhost"), self.assertRaises(kube.ApiError):
            kube.call("GET", "/pod")
