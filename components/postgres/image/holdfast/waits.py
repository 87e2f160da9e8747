"""Which standbys a candidate's PostgreSQL will wait for, and whether the next candidate will know them. Pure.

Patroni sets `synchronous_standby_names` from the sync state it read when it took the lock. The old primary may have
changed that state since. Then the next candidate would ask other standbys than those that acknowledge writes now.
"""

import re

from .verdict import Sync

_ANY = re.compile(r"ANY (\d+) \((.*)\)")


def parse(setting: str) -> tuple[int, frozenset[str]]:
    """How many of whom `synchronous_standby_names` waits for; (0, nobody) for a setting of another form or none."""
    found = _ANY.fullmatch(setting.strip())
    return (int(found[1]), frozenset(name.strip(' "') for name in found[2].split(","))) if found else (0, frozenset())


def uncovered(me: str, needed: int, names: frozenset[str], state: Sync) -> str | None:
    """Why somebody could acknowledge for `me` who is not asked after it; None when that can't be.

    `state` is the sync state as it will be for `me`, the primary. `quorum + 1` of its standbys are asked, so `n -
    quorum` of them have one in common with those. Where it names none, nobody but `me` itself is promoted after it.
    """
    if not state.standbys or (names - {me} <= state.standbys and needed >= len(state.standbys) - state.quorum):
        return None
    asked = sorted(state.standbys)
    return f"PostgreSQL here would wait for {needed} of {sorted(names)}, but {asked} are asked after it: try again"
