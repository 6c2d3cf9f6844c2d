"""Two imports at once are both right, and stand in nobody's way; real connections to a real database."""

import itertools
import threading

import pytest
from django.db import connection, transaction

from customers.models import Customer, Site
from licences import operations
from licences.domain.codes import new_site_id
from licences.domain.errors import Refusal
from licences.models import Event, FileImport, Installation, LicenceGrant, Registration, Serial
from licences.operations import locks
from licences.operations.imports import lifecycle
from tests import event_chain, factories
from tests.factories import TODAY, details, versions
from tests.licences.imports.doors import (
    INSTALLATIONS,
    State,
    advance,
    at_once,
    confirm,
    counts,
    held,
    preview,
    receive,
    waiting_rows,
)
from tests.licences.imports.files import csv_bytes, installation, installations_csv, row
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue")]

ROUNDS = 5
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def one_chain_of_events(catalogue):
    """Whatever was done at once: afterwards the log is whole, and balances are what grants add up to."""
    yield
    assert event_chain.flaws() == []
    held()


def done(*functions):
    """What the functions came to; whatever was raised is raised."""
    results = together(*functions)
    for result in results:
        assert result is not None, "it did not come to an end"
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.fixture
def importing(tmp_path):
    """``importing(content)`` is a command that imports it, to be run in a thread of its own."""

    def command(content, **options):
        path = tmp_path / f"{next(_numbers)}.csv"
        return lambda: at_once(path, content, **options)

    return command


# --- Purchases -------------------------------------------------------------------------------------


def test_two_files_of_the_same_new_customers_and_sites_share_them(importing):
    for number in range(ROUNDS):
        files = [
            csv_bytes(
                *[row(f"PO-{number}-{file}-{line}", customer_number=f"N-{number}-{line % 7}") for line in range(40)]
            )
            for file in (1, 2)
        ]

        imports = done(*map(importing, files))

        assert [each.state for each in imports] == [State.APPLIED] * 2
        assert sorted((*counts(imports[0]), *counts(imports[1]))) == ["new", "top_up"]
        customers = Customer.objects.filter(number__startswith=f"N-{number}-")
        assert customers.count() == Site.objects.filter(customer__in=customers).count() == 7
        assert sorted(sum(each.quantity for each in serial.grants.all()) for serial in serials_of(customers)) == [
            10, 10, 12, 12, 12, 12, 12,
        ]  # fmt: skip


def serials_of(customers):
    return Serial.objects.filter(site__customer__in=customers).prefetch_related("grants")


def test_two_files_with_the_same_lines_record_them_once(importing):
    for number in range(ROUNDS):
        content = csv_bytes(*[row(f"PO-{number}", line, customer_number=f"S-{number}") for line in range(30)])

        imports = done(importing(content), importing(content))

        assert sorted(map(str, map(counts, imports))) == [str({"new": 30}), str({"unchanged": 30})]
        assert sorted(each.state for each in imports) == [State.APPLIED, State.WITHDRAWN]
        assert LicenceGrant.objects.filter(purchase_reference=f"PO-{number}").count() == 30


def test_of_two_contents_of_one_key_one_is_recorded_and_the_other_rejected(importing):
    for number in range(ROUNDS):
        files = [
            csv_bytes(row(f"PO-{number}", quantity=quantity), row(f"X-{number}-{quantity}")) for quantity in (3, 4)
        ]

        imports = done(*[importing(content, accept_valid=True) for content in files])

        assert sorted(counts(each).get("rejected", 0) for each in imports) == [0, 1]
        assert LicenceGrant.objects.get(purchase_reference=f"PO-{number}").quantity in (3, 4)


def test_two_files_take_over_one_serial_number_for_two_customers(importing):
    for number in range(ROUNDS):
        code = ("ABCDE"[number] * 8).replace("E", "F")
        files = [
            csv_bytes(row(f"PO-{number}-{each}", serial=code, customer_number=f"T-{number}-{each}")) for each in (1, 2)
        ]

        imports = done(*map(importing, files))

        assert sorted(map(str, map(counts, imports))) == [str({"rejected": 1}), str({"taken_over": 1})]
        assert Serial.objects.get(code=code).grants.count() == 1


