"""What supervisors decide about a serial: block it, unblock it, transfer it."""

from django.db import transaction
from django.utils import timezone

from customers import history
from customers.models import Customer, Site
from licences.domain.decisions import given_reason
from licences.domain.details import Details
from licences.domain.errors import Refusal
from licences.models import Event, Registration, Serial
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.installations import enter_registration
from licences.operations.locks import lock_customer, lock_purchases_or_refuse, lock_serial


@transaction.atomic
def block_serial(*, serial: str, reason: str, by: str) -> Serial:
    """Refuse everything to a serial until it is unblocked. ``Refusal``: ``reason-missing``, ``already-blocked``."""
    held = lock_serial(serial)
    reason = given_reason(reason)
    if held.blocked_at is not None:
        raise Refusal("already-blocked", field="serial")
    held.blocked_at, held.blocked_by, held.blocked_reason = timezone.now(), by, reason
    held.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
    _record(Event.Kind.BLOCKED, held, by=by, reason=reason)
    return held


@transaction.atomic
def unblock_serial(*, serial: str, reason: str, by: str) -> Serial:
    """``Refusal``: ``reason-missing``, ``not-blocked``."""
    held = lock_serial(serial)
    reason = given_reason(reason)
    if held.blocked_at is None:
        raise Refusal("not-blocked", field="serial")
    held.blocked_at, held.blocked_by, held.blocked_reason = None, "", ""
    held.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
    _record(Event.Kind.UNBLOCKED, held, by=by, reason=reason)
    return held


@transaction.atomic
def transfer_serial(*, serial: str, customer: Customer, details: Details, reason: str, by: str) -> Registration | None:
    """Move a serial and its site to another customer, with a new registration beside the old ones.

    A serial that runs nowhere yet has nothing to register; then None comes back.
    ``Refusal``: ``reason-missing``, ``same-customer``, ``customer-unknown`` (merged or erased meanwhile),
    ``details-missing``, ``purchases-busy``.
    """
    customer = lock_customer(customer.pk)
    if customer.merged_into_id is not None or customer.erased_at is not None:
        raise Refusal("customer-unknown", field="customer")
    lock_purchases_or_refuse()  # an import may be about to buy for it
    held = lock_serial(serial)
    reason = given_reason(reason)
    previous = held.site.customer
    if previous == customer:
        raise Refusal("same-customer", field="customer")
    held.site.customer = customer
    with history.recorded(Site, [held.site_id], by=by, source="transfer", reason=reason):
        held.site.save(update_fields=["customer"])
    installation = held.installations.first()
    registration = None
    if installation is not None:
        details.require_all_four()
        registration = enter_registration(installation, details, reason=reason, by=by)
    search.refresh([held.pk])
    names = {"customer": customer.name, "previous_customer": previous.name}
    known = {"previous": previous.pk, "registration": registration.pk if registration else None}
    _record(Event.Kind.TRANSFERRED, held, by=by, reason=reason, names=names, **known)
    return registration


def _record(
    kind: Event.Kind, serial: Serial, *, by: str, reason: str, names: dict[str, str] | None = None, **known: int | None
) -> None:
    customer = serial.site.customer
    record_event(
        kind,
        by=by,
        serial=serial.code,
        customer=customer,
        details={"reason": reason, **known},
        personal=names or {"customer": customer.name},
    )
