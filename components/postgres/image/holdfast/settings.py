"""Brings a running cluster to the settings it was declared with.

Settings in Patroni's bootstrap section count for a new cluster only (patroni #404), so the leader's agent compares and
writes them. What needs a restart is restarted one member at a time, the primary last and through a switchover.

A person's own order, `patronictl pause`, stands in the same configuration and is none of ours: it is never written or
taken away.
"""

import json
import logging
from dataclasses import dataclass

from . import rest, successor
from .kube import Kube, Member

log = logging.getLogger(__name__)

# Seconds a member gets to be back after a restart before the restart counts as failed.
RESTART_SECONDS = 60
# For Patroni's answer to that: it tells of the failure itself.
RESTART_ANSWER_SECONDS = RESTART_SECONDS + 5

# Seconds for Patroni to write a change into the cluster's state.
CHANGE_SECONDS = 5
# Seconds for its answer to a switchover: it looks for the new leader that long.
SWITCHOVER_SECONDS = 20

# Keys of Patroni's configuration by which a person gives an order.
PERSONS_KEYS = ("pause",)


def difference(current: dict, wanted: dict) -> dict:
    """The change that brings one configuration to the other, in Patroni's own form: what differs, and None for what is
    to go. Pure."""
    change = {}
    for key in {*current, *wanted}:
        before, after = current.get(key), wanted.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            if inner := difference(before, after):
                change[key] = inner
        elif before != after:
            change[key] = after
    return change


@dataclass(frozen=True)
class Step:
    """One thing to do next: `restart` or `switchover`, and to whom."""

    action: str
    member: str


def next_step(leader: str, members: list[Member], restarted: frozenset[str]) -> Step | None:
    """The next step towards no pending restart, or None when there is none or somebody isn't well.

    `restarted`: members restarted since the settings last changed. A lowered setting that standbys may not have below
    the primary's (`max_connections` and its like) stays pending on them until the primary has it, so then it goes
    first.
    """
    standbys = [member for member in members if member.name != leader]
    if not any(member.pending_restart for member in members):
        return None
    if not all(member.streaming for member in standbys):
        return None
    for member in standbys:
        if member.pending_restart and member.name not in restarted:
            return Step("restart", member.name)
    primary = next((member for member in members if member.name == leader), None)
    if primary is None or not primary.pending_restart:
        return None
    ready = [member for member in standbys if not member.pending_restart]
    return Step("switchover", ready[0].name) if ready else Step("restart", leader)


class Settings:
    """Runs on every member; acts only while its member leads."""

    def __init__(self, kube: Kube, cluster: str, me: str) -> None:
        self.kube, self.cluster, self.me = kube, cluster, me
        self.restarted: frozenset[str] = frozenset()

    def current(self) -> dict:
        """Patroni's configuration as it is."""
        return rest.patroni("127.0.0.1", "GET", "/config")

    def step(self, current: dict) -> None:
        """Compares with what is declared, and does at most one thing."""
        wanted = json.loads(self.kube.config(f"{self.cluster}-dynamic")["dynamic.json"])
        change = {key: value for key, value in difference(current, wanted).items() if key not in PERSONS_KEYS}
        if change:
            rest.patroni("127.0.0.1", "PATCH", "/config", change, timeout=CHANGE_SECONDS)
            self.restarted = frozenset()
            log.info("settings: the cluster's configuration was brought to the declared one")
            return
        members = self.kube.members(self.cluster)
        if not any(member.pending_restart for member in members):
            self.restarted = frozenset()
            return
        step = next_step(self.me, members, self.restarted)
        if step is not None:
            self._do(step, members)

    def _do(self, step: Step, members: list[Member]) -> None:
        log.info("settings: %s %s", step.action, step.member)
        if step.action == "switchover":
            successor.switch_over(self.me, "127.0.0.1", step.member, timeout=SWITCHOVER_SECONDS)
            return
        address = next(member.ip for member in members if member.name == step.member)
        rest.patroni(
            address,
            "POST",
            "/restart",
            {"restart_pending": True, "timeout": RESTART_SECONDS},
            timeout=RESTART_ANSWER_SECONDS,
        )
        if step.member == self.me:
            # The primary has it now, so what was still pending on the standbys can follow.
            self.restarted = frozenset()
        else:
            self.restarted |= {step.member}
