"""What a Sentinel is started with. Who the members are is declared, not discovered.

Every server and every Sentinel is written into the configuration at its fixed address and with an id derived from its
name, so a Sentinel that lost its volume comes back as the one it was and the others' lists never grow. Kept across
starts: the epochs, and who is primary.
"""

import re
from hashlib import sha1

from .accounts import OPERATOR, Passwords, user_lines
from .env import PRIMARY_NAME, QUORUM, REDIS_PORT, SENTINEL_PORT, Pod
from .peers import PRIMARY, Survey


def sentinel_id(name: str, ordinal: int) -> str:
    """40 hexadecimal digits that belong to that pod of a StatefulSet for ever. Pure."""
    return sha1(f"{name}-{ordinal}".encode()).hexdigest()


def remembered(state: str, servers: list[str]) -> str:
    """The primary in a Sentinel's own state, if it is still one of the declared addresses, else "". Pure."""
    found = re.search(rf"^sentinel monitor {PRIMARY_NAME} (\S+) ", state, re.MULTILINE)
    return found[1] if found and found[1] in servers else ""


def told(survey: Survey, servers: list[str]) -> str:
    """The primary as other Sentinels, most of them, or else a server itself, name it; "" where nobody does. Pure."""
    named = [answer for answer in survey.sentinels.values() if answer]
    if named:
        return max(named, key=lambda address: (named.count(address), address))
    claimed = survey.that_are(PRIMARY)
    return next((host for host in servers if host in claimed), "")


def epochs(state: str) -> list[str]:
    """How far the elections had come; a Sentinel that forgot could vote twice in one. Pure."""
    kept = rf"^sentinel (?:current-epoch|(?:config|leader)-epoch {PRIMARY_NAME}) \d+$"
    return re.findall(kept, state, re.MULTILINE)


def configuration(base: str, pod: Pod, primary: str, state: str, passwords: Passwords) -> str:
    """What this pod's Sentinel is started with. Pure.

    `base`: the part that is the same for every pod; `state`: what it was started with before, and has noted since."""
    lines = [
        f"sentinel myid {sentinel_id(pod.set, pod.ordinal)}",
        f"sentinel announce-ip {pod.me}",
        f"sentinel monitor {PRIMARY_NAME} {primary} {REDIS_PORT} {QUORUM}",
        *[f"sentinel known-replica {PRIMARY_NAME} {host} {REDIS_PORT}" for host in pod.servers if host != primary],
        *[
            f"sentinel known-sentinel {PRIMARY_NAME} {host} {SENTINEL_PORT} {sentinel_id(pod.set, ordinal)}"
            for ordinal, host in enumerate(pod.sentinels)
            if ordinal != pod.ordinal
        ],
        *epochs(state),
        f"sentinel auth-user {PRIMARY_NAME} operator",
        f"sentinel auth-pass {PRIMARY_NAME} {passwords[OPERATOR]}",
        "sentinel sentinel-user operator",
        f"sentinel sentinel-pass {passwords[OPERATOR]}",
        *user_lines("sentinel", passwords),
    ]
    return base + "\n".join(lines) + "\n"
