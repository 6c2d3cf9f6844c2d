"""Noting what is carried out of the portal: who took which copy of what, and when."""

from django.db import transaction

from customers.models import Customer
from licences.models import Event, Serial
from licences.operations.events import record_event


@transaction.atomic
def note_log_export(*, length: int, last_hash: str, sha256: str, with_personal: bool, by: str) -> None:
    """The event log was exported: its first ``length`` events, with names or without. The event comes after these."""
    details = {"length": length, "last_hash": last_hash, "sha256": sha256, "personal": with_personal}
    record_event(Event.Kind.LOG_EXPORTED, by=by, details=details)


@transaction.atomic
def note_case_file(*, serial: Serial, sha256: str, by: str) -> None:
    """The case file of a serial was made as a PDF; ``sha256`` is the digest that stands on its pages."""
    customer = serial.site.customer
    record_event(
        Event.Kind.CASE_FILE_MADE,
        by=by,
        serial=serial.code,
        customer=customer,
        details={"sha256": sha256},
        personal={"customer": customer.name},
    )


@transaction.atomic
def note_personal_data(*, customer: Customer, by: str) -> None:
    """All that is held about a customer was handed out."""
    record_event(Event.Kind.CUSTOMER_EXPORTED, by=by, customer=customer, personal={"customer": customer.name})
