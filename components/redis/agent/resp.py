"""Questions to one server or Sentinel, over a connection that stays open."""

import socket
import time
from collections.abc import Callable

# A text, a list of replies, or nothing where no answer came in time. Numbers are texts, and nil is an empty one.
Reply = str | list | None

# Seconds. Longer than any healthy answer, short enough that a round with dead members still ends within a second.
PATIENCE = 1.0

# Bytes that are read at once: any answer here fits.
AT_ONCE = 65536


class ErrorReply(str):
    """What a member answers where it refuses; its first word says why."""


class _Gone(OSError):
    """The connection has ended, or is of no use."""


def encode(words: tuple[str, ...]) -> bytes:
    """A command as the protocol has it."""
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


class Client:
    """One member. Not for two threads at once.

    `passwords` gives those to try as `operator`, in this order; without it, questions are asked as whoever comes."""

    def __init__(self, host: str, port: int, passwords: Callable[[], list[str]] | None = None) -> None:
        self._address = (host, port)
        self._passwords = passwords
        self._socket: socket.socket | None = None
        self._buffer = b""

    def ask(self, *words: str, patience: float = PATIENCE) -> Reply:
        """The answer, None if there is none within `patience` seconds."""
        deadline = time.monotonic() + patience
        # A connection that was idle may have been closed meanwhile: that is no answer yet.
        for _ in range(2 if self._socket else 1):
            try:
                self._connect(deadline)
                return self._exchange(words, deadline)
            except (OSError, ValueError):
                self.close()
        return None

    def close(self) -> None:
        """Ends the connection; the next question makes another."""
        if self._socket:
            self._socket.close()
        self._socket, self._buffer = None, b""

    def _connect(self, deadline: float) -> None:
        if self._socket:
            return
        self._socket = socket.create_connection(self._address, timeout=self._left(deadline))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._passwords:
            return
        for password in self._passwords():
            if self._exchange(("AUTH", "operator", password), deadline) == "OK":
                return
        raise _Gone("none of our passwords is accepted")

    def _exchange(self, words: tuple[str, ...], deadline: float) -> Reply:
        assert self._socket
        self._socket.settimeout(self._left(deadline))
        self._socket.sendall(encode(words))
        return self._reply(deadline)

    def _reply(self, deadline: float) -> Reply:
        line = self._line(deadline)
        kind, rest = line[:1], line[1:]
        if kind == "-":
            return ErrorReply(rest)
        if kind == "$" and rest != "-1":
            return self._bytes(int(rest) + 2, deadline)[:-2].decode(errors="replace")
        if kind == "*" and rest != "-1":
            return [self._reply(deadline) for _ in range(int(rest))]
        if kind in ("+", ":"):
            return rest
        if line in ("$-1", "*-1"):
            return ""
        raise _Gone(f"no reply: {line[:40]}")

    def _line(self, deadline: float) -> str:
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._fill(deadline)
        return self._bytes(end + 2, deadline)[:-2].decode(errors="replace")

    def _bytes(self, count: int, deadline: float) -> bytes:
        while len(self._buffer) < count:
            self._fill(deadline)
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _fill(self, deadline: float) -> None:
        assert self._socket
        self._socket.settimeout(self._left(deadline))
        received = self._socket.recv(AT_ONCE)
        if not received:
            raise _Gone("the connection was closed")
        self._buffer += received

    def _left(self, deadline: float) -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
