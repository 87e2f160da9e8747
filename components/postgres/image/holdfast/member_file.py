"""Renders one member's complete Patroni configuration from what is mounted."""

from .env import PATRONI_PORT, POSTGRES_PORT, REST_USER, Identity

# Patroni takes any number, but 0 for a member that may not lead: higher than any ordinal.
HIGHEST_PRIORITY = 100


def failover_priority(name: str, highest: int = HIGHEST_PRIORITY) -> int:
    """Prefers low ordinals among equals.

    A rollout replaces the highest ordinal first, so a primary on ordinal 0 is replaced last and hands over only once.
    """
    ordinal = int(name.rsplit("-", 1)[-1])
    return max(1, highest - ordinal)


# Instead of initdb, in a cluster that has no data yet: the recovery settings that the restore wrote are kept.
RESTORE = {"command": "python3 -m holdfast.backup.restore", "keep_existing_recovery_conf": True, "no_params": True}


def render(member: dict, dynamic: dict, identity: Identity, passwords: dict, restore: bool) -> dict:
    """Fills the member's own name, addresses and passwords into the mounted configuration.

    `passwords` has the keys `replication` and `agent`. The superuser has none: it is reachable over the pod's socket
    only. `restore` makes a new cluster begin with what the repository holds.
    """
    bootstrap = {
        **member["bootstrap"],
        "dcs": dynamic,
        **({"method": "restore", "restore": RESTORE} if restore else {}),
    }
    authentication = {role: dict(entry) for role, entry in member["postgresql"]["authentication"].items()}
    for role in ("replication", "rewind"):
        authentication[role]["password"] = passwords["replication"]
    return {
        **member,
        "name": identity.name,
        "restapi": {
            **member["restapi"],
            "connect_address": f"{identity.ip}:{PATRONI_PORT}",
            "authentication": {"username": REST_USER, "password": passwords["agent"]},
        },
        "kubernetes": {**member["kubernetes"], "namespace": identity.namespace, "pod_ip": identity.ip},
        "bootstrap": bootstrap,
        "postgresql": {
            **member["postgresql"],
            "connect_address": f"{identity.ip}:{POSTGRES_PORT}",
            "authentication": authentication,
        },
        "tags": {"failover_priority": failover_priority(identity.name)},
    }