def test_two_confirmed_imports_are_both_as_they_were_shown_or_shown_anew():
    for number in range(ROUNDS):
        content = [row(f"PO-{number}-{line}", customer_number=f"C-{number}") for line in range(10)]
        imports = [confirm(preview(csv_bytes(*rows))) for rows in (content, content[5:])]

        done(*[lambda each=each: advance(each) for each in imports])

        assert sorted(each.state for each in imports) == [State.APPLIED, State.PREVIEW]
        shown = next(each for each in imports if each.state == State.PREVIEW)
        assert shown.changed_since_preview == len(content if shown == imports[0] else content[5:])
        total = sum(
            LicenceGrant.objects.filter(serial__site__customer__number=f"C-{number}").values_list("quantity", flat=True)
        )
        assert total == (10 if shown == imports[1] else 5)


def test_two_workers_at_one_import_apply_it_once():
    for number in range(ROUNDS):
        file_import = confirm(preview(csv_bytes(*[row(f"PO-{number}", line) for line in range(20)])))

        together(*[lambda: operations.advance_import(file_import.pk)] * 3)

        file_import.refresh_from_db()
        assert (file_import.state, file_import.attempts) == (State.APPLIED, 1)
        assert LicenceGrant.objects.filter(purchase_reference=f"PO-{number}").count() == 20
        assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == number + 1


def test_two_people_confirm_one_import():
    for number in range(ROUNDS):
        file_import = preview(csv_bytes(row(f"PO-{number}")))

        def confirming(by, file_import=file_import):
            return lambda: operations.confirm_import(
                file_import_id=file_import.pk, preview=1, accept_valid=False, by=by
            )

        results = together(confirming("one"), confirming("other"))

        assert [each.code for each in results if isinstance(each, Refusal)] == ["import-not-waiting"]


def test_two_files_are_read_and_checked_at_once():
    received = [receive(csv_bytes(*[row(f"PO-{file}-{line}") for line in range(60)])) for file in (1, 2)]

    done(*[lambda each=each: advance(each) for each in received])

    for file_import in received:
        assert (file_import.state, counts(file_import)) == (State.PREVIEW, {"new": 60})
    assert waiting_rows() == 240


# --- Beside whatever else is going on --------------------------------------------------------------


def bought(count):
    """Serial numbers of one customer each, in the order of their keys."""
    rows = [row(f"B-{next(_numbers)}", customer_number=f"B-{next(_numbers)}") for _ in range(count)]
    lines = [factories.line(**{**each, "line": 1, "quantity": 1}) for each in rows]
    return [operations.record_purchase(line, by="tests").serial for line in lines]


def top_ups(serials, name):
    """A row of each of two products per serial number."""
    return csv_bytes(
        *[
            row(
                f"{name}-{serial.pk}",
                line,
                serial=serial.code,
                customer_number=serial.site.customer.number,
                product=sku,
            )
            for serial in serials
            for line, sku in enumerate(("XCH-USR", "XCH-CTI"))
        ]
    )


def update(serial):
    return operations.update(serial=serial.code, site_id=None, versions=None, by="server", today=TODAY).unlock_code


def register(serial):
    return operations.register(
        serial=serial.code, site_id=new_site_id(), versions=versions(), details=details(), by="server", today=TODAY
    )


def test_an_unlock_code_never_holds_half_of_an_import(importing):
    serials = bought(4)
    for serial in serials:
        factories.registered(serial)
    finished = threading.Event()

    def import_often():
        try:
            for number in range(6):
                importing(top_ups(serials, f"TU-{number}"))()
        finally:
            finished.set()
        return True

    def ask_again():
        made = []
        while not finished.wait(timeout=0.01):  # SQLite's lock goes to whoever asks, not to whoever waits
            made += [update(serial) for serial in serials]
        return made

    _, made = done(import_often, ask_again)

    quantities = [{line["product"]: line["quantity"] for line in code.lines} for code in made]
    assert all(each.get("XCH-USR") == each.get("XCH-CTI") for each in quantities), quantities
    for serial in serials:
        assert {line["product"]: line["quantity"] for line in update(serial).lines} == {
            "XCH-SRV": 1, "XCH-USR": 6, "XCH-CTI": 6,
        }  # fmt: skip


