"""Rows of one file that may mean one customer: an earlier row counts as if its customer were on record
(docs/decisions.md#who-is-this-customer)."""

import csv
from itertools import permutations

import pytest
from django.core.management import call_command

from customers.models import Customer
from licences import imports
from licences.imports import buyer_statements, pair_details
from licences.models import FileImport, LicenceGrant, RecordPair, SenderProfile, StagedPurchase
from tests.api.shops import Shop, line
from tests.imports import entry_points
from tests.imports.files import csv_bytes, read_csv, xlsx_bytes
from tests.imports.import_pages import decide, page
from tests.imports.test_who_is_this_customer import ADDRESS, on_csv_page, on_xlsx_page, row
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

ELSEWHERE = {"address_line1": "Am Markt 1", "postcode": "80331"}
ALPHA, BETA = "Alpha Werke AG", "Beta Bau GmbH"
KNOWN, LIKE_IT = "Notariat Kretzschmer und Lößnig", "Notariat Kretschmer & Lössnig"
FILES = {
    "number": [row("PO-1", ALPHA, number="K-1"), row("PO-2", BETA, number="K-1", **ELSEWHERE)],
    "lookalike": [row("PO-1", KNOWN), row("PO-2", LIKE_IT)],
}
REASONS = {"number": "customer-differs-from-number", "lookalike": "customer-like-known"}
AFTER = {
    ("number", "same"): [("K-1", ALPHA)],
    ("number", "another"): [("", BETA), ("K-1", ALPHA)],
    ("lookalike", "same"): [("", KNOWN)],
    ("lookalike", "another"): [("", LIKE_IT), ("", KNOWN)],
}
EVERY_END = pytest.mark.parametrize(("kind", "decision"), AFTER)


@pytest.fixture(params=["page", "workbook", "command"])
def take(request, tmp_path):
    """Imports rows by each door."""
    if request.param == "command":
        return lambda *rows: entry_points.at_once(tmp_path / "purchases.csv", csv_bytes(*rows))
    return on_csv_page if request.param == "page" else on_xlsx_page


def customers():
    return sorted(Customer.objects.values_list("number", "name"))


def buyers():
    """Purchase reference → name of the customer."""
    return dict(LicenceGrant.objects.values_list("purchase_reference", "serial__site__customer__name"))


def all_decided(waiting, decision):
    """A preview whose pairs somebody decided, judged again."""
    names = waiting.pairs.values_list("pair", flat=True)
    imports.decide_pairs(file_import_id=waiting.pk, decisions=dict.fromkeys(names, decision), by="clerk")
    return entry_points.advance(waiting)


@each_row("kind", FILES)
def test_the_later_row_waits(take, kind):
    later = take(*FILES[kind])

    assert entry_points.reasons(later) == {3: REASONS[kind]}
    assert later.to_confirm == {kind: 1}
    pair = RecordPair.objects.get()
    assert (pair.kind, pair.row_number, pair.row_count, pair.other_row_number) == (kind, 3, 1, 2)
    assert LicenceGrant.objects.count() == 0


@EVERY_END
@pytest.mark.parametrize("written", [csv_bytes, xlsx_bytes], ids=["csv", "xlsx"])
def test_the_pair_is_decided_on_the_page(kind, decision, written, as_user, importer):
    name = "purchases.xlsx" if written is xlsx_bytes else "purchases.csv"
    waiting, browser = entry_points.preview(written(*FILES[kind]), name=name), as_user(importer)
    pair, shown = waiting.pairs.get(), page(browser, waiting, f"?show={kind}")

    decide(browser, waiting, "pairs", kind=kind, **{f"pair-{pair.pair}": decision})
    entry_points.confirmed(entry_points.advance(waiting))

    assert "Row 2 of this file" in shown
    assert "On record" not in shown
    assert customers() == AFTER[kind, decision]
    assert set(buyers().values()) == {name for _number, name in AFTER[kind, decision]}


