"""How an ACME account signs what it says (RFC 7515, ES256), and what it is known by."""

import base64
import hashlib
import json

from . import openssl


def encoded(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw_signature(der: bytes) -> bytes:
    """The two numbers of a signature on P-256, 32 bytes each, from how openssl writes them. Pure."""
    numbers, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2 : at + 2 + length], "big"))
        at += 2 + length
    return b"".join(number.to_bytes(32, "big") for number in numbers)


class Account:
    """A key on P-256, given as PEM."""

    def __init__(self, key: str) -> None:
        self._key = key
        point = openssl.run("pkey", "-pubout", "-outform", "DER", given=key.encode())[-64:]
        self.public = {"crv": "P-256", "kty": "EC", "x": encoded(point[:32]), "y": encoded(point[32:])}

    @property
    def thumbprint(self) -> str:
        """Of the public key (RFC 7638): what a host answers to prove that it is this account's. Not secret."""
        text = json.dumps(self.public, separators=(",", ":"), sort_keys=True)
        return encoded(hashlib.sha256(text.encode()).digest())

    def signed(self, payload: dict | None, protected: dict) -> bytes:
        """A message as a server takes it; a payload of None only asks."""
        head = encoded(json.dumps({"alg": "ES256", **protected}).encode())
        body = "" if payload is None else encoded(json.dumps(payload).encode())
        with openssl.files(key=self._key) as paths:
            der = openssl.run("dgst", "-sha256", "-sign", paths["key"], given=f"{head}.{body}".encode())
        return json.dumps({"protected": head, "payload": body, "signature": encoded(raw_signature(der))}).encode()
