"""What Patroni and the kubelet run around a promotion and a stop, of a database or of a pooler. It is on the way of
every failover, so it imports next to nothing and leaves the work to the agent, which is warm: one line to the agent's
socket, one line back. Patroni's two hooks are answered in its own process, where the agent is there to answer
(patroni.py).

    python3 -S holdfast/hook.py pre-promote   exit code 0 lets the promotion go
    python3 -S holdfast/hook.py before-stop   always 0
    python3 -S holdfast/hook.py pre-stop 78   always 0; the pod is to end, and waits no longer than so many seconds
    python3 -S holdfast/hook.py leave 58      the same for a pooler's pod
    python3 -S holdfast/hook.py switchover    by command, to a member if it is named; 0 when somebody else leads
    python3 -S holdfast/hook.py rescue WHO    by command of WHO; exit code 0 when this member leads (takeover.py)
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable

AGENT_SOCKET = "/run/holdfast/agent.sock"
PID_FILE = "/var/lib/postgresql/data/pgdata/postmaster.pid"
CONTROL_FILE = "/var/lib/postgresql/data/pgdata/global/pg_control"

# While it is there, PostgreSQL's archive command (components/postgres/backup-config.ts) archives nothing and ends the
# archiver: the segment that a shutdown closes would start pgBackRest, and be waited for, in the middle of a hand-over.
HANDING_OVER = "/run/holdfast/handing-over"

# Longer than the fence, a switchover (two waits) and a rescue try, so that their answer is never cut off.
PRE_PROMOTE_SECONDS = float(os.environ["FENCE_SECONDS"]) + 4
SWITCHOVER_SECONDS = 2 * float(os.environ["SWITCHOVER_SECONDS"]) + 10
RESCUE_SECONDS = float(os.environ["ORDER_ANSWER_SECONDS"]) + float(os.environ["LEAD_SECONDS"]) + 30

# Seconds to pause the poolers, and as many for the shutdown; past them Patroni stops it as it is.
BEFORE_STOP_SECONDS = 5.0

# Seconds that a segment which was being archived already gets once the database itself has shut down; callers wait all
# the while. Where that is not enough the member sends it later, as a standby, as it does with the last one: see
# backup/leftovers.py.
ARCHIVE_SECONDS = 0.1

# Seconds between two looks at whether an answer is still wanted.
LOOK_SECONDS = 0.1

# Seconds between two looks at whether PostgreSQL is down, while callers wait, and after an archive command was killed:
# its archiver ends by itself then.
DOWN_SECONDS = 0.005
KILLED_SECONDS = 0.02


def ask(question: str, timeout: float, unwanted: Callable[[], bool] = lambda: False) -> str:
    """Asks the agent in this pod; OSError when there is none, it has no answer in time, or the answer is `unwanted` by
    then."""
    deadline = time.monotonic() + timeout
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(AGENT_SOCKET)
        connection.sendall(question.encode() + b"\n")
        while not select.select([connection], [], [], LOOK_SECONDS)[0]:
            if unwanted() or time.monotonic() > deadline:
                raise OSError("no answer in time")
        answer = connection.makefile("r", encoding="utf-8").readline().strip()
    if not answer:
        raise OSError("the agent closed the connection")
    return answer


def may_promote(unwanted: Callable[[], bool] = lambda: False) -> int:
    """The exit code of `pre-promote` as the agent has it; OSError as for `ask`."""
    return 0 if ask("pre-promote", PRE_PROMOTE_SECONDS, unwanted) == "yes" else 1


def pre_promote() -> int:
    try:
        return may_promote()
    except OSError as error:
        print(f"pre-promote: no agent ({error}), fencing without it", flush=True)
    # The agent may be restarting just now; the fence must not depend on it. With its imports this takes a second.
    return os.execvp("python3", ["python3", "-m", "holdfast.fence"])


def shut_down() -> bool:
    """Whether pg_control says so: nothing is written any more, though the archive may still be at work on the last
    segment."""
    try:
        with open(CONTROL_FILE, "rb") as file:
            # DBState follows the system's id (8 bytes) and two version numbers (4 each); DB_SHUTDOWNED is 1.
            return int.from_bytes(file.read(20)[16:], sys.byteorder) == 1
    except OSError:
        return False


def end_archiving() -> None:
    """Kills PostgreSQL's archive command. Its archiver ends with that, as it must after a command that died of a
    signal, and keeps the segment marked as not archived; what pgBackRest has queued goes on in a process of its own."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            # The command itself, or the shell that has not come to it yet.
            if b"archive-push" in words or (words[1:2] == [b"-c"] and b" archive-push " in words[2]):
                os.kill(int(entry), signal.SIGKILL)
        except OSError:
            continue


