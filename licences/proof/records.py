"""What the log vouches for beside itself: unlock codes, licence files, checks, decisions and imports.

An unlock code and a licence file prove by their MAC and their signature what they say; the log says which of them
there are and by whom they were made. Of checks it holds the verdicts, of decisions the reasons, of imports how many
rows became purchases. What was said and what was on record in a check it does not hold: those columns may be erased.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from licences import licence_files
from licences.domain import codes
from licences.domain.decisions import Hold
from licences.domain.errors import Refusal
from licences.models import (
    Balance,
    CheckedItem,
    ChecklistCheck,
    Event,
    FileImport,
    ItemResolution,
    LicenceGrant,
    UnlockCode,
)
from licences.proof import supervision
from licences.proof.findings import Finding

T = TypeVar("T")
BATCH = 500
CHECKED = Event.Kind.RELICENSING_CHECKED
RESOLVING = {
    Event.Kind.RELICENSING_CONFIRMED: ItemResolution.Kind.ASKED_AGAIN,
    Event.Kind.RELICENSING_DECIDED: ItemResolution.Kind.ACCEPTED,
}
_HOLDS = frozenset(hold.value for hold in Hold)
Settled = tuple[int, int, str, str, str, str]


def record_findings(watch: Callable[[int], None] = lambda rows: None) -> Iterator[Finding]:
    """Everything about these records that is not as the log says. ``watch`` is told how many were looked at."""
    looked_at = 0
    for query, judge in _JUDGES:
        for batch in _batches(query().iterator(chunk_size=BATCH)):
            yield from judge(batch)
            looked_at += len(batch)
            watch(looked_at)


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


# --- Unlock codes ------------------------------------------------------------------------------------


def _codes() -> QuerySet[UnlockCode]:
    return UnlockCode.objects.select_related("serial__site__customer", "installation", "licence_file").order_by("pk")


def _judge_codes(batch: list[UnlockCode]) -> Iterator[Finding]:
    made_by = _first_actors({code.serial.code for code in batch})
    for code in batch:
        if not proves_itself(code):
            yield Finding("code-forged", "unlockcode", code.pk)
        file = getattr(code, "licence_file", None)
        if file is not None and not file_proves_itself(code):
            yield Finding("licence-file-forged", "licencefile", file.pk)
        about = {"serial": codes.grouped(code.serial.code), "sequence": code.sequence}
        actor = made_by.get((code.serial.code, code.sequence))
        if actor is None:
            yield Finding("code-without-event", "unlockcode", code.pk, about)
        elif actor != code.issued_by:
            yield Finding("code-by-another", "unlockcode", code.pk, {"by": code.issued_by, "actor": actor})


def _first_actors(serials: set[str]) -> dict[tuple[str, int], str]:
    """(Serial number, sequence) → who, by the first event that names this code."""
    told = Event.objects.filter(serial__in=serials).order_by("pk").values_list("serial", "details", "actor")
    actors: dict[tuple[str, int], str] = {}
    for serial, details, actor in told:
        if "sequence" in details:
            actors.setdefault((serial, details["sequence"]), actor)
    return actors


def proves_itself(code: UnlockCode) -> bool:
    """Whether an unlock code was made with a key of ours and says what its row says."""
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    try:
        said = codes.decode_unlock_code(code.code, **place, keys=settings.UNLOCK_KEYS)
        lines = tuple((line["slot"], line["quantity"]) for line in code.lines)
    except (Refusal, KeyError, TypeError):  # whoever changes the lines need not keep their shape
        return False
    stored = (code.key_id, code.sequence, code.assured_month, code.expires_on, lines)
    read = (said.key_id, said.sequence, said.assured_month, said.expires_on, said.lines)
    return stored == read and code.release_code == codes.release_code(code.code, **place)


def file_proves_itself(code: UnlockCode) -> bool:
    """Whether its licence file is signed by a key of ours, for this very code; or was erased with its customer."""
    if not code.licence_file.text:
        return code.serial.site.customer.erased_at is not None
    claims = licence_files.verified(code.licence_file.text)
    if claims is None:
        return False
    expires = code.expires_on.isoformat() if code.expires_on else None
    stored = (code.serial.code, code.installation.site_id, code.sequence, code.code, code.lines, expires)
    names = ("serial", "site_id", "sequence", "unlock_code", "licences", "expires_on")
    return stored == tuple(claims.get(name) for name in names)


# --- What events say of records: is it there? ----------------------------------------------------------


def _events() -> QuerySet[Event]:
    return Event.objects.exclude(serial="", kind__in=_WITHOUT_RECORDS).order_by("pk")


_WITHOUT_RECORDS = [Event.Kind.CATALOGUE_CHANGED, Event.Kind.REFERENCE_CHANGED, Event.Kind.CUSTOMER_CORRECTED]


def _judge_events(batch: list[Event]) -> Iterator[Finding]:
    told = {(event.serial, event.details["sequence"]): event for event in batch if "sequence" in event.details}
    made = UnlockCode.objects.filter(serial__code__in={serial for serial, _sequence in told})
    there = set(made.values_list("serial__code", "sequence"))
    for (serial, sequence), event in told.items():
        if (serial, sequence) not in there:
            about = {"serial": codes.grouped(serial), "sequence": sequence}
            yield Finding("code-missing", "event", event.pk, about)
    yield from _missing_checks([event for event in batch if event.kind == CHECKED])
    yield from _missing_decisions([event for event in batch if event.kind in RESOLVING])
    yield from _other_grants([event for event in batch if event.details.get("import")])


def _missing_checks(events: list[Event]) -> Iterator[Finding]:
    requests = {event.details["request"] for event in events}
    there = set(ChecklistCheck.objects.filter(request__in=requests).values_list("request_id", "number"))
    for event in events:
        request, number = event.details["request"], event.details["check"]
        if (request, number) not in there:
            yield Finding("check-missing", "event", event.pk, {"request": request, "number": number})


def _other_grants(events: list[Event]) -> Iterator[Finding]:
    bought = [event for event in events if event.kind == Event.Kind.PURCHASES_RECORDED]
    grants = LicenceGrant.objects.filter(file_import__in=[event.details["import"] for event in bought])
    counted = dict(grants.order_by().values_list("file_import").annotate(count=Count("pk")))
    known = set(FileImport.objects.filter(pk__in=[event.details["import"] for event in bought]).values_list("pk"))
    for event in bought:
        file_import, said = event.details["import"], event.details["rows"]
        found = counted.get(file_import, 0) if (file_import,) in known else 0
        if found != said:
            about = {"file_import": file_import, "said": said, "found": found}
            yield Finding("grants-differ", "event", event.pk, about)


# --- Checks and decisions ----------------------------------------------------------------------------


def _checks() -> QuerySet[ChecklistCheck]:
    return ChecklistCheck.objects.select_related("request").order_by("pk")


def _judge_checks(batch: list[ChecklistCheck]) -> Iterator[Finding]:
    events = _of_requests(batch).filter(kind=CHECKED)
    told = {(event.details["request"], event.details["check"]): event for event in events}
    verdicts: dict[int, dict[str, str]] = {check.pk: {} for check in batch}
    for checklist, item, verdict in CheckedItem.objects.filter(checklist__in=batch).values_list(
        "checklist_id", "item", "verdict"
    ):
        verdicts[checklist][item] = verdict
    for check in batch:
        event = told.get((check.request_id, check.number))
        if event is None:
            about = {"request": check.request_id, "number": check.number}
            yield Finding("check-without-event", "checklistcheck", check.pk, about)
            continue
        if event.details["verdicts"] != verdicts[check.pk]:
            yield Finding("verdicts-differ", "checklistcheck", check.pk, {"event": event.pk})
        if event.actor != check.checked_by:
            about = {"request": check.request_id, "number": check.number, "event": event.pk}
            yield Finding("check-by-another", "checklistcheck", check.pk, about)
        if check.number == 1 and event.actor != check.request.opened_by:
            yield Finding("request-of-another", "relicensing", check.request_id, {"event": event.pk})


def _of_requests(checks: Iterable[ChecklistCheck]) -> QuerySet[Event]:
    return Event.objects.filter(details__request__in=[check.request_id for check in checks])


def _decisions() -> QuerySet[ItemResolution]:
    return ItemResolution.objects.select_related("checked_item__checklist").order_by("pk")


def _judge_decisions(batch: list[ItemResolution]) -> Iterator[Finding]:
    events = _of_requests(decision.checked_item.checklist for decision in batch).filter(kind__in=RESOLVING)
    told = {settled for event in events for settled in _settled_by(event)}
    for decision in batch:
        if _settled(decision) not in told:
            yield Finding("decision-without-event", "itemresolution", decision.pk)


def _missing_decisions(events: list[Event]) -> Iterator[Finding]:
    requests = {event.details["request"] for event in events}
    kept = {_settled(each) for each in _decisions().filter(checked_item__checklist__request__in=requests)}
    for event in events:
        if not set(_settled_by(event)) <= kept:
            yield Finding("decision-missing", "event", event.pk)


def _settled(decision: ItemResolution) -> Settled:
    item, check = decision.checked_item, decision.checked_item.checklist
    return check.request_id, check.number, item.item, decision.kind, decision.reason, decision.resolved_by


def _settled_by(event: Event) -> Iterator[Settled]:
    """Which items an event settled; limits have no item that could say so, but approvals."""
    details, kind = event.details, RESOLVING[Event.Kind(event.kind)].value
    for item in details["items"]:
        if item not in _HOLDS:
            yield details["request"], details["check"], item, kind, details["reason"], event.actor


# --- Licences ----------------------------------------------------------------------------------------


def _odd_balances() -> QuerySet[Balance]:
    """Those that are not what the purchase lines add up to: the next unlock code would say them."""
    lines = LicenceGrant.objects.filter(serial=OuterRef("serial"), product=OuterRef("product")).order_by()
    bought = Subquery(lines.values("serial").annotate(all=Sum("quantity")).values("all"))
    balances = Balance.objects.annotate(bought=Coalesce(bought, 0)).exclude(quantity=F("bought"))
    return balances.select_related("serial", "product").order_by("pk")


def _judge_balances(batch: list[Any]) -> Iterator[Finding]:
    for each in batch:
        about = {"quantity": each.quantity, "bought": each.bought, "product": each.product.sku}
        yield Finding("balance-differs", "balance", each.pk, {"serial": codes.grouped(each.serial.code), **about})


_JUDGES: list[tuple[Callable[[], QuerySet[Any]], Callable[[list[Any]], Iterator[Finding]]]] = [
    (_codes, _judge_codes),
    (_events, _judge_events),
    (_checks, _judge_checks),
    (_decisions, _judge_decisions),
    (_odd_balances, _judge_balances),
    *supervision.JUDGES,
]
