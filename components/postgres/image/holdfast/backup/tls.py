"""Certificates for pgBackRest's own protocol, from one shared secret.

Every pod that takes part holds the secret, derives the same authority's key from it and signs a certificate for itself,
so nothing has to be distributed and nothing expires. Validity is fixed, because clocks of nodes differ by seconds.
"""

import base64
import hashlib
import subprocess
from pathlib import Path

from ..env import write_private

# Common name of every participant; pgBackRest's server lets in whoever shows a certificate of the authority with it.
COMMON_NAME = "holdfast"

# PKCS #8 header of an Ed25519 private key (RFC 8410): the 32 bytes of the key follow.
_ED25519_HEADER = bytes.fromhex("302e020100300506032b657004220420")

# Seconds for one step of openssl, which takes milliseconds: one that hangs is not to keep a pod from starting anew.
STEP_SECONDS = 20

_VALIDITY = ("-not_before", "20200101000000Z", "-not_after", "20991231235959Z")


def private_key(secret: str) -> str:
    """The authority's Ed25519 key as PEM; the same secret always gives the same key."""
    der = _ED25519_HEADER + hashlib.sha256(secret.encode()).digest()
    return f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----\n"


def write_certificates(directory: Path, secret: str, names: list[str]) -> None:
    """Writes `ca.crt`, `tls.crt` and `tls.key` for a pod that answers to these DNS names (wildcards allowed)."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def openssl(*arguments: str) -> None:
        subprocess.run(("openssl", *arguments), cwd=directory, check=True, capture_output=True, timeout=STEP_SECONDS)

    write_private(directory / "ca.key", private_key(secret))
    openssl("req", "-x509", "-key", "ca.key", "-subj", "/CN=holdfast-authority", "-out", "ca.crt", *_VALIDITY)
    openssl("genpkey", "-algorithm", "ed25519", "-out", "tls.key")
    openssl("req", "-new", "-key", "tls.key", "-subj", f"/CN={COMMON_NAME}", "-out", "tls.csr")
    alternative = ",".join(f"DNS:{name}" for name in names)
    write_private(directory / "tls.ext", f"subjectAltName={alternative}\nauthorityKeyIdentifier=keyid\n")
    openssl(
        "x509",
        "-req",
        "-in",
        "tls.csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-extfile",
        "tls.ext",
        "-out",
        "tls.crt",
        *_VALIDITY,
    )
    for name in ("tls.key", "tls.crt", "ca.crt"):
        (directory / name).chmod(0o600)
