"""Keeps the certificates of the HAProxy beside it: looks at their Secrets, and tells how they are."""

import os
import time
import traceback

from . import mounted
from .runtime import Runtime
from .slot import Certificate, Slot
from .switches import Switches

# Seconds between two looks; the kubelet itself takes about a minute to bring what has changed.
LOOK_SECONDS = 2


class Keeper:
    """All certificates of one balancer.

    `run` is the folder that it shares with HAProxy; `issued` the Secret's folder with the thumbprint of an ACME
    account, or none."""

    def __init__(self, run: str, certificates: list[Certificate], issued: str | None = None) -> None:
        self._haproxy = Runtime(os.path.join(run, "admin.sock"))
        self._switches = Switches(os.path.join(run, "switches.map"))
        self._slots = [Slot(one, os.path.join(run, f"{index}.pem")) for index, one in enumerate(certificates)]
        self._issued = issued
        self._last = time.monotonic()
        for slot in self._slots:
            slot.prepare()

    def keep(self) -> None:
        """Looks, for ever. HAProxy may be away: it starts after this, and may be started again."""
        while True:
            try:
                self.look()
            except OSError:
                pass
            except Exception:
                traceback.print_exc()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """One look at everything."""
        self._last = time.monotonic()
        for slot in self._slots:
            slot.look(self._haproxy)
        certified = all(slot.used is not None for slot in self._slots)
        self._switches.turn(self._haproxy, certified="on" if certified else "off", **self._thumbprint())

    def _thumbprint(self) -> dict[str, str]:
        """Proves to an ACME server that this host is its account's; not secret."""
        found = mounted.read(self._issued, "thumbprint") if self._issued else None
        return {"thumbprint": found[0]} if found else {}

    def alive(self) -> str | None:
        """Whether it still looks."""
        return "ok\n" if time.monotonic() - self._last < 60 else None

    def metrics(self) -> str:
        """How the certificates are, for Prometheus."""
        lines = []
        for name, kind, value in (
            ("holdfast_certificate_expires_seconds", "gauge", lambda slot: slot.used and slot.used.ends),
            ("holdfast_certificate_in_use", "gauge", lambda slot: int(slot.used is not None)),
            ("holdfast_certificate_refused", "gauge", lambda slot: int(slot.problem is not None)),
        ):
            lines.append(f"# TYPE {name} {kind}")
            for slot in self._slots:
                found = value(slot)
                if found is not None:
                    lines.append(f'{name}{{certificate="{slot.certificate.name}"}} {found:.0f}')
        return "\n".join(lines) + "\n"
