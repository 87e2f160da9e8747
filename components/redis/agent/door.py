"""The two ways in. Programs of this pod ask over a socket in its own folder, in the server's protocol, so that
`valkey-cli` can; the kubelet asks over HTTP whether all is well, and nothing else.
"""

import os
import socketserver
import threading
from collections.abc import Callable

Question = Callable[[], bool]

# Seconds for which a caller may keep the door before it has asked.
PATIENCE = 5
# Bytes of a line that are read, of a command and of a page's headers: more than anybody has to say.
COMMAND_BYTES = 100
HEADER_BYTES = 1000
# Seconds between two looks at whether the door is to close, which it never is.
CLOSE_LOOK_SECONDS = 3600
SOCKET = "agent.sock"


class _Server(socketserver.ThreadingMixIn):
    daemon_threads = True
    allow_reuse_address = True


class _Tcp(_Server, socketserver.TCPServer):
    pass


class _Unix(_Server, socketserver.UnixStreamServer):
    pass


def question(request: bytes) -> str:
    """The word of a command as `valkey-cli` sends it: its length, then itself. Pure; "" for anything else."""
    lines = request.split(b"\r\n")
    return lines[2].decode(errors="replace").upper() if lines[0] == b"*1" and len(lines) == 4 else ""


def answer(request: bytes, questions: dict[str, Question]) -> bytes:
    """A word of the pod's own."""
    ask = questions.get(question(request))
    if ask is None:
        return b"-ERR one of " + " ".join(questions).encode() + b"\r\n"
    return b"+OK\r\n" if ask() else b"-ERR no\r\n"


def web_answer(request: bytes, questions: dict[str, Question]) -> bytes:
    """A page, by the first line of what asks for it."""
    words = request.split(b" ")
    ask = questions.get(words[1].decode(errors="replace")) if words[0] == b"GET" and len(words) == 3 else None
    status = b"404 Not Found" if ask is None else b"200 OK" if ask() else b"503 Service Unavailable"
    return b"HTTP/1.1 %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status


def open_door(run: str, questions: dict[str, Question]) -> None:
    """Answers this pod's own programs, in the background: `OK` where a question's answer is yes, when it is there."""
    path = os.path.join(run, SOCKET)
    if os.path.exists(path):
        os.unlink(path)

    class Handler(socketserver.StreamRequestHandler):
        timeout = PATIENCE

        def handle(self) -> None:
            # A command of one word is three lines.
            self.wfile.write(answer(b"".join(self.rfile.readline(COMMAND_BYTES) for _ in range(3)), questions))

    _serve(_Unix(path, Handler))


def open_web(host: str, port: int, questions: dict[str, Question]) -> None:
    """Answers the kubelet, in the background: 200 where a question's answer is yes, else 503."""

    class Handler(socketserver.StreamRequestHandler):
        timeout = PATIENCE

        def handle(self) -> None:
            first = self.rfile.readline(HEADER_BYTES)
            while self.rfile.readline(HEADER_BYTES).strip():
                pass
            self.wfile.write(web_answer(first, questions))

    _serve(_Tcp((host, port), Handler))


def _serve(server: socketserver.BaseServer) -> None:
    threading.Thread(target=server.serve_forever, args=(CLOSE_LOOK_SECONDS,), daemon=True).start()