def alive(process: int) -> bool:
    """Whether there is such a process, or what is left of one until Patroni has taken note of its end."""
    return os.path.exists(f"/proc/{process}")


def stop_postgres(timeout: float) -> None:
    """A fast shutdown: standbys receive everything, callers are let go, nothing more is archived. Returns when
    PostgreSQL is down or time is up.

    Down means that the process is gone, and not only its pid file: where Patroni, which is next, finds one that has
    shut down and not yet ended, it sleeps a second for the sake of the archive before it lets the lock go.
    """
    try:
        with open(PID_FILE, encoding="ascii") as file:
            postmaster = int(file.readline())
        hold_archive()
        os.kill(postmaster, signal.SIGINT)
        wait_for_end(postmaster, timeout)
    except (OSError, ValueError):
        return
    finally:
        release_archive()


def hold_archive() -> None:
    """Puts the sign up under which nothing is archived; without it the stop takes longer, and is done all the same."""
    try:
        os.close(os.open(HANDING_OVER, os.O_CREAT))
    except OSError as error:
        print(f"before-stop: the archive goes on: {error}", flush=True)


def release_archive() -> None:
    """Takes the sign away."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(HANDING_OVER)


def wait_for_end(postmaster: int, timeout: float) -> None:
    """Waits until the process is gone, for so many seconds; ends an archive command that keeps it."""
    deadline = time.monotonic() + timeout
    down_since = None
    while os.path.exists(PID_FILE) and time.monotonic() < deadline:
        if down_since is None and shut_down():
            down_since = time.monotonic()
        if down_since is not None and time.monotonic() - down_since > ARCHIVE_SECONDS:
            end_archiving()
            time.sleep(KILLED_SECONDS)
        time.sleep(DOWN_SECONDS)
    while alive(postmaster) and time.monotonic() < deadline:
        time.sleep(DOWN_SECONDS)


def before_stop() -> int:
    try:
        if ask("before-stop", BEFORE_STOP_SECONDS) == "yes":
            stop_postgres(BEFORE_STOP_SECONDS)
    except OSError as error:
        print(f"before-stop: no agent, stopping without a pause: {error}", flush=True)
    return 0


def end(question: str, seconds: str) -> int:
    """What there is to do before the pod is told to end, with its agent; without one it ends as it is."""
    try:
        ask(question, float(seconds))
    except OSError as error:
        print(f"{question}: no agent, ending without: {error}", flush=True)
    return 0


def by_command(timeout: float, *words: str) -> int:
    """Has the agent do what a person wants, and says how it went."""
    try:
        done, _, text = ask(" ".join(words), timeout).partition(" ")
    except OSError as error:
        done, text = "no", f"The agent in this pod does not answer ({error}): try again in a few seconds."
    print(text, file=sys.stdout if done == "yes" else sys.stderr)
    return 0 if done == "yes" else 1


def switchover(*member: str) -> int:
    """Hands over to this member, or to the best one."""
    return by_command(SWITCHOVER_SECONDS, "switchover", *member)


HOOKS = {
    "pre-promote": pre_promote,
    "before-stop": before_stop,
    "pre-stop": lambda seconds: end("hand-over", seconds),
    "switchover": switchover,
    "rescue": lambda *words: by_command(RESCUE_SECONDS, "rescue", *words),
    "leave": lambda seconds: end("leave", seconds),
}

if __name__ == "__main__":
    sys.exit(HOOKS[sys.argv[1]](*sys.argv[2:]))