def test_imports_registrations_updates_and_re_licensings_do_not_wait_for_each_other_in_a_circle(importing):
    for number in range(ROUNDS):
        serials = bought(6)
        old = [factories.registered(serial) for serial in serials[:3]]
        requests = [factories.request(code) for code in old[:2]]
        customer = serials[5].site.customer
        correction = operations.Correction({"number": f"NEW-{number}", "city": "Kiel"}, "Moved.")

        done(
            importing(top_ups(serials[:5], f"ONE-{number}")),
            importing(top_ups(list(reversed(serials[:5])), f"OTHER-{number}")),
            lambda requests=requests: [
                operations.issue(request_id=each.pk, by="clerk", today=TODAY) for each in requests
            ],
            lambda serials=serials: [register(each) for each in serials[3:]],
            lambda serials=serials: update(serials[2]),
            lambda customer=customer, correction=correction: operations.correct_customer(
                customer_id=customer.pk, correction=correction, by="clerk"
            ),
        )

        balances = held()
        assert [balances.get((each.code, "XCH-USR")) for each in serials[:5]] == [2] * 5


def test_a_serial_number_is_transferred_while_purchases_for_it_are_imported(importing):
    for number in range(ROUNDS):
        serial, other = bought(2)

        def transfer(serial=serial, other=other):
            operations.transfer_serial(
                serial=serial.code, customer=other.site.customer, details=details(), reason="Sold.", by="supervisor"
            )
            return True

        imported, _ = done(importing(top_ups([serial], f"TR-{number}")), transfer)

        assert str(counts(imported)) in (str({"top_up": 2}), str({"rejected": 2}))
        assert serial.grants.count() == (3 if "top_up" in counts(imported) else 1)


# --- Installations of an older system --------------------------------------------------------------


def taken_over(site_id):
    return Installation.objects.filter(site_id=site_id, ended_at=None)


def test_two_files_claim_the_same_servers_the_other_way_round(importing):
    """Each row waits for whoever is making the same site ID, so that the order of making them matters."""
    for _ in range(ROUNDS):
        serials, site_ids = bought(8), [new_site_id() for _ in range(4)]
        files = [
            installations_csv(
                *[installation(serial, site_id=site_id) for serial, site_id in zip(some, order, strict=True)]
            )
            for some, order in ((serials[:4], site_ids), (serials[4:], site_ids[::-1]))
        ]

        imports = done(*[importing(content, kind=INSTALLATIONS) for content in files])

        assert sorted(each.state for each in imports) == [State.APPLIED, State.WITHDRAWN]
        assert sorted(map(str, map(counts, imports))) == [str({"rejected": 4}), str({"taken_over": 4})]
        assert all(taken_over(site_id).count() == 1 for site_id in site_ids)


def test_a_server_registers_with_the_site_id_that_a_file_brings(importing):
    for _ in range(ROUNDS):
        (serial, other), site_id = bought(2), new_site_id()
        content = installations_csv(installation(serial, site_id=site_id))

        imported, answer = together(
            importing(content, kind=INSTALLATIONS),
            lambda other=other, site_id=site_id: operations.register(
                serial=other.code, site_id=site_id, versions=versions(), details=details(), by="server", today=TODAY
            ),
        )

        if isinstance(answer, Refusal):
            assert (answer.code, counts(imported)) == ("site-id-in-use", {"taken_over": 1})
        else:
            assert counts(imported) == {"rejected": 1}
        assert taken_over(site_id).count() == 1


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
            operations.issue(request_id=request.pk, by="clerk", today=TODAY)
            assert topped_up.balances.count() == 1
            assert FileImport.objects.get().state == State.READING
        finally:
            go_on.set()
        return True

    done(importing(top_ups([topped_up], "TU")), others)

    assert held()[topped_up.code, "XCH-USR"] == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_on_postgresql_a_correction_of_a_number_does_not_wait_for_a_large_import_for_ever(importing, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 1)
    (serial,) = bought(1)
    correction = operations.Correction({"number": "NEW"}, "Typed wrongly.")

    def correct():
        return operations.correct_customer(customer_id=serial.site.customer_id, correction=correction, by="clerk")

    with transaction.atomic():
        locks.lock_purchases()
        (refused,) = together(correct)

    assert refused.code == "purchases-busy"
    assert done(correct)[0].number == "NEW"
