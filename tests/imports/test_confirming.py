"""Confirming a preview: it is applied if it still holds, else shown again; no row is dropped silently."""

import pytest
from django.db import IntegrityError

from customers.models import Customer
from licences import imports, operations
from licences.domain.errors import Refusal
from licences.imports import lifecycle
from licences.imports.queries import allocated_serials
from licences.models import Event, FileImport, LicenceGrant, Product, Serial
from tests import event_chain, factories
from tests.factories import PRODUCTS
from tests.imports.entry_points import (
    State,
    advance,
    at_once,
    balances,
    changes,
    confirm,
    confirmed,
    counts,
    on_record,
    outcomes,
    preview,
    problems,
    reasons,
    receive,
    waiting_rows,
)
from tests.imports.files import csv_bytes, row
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def previewed(*rows):
    return preview(csv_bytes(*rows))


def withdraw(file_import):
    return imports.withdraw_import(file_import_id=file_import.pk, by="clerk")


# --- As it was shown -------------------------------------------------------------------------------


def test_what_was_confirmed_is_applied():
    known = factories.bought(customer_number="K-1", quantity=5)
    file_import = previewed(row("PO-1", quantity=3), row("PO-2", customer_number="K-2"), row("PO-3", quantity=-1))

    done = confirmed(file_import)

    assert done.state == State.APPLIED
    assert done.ended_at is not None
    new = Serial.objects.get(site__customer__number="K-2")
    assert balances() == {(known.code, "XCH-SRV"): 7, (new.code, "XCH-SRV"): 1}
    assert counts(done) == {"new": 1, "top_up": 1, "return": 1}
    assert (done.rows_applied, done.confirmed_by) == (3, "clerk")


def test_nothing_is_written_between_confirming_and_the_worker():
    file_import = previewed(row())
    before = on_record()

    confirm(file_import)

    assert (file_import.state, file_import.is_running) == (State.CONFIRMED, True)
    assert on_record() == before


def test_every_grant_leads_to_the_import_and_the_row_it_came_from():
    done = confirmed(previewed(row("PO-1"), row("PO-2", product="XCH-USR")))

    grants = LicenceGrant.objects.order_by("pk")
    assert [(each.file_import, each.file_row, each.purchase_reference) for each in grants] == [
        (done, 2, "PO-1"),
        (done, 3, "PO-2"),
    ]


def test_the_serial_numbers_that_it_allocated_are_listed_and_no_others():
    done = confirmed(
        previewed(
            row("PO-1", customer_number="K-3"), row("PO-2", customer_number="K-2", serial="HHHHHHHH"), row("PO-3")
        )
    )

    assert [each.site.customer.number for each in allocated_serials(done)] == ["K-3", "K-1"]
    assert Serial.objects.get(code="HHHHHHHH").allocated_by == done


def test_afterwards_no_row_waits_but_the_rejected_ones():
    done = confirmed(
        previewed(row("PO-1"), row("PO-2", product="XCH-NIL"), row("PO-3", quantity="x")), accept_valid=True
    )

    assert waiting_rows() == 0
    assert not done.holds_rows
    assert sorted(problems(done)) == [3, 4]


def test_valid_rows_are_applied_without_the_rejected_ones_when_asked_for():
    done = confirmed(previewed(row("PO-1"), row("PO-2", product="XCH-NIL")), accept_valid=True)

    assert (done.state, counts(done)) == (State.APPLIED, {"new": 1, "rejected": 1})
    assert [grant.purchase_reference for grant in LicenceGrant.objects.all()] == ["PO-1"]


# --- What cannot be confirmed ----------------------------------------------------------------------


def test_rejected_rows_are_to_be_accepted_in_so_many_words():
    file_import = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))

    with pytest.raises(Refusal) as refused:
        confirm(file_import)

    assert (refused.value.code, refused.value.parameters) == ("import-has-rejected", {"count": 1})


@each_row("rows", [[row(product="XCH-NIL")], [row(quantity="x")]])
def test_there_must_be_something_new(rows):
    assert why_refused(confirm, previewed(*rows), accept_valid=True) == "import-nothing-new"


def test_the_number_of_the_preview_that_was_seen_must_be_the_last():
    factories.bought(serial="AB1CO9XZ", customer_number="K-2")
    file_import = previewed(row("PO-1"), row("PO-2", serial="AB1CO9XY"))
    imports.accept_similar_serials(file_import_id=file_import.pk, by="clerk")
    advance(file_import)

    assert why_refused(confirm, file_import, number=1) == "import-preview-old"
    assert confirmed(file_import, number=2).state == State.APPLIED


def test_a_file_that_was_not_read_yet_cannot_be_confirmed_or_withdrawn():
    file_import = receive(csv_bytes(row()))

    assert why_refused(confirm, file_import, number=0) == "import-not-waiting"
    assert why_refused(withdraw, file_import) == "import-not-waiting"


