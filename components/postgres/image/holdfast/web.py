"""The agents' own HTTP interface: health and metrics for everybody, actions for callers that hold the token."""

import hmac
import json
import logging
import os
import signal
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .env import AGENT_PORT, credential
from .hook import AGENT_SOCKET

log = logging.getLogger(__name__)

Action = Callable[[dict], dict]


class _Quiet:
    """A caller that has given up and gone is no error of ours."""

    daemon_threads = True

    def handle_error(self, _request: object, client: object) -> None:
        log.info("%s has gone before its answer", client or "a hook")


class _HttpServer(_Quiet, ThreadingHTTPServer):
    pass


class _SocketServer(_Quiet, ThreadingUnixStreamServer):
    pass


def begin() -> None:
    """What every agent does first: log in one form, and end when told to (as process 1 it would not by default)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))


def serve(actions: dict[str, Action], healthy: Callable[[], bool], port: int = AGENT_PORT) -> None:
    """Serves in the background: `POST <path>` calls the action with the request's JSON and answers with its result."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer is two packets, and the second would wait up to 40 ms for the first one's receipt.
        disable_nagle_algorithm = True

        def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)
            elif self.path == "/healthz":
                self._answer(200 if healthy() else 503, b"{}")
            else:
                self._answer(404, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            expected = f"Bearer {credential('agent-token')}"
            action = actions.get(self.path)
            if not hmac.compare_digest(self.headers.get("Authorization", ""), expected):
                self._answer(401, b"{}")
            elif action is None:
                self._answer(404, b"{}")
            else:
                try:
                    status, result = 200, action(json.loads(body or b"{}"))
                except Exception as error:  # the caller decides what a failed action means
                    log.exception("%s failed", self.path)
                    status, result = 500, {"error": str(error)}
                self._answer(status, json.dumps(result).encode())

        def log_message(self, *_: object) -> None:
            """Probes and scrapes are no news."""

    server = _HttpServer(("0.0.0.0", port), Handler)
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()


def answer_hooks(questions: dict[str, Callable[..., bool | tuple[bool, str]]]) -> None:
    """Answers hooks (hook.py) on the pod's own socket: a line with the question's name and its words in, `yes` or `no`
    out, and after that what else there is to say."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            question, *words = self.rfile.readline().decode("ascii").split()
            answer = questions[question](*words)
            done, text = answer if isinstance(answer, tuple) else (answer, "")
            self.wfile.write(" ".join(["yes" if done else "no", *text.split()]).encode() + b"\n")

    if os.path.exists(AGENT_SOCKET):
        os.unlink(AGENT_SOCKET)
    server = _SocketServer(AGENT_SOCKET, Handler)
    threading.Thread(target=server.serve_forever, name="hooks", daemon=True).start()
