"""The passwords that are mounted, and what servers and Sentinels are told of them.

A client's password is passed on as a hash. What stands in a file of ours is in memory, never on a disk.
"""

import os
from hashlib import sha256

OPERATOR = "operator-password"
EXPORTER = "exporter-password"

# Every password that clients may have: the next one has been given to nobody yet, the previous one is still with pods
# that have not rolled over, and there is none in the first generation.
CLIENTS = ("password", "next-password", "previous-password")

# What clients get: every data command, nothing that reconfigures, stops or empties the server. INFO and ROLE are what
# client libraries look at before they trust a connection.
_CLIENT_RIGHTS = "~* &* +@all -@admin -@dangerous +info +role"
_OPERATOR_RIGHTS = "~* &* +@all"
_EXPORTER_RIGHTS = "~* &* -@all +@connection +info +config|get +latency +slowlog +dbsize"

# Anyone the network policy lets in may ask a Sentinel who the primary is and hear of a change; nothing else, and no
# password.
_ANYONE = " ".join(
    ["user default reset on nopass &* -@all +@connection +info +role"]
    + ["+subscribe +psubscribe +unsubscribe +punsubscribe"]
    + [f"+sentinel|{word}" for word in ("get-master-addr-by-name", "get-primary-addr-by-name", "masters", "primaries")]
    + [f"+sentinel|{word}" for word in ("master", "primary", "replicas", "slaves", "sentinels", "ckquorum", "myid")]
)

Passwords = dict[str, str]


def hashed(password: str) -> str:
    """A password as an access rule has it."""
    return "#" + sha256(password.encode()).hexdigest()


def accepted(kind: str, passwords: Passwords) -> dict[str, list[str]]:
    """By account, hashes of the passwords that it is to have; a Sentinel knows only the operator's."""
    operator = {"operator": [hashed(passwords[OPERATOR])]}
    if kind == "sentinel":
        return operator
    clients = [hashed(passwords[key]) for key in CLIENTS if key in passwords]
    return operator | {"default": clients, "exporter": [hashed(passwords[EXPORTER])]}


def user_lines(kind: str, passwords: Passwords) -> list[str]:
    """The accounts, for the configuration of a server or Sentinel."""
    rights = {"operator": _OPERATOR_RIGHTS, "default": _CLIENT_RIGHTS, "exporter": _EXPORTER_RIGHTS}
    lines = [
        f"user {account} reset on {' '.join(hashes)} {rights[account]}"
        for account, hashes in accepted(kind, passwords).items()
    ]
    return lines + ([_ANYONE] if kind == "sentinel" else [])


class Accounts:
    """The mounted Secret, and what the server in this pod has been told of it."""

    def __init__(self, folder: str, run: str) -> None:
        self._folder = folder
        # Outlives a restart of this container, as the server does.
        self._spoken = os.path.join(run, "spoken")

    def mounted(self) -> Passwords:
        """The passwords as they are mounted now."""
        found = {key: _read(os.path.join(self._folder, key)) for key in (OPERATOR, *CLIENTS, EXPORTER)}
        return {key: password for key, password in found.items() if password is not None}

    def speak(self, password: str) -> None:
        """Notes the operator's password that this pod's server accepts now, as opposed to what is mounted."""
        replace(self._spoken, password)

    def started(self) -> bool:
        """Whether a server was told its passwords in this pod before."""
        return os.path.exists(self._spoken)

    def ways_in(self) -> list[str]:
        """The operator's passwords to try: each pod hears of a new one at a moment of its own."""
        found = (_read(self._spoken), _read(os.path.join(self._folder, OPERATOR)))
        return list(dict.fromkeys(password for password in found if password))


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().replace("\n", "")
    except FileNotFoundError:
        return None


def replace(path: str, text: str) -> None:
    """Writes a file that is whole at any moment."""
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(f"{path}.new", path)
