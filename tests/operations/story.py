"""A story with at least one event of every kind, played with the real operations."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from customers.models import Customer
from licences import imports, operations
from licences.domain.call_notes import CallerDetails
from licences.domain.contact_person import ContactPerson
from licences.domain.installation_proof import InstallationProof
from licences.models import RefusedClaim, Release, Serial, UnlockCode
from licences.operations.abuse import count_refused_attempt
from licences.operations.disclosures import DisclosedFile
from tests import factories
from tests.factories import TODAY, details
from tests.imports import entry_points, files
from tests.operations import emergency_calls

CUSTOMER = "Bäckerei Müller & Söhne GmbH"


def play_story() -> str:
    """Play it, and return the serial number that it is about. Needs the fixture ``catalogue``."""
    code = factories.registered()
    serial, customer = code.serial, code.serial.site.customer
    imports.record_purchase(factories.line(serial=serial.code, customer_number=customer.number), by="importer")
    code = operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code
    _let_server_connect(code)
    renewed = {"serial": serial.code, "details": details(contact_name="Jan Petersen"), "reason": "Sabine left."}
    operations.renew_registration(**renewed, by="clerk")
    withdrawn = factories.request(code, customer_name=f"{CUSTOMER} & Co. KG", address_line1="Am Hafen 3")
    operations.confirm_asked_again(request_id=withdrawn.pk, items=["customer_name"], by="clerk")
    operations.decide_checklist(
        request_id=withdrawn.pk, items=["address_line1"], reason="Moved in spring.", by="supervisor"
    )
    operations.note_caller(request_id=withdrawn.pk, caller=CallerDetails("Sabine Vogel"), by="clerk")
    operations.note_on_serial(serial=serial.code, text="Calls from a mobile.", by="clerk")
    operations.withdraw_relicensing(request_id=withdrawn.pk, by="clerk")
    operations.reopen_relicensing(request_id=withdrawn.pk, by="clerk")
    operations.withdraw_relicensing(request_id=withdrawn.pk, by="clerk")
    _hand_over_and_leave_alone(code)
    _send(code)
    place = {"serial": serial.code, "site_id": code.installation.site_id}
    operations.release_installation(**place, release_code=code.release_code, by="Xchange Server")
    factories.relicensed(code)
    _emergencies()
    _exceed_wrong_code_limit()
    operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")
    operations.unblock_serial(serial=serial.code, reason="Paid, as told by letter.", by="supervisor")
    correction = operations.Correction({"name": "Backwaren Vogel KG"}, "Sold in October.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")
    buyer = factories.bought(customer_name="Nordlicht Energie AG").site.customer
    moved = {
        "serial": serial.code,
        "customer": buyer,
        "details": details(name=buyer.name),
        "reason": "Taken over, as told by letter.",
    }
    operations.transfer_serial(**moved, by="supervisor")
    older = files.installations_csv(files.installation(factories.bought()))
    entry_points.through_the_page(older, kind=entry_points.INSTALLATIONS, name="installations.csv")
    _enter_by_hand()
    kind, attempt = RefusedClaim.Kind.SERIAL_IN_USE, {"serial": serial.code, "site_id": "O" * 12}
    count_refused_attempt(kind, **attempt, by="Xchange Server", now=timezone.now())
    operations.merge_customers(kept_id=buyer.pk, merged_id=customer.pk, reason="One company.", by="supervisor")
    operations.save_releases([Release(version="2.6")], by="admin")
    leaver = factories.bought(customer_name="Ostsee Apotheke", contact_name="Ulf Unikat").site.customer
    unwanted = {"customer_id": leaver.pk, "person": ContactPerson(names=(leaver.contact_name,))}
    operations.forget_contact(**unwanted, reason="Asked for by letter.", by="supervisor")
    operations.erase_customer(customer_id=leaver.pk, reason="Asked for by letter.", by="supervisor")
    _disclose(serial, buyer)
    operations.raise_sequences(by_how_many=100, by="operator")
    return serial.code


def _let_server_connect(code: UnlockCode) -> None:
    """Let the server of a code connect, and let it call with its token."""
    calls = {"serial": code.serial.code, "site_id": code.installation.site_id}
    operations.let_server_connect(serial=code.serial.code, reason="Installed from an image.", by="clerk")
    shown = InstallationProof(token=factories.token_of(code.installation.site_id))
    operations.update_installation(**calls, versions=None, proof=shown, by="Xchange Server", today=TODAY)


def _hand_over_and_leave_alone(code: UnlockCode) -> None:
    """Hand a request over to the supervisors, and leave another alone until the portal closes it."""
    operations.hand_over_request(request_id=emergency_calls.dead_pc(code).pk, by="clerk")
    factories.request(code, customer_name=f"{CUSTOMER} i. L.")
    later = timezone.now() + timedelta(days=settings.OPEN_REQUEST_DAYS, hours=1)
    assert operations.close_idle_requests(now=later) == 1


def _send(code: UnlockCode) -> None:
    """Send a code by e-mail to the customer, whose address is new."""
    address = code.serial.site.customer.contact_email
    operations.send_unlock_code(code_id=code.pk, address=address, by="supervisor", may_use_new_address=True)


def _disclose(serial: Serial, customer: Customer) -> None:
    operations.record_case_file(serial=serial, sha256="0" * 64, file_sha256="0" * 64, by="auditor")
    operations.record_subject_access(customer=customer, sha256="0" * 64, by="supervisor")
    taken = DisclosedFile("serial numbers", "serials.csv", ("serial number",), by="auditor")
    begun = operations.record_disclosure_begun(file=taken)
    operations.record_disclosure(file=taken, rows=1, size=9, sha256="0" * 64, begun_by=begun)
    operations.make_baseline(by="manage.py verify_log")
    operations.record_log_export(length=1, last_hash="0" * 64, sha256="0" * 64, with_personal=False, by="auditor")


def _enter_by_hand() -> None:
    """A customer and a purchase that a second person agreed to."""
    why = "Ordered on the telephone."
    new = operations.NewCustomer({"name": "Heidekraut Imkerei"}, why)
    customer = operations.enter_customer(new, by="clerk")
    large = imports.HandPurchase({"XCH-USR": settings.HAND_PURCHASE_LICENCES + 1})
    entry = imports.enter_purchase(
        customer_id=customer.pk, purchase=large, site_name="Lüneburg", reason=why, by="clerk"
    )
    imports.decide_entry(number=entry.number, is_agreed=True, reason="Seen the signed order.", by="supervisor")


def _emergencies() -> None:
    """One settled by its release code, one withdrawn, one decided, and one that needs a second supervisor."""
    dead = emergency_calls.begin_emergency(factories.registered())
    emergency_calls.refused(emergency_calls.settle, dead, "UUUUUUUUUU")
    place = {"serial": dead.serial.code, "site_id": dead.earlier.site_id}
    operations.release_installation(
        **place, release_code=dead.earlier.unlock_codes.get().release_code, by="Xchange Server"
    )
    emergency_calls.withdraw(emergency_calls.begin_emergency(factories.registered()))
    emergency_calls.decide(emergency_calls.begin_emergency(factories.registered()))
    much = factories.registered(factories.bought(quantity=settings.FOUR_EYES_LICENCES))
    assert emergency_calls.begin_emergency(much) is None


def _exceed_wrong_code_limit() -> None:
    """Give so many wrong release codes that a supervisor has to agree."""
    code = factories.registered()
    for symbol in "BCDEFG"[: settings.WRONG_RELEASE_CODE_LIMIT + 1]:
        factories.request(code, release_code=symbol * 10)
    request = factories.request(code)
    operations.decide_checklist(
        request_id=request.pk, items=["wrong-code-limit"], reason="Known by voice.", by="supervisor"
    )
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
