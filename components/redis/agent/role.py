"""The role that a server starts in: never a second primary, never an empty one over full replicas."""

import glob
import os

from .peers import DATA, EMPTY, PRIMARY, Survey

LEAD = "lead"
FOLLOW = "follow"
WAIT = "wait"

Plan = tuple[str, str]


def decide(survey: Survey, me: str, has_data: bool) -> Plan:
    """To follow an address, to lead, or to wait, with the reason. Pure.

    `survey`: the other servers and all Sentinels; `has_data`: whether this server's own volume holds any."""
    claimed, chosen = survey.that_are(PRIMARY), survey.chosen
    # A primary that answers beats the Sentinels' word: in the middle of a failover they still name the old one, which
    # may be us.
    if len(claimed) == 1:
        return FOLLOW, claimed[0]
    if claimed:
        if chosen in claimed:
            return FOLLOW, chosen
        return WAIT, "several servers say they are the primary, and the Sentinels have not settled it"
    if not chosen:
        return WAIT, "no primary answers, and no two Sentinels agree on one"
    if chosen != me:
        return FOLLOW, chosen
    if has_data:
        return LEAD, "with the data of our volume"
    # We are the one, with an empty volume. Leading would make every replica throw its copy away; while we keep silent,
    # the Sentinels fail over to one of them. Only a set in which nobody has anything yet is ours to begin, and with
    # nobody else there no write could be acknowledged anyway (min-replicas-to-write), so waiting costs nothing.
    if survey.that_are(DATA):
        return WAIT, "our volume is empty and a replica has data"
    if not survey.that_are(EMPTY):
        return WAIT, "our volume is empty and no other server answers"
    return LEAD, "nobody has any data yet"


def has_data(folder: str) -> bool:
    """Whether a volume holds any data."""
    dump = os.path.join(folder, "dump.rdb")
    if os.path.exists(dump) and os.path.getsize(dump) > 0:
        return True
    return bool(glob.glob(os.path.join(folder, "appendonlydir", "*.manifest")))
