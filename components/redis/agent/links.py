"""Has everybody who connected while this pod started connect again, and this pod at everybody's.

The first packets of a new pod may meet a Service without an endpoint, or a node that does not know its network policy
yet: they are refused with an ICMP message, the kernel keeps it with the socket though the connection is made a moment
later, and a program that waits on that socket is woken without end (epoll reports an error that no read clears). One
such link cost a Sentinel a whole CPU, or as much as its limit lets it have.
"""

import socket

from .env import REDIS_PORT, SENTINEL_PORT
from .life import Life
from .peers import Peers, together

# Three times, as a first packet is repeated after 1, 3, 7 and 15 s, and a Sentinel gives a link up after 15.
PAUSES = (4, 8, 12)
KINDS = ("normal", "pubsub", "replica")


def address() -> str:
    """This pod's own address, as the others see it come."""
    return socket.gethostbyname(socket.gethostname())


def renew(life: Life, peers: Peers, mine: str) -> None:
    """Does it, and ends. `mine`: what `address` says."""
    pod = peers.pod
    for pause in PAUSES:
        life.pause(pause)
        for kind in KINDS:
            peers.own("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        # A first copy of the data is not to begin anew for this.
        if "sync_in_progress:1" in (peers.own("INFO", "replication") or ""):
            continue
        members = [(host, REDIS_PORT) for host in pod.servers] + [(host, SENTINEL_PORT) for host in pod.sentinels]
        together([lambda member=member: peers.ask(*member, "CLIENT", "KILL", "IP", mine) for member in members])
        # The connections over which we asked are as old as those.
        peers.close()
