"""An import keeps nobody waiting for long, and nobody sees half of it; real connections to a real database."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from licences import operations
from licences.domain.codes import month_number, new_site_id
from licences.domain.errors import Refusal
from licences.imports import lifecycle
from licences.models import FileImport, Installation, Registration
from licences.operations import codes, locks
from tests import factories
from tests.factories import TODAY, details
from tests.imports.entry_points import INSTALLATIONS, State, advance, balances, confirm, counts, preview
from tests.imports.files import installation, installations_csv
from tests.imports.side_by_side import ROUNDS, bought, done, register, top_ups, update
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("consistent_records")]


# --- Purchases -------------------------------------------------------------------------------------


def said_by(code):
    """The content of an unlock code: the last month covered, and product → quantity."""
    return code.assured_month, {line["product"]: line["quantity"] for line in code.lines}


def with_licences(number):
    """The content of a code after ``number`` imports, each of two products and a month of Software Assurance."""
    if not number:
        return month_number(factories.COVERED_UNTIL), {"XCH-SRV": 1}
    return month_number(covered_until(number)), {"XCH-SRV": 1, "XCH-USR": number, "XCH-CTI": number}


def covered_until(number):
    return date(2028, number, 28)


def test_an_unlock_code_never_holds_half_of_an_import(importing):
    serials = bought(4)
    for serial in serials:
        factories.registered(serial)
    finished = threading.Event()

    def import_often():
        try:
            for number in range(1, 7):
                importing(top_ups(serials, f"TU-{number}", covered_until(number)))()
        finally:
            finished.set()
        return True

    def ask_again():
        issued = []
        # SQLite gives its lock to the next to ask, not to the one waiting longest.
        while not finished.wait(timeout=0.01):
            issued += [update(serial) for serial in serials]
        return issued + [update(serial) for serial in serials]

    _, made = done(import_often, ask_again)

    assert all(said_by(code) in [with_licences(number) for number in range(7)] for code in made)
    assert said_by(made[-1]) == with_licences(6)


def test_an_import_waits_for_whoever_is_making_a_code(importing, monkeypatch):
    """Issuing reads Software Assurance and quantities one after the other; neither may change in between."""
    (serial,) = bought(1)
    factories.registered(serial)
    content = top_ups([serial], "TU", covered_until(1))
    cover_read, imported = threading.Event(), threading.Event()
    add_up = codes._licences

    def wait_and_add_up(installation):
        cover_read.set()
        imported.wait(timeout=0.5)
        return add_up(installation)

    def import_meanwhile():
        assert cover_read.wait(timeout=30)
        importing(content)()
        imported.set()
        return True

    monkeypatch.setattr(codes, "_licences", wait_and_add_up)

    code, _ = done(lambda: update(serial), import_meanwhile)

    assert said_by(code) == with_licences(0)
    assert said_by(update(serial)) == with_licences(1)


def test_imports_registrations_updates_and_re_licensings_do_not_wait_for_each_other_in_a_circle(importing):
    for number in range(ROUNDS):
        serials = bought(6)
        old = [factories.registered(serial) for serial in serials[:3]]
        requests = [factories.request(code) for code in old[:2]]
        customer = serials[5].site.customer
        correction = operations.Correction({"number": f"NEW-{number}", "city": "Kiel"}, "The company has moved.")

        done(
            importing(top_ups(serials[:5], f"ONE-{number}")),
            importing(top_ups(list(reversed(serials[:5])), f"OTHER-{number}")),
            lambda requests=requests: [
                operations.issue_relicensing(request_id=each.pk, by="clerk", today=TODAY) for each in requests
            ],
            lambda serials=serials: [register(each) for each in serials[3:]],
            lambda serials=serials: update(serials[2]),
            lambda customer=customer, correction=correction: operations.correct_customer(
                customer_id=customer.pk, correction=correction, by="clerk"
            ),
        )

        quantities = balances()
        assert [quantities.get((each.code, "XCH-USR")) for each in serials[:5]] == [2] * 5


def test_a_serial_number_is_transferred_while_purchases_for_it_are_imported(importing):
    for number in range(ROUNDS):
        serial, other = bought(2)

        def transfer(serial=serial, other=other):
            operations.transfer_serial(
                serial=serial.code,
                customer=other.site.customer,
                details=details(),
                reason="Sold, as told by letter.",
                by="supervisor",
            )
            return True

        imported, _ = done(importing(top_ups([serial], f"TR-{number}")), transfer)

        assert str(counts(imported)) in (str({"top_up": 2}), str({"rejected": 2}))
        assert serial.grants.count() == (3 if "top_up" in counts(imported) else 1)


# --- Installations of an older system --------------------------------------------------------------


def test_a_server_registers_with_the_site_id_that_a_file_brings(importing):
    for _ in range(ROUNDS):
        (serial, other), site_id = bought(2), new_site_id()
        content = installations_csv(installation(serial, site_id=site_id))

        imported, answer = together(
            importing(content, kind=INSTALLATIONS),
            lambda other=other, site_id=site_id: register(other, site_id),
        )

        if isinstance(answer, Refusal):
            assert (answer.code, counts(imported)) == ("site-id-in-use", {"taken_over": 1})
        else:
            assert counts(imported) == {"rejected": 1}
        assert Installation.objects.filter(site_id=site_id, ended_at=None).count() == 1


def test_a_serial_number_is_registered_while_a_file_takes_it_over():
    for _ in range(ROUNDS):
        (serial,) = bought(1)
        file_import = confirm(preview(installations_csv(installation(serial)), kind=INSTALLATIONS))

        shown, answer = together(lambda each=file_import: advance(each), lambda serial=serial: register(serial))

        if isinstance(answer, Refusal):
            assert (answer.code, shown.state) == ("serial-in-use", State.APPLIED)
        else:
            assert (shown.state, shown.changed_since_preview) == (State.PREVIEW, 1)
        assert serial.installations.filter(ended_at=None).count() == 1
        assert Registration.objects.filter(serial=serial).count() == 1


# --- Waiting -----------------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_on_postgresql_others_read_register_and_re_license_while_an_import_is_applied(importing, monkeypatch):
    topped_up, elsewhere, new = bought(3)
    for serial in (topped_up, elsewhere):
        factories.registered(serial)
    request = factories.request(elsewhere.unlock_codes.get())
    applied, go_on = threading.Event(), threading.Event()
    record = lifecycle.record_event

    def wait_before_the_event(*arguments, **options):
        applied.set()
        assert go_on.wait(timeout=30)
        return record(*arguments, **options)

    monkeypatch.setattr(lifecycle, "record_event", wait_before_the_event)

    def others():
        assert applied.wait(timeout=30)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            register(new)
            operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
            assert topped_up.balances.count() == 1
            assert FileImport.objects.get().state == State.READING
        finally:
            go_on.set()
        return True

    done(importing(top_ups([topped_up], "TU")), others)

    assert balances()[topped_up.code, "XCH-USR"] == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_on_postgresql_a_correction_of_a_number_does_not_wait_for_a_large_import_for_ever(importing, monkeypatch):
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", 1)
    (serial,) = bought(1)
    correction = operations.Correction({"number": "NEW"}, "Typed wrongly.")

    def correct():
        return operations.correct_customer(customer_id=serial.site.customer_id, correction=correction, by="clerk")

    with transaction.atomic():
        locks.lock_purchases()
        (refused,) = together(correct)

    assert refused.code == "purchases-busy"
    assert done(correct)[0].number == "NEW"