@EVERY_END
def test_the_pair_is_decided_by_the_command(kind, decision, tmp_path, capsys):
    file, decided = tmp_path / "purchases.csv", tmp_path / "purchases-decisions.csv"
    file.write_bytes(csv_bytes(*FILES[kind]))
    with pytest.raises(SystemExit):
        call_command("import_purchases", str(file), "--dry-run", "--json")
    listed = read_csv(decided.read_bytes())
    told = capsys.readouterr().out
    with decided.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, listed[0], delimiter=";")
        writer.writeheader()
        writer.writerows({**each, "decision": decision} for each in listed)

    call_command("import_purchases", str(file), "--decisions", str(decided))

    first, second = FILES[kind]
    assert [(each["row"], each["other_row"]) for each in listed] == [("3", "2")]
    assert listed[0]["file_customer_name"] == second["customer_name"]
    assert listed[0]["record_customer_name"] == first["customer_name"]
    assert REASONS[kind] in told
    assert customers() == AFTER[kind, decision]


@EVERY_END
def test_what_was_decided_counts_for_the_same_file_after_it_was_taken_back(kind, decision):
    applied = entry_points.confirmed(all_decided(entry_points.preview(csv_bytes(*FILES[kind])), decision))
    imports.take_back_import(file_import_id=applied.pk, reason="entered by mistake", by="clerk")

    again = entry_points.preview(csv_bytes(*FILES[kind]))

    assert (again.counts["rejected"], again.to_confirm, again.new_customers) == (0, {}, 0)
    entry_points.confirmed(again)
    assert customers() == AFTER[kind, decision]


@each_row("kind", FILES)
def test_the_result_is_the_same_as_with_two_files(kind):
    """The first row alone, and then both."""
    entry_points.through_the_page(csv_bytes(FILES[kind][0]))

    later = entry_points.preview(csv_bytes(*FILES[kind]))

    assert (entry_points.reasons(later), later.to_confirm) == ({3: REASONS[kind]}, {kind: 1})


@EVERY_END
def test_what_was_decided_within_a_file_counts_once_the_first_row_is_on_record(kind, decision):
    waiting = all_decided(entry_points.preview(csv_bytes(*FILES[kind])), decision)
    imports.withdraw_import(file_import_id=waiting.pk, by="clerk")
    entry_points.through_the_page(csv_bytes(FILES[kind][0]))

    later = entry_points.through_the_page(csv_bytes(FILES[kind][1]))

    assert (later.counts["rejected"], customers()) == (0, AFTER[kind, decision])


@each_row("kind", FILES)
def test_the_first_row_is_imported_without_the_one_that_waits(kind, as_user, importer):
    waiting = entry_points.preview(csv_bytes(*FILES[kind]))

    applied = entry_points.confirmed(waiting, accept_valid=True)

    assert buyers() == {"PO-1": FILES[kind][0]["customer_name"]}
    assert entry_points.reasons(entry_points.preview(csv_bytes(*FILES[kind]))) == {3: REASONS[kind]}
    (shown,) = pair_details.pair_details(applied, applied.pairs.all())
    assert shown.other_row == 2
    assert next(each.on_record for each in shown.fields if each.column == "postcode") == ADDRESS["postcode"]


@each_row("number", ["K-1", "k-1", "K\u20131"])
def test_the_first_row_counts_however_the_number_is_written(number):
    rows = [
        row("PO-1", ALPHA, number="K-1"),
        row("PO-2", BETA, number=number),
        row("PO-3", BETA, number=number, line=2),
    ]

    waiting = entry_points.preview(csv_bytes(*rows))

    assert entry_points.reasons(waiting) == dict.fromkeys((3, 4), REASONS["number"])
    assert [each.row_count for each in waiting.pairs.all()] == [2]


def test_close_names_with_one_number_do_not_wait(take):
    take(row("PO-1", "Bäckerei Huber KG", number="K-1"), row("PO-2", "Baeckerei Hubert", number="K-1"))

    assert customers() == [("K-1", "Bäckerei Huber KG")]


@each_row("second", [{"number": "K-7"}, {"postcode": "99999"}, {"address_line1": "Nebenweg 3"}])
def test_a_look_alike_waits_with_what_it_shares(second):
    waiting = entry_points.preview(csv_bytes(row("PO-1", KNOWN), row("PO-2", LIKE_IT, **second)))

    assert entry_points.reasons(waiting) == {3: REASONS["lookalike"]}


