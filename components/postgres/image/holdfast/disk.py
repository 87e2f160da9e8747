"""How much room a volume has. Kubernetes tells nothing of the space in volumes that are host paths."""

import os
from pathlib import Path


def space(path: Path) -> tuple[int, int]:
    """Size of the volume that this is on, and bytes of it that may still be used."""
    volume = os.statvfs(path)
    return volume.f_blocks * volume.f_frsize, volume.f_bavail * volume.f_frsize
