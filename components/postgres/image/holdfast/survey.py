"""What this member's volume holds, for a person who has to choose between members (`npm run rescue`).

    python3 -m holdfast.survey [what Kubernetes keeps]   prints it as JSON

What Kubernetes keeps is `{"config": ..., "sync": ...}`, the annotations of Patroni's Endpoints as they were read. The
member says who led last by them, as the fence will reckon.

Where PostgreSQL runs it is asked. Where it does not, its files are read: pg_control, and the log itself up to its end.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from . import local, record
from .control import VERSION_FILE, certain, reached, read
from .env import DATA_DIRECTORY, number
from .verdict import Known, suspects
from .waldump import Log, read_log

WAL_SECONDS = number("SURVEY_LOG_SECONDS")

_LAST_COMMIT = """
SELECT extract(epoch FROM CASE
    WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp()
    WHEN current_setting('track_commit_timestamp')::boolean THEN (SELECT timestamp FROM pg_last_committed_xact()) END)
"""


@dataclass(frozen=True)
class Holding:
    """What a member holds. `timeline` 0 means nothing, and the rest then means nothing either."""

    member: str
    # Whether PostgreSQL accepts connections.
    running: bool = False
    in_recovery: bool = False
    timeline: int = 0
    # The end of its log, in bytes.
    position: int = 0
    # Whether that is all there is.
    final: bool = True
    # Unix seconds of the last commit, None where it is not known.
    last_commit: float | None = None
    system_id: str = ""
    # pg_control's word for it.
    state: str = ""
    # Directories beside with a member's data from before.
    kept: tuple[str, ...] = ()


def kept_beside(directory: Path) -> tuple[str, ...]:
    """Other data directories on the same volume."""
    others = (entry for entry in directory.parent.iterdir() if entry != directory)
    return tuple(sorted(entry.name for entry in others if (entry / VERSION_FILE).exists()))


def survey(member: str) -> Holding:
    """What the member holds now."""
    kept = kept_beside(DATA_DIRECTORY)
    if not (DATA_DIRECTORY / VERSION_FILE).exists():
        return Holding(member, kept=kept)
    control = read(DATA_DIRECTORY)
    here, commit = _running()
    log = Log() if here.running and commit is not None else read_log(DATA_DIRECTORY, control, WAL_SECONDS)
    state = control.get("Database cluster state", "")
    at = reached(DATA_DIRECTORY, here.position if here.running else max(log.end, certain(control)))
    return Holding(
        member=member,
        running=here.running,
        in_recovery=here.in_recovery if here.running else "recovery" in state,
        timeline=at.timeline,
        position=at.location,
        final=here.final if here.running else log.whole,
        last_commit=commit or log.last_commit,
        system_id=control.get("Database system identifier", ""),
        state=state,
        kept=kept,
    )


def _running() -> tuple[local.Local, float | None]:
    """PostgreSQL's own word, and the time of its last commit where it knows one."""
    try:
        with local.connect() as conn:
            here = local.state_of(conn)
            (commit,) = conn.execute(_LAST_COMMIT).fetchone()
            return here, None if commit is None else float(commit)
    except psycopg.OperationalError:
        return local.Local(running=False), None


def primaries(kept: dict, timeline: int) -> list[dict]:
    """Every primary that may have been the last one, for a member whose log is on this timeline: the newest state comes
    last. `kept`: the annotations of Patroni's Endpoints, `sync` None where there is none. Pure.
    """
    try:
        promotion = record.promotion(kept["config"])
    except record.Unreadable:
        # The fence says so when it comes to that; here somebody only looks.
        promotion = None
    sync = kept["sync"]
    known = Known(None if sync is None else record.sync(sync), promotion, members=0)
    return [{**asdict(state), "standbys": sorted(state.standbys)} for state in suspects(known, timeline)]


def main() -> None:
    kept = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {"config": {}, "sync": None}
    holding = survey(os.environ["POD_NAME"])
    print(json.dumps({**asdict(holding), "primaries": primaries(kept, holding.timeline)}))


if __name__ == "__main__":
    main()
