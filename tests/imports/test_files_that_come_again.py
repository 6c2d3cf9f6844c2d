"""Rows on record are recognised while a file is read, without computing their keys."""

import pytest

from licences.imports.rows import staged_purchases
from tests.imports.entry_points import at_once, outcomes, preview, reasons
from tests.imports.files import csv_bytes, row

pytestmark = pytest.mark.usefixtures("catalogue")

FILE = [row("PO-1", 1, customer_number=""), row("PO-1", 2, quantity=2), row("PO-2", 1, site_name="Werk 2")]


@pytest.fixture
def on_record(tmp_path):
    at_once(tmp_path / "purchases.csv", csv_bytes(*FILE))


def test_no_spellings_are_compared_of_a_file_that_came_before(on_record, monkeypatch):
    asked = []
    monkeypatch.setattr(staged_purchases, "party_keys", asked.append)

    assert outcomes(preview(csv_bytes(*FILE))) == {2: "unchanged", 3: "unchanged", 4: "unchanged"}
    assert not asked


def test_what_is_new_or_other_among_its_rows_is_judged_as_ever(on_record):
    first, second, third = FILE
    file_import = preview(csv_bytes(first, row("PO-1", 3), {**second, "quantity": "3"}, row("PO-3", 1), third))

    assert outcomes(file_import) == {2: "unchanged", 3: "top_up", 4: "rejected", 5: "top_up", 6: "unchanged"}
    assert reasons(file_import) == {4: "key-with-other-content"}


def test_two_rows_of_one_key_contradict_each_other_though_one_of_them_is_on_record(on_record):
    first, second, third = FILE
    file_import = preview(csv_bytes(first, second, {**second, "quantity": "3"}, third, first))

    assert reasons(file_import) == {3: "key-twice", 4: "key-twice"}
    assert outcomes(file_import) == {
        2: "unchanged", 3: "rejected", 4: "rejected", 5: "unchanged", 6: "unchanged",
    }  # fmt: skip


def test_rows_whose_ends_are_not_on_record_are_unchanged_all_the_same(on_record):
    file_import = preview(csv_bytes(row("PO-8", 1), *FILE, row("PO-9", 1)))

    assert outcomes(file_import) == {2: "top_up", 3: "unchanged", 4: "unchanged", 5: "unchanged", 6: "top_up"}
