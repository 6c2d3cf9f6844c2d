"""Somebody says whether a row of a file means a record that it resembles, on the page and by the command
(docs/imports.md#is-it-the-same)."""

import csv

import pytest
from django.core.management import call_command

from customers.models import Customer
from licences import imports
from licences.domain.errors import Refusal
from licences.imports import pair_details
from licences.models import Event, LicenceGrant, RecordPair, Serial
from tests.imports import entry_points
from tests.imports.files import csv_bytes, read_csv
from tests.imports.import_pages import decide, page, shown
from tests.imports.test_who_is_this_customer import row

pytestmark = pytest.mark.usefixtures("catalogue")

KNOWN = row("PO-1", "Notariat Kretzschmer und Lößnig", number="K-1", contact_phone="0351 1234567")
CASES = {
    "number": row("PO-2", "Ganz Anders AG", number="K-1", address_line1="Am Markt 1", postcode="80331"),
    "lookalike": row("PO-2", "Notariat Kretschmer & Lössnig"),
    "reference": {**KNOWN, "purchase_reference": "po-1"},
}


@pytest.fixture(params=CASES)
def kind(request):
    entry_points.through_the_page(csv_bytes(KNOWN))
    return request.param


def after(kind, decision):
    """Customers, serial numbers and grants after a decision."""
    if decision == "same":
        return (1, 1, 1 if kind == "reference" else 2)
    return (1, 1, 2) if kind == "reference" else (2, 2, 2)


def on_record():
    return Customer.objects.count(), Serial.objects.count(), LicenceGrant.objects.count()


@pytest.mark.parametrize("decision", ["same", "another"])
def test_a_pair_is_decided_on_the_page(kind, decision, as_user, importer):
    waiting = entry_points.preview(csv_bytes(CASES[kind]))
    pair = waiting.pairs.get()
    browser = as_user(importer)
    shown = page(browser, waiting, f"?show={kind}")

    decide(browser, waiting, "pairs", kind=kind, **{f"pair-{pair.pair}": decision})
    judged = entry_points.advance(waiting)

    assert "1 pair needs your decision" in shown
    assert "Nothing can be imported before you decide" in shown
    assert "Nothing in this file can be imported" not in shown
    assert judged.counts["rejected"] == 0
    if judged.changes_anything():
        entry_points.confirmed(judged)
    assert on_record() == after(kind, decision)
    pair.refresh_from_db()
    assert (pair.kind, pair.decision, pair.decided_by) == (kind, decision, "importer")


@pytest.mark.parametrize("decision", ["same", "another"])
def test_a_pair_is_decided_by_the_command(kind, decision, tmp_path, capsys):
    file, decided = tmp_path / "purchases.csv", tmp_path / "purchases-decisions.csv"
    file.write_bytes(csv_bytes(CASES[kind]))
    with pytest.raises(SystemExit):
        call_command("import_purchases", str(file), "--dry-run")
    listed = read_csv(decided.read_bytes())
    listed[0]["decision"] = decision
    with decided.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, listed[0], delimiter=";")
        writer.writeheader()
        writer.writerows(listed)

    call_command("import_purchases", str(file), "--decisions", str(decided))

    assert [(each["kind"], each["row"], each["rows"]) for each in listed] == [(kind, "2", "1")]
    assert on_record() == after(kind, decision)


def test_a_dry_run_leaves_no_pair(kind, tmp_path):
    file = tmp_path / "purchases.csv"
    file.write_bytes(csv_bytes(CASES[kind]))

    with pytest.raises(SystemExit):
        call_command("import_purchases", str(file), "--dry-run", "--pairs", str(tmp_path / "pairs.csv"))

    assert RecordPair.objects.count() == 0
    assert (tmp_path / "pairs.csv").exists()


def test_a_word_that_is_no_decision_is_refused(tmp_path):
    decided = tmp_path / "decisions.csv"
    decided.write_text("decision,pair\nmaybe,abc\n")

    with pytest.raises(Refusal) as refused:
        imports.record_pairs.read_decisions(decided)

    assert (refused.value.code, refused.value.parameters) == ("decision-unknown", {"row": 2, "value": "maybe"})


