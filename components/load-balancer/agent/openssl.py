"""The `openssl` command: keys, requests, certificates and signatures."""

import os
import subprocess
import tempfile
from contextlib import contextmanager

from .shown import Shown, read_openssl

# Seconds for one command; a busy node may take many for a key.
PATIENCE = 60

EC_KEY = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


class Failed(Exception):
    """What openssl said."""


def run(*words: str, given: bytes = b"") -> bytes:
    """What a command writes. Raises Failed."""
    done = subprocess.run(["openssl", *words], input=given, capture_output=True, timeout=PATIENCE)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failed(f"openssl {words[0]}: {said[0] if said else done.returncode}")
    return done.stdout


@contextmanager
def files(**contents: str):
    """Contents as files for as long as they are needed, by name: paths. Nobody else can read them."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, text in contents.items():
            paths[name] = os.path.join(folder, name)
            with open(os.open(paths[name], os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
        yield paths


def new_key() -> str:
    """A key on P-256, as PEM."""
    return run("genpkey", *EC_KEY).decode()


def self_signed(key: str, name: str, days: int, *extensions: str) -> str:
    """A certificate that nobody else has signed, as PEM."""
    added = [word for extension in extensions for word in ("-addext", extension)]
    with files(key=key) as paths:
        return run("req", "-x509", "-key", paths["key"], "-subj", f"/CN={name}", "-days", str(days), *added).decode()


def alternative_names(hosts: list[str]) -> str:
    """The extension that says whom a certificate is for."""
    return "subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts)


def request(key: str, hosts: list[str]) -> bytes:
    """A request for a certificate for some hosts, as DER."""
    with files(key=key) as paths:
        words = ("-key", paths["key"], "-subj", "/", "-addext", alternative_names(hosts), "-outform", "DER")
        return run("req", "-new", *words)


def describe(certificate: str) -> Shown:
    """Whom the first certificate of a text is for, and until when. Raises Failed or ValueError where there is none."""
    words = ("-noout", "-serial", "-dates", "-ext", "subjectAltName")
    return read_openssl(run("x509", *words, given=certificate.encode()).decode())
