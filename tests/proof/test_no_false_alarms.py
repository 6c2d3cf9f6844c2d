"""``verify_log`` finds nothing after anything that users may do: a false alarm is as bad as a missed tampering."""

from licences import imports, licence_files, operations
from licences.domain.codes import grouped
from licences.domain.contact_person import ContactPerson
from licences.models import LicenceFile, Serial, UnlockCode
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests import factories
from tests.factories import TODAY, details, top_up
from tests.imports import entry_points, files
from tests.operations import emergency_calls
from tests.operations.relicensing_calls import release
from tests.tables import each_row


def sentences():
    return [finding.sentence for finding in (*LogVerification().findings(), *record_findings())]


def update(code):
    return operations.update_installation(
        serial=code.serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code


def erase(code):
    customer = Serial.objects.get(pk=code.serial_id).site.customer
    operations.erase_customer(customer_id=customer.pk, reason="Asked for by letter.", by="supervisor")


def transfer(code, customer=None):
    buyer = customer or factories.bought(customer_name="Nordlicht Energie AG").site.customer
    about = {"details": details(name=buyer.name), "reason": "Taken over, as told by letter.", "by": "supervisor"}
    operations.transfer_serial(serial=code.serial.code, customer=buyer, **about)


# --- What people do --------------------------------------------------------------------------------


def merging(settings):
    kept, merged = factories.registered(), factories.registered()
    ids = {"kept_id": kept.serial.site.customer_id, "merged_id": merged.serial.site.customer_id}
    operations.merge_customers(**ids, reason="One company.", by="supervisor")
    top_up(merged.serial)
    update(merged)


def transferring(settings):
    code = factories.registered()
    transfer(code)
    transfer(factories.registered(factories.bought()))
    update(code)


def transferring_what_runs_nowhere(settings):
    serial = factories.bought()
    buyer = factories.bought(customer_name="Nordlicht Energie AG").site.customer
    moved = {"serial": serial.code, "customer": buyer, "reason": "Taken over, as told by letter.", "by": "supervisor"}
    assert operations.transfer_serial(**moved, details=details()) is None
    factories.registered(serial)


def erasing(settings):
    code = factories.registered(name="Ostsee Apotheke")
    request = factories.request(code, customer_name="Somebody else")
    operations.decide_checklist(
        request_id=request.pk, items=["customer_name"], reason="Known to us for years.", by="supervisor"
    )
    new = operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
    before = LicenceFile.objects.get(unlock_code=new).text
    erase(new)
    assert LicenceFile.objects.get(unlock_code=new).text != before
    update(new)


def erasing_and_then_transferring(settings):
    code = factories.registered()
    settings.LICENCE_KEYS = licence_files.parse_keys(licence_files.new_key())
    erase(code)
    assert LicenceFile.objects.get(unlock_code=code).text == ""
    transfer(code)


def erasing_who_had_it_before(settings):
    code = factories.registered()
    former = code.serial.site.customer
    transfer(code)
    operations.erase_customer(customer_id=former.pk, reason="Asked for by letter.", by="supervisor")


def forgetting_a_contact_person(settings):
    code = factories.registered(contact_name="Ulf Unikat")
    operations.note_on_serial(serial=code.serial.code, text="Ask for Ulf Unikat.", by="clerk")
    factories.request(code, customer_name="Ulf Unikat")
    person, who = ContactPerson(names=("Ulf Unikat",)), code.serial.site.customer
    operations.forget_contact(customer_id=who.pk, person=person, reason="Asked for by letter.", by="supervisor")
    update(code)


def correcting_a_customer(settings):
    customer = factories.registered().serial.site.customer
    correction = operations.Correction(
        {"name": "Backwaren Vogel KG", "address_line1": "Am Hafen 3"}, "Sold, as told by letter."
    )
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")


def renewing_a_registration(settings):
    code = factories.registered()
    renewed = {"details": details(name="Backwaren Vogel KG"), "reason": "Sold, as told by letter."}
    operations.renew_registration(serial=code.serial.code, **renewed, by="clerk")
    transfer(code)


def registering_twice(settings):
    code = factories.registered()
    again = {"serial": code.serial, "site_id": code.installation.site_id}
    factories.registered(**again, versions=factories.versions("2.6.1"))
    factories.registered(**again, name="Somebody else")


def releasing_and_coming_back(settings):
    code = factories.registered()
    release(code)
    release(code)
    factories.relicensed(code)


def issuing_one_code_to_two_requests(settings):
    code = factories.registered()
    same_pc = {"site_id": "AAAAAAAAAAAA"}
    requests = [factories.request(code, **same_pc), factories.request(code, **same_pc)]
    for request in requests:
        operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
        operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)


def checking_again_for_another_serial(settings):
    one, other = factories.registered(), factories.registered()
    request = factories.request(one)
    again = {"request_id": request.pk, "purpose": "reinstall", "by": "clerk", "today": TODAY}
    operations.recheck_relicensing(answers=factories.answers(one, serial="UUUU-UUUU"), **again)
    operations.recheck_relicensing(answers=factories.answers(other), **again)
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)


def withdrawing_a_request(settings):
    operations.withdraw_relicensing(request_id=factories.request(factories.registered()).pk, by="clerk")