@each_row(
    "rows",
    [
        [row("PO-1", KNOWN), row("PO-2", "Gasthof Adler")],
        [row("PO-1", KNOWN), row("PO-2", LIKE_IT, **ELSEWHERE)],
        [row("PO-1", KNOWN, number="K-1"), row("PO-2", LIKE_IT, number="K-2")],
    ],
)
def test_different_customers_of_a_file_do_not_wait(take, rows):
    assert entry_points.counts(take(*rows)) == {"new": 2}
    assert Customer.objects.count() == 2


def test_a_look_alike_that_is_the_same_brings_the_number():
    rows = [row("PO-1", KNOWN), row("PO-2", LIKE_IT, number="K-7"), row("PO-3", LIKE_IT)]

    entry_points.confirmed(all_decided(entry_points.preview(csv_bytes(*rows)), "same"))

    assert customers() == [("K-7", KNOWN)]
    assert set(buyers()) == {"PO-1", "PO-2", "PO-3"}


THREE = [row("PO-1", KNOWN), row("PO-2", LIKE_IT, number="K-7"), row("PO-3", "Kretzschmer und Lößnig", number="K-8")]


@each_row("rows", list(permutations(THREE)))
def test_two_numbers_stay_two_customers_in_any_order(rows):
    entry_points.confirmed(all_decided(entry_points.preview(csv_bytes(*rows)), "same"))

    assert [number for number, _name in customers()] == ["K-7", "K-8"]


def test_many_who_share_a_block_are_not_compared(monkeypatch):
    rows = [row(f"PO-{n}", f"Firma {'abcdefgh'[n] * 9}", address_line1="", contact_phone="") for n in range(8)]
    file = csv_bytes(*rows, row("PO-98", KNOWN, address_line1=""), row("PO-99", LIKE_IT, address_line1=""))
    few = entry_points.preview(file)
    imports.withdraw_import(file_import_id=few.pk, by="clerk")
    bound = f"AND {buyer_statements.MAX_SHARING}"
    assert all(bound in each for each in buyer_statements.FIND_SHARED_BLOCKS)
    lower = [each.replace(bound, "AND 9") for each in buyer_statements.FIND_SHARED_BLOCKS]
    monkeypatch.setattr(buyer_statements, "FIND_SHARED_BLOCKS", lower)

    many = entry_points.preview(file)

    assert (few.to_confirm, many.to_confirm) == ({"lookalike": 1}, {})


@each_row(
    ("second", "code"),
    [
        ({"customer_number": "K-1", "customer_name": BETA, **ELSEWHERE}, REASONS["number"]),
        ({"customer_number": "", "customer_name": LIKE_IT}, REASONS["lookalike"]),
    ],
)
def test_lines_of_a_program_wait_on_the_desk(second, code):
    first = line(customer_number="K-1", customer_name=KNOWN, **ADDRESS)

    answer = Shop().send(first, line(purchase_reference="WEB-2", **{**ADDRESS, **second}))

    assert answer.status_code == 202
    assert [[each["code"] for each in sent["problems"]] for sent in answer.json()["lines"]] == [[], [code]]
    assert LicenceGrant.objects.count() == 0


def test_pairs_beside_a_refused_file_have_both_rows_and_no_row_stays_staged(tmp_path):
    file, pairs = tmp_path / "purchases.csv", tmp_path / "pairs.csv"
    file.write_bytes(csv_bytes(*FILES["number"]))

    with pytest.raises(SystemExit):
        call_command("import_purchases", str(file), "--pairs", str(pairs))

    (listed,) = read_csv(pairs.read_bytes())
    assert (listed["file_customer_name"], listed["record_customer_name"]) == (BETA, ALPHA)
    assert StagedPurchase.objects.count() == 0
    assert not FileImport.objects.get().holds_rows


def test_the_numbers_of_a_sender_who_has_own_ones_do_not_make_a_pair():
    file = csv_bytes(*FILES["number"])
    titles = list(read_csv(file)[0])
    columns = {each: each for each in titles}
    imports.save_profile(SenderProfile(name="Own", titles=titles, columns=columns, has_own_numbers=True), by="clerk")

    taken = entry_points.through_the_page(file)

    assert (entry_points.counts(taken), customers()) == ({"new": 2}, [("", ALPHA), ("", BETA)])
