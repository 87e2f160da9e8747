"""What goes on beside one run of a server or Sentinel. It ends when that starts anew."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable


class Ended(Exception):
    """This life is over."""


class Life:
    """Threads that end together."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def run(self, task: Callable[[], None]) -> None:
        """Runs a task beside the others. One that fails takes the agent with it, so that it is started again."""
        thread = threading.Thread(target=self._carry, args=(task,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def pause(self, seconds: float) -> None:
        """Waits; raises Ended where this life is over by then."""
        if self._over.wait(seconds):
            raise Ended

    def end(self) -> None:
        """Ends the tasks, and waits until they are at an end."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _carry(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Ended:
            pass
        except BaseException:
            traceback.print_exc()
            os._exit(1)


def say(message: str) -> None:
    """A line in the log."""
    print(time.strftime("%H:%M:%S", time.gmtime()), "holdfast:", message, file=sys.stderr, flush=True)
