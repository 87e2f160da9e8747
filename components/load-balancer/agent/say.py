"""The log."""

import sys
import time


def say(message: str) -> None:
    """A line in it."""
    print(time.strftime("%H:%M:%S", time.gmtime()), "holdfast:", message, file=sys.stderr, flush=True)
