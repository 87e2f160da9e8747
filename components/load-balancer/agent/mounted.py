"""A Secret as the kubelet mounts it."""

import os


def read(folder: str, *names: str) -> list[str] | None:
    """The contents of some keys, of one moment; None where one is not there, or empty.

    The kubelet changes a folder as a whole, by one link in it, so that is followed once."""
    version = os.path.realpath(os.path.join(folder, "..data"))
    contents = []
    for name in names:
        try:
            with open(os.path.join(version, name), encoding="utf-8", errors="replace") as file:
                contents.append(file.read().strip())
        except OSError:
            return None
    return contents if all(contents) else None
