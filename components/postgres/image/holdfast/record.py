"""What the fence keeps with Patroni's own state: two annotations of the Endpoints `<cluster>-config`, as JSON. Pure.

`holdfast.dev/promotion`: whom it let through last; written by the holder of the lock before it lets itself go.
`holdfast.dev/rescue`: a person's order; written by `npm run rescue`.
"""

import json
from dataclasses import asdict

from .rescue import Order
from .verdict import Promotion, Sync

PROMOTION = "holdfast.dev/promotion"
RESCUE = "holdfast.dev/rescue"
# On the lock: the newest timeline in the archive, for a database that an undone restore brought back and that does not
# know the timelines opened since. The archive would refuse the second history of one number for ever. Written by
# `npm run restore -- --undo` (restore/names.ts).
TAKEN = "holdfast.dev/timelines-taken"
# On `<cluster>-sync`, and only so that it has another version.
FENCED = "holdfast.dev/fenced"


class Unreadable(Exception):
    """An annotation that nobody of ours wrote like this."""

    def __init__(self, annotation: str, error: Exception) -> None:
        super().__init__(f"the annotation {annotation} can't be read ({error!r}): remove it from <cluster>-config")


def write(promotion: Promotion) -> str:
    """The annotation's text."""
    return json.dumps({key: value for key, value in asdict(promotion).items() if value is not None})


def promotion(annotations: dict[str, str]) -> Promotion | None:
    """Whom the fence let through last; Unreadable where something is there and says nothing."""
    if not (text := annotations.get(PROMOTION)):
        return None
    try:
        found = json.loads(text)
        timeline, at = int(found["timeline"]), float(found["at"])
        return Promotion(str(found["member"]), str(found["after"]), timeline, at, found.get("rescue"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(PROMOTION, error) from error


def taken(lock: dict[str, str]) -> int:
    """The newest timeline that is taken without this database knowing it; 0 for none."""
    text = lock.get(TAKEN) or ""
    return int(text) if text.isdigit() else 0


def order(annotations: dict[str, str]) -> Order | None:
    """The person's order, if there is one; Unreadable likewise."""
    if not (text := annotations.get(RESCUE)):
        return None
    try:
        found = json.loads(text)
        state = found["state"]
        sync = Sync(str(state["leader"]), set(map(str, state["standbys"])), int(state["quorum"]))
        return Order(str(found["id"]), str(found["member"]), float(found["at"]), sync, str(found["by"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(RESCUE, error) from error


def sync(annotations: dict[str, str]) -> Sync:
    """Patroni's synchronous state, from the annotations of `<cluster>-sync`."""
    standbys = (annotations.get("sync_standby") or "").split(",")
    return Sync(annotations.get("leader") or "", set(filter(None, standbys)), int(annotations.get("quorum") or 0))