def test_it_is_confirmed_once():
    file_import = confirm(previewed(row()))

    assert why_refused(confirm, file_import) == "import-not-waiting"
    assert why_refused(withdraw, file_import) == "import-not-waiting"


def test_workers_that_come_twice_apply_it_once():
    file_import = confirm(previewed(row(quantity=3)))

    advance(file_import)
    before = on_record()
    advance(file_import)

    assert on_record() == before
    assert LicenceGrant.objects.get().quantity == 3


# --- Withdrawn -------------------------------------------------------------------------------------


def test_a_withdrawn_import_writes_nothing_and_keeps_what_was_wrong():
    file_import = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))
    before = on_record()

    withdrawn = withdraw(file_import)

    assert (withdrawn.state, withdrawn.has_ended, withdrawn.rows_read) == (State.WITHDRAWN, True, 2)
    assert on_record() == before
    assert waiting_rows() == 0
    assert sorted(problems(withdrawn)) == [3]


def test_a_withdrawn_import_stays_withdrawn():
    file_import = withdraw(previewed(row()))

    assert why_refused(confirm, file_import) == "import-not-waiting"
    assert advance(file_import).state == State.WITHDRAWN


# --- What changed in between -------------------------------------------------------------------------


def shown_anew(file_import, was, *, accept_valid=False):
    """Confirm; asserts a new preview that names the changed rows, and that nothing is applied."""
    before = on_record()

    advance(confirm(file_import, accept_valid=accept_valid))

    assert (file_import.state, file_import.previews) == (State.PREVIEW, 2)
    assert on_record() == before
    assert changes(file_import) == was
    assert file_import.changed_since_preview == len(was)
    return True


def test_another_import_of_the_same_lines(tmp_path):
    content = csv_bytes(row("PO-1"), row("PO-2", product="XCH-USR"))
    file_import = preview(content)
    at_once(tmp_path / "purchases.csv", content)

    assert shown_anew(file_import, {2: ("new", "unchanged"), 3: ("new", "unchanged")})
    assert why_refused(confirm, file_import) == "import-nothing-new"


def test_another_import_of_the_same_key_with_other_content(tmp_path):
    file_import = previewed(row("PO-1"), row("PO-2"))
    at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-1", quantity=9)))

    assert shown_anew(file_import, {2: ("new", "rejected"), 3: ("new", "top_up")})
    assert reasons(file_import) == {2: "key-with-other-content"}


def test_a_serial_number_that_the_site_was_given(tmp_path):
    file_import = previewed(row("PO-1"), row("PO-2", customer_number="K-2"))
    at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-9")))

    assert shown_anew(file_import, {2: ("new", "top_up")})
    confirmed(file_import)
    assert sorted(balances().values()) == [1, 2]


def test_a_corrected_customer():
    customer = factories.bought().site.customer
    correction = operations.Correction({"name": "Backwaren Vogel", "number": ""}, "Sold, as told by letter.")
    file_import = previewed(
        row(customer_number="", customer_name="Backwaren Vogel", address_line1="Hauptstraße 12a", postcode="72074")
    )
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")

    assert shown_anew(file_import, {2: ("new", "top_up")})


def test_a_customer_that_took_the_number():
    customer = factories.bought(customer_number="K-9").site.customer
    file_import = previewed(row())
    correction = operations.Correction({"number": "K-1"}, "Number of the new CRM.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")

    assert shown_anew(file_import, {2: ("new", "top_up")})


def test_a_serial_number_that_was_transferred():
    serial, other = factories.bought(customer_number="K-1"), factories.bought(customer_number="K-2")
    file_import = previewed(row("PO-1", serial=serial.code), row("PO-2", product="XCH-USR"))
    operations.transfer_serial(
        serial=serial.code,
        customer=other.site.customer,
        details=factories.details(),
        reason="Sold, as told by letter.",
        by="supervisor",
    )

    assert shown_anew(file_import, {2: ("top_up", "rejected"), 3: ("top_up", "new")})
    assert reasons(file_import) == {2: "serial-of-another-customer"}


def test_another_serial_number_of_the_site():
    serial, other = factories.bought(customer_number="K-1"), factories.bought(customer_number="K-2")
    file_import = previewed(row("PO-1"))
    operations.transfer_serial(
        serial=serial.code,
        customer=other.site.customer,
        details=factories.details(),
        reason="Sold, as told by letter.",
        by="supervisor",
    )
    factories.bought(customer_number="K-1")

    assert shown_anew(file_import, {2: ("top_up", "top_up")})


