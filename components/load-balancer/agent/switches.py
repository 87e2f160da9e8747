"""What HAProxy's rules ask while they run: a map of words, in a file for its start and by its runtime API later."""

import os

from .runtime import Runtime


class Switches:
    """`certified`: on once every certificate is one that clients may trust. `thumbprint`: of the ACME account."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._values = {"certified": "off", "thumbprint": "none"}
        if os.path.exists(file):
            with open(file, encoding="utf-8") as known:
                self._values.update(line.split() for line in known.read().splitlines() if line)
        self._write()

    def turn(self, haproxy: Runtime, **values: str) -> None:
        """Sets words, in the file first. Raises OSError where HAProxy does not answer: then the next round does it."""
        self._values.update(values)
        self._write()
        for name, value in values.items():
            haproxy.ask(f"set map {self._file} {name} {value}")

    def _write(self) -> None:
        new = f"{self._file}.new"
        with open(new, "w", encoding="utf-8") as file:
            file.write("".join(f"{name} {value}\n" for name, value in self._values.items()))
        os.rename(new, self._file)
