"""Small archives for tests: a segment's number is also the minute in whose middle its only commit was made."""

from holdfast.backup.saved import Backup
from holdfast.backup.survey import Archive, Mark, survey
from holdfast.backup.wal import Segment
from holdfast.wal import SEGMENT_BYTES, text

MINUTE = 60.0


def half(number):
    """The position in the middle of a segment: right behind its commit comes whatever switches there."""
    return number * SEGMENT_BYTES + SEGMENT_BYTES // 2


def seconds(minute):
    """When the commit of a segment was made."""
    return minute * MINUTE + 30


def backup(minute, timeline=1, archive="17-1", error=False):
    """A full backup within one segment: whole at the full minute, before that segment's commit."""
    name = Segment(timeline, minute).name
    start = minute * SEGMENT_BYTES + 40
    return Backup(
        f"{archive}-{timeline}-{minute}",
        minute * MINUTE - 10,
        minute * MINUTE,
        timeline,
        text(start),
        text(start + 200),
        name,
        name,
        error,
        archive,
    )


def archive(files, histories=None, backups=(), shift=None, unreadable=(), empty=(), id="17-1"):
    """An archive and what reads it.

    `files`: numbers by timeline. `histories`: ancestors by timeline, each with the segment in whose middle it was left.
    `shift`: seconds that a timeline's clock is behind its numbers, by timeline. `unreadable`, `empty`: segments that
    can't be read, and that hold no commit; each is (timeline, number).
    """
    switches = {
        timeline: tuple((parent, half(left)) for parent, left in rows) for timeline, rows in (histories or {}).items()
    }
    shift = shift or {}

    def moved(timeline, number):
        return seconds(number) + shift.get(timeline, 0)

    present = {
        Segment(timeline, number): moved(timeline, number) + 30
        for timeline, numbers in files.items()
        for number in numbers
    }

    def marks(each):
        if (each.timeline, each.number) in unreadable:
            return None
        begins = switches.get(each.timeline, ((0, 0),))[-1]
        found = []
        if begins[1] // SEGMENT_BYTES == each.number and begins[0]:
            # The copied head of the parent's segment, then the record that begins the timeline, then its own commit.
            found += [mark for mark in marks(Segment(begins[0], each.number)) or [] if mark.place < begins[1]]
            found += [Mark(begins[1], moved(each.timeline, each.number) + 5, commit=False)]
            return found + [Mark(begins[1] + 100, moved(each.timeline, each.number) + 10)]
        if (each.timeline, each.number) in empty:
            return found
        return found + [Mark(half(each.number) - 100, moved(each.timeline, each.number))]

    times = {timeline: moved(timeline, rows[-1][1] // SEGMENT_BYTES) + 20 for timeline, rows in switches.items()}
    return Archive(id, present, switches, times, tuple(backups)), marks


def saved(*arguments, live=True, **options):
    """The catalogue of such an archive."""
    return survey(*archive(*arguments, **options), live=live)


# A restore at minute 12 to minute 5: timeline 1 went on to minute 11, timeline 2 lives from minute 12 on.
RESTORED = {
    "files": {1: range(1, 12), 2: range(5, 9)},
    "histories": {2: [(1, 5)]},
    "backups": [backup(2)],
    "shift": {2: 7 * MINUTE},
}
# A promotion in minute 5: timeline 1's file of that minute was never finished.
PROMOTED = {"files": {1: range(1, 5), 2: range(5, 9)}, "histories": {2: [(1, 5)]}, "backups": [backup(2)]}
# Segments 5 and 6 were dropped; a backup was taken in minute 9.
HOLE = {"files": {1: [1, 2, 3, 4, 7, 8, 9, 10]}, "backups": [backup(2), backup(9)]}