def test_a_product_that_was_renamed():
    file_import = previewed(row("PO-1"), row("PO-2", product="XCH-USR", customer_number="K-2"))
    product = Product.objects.get(sku="XCH-USR")
    product.sku = "XCH-USER"
    operations.save_product(product, by="admin")

    assert shown_anew(file_import, {3: ("new", "rejected")})
    assert reasons(file_import) == {3: "product-unknown"}
    assert why_refused(confirm, file_import) == "import-has-rejected"


def test_a_product_that_is_there_now_is_said_as_well():
    file_import = previewed(row("PO-1"), row("PO-2", product="XCH-NIL", customer_number="K-2"))
    operations.save_product(Product(sku="XCH-NIL", name="New", slot=len(PRODUCTS) + 1), by="admin")

    assert shown_anew(file_import, {3: ("rejected", "new")}, accept_valid=True)
    assert problems(file_import) == {}


def test_licences_that_were_returned_meanwhile(tmp_path):
    factories.bought(customer_number="K-1", quantity=5)
    file_import = previewed(row("PO-1", quantity=-4))
    at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-2", quantity=-3)))

    assert shown_anew(file_import, {2: ("return", "rejected")})


def test_a_change_that_is_none_for_the_file_does_not_matter(tmp_path):
    file_import = previewed(row("PO-1"))
    at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-2", customer_number="K-2")))

    assert confirmed(file_import).state == State.APPLIED


def test_what_is_shown_anew_can_be_confirmed_and_applied(tmp_path):
    file_import = previewed(row("PO-1"), row("PO-2"))
    at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-1", quantity=9)))
    assert shown_anew(file_import, {2: ("new", "rejected"), 3: ("new", "top_up")})

    assert why_refused(confirm, file_import, number=1, accept_valid=True) == "import-preview-old"
    done = confirmed(file_import, accept_valid=True)

    assert (done.state, counts(done)) == (State.APPLIED, {"top_up": 1, "rejected": 1})
    assert list(balances().values()) == [10]


def test_what_the_database_alone_keeps_apart_is_judged_again(monkeypatch):
    """A concurrent change that no lock prevents is shown in a new preview."""
    file_import = previewed(row("PO-1"))
    monkeypatch.setattr(lifecycle, "record_event", somebody_is_faster)
    before = on_record()

    advance(confirm(file_import))

    assert on_record() == before
    assert (file_import.state, file_import.previews) == (State.PREVIEW, 2)
    assert (file_import.ended_at, file_import.rows_applied) == (None, 0)
    monkeypatch.undo()
    assert confirmed(file_import).state == State.APPLIED


def somebody_is_faster(*_, **__):
    raise IntegrityError


def test_a_command_judges_again_as_well(monkeypatch, tmp_path):
    record = lifecycle.record_event
    answers = [somebody_is_faster, record]
    monkeypatch.setattr(lifecycle, "record_event", lambda *about, **details: answers.pop(0)(*about, **details))

    done = at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-1", quantity=3)))

    assert (done.state, done.rows_applied, list(balances().values())) == (State.APPLIED, 1, [3])


def test_a_command_that_is_interrupted_is_withdrawn(monkeypatch, tmp_path):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(lifecycle, "record_event", interrupt)
    before = on_record()

    with pytest.raises(KeyboardInterrupt):
        at_once(tmp_path / "purchases.csv", csv_bytes(row()))

    (ended,) = FileImport.objects.all()
    assert (ended.state, ended.rows_applied, ended.holds_rows) == (State.WITHDRAWN, 0, False)
    assert (on_record(), waiting_rows()) == (before, 0)


# --- The event -------------------------------------------------------------------------------------


def test_an_import_is_one_event_with_the_digest_of_its_file():
    before = Event.objects.count()

    done = confirmed(preview(csv_bytes(row("PO-1"), row("PO-2", customer_number="K-2")), name="november.csv"))

    assert Event.objects.count() == before + 1
    event = Event.objects.first()
    assert (event.kind, event.actor) == (Event.Kind.PURCHASES_RECORDED, "clerk")
    assert {name: event.details[name] for name in ("import", "digest", "rows", "new", "rejected")} == {
        "import": done.pk, "digest": done.sha256, "rows": 2, "new": 2, "rejected": 0,
    }  # fmt: skip
    assert event.personal["file"] == "november.csv"
    assert event_chain.flaws() == []


def test_a_file_is_confirmed_by_somebody_else_than_who_uploaded_it():
    file_import = preview(csv_bytes(row()), by="importer")

    confirmed(file_import, by="clerk")

    assert Event.objects.first().actor == "clerk"
    assert file_import.uploaded_by == "importer"


def test_outcomes_are_counted_for_every_row_in_the_file():
    file_import = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"), row("PO-3", quantity="x"))

    assert sum(file_import.counts.values()) == file_import.rows_read
    assert len(outcomes(file_import)) + 1 == file_import.rows_read
    assert Customer.objects.count() == 0
