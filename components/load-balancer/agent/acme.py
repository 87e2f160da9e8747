"""Orders a certificate from an ACME server (RFC 8555), proven over plain HTTP.

Nothing has to be put anywhere for the proof: every balancer answers any challenge with the account's thumbprint.
"""

import json
import time
import urllib.error
import urllib.request

from . import openssl
from .jws import Account, encoded

# Seconds for one answer of the server, between two questions, and for the whole of one order.
PATIENCE = 30
ASK_SECONDS = 2
ORDER_SECONDS = 180
# How often one message is sent, where the server no longer takes its number.
TRIES = 5
USER_AGENT = "holdfast/0.1"


class AcmeError(Exception):
    """Why there is no certificate."""


class Server:
    """An ACME server, as one account sees it."""

    def __init__(self, directory: str, account: Account, email: str | None) -> None:
        self._account = account
        self._nonce: str | None = None
        self._places = self._open(urllib.request.Request(directory))[0]
        contact = {"contact": [f"mailto:{email}"]} if email else {}
        # An account that is there already is found by its key.
        _, headers = self._say(self._places["newAccount"], {"termsOfServiceAgreed": True, **contact}, by_key=True)
        self._id = headers["Location"]

    def order(self, hosts: list[str], key: str) -> str:
        """A chain of certificates for some hosts and a key, as PEM. Raises AcmeError."""
        until = time.monotonic() + ORDER_SECONDS
        wanted = {"identifiers": [{"type": "dns", "value": host} for host in hosts]}
        order, headers = self._say(self._places["newOrder"], wanted)
        place = headers["Location"]
        for proof in order["authorizations"]:
            self._prove(proof, until)
        self._say(order["finalize"], {"csr": encoded(openssl.request(key, hosts))})
        done = self._wait(place, "valid", until)
        return self._ask(done["certificate"], text=True)

    def _prove(self, place: str, until: float) -> None:
        proof, _ = self._say(place, None)
        if proof["status"] == "valid":
            return
        challenge = next((one for one in proof["challenges"] if one["type"] == "http-01"), None)
        if challenge is None:
            raise AcmeError(f"{proof['identifier']['value']}: the server offers no http-01")
        self._say(challenge["url"], {})
        self._wait(place, "valid", until)

    def _wait(self, place: str, status: str, until: float) -> dict:
        """What is at a place once it has come to a status. Raises AcmeError where it will not."""
        while True:
            found, _ = self._say(place, None)
            if found["status"] == status:
                return found
            if found["status"] == "invalid":
                raise AcmeError(problem(found))
            if time.monotonic() > until:
                raise AcmeError(f"it is still {found['status']} after {ORDER_SECONDS} s")
            time.sleep(ASK_SECONDS)

    def _ask(self, place: str, text: bool) -> str:
        return self._say(place, None, text=text)[0]

    def _say(self, place: str, payload: dict | None, by_key: bool = False, text: bool = False):
        """One message. A number that the server no longer takes is replaced."""
        who = {"jwk": self._account.public} if by_key else {"kid": self._id}
        for tried in range(1, TRIES + 1):
            if self._nonce is None:
                self._open(urllib.request.Request(self._places["newNonce"], method="HEAD"))
            protected = {"nonce": self._nonce, "url": place, **who}
            self._nonce = None
            body = self._account.signed(payload, protected)
            try:
                headers = {"Content-Type": "application/jose+json"}
                return self._open(urllib.request.Request(place, body, headers), text)
            except AcmeError as error:
                if tried == TRIES or "badNonce" not in str(error):
                    raise
        raise AcmeError(f"{place}: no answer")

    def _open(self, request: urllib.request.Request, text: bool = False):
        request.add_header("User-Agent", USER_AGENT)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                body, headers = answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            self._nonce = error.headers.get("Replay-Nonce")
            raise AcmeError(f"{request.full_url}: {error.code} {problem_text(error.read())}") from error
        except (OSError, ValueError) as error:
            raise AcmeError(f"{request.full_url}: {error}") from error
        self._nonce = headers.get("Replay-Nonce") or self._nonce
        return (body if text else json.loads(body) if body else {}), headers


def problem(found: dict) -> str:
    """Why an order or a proof is invalid, in the server's words. Pure."""
    problems = [found.get("error"), *(one.get("error") for one in found.get("challenges", []))]
    said = [f"{one.get('type', '').rpartition(':')[2]}: {one.get('detail', '')}" for one in problems if one]
    return "; ".join(said) or "the server does not say why"


def problem_text(body: bytes) -> str:
    """The same of an answer. Pure."""
    try:
        return problem({"error": json.loads(body)})
    except (ValueError, AttributeError):
        return body[:200].decode(errors="replace")
