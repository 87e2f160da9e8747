"""Whether a server or Sentinel is ready, for the kubelet."""

from .accounts import Accounts
from .env import Pod, number
from .peers import Peers, role_of
from .resp import Reply

PROBE_SECONDS = number("PROBE_SECONDS")


def server_ready(ping: Reply, role: Reply) -> bool:
    """Ready is the primary, or a replica whose copy is current: a rollout goes on to the next pod only then. Pure."""
    if ping != "PONG" or not isinstance(role, list):
        return False
    return role_of(role) == "master" or (role_of(role) == "slave" and "connected" in role)


def ready(pod: Pod, accounts: Accounts) -> bool:
    """Asks over a connection of its own, as a client would come."""
    peers = Peers(pod, accounts, PROBE_SECONDS)
    try:
        if pod.kind == "redis":
            return server_ready(peers.own("PING"), peers.own("ROLE"))
        return peers.sentinel_answer(pod.own) != ""
    finally:
        peers.close()
