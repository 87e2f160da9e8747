"""What HAProxy says of a certificate, and whether it may be used. Pure."""

import calendar
import re
import time
from typing import NamedTuple


class Shown(NamedTuple):
    """A certificate; times in seconds since 1970."""

    serial: str
    begins: float
    ends: float
    names: list[str]


# What the certificate is called that stands in until there is one.
PLACEHOLDER = "placeholder.invalid"


def read(text: str) -> Shown:
    """An answer to `show ssl cert`. Raises ValueError for any other."""
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    try:
        names = re.findall(r"DNS:([^,\s]+)", fields.get("Subject Alternative Name", ""))
        return Shown(fields["Serial"], _seconds(fields["notBefore"]), _seconds(fields["notAfter"]), names)
    except KeyError as missing:
        raise ValueError(f"HAProxy says nothing of {missing}") from missing


def read_openssl(text: str) -> Shown:
    """What `openssl x509` says of one, as `read` has what HAProxy says. Raises ValueError for anything else."""
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    try:
        names = re.findall(r"DNS:([^,\s]+)", text)
        return Shown(fields["serial"], _seconds(fields["notBefore"]), _seconds(fields["notAfter"]), names)
    except KeyError as missing:
        raise ValueError(f"openssl says nothing of {missing}") from missing


def _seconds(text: str) -> float:
    return calendar.timegm(time.strptime(text, "%b %d %H:%M:%S %Y GMT"))


def covers(names: list[str], host: str) -> bool:
    """Whether a certificate for these names is for a host; a wildcard is for one label, and for itself."""
    host = host.lower()
    above = "*." + host.partition(".")[2]
    return any(name.lower() in (host, above) for name in names)


def why_not(shown: Shown, hosts: list[str], now: float) -> str | None:
    """Why a certificate may not be used for these hosts; None where it may."""
    if now >= shown.ends:
        return f"it has expired on {_day(shown.ends)}"
    if now < shown.begins:
        return f"it is not valid before {_day(shown.begins)}"
    left = [host for host in hosts if not covers(shown.names, host)]
    if left:
        return f"it is not for {', '.join(left)}, but for {', '.join(shown.names) or 'nobody'}"
    return None


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
