"""Taking back an import of purchases: every line that it brought is reversed, in one transaction and as one event
(docs/decisions.md#imports-that-are-taken-back).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from customers.contact import CONTACT_COLUMNS
from licences.domain.codes import grouped
from licences.domain.errors import Refusal
from licences.imports import reversal_statements, temporary_tables
from licences.imports.rows.purchase_lines import COLUMNS
from licences.imports.statement_runner import StatementRunner
from licences.models import Event, FileImport, Installation, LicenceGrant, Serial, grants_in_force
from licences.operations import digests
from licences.operations.events import record_event
from licences.operations.locks import lock_purchases_or_refuse
from licences.operations.reasons import require_reason

SHOWN = 20  # serial numbers in use that are named
Kind = Event.Kind
# What happens to a serial number and needs its licences: after it, an import is not taken back any more.
_USES = [
    Kind.REGISTERED,
    Kind.REGISTRATION_RENEWED,
    Kind.LICENCES_UPDATED,
    Kind.RELICENSED,
    Kind.EMERGENCY_ISSUED,
    Kind.TRANSFERRED,
]
_CLOCKS = timedelta(hours=1)  # by which the clocks of two servers may differ
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class SerialsInUse:
    """The serial numbers that keep an import from being taken back: how many, and the first ``SHOWN``, grouped."""

    count: int
    shown: list[str]


@transaction.atomic
def take_back_import(*, file_import_id: int, reason: str, by: str) -> FileImport:
    """Take back an import of purchases, and return it, now ``TAKEN_BACK``.

    Each of its lines gets a row that reverses it, and balances fall. Its serial numbers, customers and sites stay, and
    the same purchase lines may be imported again; they get the same serial numbers. ``by`` is a username. Rule:
    docs/imports.md#taking-back-an-import.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``purchases-busy``, ``import-not-applied`` (nothing was
    imported, or no purchases), ``import-taken-back`` (also on a second call), ``import-in-use`` with ``count`` and
    ``serials`` (registered, topped up or transferred since).
    """
    reason = require_reason(reason)
    lock_purchases_or_refuse()
    file_import = FileImport.objects.select_for_update(no_key=True).get(pk=file_import_id)
    _refuse_unless_applied(file_import)
    run, before = StatementRunner(file_import), digests.BatchEnds.current()
    run.lock_rows(reversal_statements.TOUCHED_SERIALS)  # first, so that no code is issued for them from here on
    in_use = serials_in_use(file_import)
    if in_use.count:
        raise Refusal("import-in-use", count=in_use.count, serials=in_use.shown)
    # In this order: the reversals are told from what they reverse, and both statements read the rows of the import.
    run(reversal_statements.LOWER_BALANCES)
    rows = run(reversal_statements.INSERT_REVERSALS)
    _end(file_import, reason=reason, by=by)
    details = {
        "import": file_import.pk, "digest": file_import.sha256, "rows": rows, "reason": reason,
        "made": digests.digest_purchase_batch(before),
    }  # fmt: skip
    temporary_tables.check_references()
    record_event(Kind.IMPORT_TAKEN_BACK, by=by, details=details, personal={"file": file_import.file_name})
    return file_import


def _refuse_unless_applied(file_import: FileImport) -> None:
    """Refuse to take back an import that did not record purchases, or was taken back already.

    ``Refusal``: ``import-taken-back``, ``import-not-applied``.
    """
    if file_import.state == FileImport.State.TAKEN_BACK:
        raise Refusal("import-taken-back")
    if not holds_purchases(file_import):
        raise Refusal("import-not-applied")


def _end(file_import: FileImport, *, reason: str, by: str) -> None:
    """Save the import as ``TAKEN_BACK``: by whom, why, and now."""
    file_import.state, file_import.taken_back_at = FileImport.State.TAKEN_BACK, timezone.now()
    file_import.taken_back_by, file_import.taken_back_reason = by, reason
    file_import.save(update_fields=["state", "taken_back_at", "taken_back_by", "taken_back_reason"])


# --- What keeps an import from being taken back --------------------------------------------------------


def holds_purchases(file_import: FileImport) -> bool:
    """Whether the import recorded purchases that were not taken back."""
    return file_import.kind == FileImport.Kind.PURCHASES and file_import.state == FileImport.State.APPLIED


def serials_in_use(file_import: FileImport) -> SerialsInUse:
    """The serial numbers of an applied import that keep it from being taken back.

    They were used since, that is registered, updated, re-licensed, transferred or taken over, or have later purchase
    lines in force.
    """
    own = LicenceGrant.objects.filter(file_import=file_import, reverses=None)
    touched = Serial.objects.filter(pk__in=own.values("serial"))
    used: set[str] = set()
    for codes in (_topped_up(own, touched), _used(file_import, touched), _taken_over(file_import, touched)):
        used.update(codes)
    return SerialsInUse(len(used), [grouped(code) for code in sorted(used)[:SHOWN]])


def _topped_up(own: QuerySet[LicenceGrant], touched: QuerySet[Serial]) -> QuerySet[Any]:
    """Codes of the serials in ``touched`` that have purchase lines recorded after those in ``own``.

    ``own`` are the lines of the import, ``touched`` its serials. Batches are recorded one at a time.
    """
    last = own.aggregate(last=Max("pk"))["last"] or 0
    later = grants_in_force().filter(pk__gt=last, serial=OuterRef("pk"))
    return touched.filter(Exists(later)).values_list("code", flat=True)


def _used(file_import: FileImport, touched: QuerySet[Serial]) -> QuerySet[Any]:
    """Codes of the serials in ``touched``, those of the import, that have an event since it was applied.

    Events are numbered in the order in which their transactions ended.
    """
    recorded = _recorded(file_import)
    since = Event.objects.filter(kind__in=_USES, serial__in=touched.values("code"))
    since = since.filter(pk__gt=recorded.pk) if recorded else since
    return since.order_by().values_list("serial", flat=True).distinct()


def _recorded(file_import: FileImport) -> Event | None:
    """The event of the import; None where it is not found."""
    if file_import.ended_at is None:
        return None
    later = Event.objects.filter(kind=Kind.PURCHASES_RECORDED, at__gte=file_import.ended_at - _CLOCKS)
    return later.filter(details__import=file_import.pk).order_by("at").first()


def _taken_over(file_import: FileImport, touched: QuerySet[Serial]) -> QuerySet[Any]:
    """Codes of the serials in ``touched``, those of the import, that were taken over from an older system.

    None where no serial at all was taken over since the import. No record says when one serial was taken over, so this
    may name one that was taken over before.
    """
    applied = FileImport.objects.filter(kind=FileImport.Kind.INSTALLATIONS, state=FileImport.State.APPLIED)
    if not applied.filter(ended_at__gte=file_import.ended_at).exists():
        return Serial.objects.none().values_list("code", flat=True)
    installed = Installation.objects.filter(serial=OuterRef("pk"), origin=Installation.Origin.TAKEN_OVER)
    return touched.filter(Exists(installed)).values_list("code", flat=True)


# --- The reversed rows as a file -----------------------------------------------------------------------


def reversed_rows(file_import: FileImport) -> QuerySet[LicenceGrant]:
    """The purchase lines of an import that are in force, in the order of the file."""
    rows = grants_in_force().filter(file_import=file_import).order_by("pk")
    return rows.select_related("product", "serial__site__customer")


def reversed_table(file_import: FileImport) -> tuple[list[str], Iterator[list[Any]]]:
    """Columns and rows of a purchase file that returns what the import brought; its keys name import and row."""
    rows = reversed_rows(file_import).iterator(chunk_size=_BATCH)
    return list(COLUMNS), (_reversed_row(file_import, each) for each in rows)


def _reversed_row(file_import: FileImport, grant: LicenceGrant) -> list[str]:
    """The cells, in the order of ``COLUMNS``, of a row for a purchase file that returns what a grant brought."""
    site, customer = grant.serial.site, grant.serial.site.customer
    values = {
        "purchase_reference": f"RETURN-IMPORT-{file_import.pk}",
        "line": str(grant.file_row or grant.pk),
        "purchased_on": timezone.localdate(file_import.ended_at).isoformat(),
        "serial": grouped(grant.serial.code),
        "product": grant.product.sku,
        "quantity": str(-grant.quantity),
        "software_assurance_until": "",
        "customer_number": customer.number,
        "customer_name": customer.name,
        **{name: getattr(customer, name) for name in CONTACT_COLUMNS},
        "site_name": site.name,
    }
    return [values[column] for column in COLUMNS]