def test_a_decided_pair_is_remembered(kind):
    waiting = entry_points.preview(csv_bytes(CASES[kind]))
    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=(kind, "another"), by="importer")
    imports.advance_import(waiting.pk)
    imports.withdraw_import(file_import_id=waiting.pk, by="importer")

    later = entry_points.preview(csv_bytes(CASES[kind]))

    assert (later.counts["rejected"], later.to_confirm) == (0, {})


def test_only_what_is_undecided_holds_the_file_back():
    entry_points.through_the_page(csv_bytes(KNOWN))
    rows = [row("PO-3", "Notariat Kretschmer & Lössnig"), row("PO-5", "Kretzschmer und Lößnig")]
    waiting = entry_points.preview(csv_bytes(*rows, row("PO-4", "Gasthof Adler")))
    pairs, to_confirm = list(waiting.pairs.values_list("pair", flat=True)), waiting.to_confirm

    still = imports.decide_pairs(file_import_id=waiting.pk, decisions=dict.fromkeys(pairs[:1], "same"), by="clerk")
    again = entry_points.confirmed(waiting, accept_valid=True)

    assert (to_confirm, len(pairs)) == ({"lookalike": 2}, 2)
    assert still.awaits_confirmation
    assert (again.state, again.counts["rejected"], again.to_confirm) == ("preview", 1, {"lookalike": 1})
    assert entry_points.confirmed(again, accept_valid=True).counts["rejected"] == 1
    assert LicenceGrant.objects.count() == 3


def test_the_event_counts_the_decisions():
    entry_points.through_the_page(csv_bytes(KNOWN))
    waiting = entry_points.preview(csv_bytes(CASES["lookalike"]))
    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=("lookalike", "same"), by="clerk")

    entry_points.confirmed(entry_points.advance(waiting))

    details = Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).latest("pk").details
    assert details["decided_pairs"] == {"same": 1}
    assert (details["new_serials"], details["new_customers"]) == (0, 0)


def test_both_records_stand_side_by_side(as_user, importer):
    entry_points.through_the_page(csv_bytes(KNOWN))
    waiting = entry_points.preview(csv_bytes(CASES["number"]))

    shown = page(as_user(importer), waiting)

    assert "Customer differs from the number" in shown
    assert "Name Ganz Anders AG Notariat Kretzschmer und Lößnig" in shown
    assert "Postcode 80331 01067" in shown


def test_a_blank_in_the_file_is_no_difference():
    entry_points.through_the_page(csv_bytes(KNOWN))
    waiting = entry_points.preview(csv_bytes({**CASES["number"], "contact_phone": ""}))

    fields = pair_details.pair_details(waiting, waiting.pairs.all())[0].fields

    assert {each.column for each in fields if each.differs} == {"customer_name", "address_line1", "postcode"}
    assert ("contact_phone", "", "0351 1234567") in [(each.column, each.in_file, each.on_record) for each in fields]


def test_the_next_tab_opens_when_the_pairs_of_one_are_decided(as_user, importer):
    entry_points.through_the_page(csv_bytes(KNOWN))
    rows = [row("PO-5", "Wieder Anders AG", number="K-1"), {**CASES["lookalike"], "purchase_reference": "PO-6"}]
    waiting = entry_points.preview(csv_bytes(CASES["number"], *rows))
    browser, first = as_user(importer), waiting.pairs.filter(kind="number").earliest("row_id")

    one_decided = decide(browser, waiting, "pairs", kind="number", **{f"pair-{first.pair}": "another"})
    tab_decided = decide(browser, waiting, "pairs", kind="number", every="another")

    assert "Customer differs from the number 1 " in shown(one_decided)
    assert one_decided.redirect_chain[-1][0].endswith("?show=number#rows")
    assert one_decided.context["tab"].name == "number"
    assert tab_decided.context["tab"].name == "lookalike"
    assert "All others here" not in page(browser, waiting, "?show=number")
    assert "All others here: the same" in page(browser, waiting, "?show=lookalike")


def test_the_same_purchase_with_other_content_says_what_differs_and_not_its_reference(as_user, importer):
    entry_points.through_the_page(csv_bytes(KNOWN))
    waiting = entry_points.preview(csv_bytes({**CASES["reference"], "contact_phone": "", "quantity": "9"}))
    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=("reference", "same"), by="importer")

    said = page(as_user(importer), entry_points.advance(waiting), "?show=rejected")

    assert "already imported with different values in: Quantity, Contact's telephone. Correct them" in said
