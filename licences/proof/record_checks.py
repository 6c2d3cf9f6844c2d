"""Checks of the records that the event log vouches for: unlock codes, licence files, checklists, decisions, licences.

An unlock code is proved by its MAC, a licence file by its signature; the log says which of them exist and who issued
them. For checklists the log holds the verdicts, for decisions the reasons, for imports the number of purchase lines. It
does not hold what was said and what was on record in a checklist: those columns may be erased.

The checks of the sister modules run from here as well. What is checked is listed in docs/proof.md#the-event-log.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from licences import licence_files
from licences.domain import codes
from licences.domain.approvals import LimitKind
from licences.domain.batches import batched
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
from licences.operations import digests
from licences.proof import hand_checks, import_checks, request_checks, serial_checks, supervision_checks
from licences.proof.findings import Judges, LogFinding
from licences.proof.verification import erased_events

BATCH = 500
CHECKED = Event.Kind.RELICENSING_CHECKED
RESOLVING = {
    Event.Kind.RELICENSING_CONFIRMED: ItemResolution.Kind.ASKED_AGAIN,
    Event.Kind.RELICENSING_DECIDED: ItemResolution.Kind.ACCEPTED,
}
_LIMITS = frozenset(limit.value for limit in LimitKind)
SettledItem = tuple[int, int, str, str, str, str]


def record_findings(watch: Callable[[int], None] = lambda rows: None) -> Iterator[LogFinding]:
    """Findings about all records that differ from the log.

    ``watch`` is called with the number of records checked so far. Reads in batches of ``BATCH``, locks and writes
    nothing.
    """
    looked_at = 0
    for rows, judge in _JUDGES:
        for batch in batched(rows.iterator(chunk_size=BATCH), BATCH):
            yield from judge(batch)
            looked_at += len(batch)
            watch(looked_at)
    yield from import_checks.import_findings(lambda rows: watch(looked_at + rows))


# --- Unlock codes ------------------------------------------------------------------------------------


def _judge_codes(batch: list[UnlockCode]) -> Iterator[LogFinding]:
    """Findings about unlock codes and their licence files, and about who issued them."""
    logged = _first_events({code.serial.code for code in batch})
    for code in batch:
        event = logged.get((code.serial.code, code.sequence))
        yield from _judge_code(code, event)
        yield from _judge_file(code, event)
        if event is None:
            about = {"serial": codes.grouped(code.serial.code), "sequence": code.sequence}
            yield LogFinding("code-without-event", "unlockcode", code.pk, about)
        elif event.actor != code.issued_by:
            yield LogFinding("code-by-another", "unlockcode", code.pk, {"by": code.issued_by, "actor": event.actor})


def _first_events(serials: set[str]) -> dict[tuple[str, int], Event]:
    """(Serial number, sequence) → the first event that names this unlock code."""
    first: dict[tuple[str, int], Event] = {}
    for event in Event.objects.filter(serial__in=serials).order_by("pk"):
        if "sequence" in event.details:
            first.setdefault((event.serial, event.details["sequence"]), event)
    return first


def _logged_digest(event: Event | None, what: str) -> str:
    """The digest of ``what`` in an event; empty without an event, or where the event is older than the digests."""
    return str(event.details.get("made", {}).get(what, "")) if event else ""


def _judge_code(code: UnlockCode, event: Event | None) -> Iterator[LogFinding]:
    """Findings about one unlock code. If its key is no longer in the settings, the digest alone vouches for it."""
    logged, stored_digest = _logged_digest(event, "code"), digests.digest_unlock_code(code)
    retired = code.key_id not in settings.UNLOCK_KEYS and logged == stored_digest
    if not retired and not is_valid_unlock_code(code):
        yield LogFinding("code-forged", "unlockcode", code.pk)
    elif event and logged and logged != stored_digest:
        yield LogFinding("code-differs", "unlockcode", code.pk, {"event": event.pk})


def _judge_file(code: UnlockCode, event: Event | None) -> Iterator[LogFinding]:
    """Findings about the licence file of an unlock code, which an erasure may have emptied or signed again."""
    file, logged = getattr(code, "licence_file", None), _logged_digest(event, "file")
    if file is None:
        if event and logged:
            yield LogFinding("licence-file-missing", "unlockcode", code.pk, {"event": event.pk})
        return
    if not file.text:
        if not _is_erased(code):
            yield LogFinding("licence-file-forged", "licencefile", file.pk)
        return
    stored_digest = digests.digest_licence_file(file.text)
    retired = file.key_id not in settings.LICENCE_KEYS and logged == stored_digest != ""
    if not retired and not is_valid_licence_file(code):
        yield LogFinding("licence-file-forged", "licencefile", file.pk)
    elif event and logged and logged != stored_digest:
        yield LogFinding("licence-file-differs", "licencefile", file.pk, {"event": event.pk})


def _is_erased(code: UnlockCode) -> bool:
    """Whether the personal data of its customer, or of an earlier customer of its serial number, were erased."""
    if code.serial.site.customer.erased_at is not None:
        return True
    events = Event.objects.filter(serial=code.serial.code, personal={}).values_list("pk", flat=True)
    return not erased_events([Event.Kind.CUSTOMER_ERASED]).isdisjoint(events)


def is_valid_unlock_code(code: UnlockCode) -> bool:
    """Whether an unlock code was made with a key of the settings and says the same as its row.

    Compares MAC, licences, days and release code (docs/codes.md). Lines that
    have lost their shape make it false.
    """
    binding = {"serial": code.serial.code, "site_id": code.installation.site_id}
    try:
        decoded = codes.decode_unlock_code(code.code, **binding, keys=settings.UNLOCK_KEYS)
        lines = tuple((line["slot"], line["quantity"]) for line in code.lines)
    except (Refusal, KeyError, TypeError):  # lines that were tampered with may have any shape
        return False
    stored = (code.key_id, code.sequence, code.assured_month, code.expires_on, lines)
    content = (decoded.key_id, decoded.sequence, decoded.assured_month, decoded.expires_on, decoded.lines)
    month_matches = code.assured_until is None or code.covers_month_of(code.assured_until)
    return stored == content and month_matches and code.release_code == codes.release_code(code.code, **binding)


def is_valid_licence_file(code: UnlockCode) -> bool:
    """Whether the licence file of an unlock code is signed by a known key and says the same as the code's row.

    The code must have a licence file.
    """
    claims = licence_files.verify_signature(code.licence_file.text)
    if claims is None:
        return False
    expires = code.expires_on.isoformat() if code.expires_on else None
    stored = (code.serial.code, code.installation.site_id, code.sequence, code.code, code.lines, expires)
    names = ("serial", "site_id", "sequence", "unlock_code", "licences", "expires_on")
    return stored == tuple(claims.get(name) for name in names) and _states_assured_day(code, claims)


def _states_assured_day(code: UnlockCode, claims: dict[str, Any]) -> bool:
    """Whether the file says the same end of Software Assurance as the row: to the day, or to the month where the row
    has only that (docs/decisions.md#days-and-months-of-software-assurance)."""
    until = claims.get("software_assurance_until")
    if code.assured_until is not None:
        return bool(until == code.assured_until.isoformat())
    try:
        return code.covers_month_of(date.fromisoformat(until) if until else None)
    except (TypeError, ValueError):
        return False


# --- Records that events name: do they exist? ----------------------------------------------------------


_WITHOUT_RECORDS = [
    Event.Kind.CATALOGUE_CHANGED,
    Event.Kind.REFERENCE_CHANGED,
    Event.Kind.PROFILE_CHANGED,
    Event.Kind.KEY_CREATED,
    Event.Kind.KEY_ROTATED,
    Event.Kind.KEY_REVOKED,
    Event.Kind.CUSTOMER_CORRECTED,
]


def _judge_events(batch: list[Event]) -> Iterator[LogFinding]:
    """Findings about records that these events name and that are gone or differ."""
    logged = {(event.serial, event.details["sequence"]): event for event in batch if "sequence" in event.details}
    issued = UnlockCode.objects.filter(serial__code__in={serial for serial, _sequence in logged})
    existing = set(issued.values_list("serial__code", "sequence"))
    for (serial, sequence), event in logged.items():
        if (serial, sequence) not in existing:
            about = {"serial": codes.grouped(serial), "sequence": sequence}
            yield LogFinding("code-missing", "event", event.pk, about)
    yield from _missing_checks([event for event in batch if event.kind == CHECKED])
    yield from _missing_decisions([event for event in batch if event.kind in RESOLVING])
    yield from _differing_grants([event for event in batch if event.details.get("import")])


def _missing_checks(events: list[Event]) -> Iterator[LogFinding]:
    request_checks = {event.details["request"] for event in events}
    existing = set(ChecklistCheck.objects.filter(request__in=request_checks).values_list("request_id", "number"))
    for event in events:
        request, number = event.details["request"], event.details["check"]
        if (request, number) not in existing:
            yield LogFinding("check-missing", "event", event.pk, {"request": request, "number": number})


def _differing_grants(events: list[Event]) -> Iterator[LogFinding]:
    recording = [event for event in events if event.kind == Event.Kind.PURCHASES_RECORDED]
    imports = [event.details["import"] for event in recording]
    grants = LicenceGrant.objects.filter(file_import__in=imports, reverses=None)
    counted = dict(grants.order_by().values_list("file_import").annotate(count=Count("pk")))
    known = set(FileImport.objects.filter(pk__in=imports).values_list("pk"))
    for event in recording:
        file_import, logged = event.details["import"], event.details["rows"]
        stored = counted.get(file_import, 0) if (file_import,) in known else 0
        if stored != logged:
            about = {"file_import": file_import, "logged": logged, "stored": stored}
            yield LogFinding("grants-differ", "event", event.pk, about)


# --- Checks and decisions ----------------------------------------------------------------------------


def _judge_checks(batch: list[ChecklistCheck]) -> Iterator[LogFinding]:
    """Findings about checks: their verdicts, who made them, and who opened the request."""
    events = _of_requests(batch).filter(kind=CHECKED)
    logged = {(event.details["request"], event.details["check"]): event for event in events}
    verdicts: dict[int, dict[str, str]] = {check.pk: {} for check in batch}
    for checklist, item, verdict in CheckedItem.objects.filter(checklist__in=batch).values_list(
        "checklist_id", "item", "verdict"
    ):
        verdicts[checklist][item] = verdict
    for check in batch:
        event = logged.get((check.request_id, check.number))
        if event is None:
            about = {"request": check.request_id, "number": check.number}
            yield LogFinding("check-without-event", "checklistcheck", check.pk, about)
            continue
        if event.details["verdicts"] != verdicts[check.pk]:
            yield LogFinding("verdicts-differ", "checklistcheck", check.pk, {"event": event.pk})
        if event.actor != check.checked_by:
            about = {"request": check.request_id, "number": check.number, "event": event.pk}
            yield LogFinding("check-by-another", "checklistcheck", check.pk, about)
        if check.number == 1 and event.actor != check.request.opened_by:
            yield LogFinding("request-of-another", "relicensing", check.request_id, {"event": event.pk})


def _of_requests(checks: Iterable[ChecklistCheck]) -> QuerySet[Event]:
    return Event.objects.filter(details__request__in=[check.request_id for check in checks])


def _decisions() -> QuerySet[ItemResolution]:
    return ItemResolution.objects.select_related("checked_item__checklist").order_by("pk")


def _judge_decisions(batch: list[ItemResolution]) -> Iterator[LogFinding]:
    """Findings about decisions that no event records with this reason and person."""
    events = _of_requests(decision.checked_item.checklist for decision in batch).filter(kind__in=RESOLVING)
    logged = {settled for event in events for settled in _items_settled_by(event)}
    for decision in batch:
        if _settled_item(decision) not in logged:
            yield LogFinding("decision-without-event", "itemresolution", decision.pk)


def _missing_decisions(events: list[Event]) -> Iterator[LogFinding]:
    request_checks = {event.details["request"] for event in events}
    stored = {_settled_item(each) for each in _decisions().filter(checked_item__checklist__request__in=request_checks)}
    for event in events:
        if not set(_items_settled_by(event)) <= stored:
            yield LogFinding("decision-missing", "event", event.pk)


def _settled_item(decision: ItemResolution) -> SettledItem:
    item, check = decision.checked_item, decision.checked_item.checklist
    return check.request_id, check.number, item.item, decision.kind, decision.reason, decision.resolved_by


def _items_settled_by(event: Event) -> Iterator[SettledItem]:
    """The items that an event settled. Limits are left out: they are agreed to by approvals, not by decisions."""
    details, kind = event.details, RESOLVING[Event.Kind(event.kind)].value
    for item in details["items"]:
        if item not in _LIMITS:
            yield details["request"], details["check"], item, kind, details["reason"], event.actor


# --- Licences ----------------------------------------------------------------------------------------


def _differing_balances() -> QuerySet[Balance]:
    """Balances that differ from the sum of the purchase lines; the next unlock code would use them."""
    lines = LicenceGrant.objects.filter(serial=OuterRef("serial"), product=OuterRef("product")).order_by()
    total = Subquery(lines.values("serial").annotate(all=Sum("quantity")).values("all"))
    balances = Balance.objects.annotate(bought=Coalesce(total, 0)).exclude(quantity=F("bought"))
    return balances.select_related("serial", "product").order_by("pk")


def _judge_balances(batch: list[Any]) -> Iterator[LogFinding]:
    """A finding for each of these balances."""
    for each in batch:
        about = {"quantity": each.quantity, "bought": each.bought, "product": each.product.sku}
        yield LogFinding("balance-differs", "balance", each.pk, {"serial": codes.grouped(each.serial.code), **about})


# Each query with the function that judges a batch of its rows.
_JUDGES: Judges = [
    (
        UnlockCode.objects.select_related("serial__site__customer", "installation", "licence_file").order_by("pk"),
        _judge_codes,
    ),
    # All but those that name no record, such as changes of the catalogue.
    (Event.objects.exclude(serial="", kind__in=_WITHOUT_RECORDS).order_by("pk"), _judge_events),
    (ChecklistCheck.objects.select_related("request").order_by("pk"), _judge_checks),
    (_decisions(), _judge_decisions),
    (_differing_balances(), _judge_balances),
    *import_checks.JUDGES,
    *supervision_checks.JUDGES,
    *hand_checks.JUDGES,
    *request_checks.JUDGES,
    *serial_checks.JUDGES,
]
