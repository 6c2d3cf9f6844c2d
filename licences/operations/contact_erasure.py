"""Forgetting a contact person of a customer: the person's values go from all records, the company stays.

``licences.personal.contact_traces`` finds what is emptied here. The rest is as in an erasure
(``licences.operations.customer_erasure``); docs/personal-data.md#a-contact-person-wants-to-be-forgotten describes it
for staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from customers import history
from customers.models import Customer, Site
from licences.database.append_only import ExemptionPurpose, exemption
from licences.domain.contact_person import ContactPerson
from licences.domain.errors import Refusal
from licences.domain.search_words import words_of
from licences.models import (
    CodeDelivery,
    Event,
    FileImport,
    HandEntry,
    QualityMark,
    Registration,
    Relicensing,
    StagedInstallation,
    StagedPurchase,
)
from licences.operations import notes, search
from licences.operations.code_deliveries import erase_deliveries
from licences.operations.customer_erasure import (
    delete_rejected_rows,
    detach_uploads,
    erase_checked_items,
    erase_events,
    erase_file_names,
)
from licences.operations.customers import fill_search_columns
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases_or_refuse, lock_serials
from licences.operations.quality_marks import forget_quality_notes
from licences.operations.reasons import require_reason
from licences.personal.contact_traces import ColumnKeys, ContactTraces, columns_naming, find_contact, searched_values
from licences.personal.customer_records import CustomerRecords
from licences.personal.upload_search import imports_naming

_SOURCE = "contact-forgotten"  # of the history of customers and sites


@dataclass(frozen=True, slots=True)
class ForgottenContact:
    """The customer, and how many rows of each table were emptied or deleted; nothing for a person not on record."""

    customer: Customer
    counts: Mapping[str, int]


@transaction.atomic
def forget_contact(*, customer_id: int, person: ContactPerson, reason: str, by: str) -> ForgottenContact:
    """Empty what names a contact person in all records of a customer, all or nothing. The company stays.

    ``customer_id`` is a primary key. Uploaded files that name the person are deleted after the commit. Idempotent: if
    nothing names the person, nothing is written, and there is no event. ``Refusal``: ``reason-missing``,
    ``reason-too-short``, ``reason-names-contact`` (the reason is kept), ``contact-missing`` (no value was chosen),
    ``customer-unknown`` (merged or erased), ``import-names-contact`` (an import in progress), ``purchases-busy`` (an
    import holds the lock). Rule: docs/personal-data.md#a-contact-person-wants-to-be-forgotten.
    """
    reason = require_reason(reason)
    if not person.values:
        raise Refusal("contact-missing")
    if person.is_named_in(reason):
        raise Refusal("reason-names-contact", field="reason")
    customer = lock_customer(customer_id)
    if customer.merged_into_id is not None or customer.erased_at is not None:
        raise Refusal("customer-unknown")
    lock_purchases_or_refuse()  # an import could otherwise bring the person back meanwhile
    records = CustomerRecords(customer)
    lock_serials([serial.pk for serial in records.serials])
    traces = find_contact(records, person)
    _refuse_imports_in_progress(traces.person)
    if traces.counts:
        _forget(records, traces, reason=reason, by=by)
    customer.refresh_from_db()
    return ForgottenContact(customer, traces.counts)


def _refuse_imports_in_progress(person: ContactPerson) -> None:
    """Refuse to forget a person whom the file of an import in progress would bring back.

    ``Refusal``: ``import-names-contact``.
    """
    in_progress = FileImport.objects.exclude(state__in=FileImport.ENDED)
    contact = Q(contact_name__in=person.names) | Q(contact_phone__in=person.phones)
    contact |= Q(contact_email__in=person.emails)
    for file_import in in_progress:
        rows = contact & Q(pk__range=file_import.row_ids)
        if any(staged.objects.filter(rows).exists() for staged in (StagedPurchase, StagedInstallation)):
            raise Refusal("import-names-contact", file=file_import.file_name or str(file_import.pk))
    for file_import in imports_naming(searched_values(person), in_progress):
        raise Refusal("import-names-contact", file=file_import.file_name or str(file_import.pk))


def _forget(records: CustomerRecords, traces: ContactTraces, *, reason: str, by: str) -> None:
    """Empty everything that names the person, make the search texts again, and record the event.

    ``records`` are the customer and all that belongs to it, ``traces`` where in them the person is named.
    """
    rows = traces.rows
    change = {"by": by, "source": _SOURCE, "reason": reason}
    _empty_customers(records, traces, **change)
    _empty_site_names(records, traces, **change)
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        _empty_columns(Registration.objects.all(), traces.columns["registrations"])
        HandEntry.objects.filter(pk__in=rows["hand_entries"]).update(site_name="")
    _empty_columns(Relicensing.objects.all(), traces.columns["calls"])
    erase_deliveries(CodeDelivery.objects.filter(pk__in=rows["code_deliveries"]))
    erase_checked_items(rows["checklist"])
    notes.empty_notes(rows["notes"])
    forget_quality_notes(QualityMark.objects.filter(pk__in=rows["data_quality"]))
    delete_rejected_rows(rows["rejected_rows"])
    detach_uploads(FileImport.objects.filter(pk__in=rows["uploads"]))
    erase_file_names(searched_values(traces.person))
    erase_events(rows["events"])
    search.refresh_serials([serial.pk for serial in records.serials])
    search.remove_unused_words(word for name in traces.person.names for word in words_of(name))
    details = {
        "customers": sorted(records.ids), "events": rows["events"], "emptied": dict(traces.counts), "reason": reason
    }  # fmt: skip
    record_event(Event.Kind.CONTACT_FORGOTTEN, by=by, customer=records.customer, details=details)


def _empty_customers(records: CustomerRecords, traces: ContactTraces, **change: str) -> None:
    """Empty the columns of customers that name the person, and compute the keys of these customers again.

    The same is emptied in their field history. ``records`` and ``traces`` are those of ``_forget``; ``change`` says for
    the field history by whom, how (``source``) and why the customers change.
    """
    columns = traces.columns["customers"]
    changed = {key for keys in columns.values() for key in keys}
    with history.recording_changes(Customer, changed, **change):
        for customer in records.customers:
            if customer.pk in changed:
                for column in (column for column, keys in columns.items() if customer.pk in keys):
                    setattr(customer, column, "")
                fill_search_columns(customer).save()
    # Found now: the first change of a customer also writes how it read before.
    _empty_columns(records.past_customers, columns_naming(records.past_customers, traces.person))


def _empty_site_names(records: CustomerRecords, traces: ContactTraces, **change: str) -> None:
    """Name sites that are named after the person by their keys, ``[17]``, and empty the name in their history.

    ``records`` and ``traces`` are those of ``_forget``; ``change`` says for the field history by whom, how and why the
    sites change. Without a name a site could be taken for the customer's only one. No purchase finds it: keys of names
    have no brackets.
    """
    with history.recording_changes(Site, traces.rows["sites"], **change):
        for site in Site.objects.filter(pk__in=traces.rows["sites"]):
            site.name = site.name_key = f"[{site.pk}]"
            site.save(update_fields=["name", "name_key"])
    past = records.past_sites.all()
    naming = [row.pk for row in past if traces.person.is_named_in(row.name)]
    past.filter(pk__in=naming).update(name="")


def _empty_columns(rows: QuerySet, columns: ColumnKeys) -> None:
    """Empty columns of rows. ``columns`` maps each column to the primary keys of the rows in which it is emptied."""
    for column, keys in columns.items():
        rows.filter(pk__in=keys).update(**{column: ""})