def a_late_release_code(settings):
    """Given by the server, by the clerk, and in a checklist for the emergency's own PC."""
    reported = emergency_calls.begin_emergency(factories.registered())
    proof = reported.earlier.unlock_codes.get().release_code
    emergency_calls.report(reported.serial, reported.earlier.site_id, proof)
    typed = emergency_calls.begin_emergency(factories.registered())
    emergency_calls.settle(typed, typed.earlier.unlock_codes.get().release_code)
    checked = emergency_calls.begin_emergency(factories.registered())
    old, running = checked.earlier.unlock_codes.get(), grouped(checked.installation.site_id)
    factories.relicensed(old, site_id=running)


def an_emergency_made_permanent(settings):
    one = emergency_calls.begin_emergency(factories.registered())
    top_up(one.serial)
    emergency_calls.update(one)
    emergency_calls.decide(one)
    factories.relicensed(emergency_calls.code_of(one))


def an_emergency_on_a_released_pc(settings):
    one = emergency_calls.begin_emergency(factories.registered())
    code = emergency_calls.code_of(one)
    emergency_calls.report(one.serial, one.installation.site_id, code.release_code)
    emergency_calls.decide(one)


def an_emergency_taken_back(settings):
    old = factories.registered()
    emergency_calls.withdraw(emergency_calls.begin_emergency(old))
    factories.relicensed(old)


def taking_over_an_older_system(settings):
    running, unknown = factories.bought(), factories.bought()
    older = files.installations_csv(files.installation(running), files.installation(unknown))
    entry_points.through_the_page(older, kind=entry_points.INSTALLATIONS, name="installations.csv")
    operations.update_installation(serial=running.code, site_id=None, versions=None, by="clerk", today=TODAY)
    place = {"serial": unknown.code, "site_id": unknown.installations.get().site_id}
    operations.release_installation(**place, release_code="AAAAAAAAAA", by="Xchange Server")
    renewed = {"details": details(name="Backwaren Vogel KG"), "reason": "Sold, as told by letter."}
    operations.renew_registration(serial=running.code, **renewed, by="clerk")


def an_emergency_of_an_older_installation(settings):
    serial = factories.bought()
    older = files.installations_csv(files.installation(serial))
    entry_points.through_the_page(older, kind=entry_points.INSTALLATIONS, name="installations.csv")
    running = serial.installations.get()
    code = UnlockCode(serial=serial, installation=running, release_code="")
    one = emergency_calls.begin_emergency(code)
    emergency_calls.decide(one)


def importing_again_topping_up_and_returning(settings):
    rows = [files.row(f"PO-{number}", quantity=9) for number in range(30)]
    entry_points.through_the_page(files.csv_bytes(*rows))
    entry_points.through_the_page(files.csv_bytes(*rows, files.row("PO-30"), files.row("PO-31", quantity=-9)))
    entry_points.through_the_page(
        files.csv_bytes(files.row("PO-32", product="unknown"), files.row("PO-33")), accept_valid=True
    )
    imports.record_purchase(factories.line(), by="importer")
    imports.record_purchases([(1, factories.line()), (2, factories.line())], by="importer")


def refusing_a_purchase(settings):
    outcome = imports.record_purchases([(1, factories.line(product="unknown"))], by="importer")
    assert not outcome.applied


def renaming_products(settings):
    code = factories.registered()
    product = code.serial.grants.get().product
    product.name, product.sku = "Xchange", "XCH-SERVER"
    operations.save_product(product, by="admin")
    update(code)


def keys_in_front(settings):
    code = factories.registered()
    settings.UNLOCK_KEYS = {9: b"9" * 32, **settings.UNLOCK_KEYS}
    old = licence_files.public_pem(next(iter(settings.LICENCE_KEYS.values())))
    settings.LICENCE_KEYS = licence_files.parse_keys(licence_files.new_key() + old)
    top_up(code.serial)
    assert update(code).key_id == 9
    erase(code)


def keys_taken_out(settings):
    code = factories.registered()
    settings.UNLOCK_KEYS = {9: b"9" * 32}
    settings.LICENCE_KEYS = licence_files.parse_keys(licence_files.new_key())
    top_up(code.serial)
    update(code)


ACTS = [
    importing_again_topping_up_and_returning,  # first, while nobody else has the name of its customer
    merging,
    transferring,
    transferring_what_runs_nowhere,
    erasing,
    erasing_and_then_transferring,
    erasing_who_had_it_before,
    forgetting_a_contact_person,
    correcting_a_customer,
    renewing_a_registration,
    registering_twice,
    releasing_and_coming_back,
    issuing_one_code_to_two_requests,
    checking_again_for_another_serial,
    withdrawing_a_request,
    a_late_release_code,
    an_emergency_made_permanent,
    an_emergency_on_a_released_pc,
    an_emergency_taken_back,
    taking_over_an_older_system,
    an_emergency_of_an_older_installation,
    refusing_a_purchase,
    keys_in_front,
    keys_taken_out,
    renaming_products,  # last, as no other finds the products by their numbers afterwards
]


def test_an_untouched_database_has_no_finding(catalogue, settings):
    """After each act, beside the records of those before."""
    for act in ACTS:
        act(settings)
        assert sentences() == [], act.__name__


@each_row("act", ACTS)
def test_nor_has_one_with_a_baseline_from_before(catalogue, settings, act):
    factories.relicensed(factories.registered())
    operations.make_baseline(by="tests")

    act(settings)
    operations.make_baseline(by="tests")

    assert sentences() == []
