"""JSON over HTTP between the agents and Patroni, with deadlines; built on urllib3, which Patroni brings along."""

import json

import urllib3

from .env import AGENT_PORT, PATRONI_PORT, REST_USER, credential

# Seconds for an answer from another pod, and for this pod's own Patroni, whose answer is at hand.
ANSWER_SECONDS = 2.0
OWN_SECONDS = 1.0

# Connections kept: to more addresses than a cluster has, and for each of its threads that ask one at the same time.
ADDRESSES = 16
CONNECTIONS = 4

# Letters of an answer that an error repeats.
REPEATED = 200

_pool = urllib3.PoolManager(num_pools=ADDRESSES, maxsize=CONNECTIONS, block=False)
_ONCE_MORE = urllib3.Retry(1, redirect=0)


class RestError(Exception):
    """The other side gave no answer, or one that says no."""


def _call(method: str, url: str, headers: dict, body: dict | None, timeout: float) -> dict:
    try:
        answer = _pool.request(
            method,
            url,
            body=None if body is None else json.dumps(body),
            retries=False,
            headers={"Content-Type": "application/json", **headers},
            timeout=urllib3.Timeout(total=timeout),
        )
    except urllib3.exceptions.HTTPError as error:
        raise RestError(f"{method} {url}: {error}") from error
    text = answer.data.decode(errors="replace")
    # Patroni answers 503 with a full description of a member that isn't what was asked for.
    if answer.status >= 400 and answer.status != 503:
        raise RestError(f"{method} {url}: {answer.status} {text[:REPEATED]}")
    try:
        return json.loads(text)
    except ValueError:
        return {"text": text, "status": answer.status}


def agent(ip: str, path: str, body: dict, timeout: float) -> dict:
    """Asks the agent in another pod (or this one, with 127.0.0.1) to do something."""
    headers = {"Authorization": f"Bearer {credential('agent-token')}"}
    return _call("POST", f"http://{ip}:{AGENT_PORT}{path}", headers, body, timeout)


def patroni(ip: str, method: str, path: str, body: dict | None = None, timeout: float = ANSWER_SECONDS) -> dict:
    """Asks a member's Patroni."""
    headers = urllib3.make_headers(basic_auth=f"{REST_USER}:{credential('agent-token')}")
    return _call(method, f"http://{ip}:{PATRONI_PORT}{path}", headers, body, timeout)


def cluster(ip: str, timeout: float = ANSWER_SECONDS) -> dict:
    """The cluster as the Patroni at this address has it at hand: its `members`, and `pause` where a person has paused
    it."""
    return patroni(ip, "GET", "/cluster", timeout=timeout)


def members(ip: str, timeout: float = ANSWER_SECONDS) -> list[dict]:
    """Every member with its role, state and address, as the Patroni at this address has them at hand."""
    return cluster(ip, timeout).get("members", [])


def answers_ok(ip: str, path: str, timeout: float) -> bool:
    """Whether a member's Patroni answers a health check with 200; asked twice where there is no answer within `timeout`
    seconds."""
    try:
        answer = _pool.request(
            "GET", f"http://{ip}:{PATRONI_PORT}{path}", retries=_ONCE_MORE, timeout=urllib3.Timeout(total=timeout)
        )
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 200
