"""Purchases whose reference is written otherwise than on record (docs/decisions.md#a-key-typed-otherwise)."""

import pytest

from licences import imports
from licences.imports.rows import purchase_lines
from licences.models import LicenceGrant, PurchaseReferenceKey, PurchaseReferenceMark
from tests.imports import entry_points
from tests.imports.files import csv_bytes, xlsx_bytes
from tests.imports.test_who_is_this_customer import row, take  # noqa: F401  (a fixture)
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

UNSEEN = {
    "zero width space": {"reference": "PO-T1\u200b"},
    "byte order mark": {"reference": "\ufeffPO-T1"},
    "soft hyphen": {"reference": "PO\u00ad-T1"},
    "another dash": {"reference": "PO\u2013T1"},
    "in the name": {"name": "Test\u200bhaus GmbH"},
    "a soft hyphen in the name": {"name": "Test\u00adhaus GmbH"},
}


@each_row("written", UNSEEN.values())
def test_what_cannot_be_seen_is_no_difference(take, written):  # noqa: F811
    take(row("PO-T1"))

    later = take(row(**{"reference": "PO-T1", **written}))

    assert entry_points.counts(later) == {"unchanged": 1}
    assert LicenceGrant.objects.count() == 1


def test_blanks_are_no_difference(take):  # noqa: F811
    take(row("PO T1"))

    assert entry_points.counts(take(row(" PO \u00a0 T1 "))) == {"unchanged": 1}


WRITTEN = ["po-t1", "Po-T1", "\uff30\uff2f-T1", "PO-T\u00b9"]


@each_row("written", WRITTEN)
@each_row("turned", [False, True])
def test_case_and_compatibility_forms_wait(take, written, turned):  # noqa: F811
    recorded, later = (written, "PO-T1") if turned else ("PO-T1", written)
    take(row(recorded))

    waiting = take(row(later))

    assert entry_points.reasons(waiting) == {2: "purchase-written-otherwise"}
    assert waiting.to_confirm == {"reference": 1}
    assert waiting.pairs.get().reference == recorded


def test_two_spellings_in_one_file_wait(take):  # noqa: F811
    waiting = take(row("PO-T1"), row("po-t1"))

    assert entry_points.reasons(waiting) == {3: "purchase-written-otherwise"}


def test_a_further_line_in_another_case_is_a_further_line(take):  # noqa: F811
    take(row("PO-T1"))

    assert entry_points.counts(take(row("po-t1", line=2))) == {"top_up": 1}


def test_the_same_purchase_with_other_content_is_rejected_once_it_is_decided():
    entry_points.through_the_page(csv_bytes(row("PO-T1")))
    waiting = entry_points.preview(csv_bytes(row("po-t1", quantity=7)))

    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=("reference", "same"), by="clerk")

    assert entry_points.reasons(entry_points.advance(waiting)) == {2: "key-with-other-content"}


FULL = {"site_name": "North", "contact_name": "Eva Huber", "software_assurance_until": "2030-01-31"}


@each_row("content", [csv_bytes, xlsx_bytes])
@each_row("lacking", [["site_name"], ["contact_name", "software_assurance_until"], list(FULL)])
def test_the_same_purchase_that_lacks_cells_is_unchanged_once_it_is_decided(content, lacking):
    entry_points.through_the_page(content(row("PO-T1") | FULL))
    waiting = entry_points.preview(content(row("po-t1") | FULL | dict.fromkeys(lacking, "")))

    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=("reference", "same"), by="clerk")

    assert entry_points.counts(entry_points.advance(waiting)) == {"unchanged": 1}


@each_row("other", [{"site_name": "South"}, {"quantity": "7"}, {"address_line2": "3. OG"}])
def test_a_cell_that_says_something_else_or_more_is_other_content(other):
    """Also where other cells are missing, and where the record has nothing in that column."""
    entry_points.through_the_page(csv_bytes(row("PO-T1") | FULL))
    waiting = entry_points.preview(csv_bytes(row("po-t1") | FULL | {"contact_name": ""} | other))

    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=("reference", "same"), by="clerk")

    again = entry_points.advance(waiting)
    assert entry_points.reasons(again) == {2: "key-with-other-content"}


def test_two_rows_of_one_file_of_which_the_second_lacks_cells_are_one():
    waiting = entry_points.preview(csv_bytes(row("PO-T1") | FULL, row("po-t1")))

    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=("reference", "same"), by="clerk")

    assert entry_points.counts(entry_points.advance(waiting)) == {"new": 1, "unchanged": 1}


def test_lacking_cells_under_the_very_same_reference_are_other_content_as_before():
    entry_points.through_the_page(csv_bytes(row("PO-T1") | FULL))

    assert entry_points.reasons(entry_points.preview(csv_bytes(row("PO-T1")))) == {2: "key-with-other-content"}


@pytest.fixture
def recorded_raw(monkeypatch):
    """Imports rows as older code did, which kept what cannot be seen and knew no keys."""
    parse = purchase_lines.parse_cells

    def take_raw(*rows):
        with monkeypatch.context() as patched:
            patched.setattr(
                "licences.imports.rows.staged_purchases.parse_cells", lambda cells, **raw: parse(cells, raw=True)
            )
            taken = entry_points.through_the_page(csv_bytes(*rows))
        PurchaseReferenceKey.objects.all().delete()
        PurchaseReferenceMark.objects.all().delete()
        return taken

    return take_raw


RAW = [row("PO-T1\u200b"), row("PO\u2013T1"), row("PO-T1", "Test\u00adhaus GmbH"), row("PO-T1", number="K\u20131")]


@pytest.mark.parametrize("rows", RAW)
@pytest.mark.parametrize("written", [csv_bytes, xlsx_bytes])
def test_a_file_from_before_the_change_still_comes_out_unchanged(recorded_raw, rows, written):
    recorded_raw(rows)

    again = entry_points.preview(written(rows), name=f"again.{'csv' if written is csv_bytes else 'xlsx'}")

    assert entry_points.counts(again) == {"unchanged": 1}


def test_an_older_reference_is_found_without_what_cannot_be_seen(recorded_raw):
    recorded_raw(row("PO-T1\u200b"))
    entry_points.through_the_page(csv_bytes(row("PO-T9", "Gasthof Adler")))  # makes the keys

    assert entry_points.counts(entry_points.preview(csv_bytes(row("PO-T1")))) == {"unchanged": 1}
