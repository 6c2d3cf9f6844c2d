"""One pipeline: rows have the same result through every entry point, and it is what the rules say."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from customers.models import Customer, Site
from licences import imports
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine
from licences.models import Balance, LicenceGrant, RejectedRow, RowOutcome, Serial
from tests.factories import PRODUCTS
from tests.how_often import examples
from tests.imports import purchase_model
from tests.imports.entry_points import at_once, preview, through_the_page
from tests.imports.files import csv_bytes

pytestmark = pytest.mark.usefixtures("catalogue")

one_by_one = settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Few values of each kind, so that rows interact.
SKUS = ["XCH-SRV", "xch-srv", "XCH-USR", "XCH-NIL"]
SERIALS = ["", "", "", "AAAAAAAA", "BBBBBBBB", "AAAAAAAB"]
buyers = st.sampled_from(
    [
        {"customer_number": "K-1", "customer_name": "Anders GmbH"},
        {"customer_number": "K-2", "customer_name": "Anders GmbH"},
        {"customer_number": "K-1", "customer_name": "Anders AG", "postcode": "10115"},
        {"customer_number": "", "customer_name": "ANDERS", "address_line1": "Ring 1"},
        {"customer_number": "", "customer_name": "Conrad AG", "address_line1": "Hauptstr. 1"},
        {"customer_number": "", "customer_name": "Conrad", "address_line1": "Hauptstraße 1"},
    ]
)


@st.composite
def lines(draw):
    values = {
        "purchase_reference": draw(st.sampled_from(["PO-1", "PO-2", "PO-3"])),
        "line": draw(st.integers(1, 4)),
        "purchased_on": None,
        "serial": draw(st.sampled_from(SERIALS)),
        "product": draw(st.sampled_from(SKUS)),
        "quantity": draw(st.sampled_from([1, 2, 3, -1, -2, 32767])),
        "software_assurance_until": None,
        "site_name": draw(st.sampled_from(["", "", "Werk Köln", "WERK KOELN"])),
        **draw(buyers),
    }
    return PurchaseLine(**values)


batches = st.lists(lines(), min_size=1, max_size=12).map(lambda each: dict(enumerate(each, start=2)))


@contextmanager
def rolled_back():
    """A block whose changes are rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def as_csv(batch):
    return csv_bytes(*[dict(zip(COLUMNS, line.texts(), strict=True)) for line in batch.values()])


WITHOUT = {"id", "created_at", "recorded_at", "file_import_id", "allocated_by_id"}


def content():
    """All records, row by row, without keys, times and origin."""
    return {model.__name__: [told(each) for each in rows] for model, rows in rows_by_model().items()}


def rows_by_model():
    models = (Customer, Site, Serial, LicenceGrant, Balance)
    return {model: list(model.objects.order_by("pk")) for model in models}


def told(each):
    """The values of a row; related rows by their own values, and random codes by their position."""
    values = {field.attname: getattr(each, field.attname) for field in each._meta.concrete_fields}
    values |= {
        f"{field.name}_id": str(told(getattr(each, field.name))) for field in references(each) if values[field.attname]
    }
    if isinstance(each, Serial) and each.origin == Serial.Origin.ALLOCATED:
        values["code"] = Serial.objects.filter(pk__lte=each.pk).count()
    return {name: value for name, value in values.items() if name not in WITHOUT}


def references(each):
    return [field for field in each._meta.concrete_fields if field.is_relation and field.attname not in WITHOUT]


DOORS = {
    "page": lambda batch, path, **options: through_the_page(as_csv(batch), **options),
    "command": lambda batch, path, **options: at_once(path, as_csv(batch), **options),
    "operation": lambda batch, path, **options: imports.record_purchases(batch.items(), by="tests", **options),
}


@one_by_one
@given(known=batches, batch=batches, accept_valid=st.booleans())
def test_every_entry_point_leaves_the_same_records(tmp_path_factory, known, batch, accept_valid):
    path = tmp_path_factory.getbasetemp() / "purchases.csv"
    with rolled_back():
        imports.record_purchases(known.items(), by="tests", accept_valid=True)
        left = {}
        for name, door in DOORS.items():
            with rolled_back():
                door(batch, path, accept_valid=accept_valid)
                left[name] = content()

        assert left["page"] == left["command"] == left["operation"]


def said(file_import):
    """Row → (outcome, serial number, reason)."""
    named = {
        each.row: (RowOutcome.Outcome(each.outcome).name.lower(), each.serial)
        for each in RowOutcome.objects.filter(pk__range=file_import.row_ids)
    }
    reasons = {each.row: each.problems[0][2] for each in RejectedRow.objects.filter(pk__range=file_import.row_ids)}
    return {row: (*outcome, reasons.get(row, "")) for row, outcome in named.items()}


def expected(verdicts):
    return {
        row: (verdict.outcome, verdict.target.code if verdict.target else "", verdict.reason)
        for row, verdict in verdicts.items()
    }


def serials_by_row():
    codes = dict(LicenceGrant.objects.values_list("file_row", "serial__code"))
    return lambda row: codes[row]


def totals(record):
    """(serial, product) → quantity"""
    found = {}
    for line, target in record.grants:
        key = target.code, line.product.upper()
        found[key] = found.get(key, 0) + line.quantity
    return found


@settings(one_by_one, max_examples=examples(25))
@given(known=batches, batch=batches)
def test_what_becomes_of_rows_is_what_the_rules_say(known, batch):
    model = purchase_model.Record(products=list(PRODUCTS))
    batch = {row + 100: line for row, line in batch.items()}
    with rolled_back():
        for rows in (known, batch):
            verdicts = purchase_model.judged(model, rows)
            note("\n".join(f"{row}: {list(filter(None, line.texts()))} {verdicts[row]}" for row, line in rows.items()))
            first = min(rows)
            found = preview(as_csv(rows))
            assert said(found) == {row - first + 2: words for row, words in expected(verdicts).items()}

            imports.record_purchases(rows.items(), by="tests", accept_valid=True)
            model = purchase_model.recorded(model, rows, verdicts, serials_by_row())
            assert totals(model) == {
                (each.serial.code, each.product.sku): each.quantity
                for each in Balance.objects.select_related("serial", "product")
            }
            assert Serial.objects.count() == len(model.targets)
            assert Customer.objects.count() == len(model.buyers)
