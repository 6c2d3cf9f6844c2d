"""Operations of supervisors on a serial: block it, unblock it, transfer it to another customer."""

from django.db import transaction
from django.utils import timezone

from customers import history
from customers.models import Customer, Site
from licences.domain.details import RegistrationDetails
from licences.domain.errors import Refusal
from licences.models import Event, Registration, Serial
from licences.operations import search
from licences.operations.customer_entry import NewCustomer, enter_customer
from licences.operations.events import record_customer_event, record_event
from licences.operations.installation_lifecycle import enter_registration
from licences.operations.locks import lock_customer, lock_purchases_or_refuse, lock_serial
from licences.operations.reasons import require_reason


@transaction.atomic
def block_serial(*, serial: str, reason: str, by: str) -> Serial:
    """Block a serial, and return it. Until it is unblocked, every operation on its installations is refused.

    ``Refusal``: ``unknown-serial``, ``reason-missing``, ``reason-too-short``, ``already-blocked`` (also on a second
    call). Rule: docs/domain.md#states-of-a-serial.
    """
    locked_serial = lock_serial(serial)
    reason = require_reason(reason)
    if locked_serial.blocked_at is not None:
        raise Refusal("already-blocked", field="serial")
    locked_serial.blocked_at, locked_serial.blocked_by, locked_serial.blocked_reason = timezone.now(), by, reason
    locked_serial.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
    record_customer_event(Event.Kind.BLOCKED, by=by, serial=locked_serial, details={"reason": reason})
    return locked_serial


@transaction.atomic
def unblock_serial(*, serial: str, reason: str, by: str) -> Serial:
    """Lift the block of a serial, and return it.

    ``Refusal``: ``unknown-serial``, ``reason-missing``, ``reason-too-short``, ``not-blocked`` (also on a second call).
    Rule: docs/domain.md#states-of-a-serial.
    """
    locked_serial = lock_serial(serial)
    reason = require_reason(reason)
    if locked_serial.blocked_at is None:
        raise Refusal("not-blocked", field="serial")
    locked_serial.blocked_at, locked_serial.blocked_by, locked_serial.blocked_reason = None, "", ""
    locked_serial.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
    record_customer_event(Event.Kind.UNBLOCKED, by=by, serial=locked_serial, details={"reason": reason})
    return locked_serial


@transaction.atomic
def transfer_serial_to_new_customer(
    *, serial: str, customer: NewCustomer, details: RegistrationDetails, by: str
) -> Registration | None:
    """Enter a customer who is not on record yet, and move a serial and its site to them: both or neither.

    ``serial`` is canonical; ``details`` are those of the new registration. Returns that registration; None for a serial
    that was never registered. The reason of ``customer`` counts for both.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``value-missing`` (the customer's name), ``number-taken``,
    ``number-taken-otherwise``, ``customer-known`` (on record already, so also on a second call), ``purchases-busy`` (an
    import holds the lock), ``unknown-serial``, ``details-missing``. Rule: docs/decisions.md#transfers.
    """
    buyer = enter_customer(customer, by=by)
    return transfer_serial(serial=serial, customer=buyer, details=details, reason=customer.reason, by=by)


@transaction.atomic
def transfer_serial(
    *, serial: str, customer: Customer, details: RegistrationDetails, reason: str, by: str
) -> Registration | None:
    """Move a serial and its site to another customer, and record a new registration with ``details``.

    ``serial`` is canonical. Returns the registration; None for a serial that was never registered: then ``details`` are
    not used. ``Refusal``: ``customer-unknown`` (merged or erased meanwhile), ``purchases-busy`` (an import holds the
    lock), ``unknown-serial``, ``reason-missing``, ``reason-too-short``, ``same-customer`` (also on a second call),
    ``details-missing``. Rule: docs/decisions.md#transfers.
    """
    customer = lock_customer(customer.pk)
    if customer.merged_into_id is not None or customer.erased_at is not None:
        raise Refusal("customer-unknown", field="customer")
    lock_purchases_or_refuse()  # an import could otherwise add a purchase for the serial meanwhile
    locked_serial = lock_serial(serial)
    reason = require_reason(reason)
    previous = locked_serial.site.customer
    if previous == customer:
        raise Refusal("same-customer", field="customer")
    locked_serial.site.customer = customer
    with history.recording_changes(Site, [locked_serial.site_id], by=by, source="transfer", reason=reason):
        locked_serial.site.save(update_fields=["customer"])
    installation = locked_serial.installations.first()
    registration = None
    if installation is not None:
        details.require_all_four()
        registration = enter_registration(installation, details, reason=reason, by=by)
    search.refresh_serials([locked_serial.pk])
    personal = {"customer": customer.name, "previous_customer": previous.name}
    about = {"reason": reason, "previous": previous.pk, "registration": registration.pk if registration else None}
    code = locked_serial.code
    record_event(Event.Kind.TRANSFERRED, by=by, serial=code, customer=customer, details=about, personal=personal)
    return registration
