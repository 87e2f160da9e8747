"""Gets the balancers' certificate, and the next one in time: from an ACME server, or signed here."""

import time
import traceback
from collections.abc import Callable
from os import environ

from . import authority, openssl
from .acme import AcmeError, Server
from .due import Tried, begun, noted, tried, wanted
from .jws import Account
from .kube import ApiError, Secret
from .say import say
from .shown import Shown

# Seconds between two looks. What is due has days.
LOOK_SECONDS = float(environ.get("LOOK_SECONDS", "30"))

# Content of a Secret.
Data = dict[str, str]


class Issuer:
    """One certificate for some hosts, kept in a Secret with everything that it takes to get the next one."""

    def __init__(self, secret: Secret, hosts: list[str]) -> None:
        self._secret = secret
        self._hosts = hosts
        self._last = time.monotonic()

    def keep(self) -> None:
        """Looks, for ever."""
        while True:
            try:
                self.look(time.time())
            except ApiError as error:
                say(str(error))
            except Exception:
                traceback.print_exc()
            self._last = time.monotonic()
            time.sleep(LOOK_SECONDS)

    def look(self, now: float) -> None:
        """One look: at most one order. Raises ApiError."""
        data = self.prepared(self._secret.read(), now)
        before = tried(data.get("tried"))
        if not self._wanted(data, now) or now < before.next:
            return
        # Written before anything is done: of two that look at once, one finds that the other was first.
        attempt = begun(before, now)
        data = self._secret.write({"tried": noted(attempt)})
        try:
            made = self.made(data)
        except (AcmeError, openssl.Failed) as error:
            pause = attempt.next - now
            say(f"no certificate for {', '.join(self._hosts)}: {error}; the next try is in {pause / 60:.0f} min")
            return
        self._secret.write({**made, "tried": noted(Tried(0, 0))})
        say(f"a certificate for {', '.join(self._hosts)} is in the Secret")

    def prepared(self, data: Data, now: float) -> Data:
        """The Secret with what has to be there before the first certificate."""
        return data

    def made(self, data: Data) -> Data:
        """A certificate and its key, and what has changed with them. Raises AcmeError or Failed."""
        raise NotImplementedError

    def alive(self) -> str | None:
        """Whether it still looks; an order may take minutes."""
        return "ok\n" if time.monotonic() - self._last < 600 else None

    def _wanted(self, data: Data, now: float) -> bool:
        return wanted(described(data.get("tls.crt", "")), self._hosts, now)


class Acme(Issuer):
    """From an ACME server. `settle` is how many seconds balancers need until all answer for a new account."""

    def __init__(self, secret: Secret, hosts: list[str], directory: str, email: str | None, settle: float) -> None:
        super().__init__(secret, hosts)
        self._directory, self._email, self._settle = directory, email, settle

    def prepared(self, data: Data, now: float) -> Data:
        if data.get("account.key"):
            return data
        key = openssl.new_key()
        start = noted(Tried(0, now + self._settle))
        return self._secret.write({"account.key": key, "thumbprint": Account(key).thumbprint, "tried": start})

    def made(self, data: Data) -> Data:
        key = openssl.new_key()
        server = Server(self._directory, Account(data["account.key"]), self._email)
        return {"tls.crt": server.order(self._hosts, key), "tls.key": key}


class Local(Issuer):
    """Signed by an authority that is made here."""

    def made(self, data: Data) -> Data:
        ca = {key: data.get(key, "") for key in ("ca.key", "ca.crt", "ca.hosts")}
        if ca["ca.hosts"] != " ".join(self._hosts) or wanted(described(ca["ca.crt"]), [], time.time()):
            key, certificate = authority.new(self._hosts)
            ca = {"ca.key": key, "ca.crt": certificate, "ca.hosts": " ".join(self._hosts)}
        key = openssl.new_key()
        return {**ca, "tls.crt": authority.sign(ca["ca.key"], ca["ca.crt"], self._hosts, key), "tls.key": key}


def described(certificate: str) -> Shown | None:
    """Whom a certificate is for, and until when; None where there is none that can be read."""
    try:
        return openssl.describe(certificate) if certificate else None
    except (openssl.Failed, ValueError):
        return None


# How to make each kind, from what the manifest says.
KINDS: dict[str, Callable[[Secret, dict], Issuer]] = {
    "acme": lambda secret, said: Acme(secret, said["hosts"], said["directory"], said.get("email"), said["settle"]),
    "authority": lambda secret, said: Local(secret, said["hosts"]),
}
