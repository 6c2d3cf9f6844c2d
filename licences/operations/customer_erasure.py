"""Erasure of a customer's personal data: names, addresses and numbers go; licences, codes and proof stay.

Append-only rows allow no other change than this one, and only in their personal columns
(docs/decisions.md#append-only-records). The erasure is an event itself. ``licences.personal.inventory`` lists the
columns that it has to reach; docs/personal-data.md#a-customer-wants-to-be-forgotten describes it for staff.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers import history
from customers.contact import CONTACT_COLUMNS
from customers.models import Customer, Site
from licences import licence_files
from licences.database.append_only import ExemptionPurpose, exemption
from licences.domain.errors import Refusal
from licences.domain.matching import fold_name
from licences.domain.search_words import SearchableParty
from licences.licence_files import Ed25519PrivateKey
from licences.models import (
    CheckedItem,
    Event,
    FileImport,
    LicenceFile,
    Registration,
    RejectedRow,
    StagedInstallation,
    StagedPurchase,
)
from licences.operations import allocated_lists, notes, search
from licences.operations.code_deliveries import erase_deliveries
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases_or_refuse, lock_serials
from licences.operations.quality_marks import forget_quality_notes
from licences.operations.reasons import require_reason
from licences.personal.cell_search import is_about_customer
from licences.personal.customer_records import ITEMS_ABOUT_CUSTOMER, CustomerRecords
from licences.personal.unkeyed_records import (
    calls_without_serial,
    disclosures_naming,
    events_of_imports,
    file_names_naming,
    items_without_serial,
)
from licences.personal.upload_search import imports_naming, rejected_rows_naming


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """The erased customer, and how many rows of each kind were erased."""

    customer: Customer
    counts: dict[str, int]


@transaction.atomic
def erase_customer(*, customer_id: int, reason: str, by: str) -> ErasureResult:
    """Erase all personal data of a customer and of the customers merged into it, all or nothing.

    ``customer_id`` is a primary key. Returns the customer and how much was erased. Uploaded files that name the
    customer are deleted after the commit. ``Refusal``: ``reason-missing``, ``reason-too-short``, ``customer-merged``
    (erase the one that it was merged into), ``customer-erased`` (a second call), ``import-names-customer`` (an import
    in progress), ``purchases-busy`` (an import holds the lock). Rules: docs/decisions.md#what-for-good-means and
    docs/personal-data.md#a-customer-wants-to-be-forgotten.
    """
    reason = require_reason(reason)
    customer = lock_customer(customer_id)
    if customer.merged_into_id is not None:
        raise Refusal("customer-merged")
    if customer.erased_at is not None:
        raise Refusal("customer-erased")
    lock_purchases_or_refuse()  # an import could otherwise add a purchase of this customer meanwhile
    records = CustomerRecords(customer)
    lock_serials([serial.pk for serial in records.serials])
    _refuse_imports_in_progress(records)
    counts = _erase(records, reason=reason, by=by)
    events = (
        _events_of(records)
        + erase_file_names(records.identifying_values)
        + disclosures_naming(records.identifying_values)
    )
    details = {"customers": sorted(records.ids), "events": events, **counts, "reason": reason}
    erase_events(events)
    record_event(Event.Kind.CUSTOMER_ERASED, by=by, customer=customer, details=details)
    customer.refresh_from_db()
    return ErasureResult(customer, {**counts, "events": len(events)})


def _erase(records: CustomerRecords, *, reason: str, by: str) -> dict[str, int]:
    """Erase everything but the events; returns how many rows of each kind. Names to search for are read first."""
    values = records.identifying_values
    parties = [SearchableParty(each.name, each.contact_name, each.city) for each in records.customers]
    parties += [SearchableParty(each.name, each.contact_name, each.city) for each in records.registrations]
    parties += [SearchableParty(name) for name in records.past_customers.values_list("name", flat=True).distinct()]
    rejected = rejected_rows_naming(values).values_list("pk", flat=True)
    counts = {
        "files": _delete_uploads(values, records),
        "rejected_rows": delete_rejected_rows(list(rejected)),
        "licence_files": _sign_without_customer(records.licence_files),
        # Before the names that were given are gone.
        "callers": notes.empty_callers([*(each.pk for each in records.calls), *calls_without_serial(values)]),
        "checked_items": _erase_answers(records.checked_items, values),
        "code_deliveries": erase_deliveries(records.code_deliveries),
        "notes": notes.empty_notes([each.pk for each in records.notes]),
        "quality_notes": forget_quality_notes(records.quality_marks),
    }
    records.quality_findings.delete()
    counts["registrations"] = _erase_registrations(records.registrations)
    counts["hand_entries"] = _erase_site_names(records)
    _erase_records(records, reason=reason, by=by)
    search.refresh_serials([serial.pk for serial in records.serials])
    search.remove_unused_words(word for party in parties for word in party.names())
    return counts


# --- Customers and sites -----------------------------------------------------------------------------


def _erase_records(records: CustomerRecords, *, reason: str, by: str) -> None:
    """Blank customers and sites, then the values in their field history. That something changed, and why, stays."""
    change = {"by": by, "source": "erasure", "reason": reason}
    site_ids = list(records.sites.values_list("pk", flat=True))
    with (
        history.recording_changes(Site, site_ids, **change),
        history.recording_changes(Customer, records.ids, **change),
    ):
        for customer in records.customers:
            _blank(customer).save()
        Site.objects.filter(pk__in=site_ids).update(name="", name_key="")
    records.past_customers.update(name="", number="", **dict.fromkeys(CONTACT_COLUMNS, ""))
    records.past_sites.update(name="")


def _blank(customer: Customer) -> Customer:
    """Blank a customer, unsaved, so that no search finds it and no purchase matches it; returns it.

    The name must not be empty: it becomes the primary key in brackets.
    """
    for name in CONTACT_COLUMNS:
        setattr(customer, name, "")
    customer.number, customer.name = "", f"[{customer.pk}]"
    customer.name_search, customer.match_key = fold_name(customer.name), f"erased {customer.pk}"
    customer.number_key, customer.country_key, customer.details_key = "", "", customer.match_key
    customer.street_block = customer.postcode_block = customer.phone_block = 0
    customer.erased_at = timezone.now()
    return customer


# --- Append-only rows, under the exemption ----------------------------------------------------------------


def _erase_registrations(registrations: list[Registration]) -> int:
    """Blank name, address and contact in registrations, which no other operation may change; returns how many."""
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        rows = Registration.objects.filter(pk__in=[each.pk for each in registrations])
        return rows.update(name="", **dict.fromkeys(CONTACT_COLUMNS, ""))


def _erase_site_names(records: CustomerRecords) -> int:
    """Blank the names of sites in what was entered by hand; returns how many."""
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        return records.hand_entries.exclude(site_name="").update(site_name="")


def _erase_answers(items: list[CheckedItem], values: list[str]) -> int:
    """Blank answers, records and parameters of checked items; returns how many items.

    These are the items about name and address among ``items``, others that contain one of the customer's values, and
    those in requests without a recognised serial in which a similar name was given.
    """
    naming = [
        each.pk
        for each in items
        if each.item in ITEMS_ABOUT_CUSTOMER or any(value in f"{each.said} {each.on_record}" for value in values)
    ]
    return erase_checked_items([*naming, *items_without_serial(values)])


def erase_checked_items(ids: list[int]) -> int:
    """Blank answers, records and parameters of checked items, given by primary key; returns how many."""
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        return CheckedItem.objects.filter(pk__in=ids).update(said="", on_record="", parameters={})


def _sign_without_customer(files: list[LicenceFile]) -> int:
    """Remove the customer's name from licence files: sign them again without it. Returns how many files that were.

    A file that no configured key verifies cannot be signed again: its text is blanked, and it is counted too. Files
    that servers already have stay valid.
    """
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        for file in files:
            claims = licence_files.verify_signature(file.text)
            if claims is None:  # its key is gone, so its content cannot be trusted and signed again
                LicenceFile.objects.filter(pk=file.pk).update(text="")
                continue
            key_id = _usable_key_id(file.key_id)
            text = licence_files.sign({**claims, "customer": ""}, key_id=key_id)
            LicenceFile.objects.filter(pk=file.pk).update(text=text, key_id=key_id)
    return len(files)


def _usable_key_id(key_id: str) -> str:
    """The id of the key that signed the file if its private half is still configured, else that of the signing key."""
    is_private = isinstance(settings.LICENCE_KEYS.get(key_id), Ed25519PrivateKey)
    return key_id if is_private else licence_files.signing_key_id()


def _events_of(records: CustomerRecords) -> list[int]:
    """The keys of the events about the customer that still hold personal values."""
    return list(records.events.exclude(personal={}).values_list("pk", flat=True))


def erase_events(events: list[int]) -> None:
    """Empty the personal part of events, given by primary key. Their hashes stay valid."""
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        Event.objects.filter(pk__in=events).update(personal={})


# --- Files -------------------------------------------------------------------------------------------


def _refuse_imports_in_progress(records: CustomerRecords) -> None:
    """Refuse to erase a customer whom the file of an import in progress would bring back.

    ``Refusal``: ``import-names-customer``.
    """
    values, cells = records.identifying_values, records.cells
    in_progress = FileImport.objects.exclude(state__in=FileImport.ENDED)
    for file_import in in_progress:
        rows = Q(pk__range=file_import.row_ids)
        staged = StagedPurchase.objects.filter(rows & (Q(customer_name__in=values) | Q(customer_number__in=values)))
        named = rows & (Q(name__in=values) | Q(serial__in=[each.code for each in records.serials]))
        is_staged = staged.exists() or StagedInstallation.objects.filter(named).exists()
        if is_staged or is_about_customer(file_import, cells):
            raise Refusal("import-names-customer", file=file_import.file_name or str(file_import.pk))
    for file_import in imports_naming(values, in_progress):
        raise Refusal("import-names-customer", file=file_import.file_name or str(file_import.pk))


def _delete_uploads(values: list[str], records: CustomerRecords) -> int:
    """Delete, after the commit, the uploaded files that have to do with the customer; returns how many.

    Those are the files whose imports made the customer or matched it, which is what an import takes for the same in any
    spelling, and all that contain one of ``values``, its names and contacts. The imports stay.
    """
    ended = FileImport.objects.filter(state__in=FileImport.ENDED).exclude(upload="").order_by("pk")
    known = records.imports | set(records.compared_in.values_list("pk", flat=True))
    named = imports_naming(values, ended.exclude(pk__in=known))
    naming = {each.pk: each for each in [*ended.filter(pk__in=known), *named]}
    cells = records.cells
    naming |= {each.pk: each for each in ended if each.pk not in naming and is_about_customer(each, cells)}
    return detach_uploads(naming.values())


def detach_uploads(imports: Collection[FileImport]) -> int:
    """Detach the uploaded files of these imports, and delete them after the commit; returns how many."""
    for file_import in imports:
        storage, name = file_import.upload.storage, file_import.upload.name
        FileImport.objects.filter(pk=file_import.pk).update(upload="")
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]
    return len(imports)


def erase_file_names(values: list[str]) -> list[int]:
    """Blank file names of imports that contain one of the values; returns the keys of the events of those imports."""
    naming = file_names_naming(values)
    FileImport.objects.filter(pk__in=naming).update(file_name="")
    transaction.on_commit(partial(allocated_lists.erase_file_names, values), robust=True)
    return events_of_imports(naming)


def delete_rejected_rows(ids: list[int]) -> int:
    """Delete rejected rows by their primary keys; returns how many."""
    return RejectedRow.objects.filter(pk__in=ids).delete()[0]
