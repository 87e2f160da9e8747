"""Which standbys a primary waits for while it has none: the cluster's members, by name.

With `synchronous_mode_strict` Patroni writes `*` here, which has two faults. First, a base backup or a log receiver
that streams from a slot counts as a standby under `*`, and acknowledges writes that it may never keep. Second, a new or
restored cluster gets `ANY None (*)`. PostgreSQL refuses that value, so the primary acknowledges alone until Patroni's
next look.

So this module writes the names of all members in place of `*`. The list has this member's own name, which Patroni never
writes: that is how the value is recognised later.

A standby that goes away stays in the quorum until enough other standbys have every write that it may have acknowledged.
Patroni removes it at once. Then a standby that is behind may be the only one left in the quorum, and could be promoted
without those writes. Where all standbys are away, none is removed: the primary acknowledges nothing meanwhile, so
together they still hold every acknowledged write, and one of them can follow a primary that is lost.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

SETTING = "synchronous_standby_names"


def everybody(cluster: str, members: int) -> str:
    """The setting's value while any member may acknowledge."""
    names = ",".join(f'"{cluster}-{ordinal}"' for ordinal in range(members))
    return f"ANY 1 ({names})"


def closed(value: str | None, names: str) -> str:
    """What is to be written where Patroni would write `value`. Pure."""
    return names if value is None or "*" in value else value


def install(cluster: str, me: str, members: int) -> None:
    """Puts this into Patroni, of which nothing offers a setting for it. What it reads and writes stays as it is in
    other modes."""
    from patroni import global_config
    from patroni.postgresql import sync
    from patroni.postgresql.config import ConfigHandler

    names = everybody(cluster, members)

    def strict() -> bool:
        return global_config.is_synchronous_mode_strict

    ConfigHandler.set_synchronous_standby_names = setting(ConfigHandler.set_synchronous_standby_names, names, strict)
    ConfigHandler.get_server_parameters = parameters(ConfigHandler.get_server_parameters, names, strict)
    sync.parse_sync_standby_names = parsed(sync.parse_sync_standby_names, me)
    sync.SyncHandler.current_state = in_office(sync.SyncHandler.current_state, strict, flushed, written)


def setting(
    write: Callable[[Any, str | None], Any], names: str, strict: Callable[[], bool]
) -> Callable[[Any, str | None], Any]:
    """Patroni's method that writes the setting."""
    return lambda config, value: write(config, closed(value, names) if strict() else value)


def parameters(read: Callable[[Any, Any], Any], names: str, strict: Callable[[], bool]) -> Callable[[Any, Any], Any]:
    """Patroni's method that makes up the server's settings, also for a server that starts before Patroni has a say."""

    def made(handler: Any, config: Any) -> Any:
        result = read(handler, config)
        if strict():
            result[SETTING] = closed(result.get(SETTING), names)
        return result

    return made


def parsed(parse: Callable[[str], Any], me: str) -> Callable[[str], Any]:
    """Patroni's function that reads the setting: for Patroni such a value is the `*` it has written."""

    def read(value: str) -> Any:
        found = parse(value)
        return found._replace(has_star=True) if me in found.members else found

    return read


def dismissible(needed: int, staying: Collection[str], flushed: Mapping[str, int], since: int) -> bool:
    """Whether a standby that went away may be dismissed: as many of those who stay as a write needs have all that was
    written when it was first missed. Pure. `flushed`: bytes on each one's disk; `since`: bytes written then."""
    return sum(flushed.get(name, -1) >= since for name in staying) >= needed


def flushed(handler: Any) -> dict[str, int]:
    """How far each standby's disk is, as this round of Patroni's read it."""
    return {row["application_name"]: row["flush_lsn"] or 0 for row in handler._postgresql.pg_stat_replication()}


def written(handler: Any) -> int:
    """How far this primary's log is on its disk now, and not when this round of Patroni's began."""
    return int(handler._postgresql.query("SELECT pg_catalog.pg_current_wal_flush_lsn() - '0/0'")[0][0])


def in_office(
    read: Callable[[Any, Any], Any],
    strict: Callable[[], bool],
    flushed: Callable[[Any], dict[str, int]],
    written: Callable[[Any], int],
) -> Callable[[Any, Any], Any]:
    """Patroni's method that says who may acknowledge and who streams: whoever may not be dismissed yet counts as if it
    streamed."""
    missed: frozenset[str] = frozenset()
    since = 0

    def state(handler: Any, cluster: Any) -> Any:
        nonlocal missed, since
        found = read(handler, cluster)
        # Those in the quorum: nobody follows a primary that has none, so dismissing the others costs nothing.
        gone = frozenset((found.sync - found.active) & set(cluster.sync.voters))
        if not strict() or not gone:
            missed = frozenset()
            return found
        if gone != missed:
            missed, since = gone, written(handler)
        if dismissible(found.numsync, found.sync & found.active, flushed(handler), since):
            return found
        return found._replace(active=found.active | gone)

    return state
