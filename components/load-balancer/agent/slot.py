"""One certificate of the balancer: the Secret that it comes from, and the file that HAProxy knows it by."""

import os
import time
from typing import NamedTuple

from . import mounted, openssl, shown
from .runtime import Refused, Runtime
from .say import say
from .shown import Shown


class Certificate(NamedTuple):
    """What the manifest says of one."""

    # Of the Secret.
    name: str
    # Folder that the Secret is mounted at.
    folder: str
    # Names that it has to be for.
    hosts: list[str]


class Slot:
    """A certificate as it is in use. What is bad is refused, and what was there before goes on."""

    def __init__(self, certificate: Certificate, file: str) -> None:
        self.certificate = certificate
        self._file = file
        self._refused: tuple[str, str] | None = None
        # Of the certificate in use; None while it is the placeholder.
        self.used: Shown | None = None

    @property
    def problem(self) -> str | None:
        """Why what is in the Secret is not used; None where it is."""
        return self._refused[1] if self._refused else None

    def prepare(self) -> None:
        """Puts a certificate that nobody trusts where HAProxy wants one before there is any."""
        if not os.path.exists(self._file):
            key = openssl.new_key()
            self._write(openssl.self_signed(key, shown.PLACEHOLDER, 365) + key)

    def look(self, haproxy: Runtime) -> None:
        """Has HAProxy use what the Secret holds by now. Raises OSError where HAProxy does not answer."""
        pem = self._offered()
        if pem is None:
            self._refuse("", "there is no tls.crt and tls.key in it")
        elif pem != self._served() and pem != (self._refused or [""])[0]:
            self._offer(haproxy, pem)
        elif pem == self._served():
            self._refused = None
        self._note(haproxy)

    def _offer(self, haproxy: Runtime, pem: str) -> None:
        """HAProxy itself reads what it is to use, and says whether the key fits."""
        try:
            seen = shown.read(haproxy.offer(self._file, pem))
            reason = shown.why_not(seen, self.certificate.hosts, time.time())
            if reason is None:
                haproxy.take(self._file)
        except (Refused, ValueError) as error:
            reason = str(error)
        if reason is not None:
            haproxy.forget(self._file)
            self._refuse(pem, reason)
            return
        # Only now, for a HAProxy that starts anew: it would not start with a bad one.
        self._write(pem)
        self._refused = None
        say(f"{self.certificate.name}: the certificate {seen.serial} is in use, until {time.ctime(seen.ends)}")

    def _refuse(self, pem: str, reason: str) -> None:
        if self._refused != (pem, reason):
            say(f"{self.certificate.name}: the certificate in this Secret is not used, {reason}; the one before stays")
        self._refused = (pem, reason)

    def _note(self, haproxy: Runtime) -> None:
        text = haproxy.in_use(self._file)
        self.used = None if shown.PLACEHOLDER in text else shown.read(text)

    def _offered(self) -> str | None:
        parts = mounted.read(self.certificate.folder, "tls.crt", "tls.key")
        return "\n".join(parts) + "\n" if parts else None

    def _served(self) -> str:
        with open(self._file, encoding="utf-8") as file:
            return file.read()

    def _write(self, pem: str) -> None:
        new = f"{self._file}.new"
        with open(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(pem)
        os.rename(new, self._file)
