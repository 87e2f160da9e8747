"""What a repository holds, in the terms of a restore. Times are Unix seconds. Plain data."""

from dataclasses import asdict, dataclass

# An interval ends where a segment is missing although later ones are there,
GAP = "gap"
# where history went on along another timeline (after a restore, or a failover that left this one's last writes behind),
LEFT = "left"
# or where everything that was saved ends.
LATEST = "latest"


@dataclass(frozen=True)
class Backup:
    """A backup as the repository lists it; `error` when it holds pages with broken checksums."""

    label: str
    start: float
    stop: float
    timeline: int
    start_lsn: str
    stop_lsn: str
    start_segment: str
    stop_segment: str
    error: bool
    archive: str


@dataclass(frozen=True)
class Timeline:
    """A timeline and when it was the live one: from `begins` to `ends`, the last thing known of its own part."""

    id: int
    parent: int | None
    switch_lsn: str | None
    begins: float
    ends: float
    # Last commit that it took over from its ancestors; None for the first.
    forks: float | None
    # Whether it took over all that its parent ever had (a promotion), or left a part behind (a restore to a moment).
    continues: bool
    archive: str


@dataclass(frozen=True)
class Interval:
    """The moments that one backup reaches along one timeline's history; `to` is the last commit in it."""

    timeline: int
    backup: str
    since: float
    to: float
    ends: str
    to_segment: str
    missing: str | None
    archive: str


@dataclass(frozen=True)
class Gap:
    """Segments in a row that are missing: from the last commit before them to the first one after."""

    timeline: int
    first_missing: str
    last_missing: str
    segments: int
    since: float
    to: float
    archive: str


@dataclass(frozen=True)
class Latest:
    """The newest segment of the live history."""

    timeline: int
    segment: str
    time: float
    archive: str


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be restored. `archive` tells apart databases that used the same repository (`17-1`, `17-2`:
    a new database, or a new major version); the live one's entries come last."""

    backups: tuple[Backup, ...] = ()
    timelines: tuple[Timeline, ...] = ()
    intervals: tuple[Interval, ...] = ()
    gaps: tuple[Gap, ...] = ()
    latest: Latest | None = None

    def json(self) -> dict:
        """As the commands read it."""
        return {
            "backups": [asdict(each) for each in self.backups],
            "timelines": [asdict(each) for each in self.timelines],
            "intervals": [_from(each) for each in self.intervals],
            "gaps": [_from(each) for each in self.gaps],
            "latest": asdict(self.latest) if self.latest else None,
        }

    def __add__(self, newer: "Catalogue") -> "Catalogue":
        """Puts the next database's entries behind these."""
        return Catalogue(
            self.backups + newer.backups,
            self.timelines + newer.timelines,
            self.intervals + newer.intervals,
            self.gaps + newer.gaps,
            newer.latest or self.latest,
        )


def _from(entry: Interval | Gap) -> dict:
    """`from` is a word of Python's own."""
    return {"from" if key == "since" else key: value for key, value in asdict(entry).items()}
