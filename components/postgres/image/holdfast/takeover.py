"""A person's order that this member is to lead, where too few are left to be safe: written down, passed on, waited for.

    python3 -S /opt/holdfast/hook.py rescue <who orders it> [the state that it is ordered for, as JSON without blanks]

`npm run rescue` asks for it after it has shown what may be lost. Patroni promotes only who can have a quorum, unless a
member is named; the fence lets that one through only with the order, which says for which state it was given
(`rescue.py`). Both are taken back at the end, so neither is good for another day.
"""

import json
import logging
import time
import uuid

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from . import events, local, record, rest
from .env import number
from .fence import Candidate
from .kube import Kube
from .rescue import Order
from .verdict import Known, Sync, effective

log = logging.getLogger(__name__)

FAILOVER_SECONDS = number("ORDER_ANSWER_SECONDS")
LEAD_SECONDS = number("LEAD_SECONDS")

# Seconds between two looks at that.
LOOK_SECONDS = 0.5


def text_of(order: Order) -> str:
    """The annotation's text, which `record.order` reads. Pure."""
    state = {"leader": order.state.leader, "standbys": sorted(order.state.standbys), "quorum": order.state.quorum}
    return json.dumps({"id": order.id, "member": order.member, "at": order.at, "state": state, "by": order.by})


def state_of(text: str) -> Sync:
    """The state that a person saw, from the hook's last word. Pure."""
    found = json.loads(text)
    return Sync(found["leader"], set(found["standbys"]), found["quorum"])


def words(state: Sync) -> str:
    """The state for people. Pure."""
    if not state.leader:
        return "nobody knows who led last"
    return f"{state.leader} led last, with {', '.join(sorted(state.standbys)) or 'nobody'} to acknowledge"


def run(kube: Kube, me: Candidate, by: str, seen: str | None = None) -> tuple[bool, str]:
    """Whether this member leads now, and what there is to say about it.

    `by`: who ordered it; `seen`: the state that was looked at, by default whatever it is now.
    """
    try:
        return _run(kube, me, by, seen)
    except record.Unreadable as error:
        return False, f"{error}."
    except (ApiException, HTTPError) as error:
        if getattr(error, "status", None) == 409:
            return False, "Somebody changed the cluster's state at the same moment: look again with `npm run rescue`."
        return False, f"The Kubernetes API does not answer, so nothing can be ordered: try again. ({error})"


def _run(kube: Kube, me: Candidate, by: str, seen: str | None) -> tuple[bool, str]:
    if _leads(kube, me):
        return True, f"{me.name} leads already."
    state = kube.state(me.cluster)
    config, sync = state.get(f"{me.cluster}-config"), state.get(f"{me.cluster}-sync")
    promotion = record.promotion(config.annotations if config else {})
    now = effective(Known(sync and record.sync(sync.annotations), promotion, me.members))
    if seen is not None and state_of(seen) != now:
        return False, f"The state has changed since it was shown ({words(now)}): look again with `npm run rescue`."
    order = Order(uuid.uuid4().hex, me.name, time.time(), now, by)
    kube.keep(me.cluster, f"{me.cluster}-config", config, {record.RESCUE: text_of(order)})
    text = f"{by} ordered {me.name} to lead without a quorum; {words(now)} (order {order.id})"
    _tell(kube, me.name, "RescueOrdered", text)
    try:
        refused = _ask_patroni(kube, me)
        leads = refused is None and _wait(kube, me)
    finally:
        _withdraw(kube, me, order.id)
    if refused is not None:
        return False, f"Patroni refused, and the order was taken back: {refused}"
    if not leads:
        failed = f"{me.name} does not lead after {LEAD_SECONDS:.0f} s, and the order was taken back"
        _tell(kube, me.name, "RescueFailed", f"{failed} ({order.id})")
        where = f'a line with "fence:" in `kubectl logs {me.name} -c agent`'
        return False, f"{failed}: {where} says what stands in the way."
    _tell(kube, me.name, "RescueDone", f"{me.name} leads by order {order.id} of {by}")
    return True, f"{me.name} leads, by order {order.id} of {by}."


def _ask_patroni(kube: Kube, me: Candidate) -> str | None:
    """Has Patroni promote this member; why it won't, or None. It may be slow to answer what it has noted down."""
    try:
        said = rest.patroni("127.0.0.1", "POST", "/failover", {"candidate": me.name}, timeout=FAILOVER_SECONDS)
        log.info("rescue: Patroni says: %s", said.get("text"))
    except rest.RestError as error:
        noted = kube.failover(me.cluster)
        if (noted is None or noted.annotations.get("member") != me.name) and kube.lock(me.cluster).leader != me.name:
            return str(error)
        log.info("rescue: Patroni has noted it down, though: %s", error)
    return None


def _leads(kube: Kube, me: Candidate) -> bool:
    """Whether the lock is this member's, and its PostgreSQL a primary."""
    here = local.state()
    return here.running and not here.in_recovery and kube.lock(me.cluster).leader == me.name


def _wait(kube: Kube, me: Candidate) -> bool:
    """Whether this member leads before time is up."""
    deadline = time.monotonic() + LEAD_SECONDS
    while time.monotonic() < deadline:
        try:
            if _leads(kube, me):
                return True
        except (ApiException, HTTPError) as error:
            log.info("rescue: who leads is not known just now: %s", error)
        time.sleep(LOOK_SECONDS)
    return False


def _withdraw(kube: Kube, me: Candidate, order: str) -> None:
    """Takes the order back, and what Patroni was asked, where they still stand."""
    try:
        state = kube.state(me.cluster)
        config, asked = state.get(f"{me.cluster}-config"), state.get(f"{me.cluster}-failover")
        if asked is not None and asked.annotations.get("member") == me.name:
            kube.order(me.cluster, asked, {"leader": None, "member": None})
        standing = record.order(config.annotations) if config else None
        if standing is not None and standing.id == order:
            kube.keep(me.cluster, f"{me.cluster}-config", config, {record.RESCUE: None})
    except (ApiException, HTTPError, record.Unreadable) as error:
        log.warning("rescue: order %s could not be taken back, and ends by itself: %s", order, error)


def _tell(kube: Kube, pod: str, reason: str, text: str) -> None:
    """Writes a line to the log, and an Event to the namespace."""
    log.warning("rescue: %s", text)
    events.tell(kube, pod, reason, text)
