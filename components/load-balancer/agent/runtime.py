"""HAProxy's runtime API: one command, one answer, over a socket in the pod's memory."""

import socket

# Seconds for one answer.
PATIENCE = 5


class Refused(Exception):
    """HAProxy's words for why it did not."""


class Runtime:
    """The HAProxy behind a socket."""

    def __init__(self, path: str) -> None:
        self._path = path

    def ask(self, command: str) -> str:
        """An answer, without the space around it. Raises OSError where nobody answers."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(self._path)
            connection.sendall(command.encode() + b"\n")
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer.decode(errors="replace").strip()

    def tell(self, command: str, success: str) -> None:
        """A command that changes something. Raises Refused with the answer where it is not the one of a success."""
        answer = self.ask(command)
        if success not in answer:
            raise Refused(answer.splitlines()[0] if answer else "no answer")

    def offer(self, file: str, pem: str) -> str:
        """Hands over what a file is to hold, for a look before it counts; what HAProxy says of it.

        An empty line would end it. Raises Refused."""
        lines = "\n".join(line for line in pem.splitlines() if line.strip())
        self.tell(f"set ssl cert {file} <<\n{lines}\n", "Transaction")
        return self.ask(f"show ssl cert *{file}")

    def take(self, file: str) -> None:
        """Uses what was offered, from the next handshake on. Raises Refused, and then uses what it had."""
        self.tell(f"commit ssl cert {file}", "Success!")

    def forget(self, file: str) -> None:
        """Drops what was offered, if anything was."""
        self.ask(f"abort ssl cert {file}")

    def in_use(self, file: str) -> str:
        """What HAProxy says of the certificate that it serves."""
        return self.ask(f"show ssl cert {file}")
