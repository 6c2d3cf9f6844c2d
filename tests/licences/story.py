"""A story in which every kind of thing happens once at least, told through the real operations."""

from django.conf import settings
from django.utils import timezone

from customers.models import Customer
from licences import operations
from licences.models import RefusedClaim, Release, Serial
from licences.operations.claims import count_refused_claim
from tests import factories
from tests.factories import TODAY, details
from tests.licences import emergency_calls
from tests.licences.imports import doors, files

CUSTOMER = "Bäckerei Müller & Söhne GmbH"


def tell() -> str:
    """The catalogue is there already; returns the serial number that all of it happens to."""
    code = factories.registered()
    serial, customer = code.serial, code.serial.site.customer
    operations.record_purchase(factories.line(serial=serial.code, customer_number=customer.number), by="importer")
    code = operations.update(serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY).unlock_code
    renewed = {"serial": serial.code, "details": details(contact_name="Jan Petersen"), "reason": "Sabine left."}
    operations.renew_registration(**renewed, by="clerk")
    withdrawn = factories.request(code, customer_name=CUSTOMER.upper(), address_line1="Am Hafen 3")
    operations.confirm_asked_again(request_id=withdrawn.pk, items=["customer_name"], by="clerk")
    operations.decide(request_id=withdrawn.pk, items=["address_line1"], reason="Moved in spring.", by="supervisor")
    operations.withdraw(request_id=withdrawn.pk, by="clerk")
    place = {"serial": serial.code, "site_id": code.installation.site_id}
    operations.release(**place, release_code=code.release_code, by="Xchange Server")
    factories.relicensed(code)
    _emergencies()
    _limit()
    operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")
    operations.unblock_serial(serial=serial.code, reason="Paid.", by="supervisor")
    correction = operations.Correction({"name": "Backwaren Vogel KG"}, "Sold.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")
    buyer = factories.bought(customer_name="Nordlicht Energie AG").site.customer
    moved = {"serial": serial.code, "customer": buyer, "details": details(name=buyer.name), "reason": "Taken over."}
    operations.transfer_serial(**moved, by="supervisor")
    older = files.installations_csv(files.installation(factories.bought()))
    doors.through_the_page(older, kind=doors.INSTALLATIONS, name="installations.csv")
    kind, claimed = RefusedClaim.Kind.SERIAL_IN_USE, {"serial": serial.code, "site_id": "O" * 12}
    count_refused_claim(kind, **claimed, by="Xchange Server", now=timezone.now())
    operations.merge_customers(kept_id=buyer.pk, merged_id=customer.pk, reason="One company.", by="supervisor")
    operations.save_releases([Release(version="2.6")], by="admin")
    leaver = factories.bought(customer_name="Ostsee Apotheke").site.customer
    operations.erase_customer(customer_id=leaver.pk, reason="Asked for by letter.", by="supervisor")
    _hand_out(serial, buyer)
    return serial.code


def _hand_out(serial: Serial, customer: Customer) -> None:
    operations.note_case_file(serial=serial, sha256="0" * 64, by="auditor")
    operations.note_personal_data(customer=customer, by="supervisor")
    operations.note_log_export(length=1, last_hash="0" * 64, sha256="0" * 64, with_personal=False, by="auditor")


def _emergencies() -> None:
    """One that the release code ends, others that are withdrawn or decided, one that needs a second person."""
    dead = emergency_calls.emergency(factories.registered())
    emergency_calls.refused(emergency_calls.settle, dead, "UUUUUUUUUU")
    place = {"serial": dead.serial.code, "site_id": dead.earlier.site_id}
    operations.release(**place, release_code=dead.earlier.unlock_codes.get().release_code, by="Xchange Server")
    emergency_calls.withdraw(emergency_calls.emergency(factories.registered()))
    emergency_calls.decide(emergency_calls.emergency(factories.registered()))
    much = factories.registered(factories.bought(quantity=settings.FOUR_EYES_LICENCES))
    assert emergency_calls.emergency(much) is None


def _limit() -> None:
    """So many wrong release codes that a supervisor has to agree."""
    code = factories.registered()
    for symbol in "BCDEFG"[: settings.WRONG_RELEASE_CODE_LIMIT + 1]:
        factories.request(code, release_code=symbol * 10)
    request = factories.request(code)
    operations.decide(request_id=request.pk, items=["wrong-code-limit"], reason="Known by voice.", by="supervisor")
    operations.issue(request_id=request.pk, by="clerk", today=TODAY)
