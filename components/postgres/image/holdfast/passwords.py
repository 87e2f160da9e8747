"""SCRAM-SHA-256 secrets as PostgreSQL keeps them: telling whether one belongs to a password (RFC 5802)."""

import base64
import hashlib
import hmac
from functools import lru_cache

# Answers kept: a few milliseconds of CPU each, and the agent asks about every role every three seconds. More than there
# are log-ins.
KEPT = 64


@lru_cache(maxsize=KEPT)
def verifies(secret: str | None, password: str) -> bool:
    """Whether PostgreSQL's stored secret was made from this password."""
    if not secret or not secret.startswith("SCRAM-SHA-256$"):
        return False
    _, parameters, keys = secret.split("$", 2)
    iterations, salt = parameters.split(":", 1)
    stored_key = keys.split(":", 1)[0]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(iterations))
    client_key = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    return hmac.compare_digest(hashlib.sha256(client_key).digest(), base64.b64decode(stored_key))
