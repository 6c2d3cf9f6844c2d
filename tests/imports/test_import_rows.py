"""The rows of an import: paging along their keys, and unusual addresses."""

import pytest

from licences.imports.row_pages import PagePosition, choose_tab, frequent_problems, row_page, row_tabs
from tests import factories
from tests.imports.entry_points import advance, confirm, confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.imports.import_pages import page
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr("licences.imports.row_pages.PAGE_SIZE", 3)


@pytest.fixture
def ten():
    """Ten good rows, in rows 2, 4, 6 … of the file, ten rejected ones between them, and another import."""
    rows = [row(f"PO-{number}", customer_number=f"K-{number}", product=("XCH-SRV", "XCH-NIL")[number % 2])
            for number in range(20)]  # fmt: skip
    found = preview(csv_bytes(*rows))
    preview(csv_bytes(row("PO-99"), row("PO-98", product="XCH-NIL")))
    return found


def rows_of(file_import, name, **place):
    tab = choose_tab(row_tabs(file_import), name)
    return row_page(file_import, tab, PagePosition(**place))


@each_row(("name", "first"), [("new", 2), ("rejected", 3)])
def test_the_pages_follow_each_other_without_gap_or_overlap(name, first, ten):
    seen, place = [], {}
    for _turn in range(9):
        found = rows_of(ten, name, **place)
        seen += [each.row for each in found.rows]
        if found.next is None:
            break
        place = {"after": found.next}

    assert seen == list(range(first, first + 20, 2))


def test_the_way_back_leads_over_the_same_pages(ten):
    forth = rows_of(ten, "new", after=6)
    back = rows_of(ten, "new", before=forth.previous)

    assert [each.row for each in forth.rows] == [8, 10, 12]
    assert [each.row for each in back.rows] == [2, 4, 6]
    assert (back.previous, back.next) == (None, 6)


def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after(ten):
    assert rows_of(ten, "new").previous is None
    assert rows_of(ten, "new", after=18).next is None
    assert rows_of(ten, "new", after=18).previous == 20


@each_row("place", [{"after": 10**17}, {"after": 2**32}, {"before": 10**17}, {"before": 2**33}])
@each_row("name", ["new", "rejected"])
def test_no_place_leads_into_the_rows_of_another_import(name, place, ten):
    assert all(each.row <= 21 for each in rows_of(ten, name, **place).rows)


def test_allocated_serial_numbers_come_in_pages_too():
    done = confirmed(preview(csv_bytes(*[row(f"PO-{number}", customer_number=f"K-{number}") for number in range(4)])))

    first = rows_of(done, "serials")
    second = rows_of(done, "serials", after=first.next)

    assert [len(first.rows), len(second.rows)] == [3, 1]
    assert rows_of(done, "serials", before=second.previous).rows == first.rows


def test_rows_that_changed_have_a_tab_of_their_own_with_before_and_now():
    known = factories.bought(customer_number="K-1", quantity=3)
    returns = [row(f"PO-{number}", quantity=-1) for number in range(3)]
    found = confirm(preview(csv_bytes(*returns, row("PO-9", product="XCH-FAX"))))
    factories.bought(serial=known.code, customer_number="K-1", quantity=-1)

    changed = rows_of(advance(found), "changed").rows

    assert [(each.row, each.before, each.now) for each in changed] == [
        (2, "return", "rejected"), (3, "return", "rejected"), (4, "return", "rejected")
    ]  # fmt: skip
    assert changed[0].problems[0].column == "quantity"


def test_a_page_asks_the_same_few_questions_however_many_rows_there_are(ten, staff, django_assert_max_num_queries):
    for name in ("new", "rejected"):
        with django_assert_max_num_queries(12):
            staff.get(f"{ten.get_absolute_url()}?show={name}")


# --- Most frequent problems ---------------------------------------------------------------------------------


def test_what_is_wrong_most_often_is_said_before_the_rows(staff):
    found = preview(
        csv_bytes(
            row("PO-1", quantity="1.000"),
            *[row(f"PO-{number}", product="XCH-NIL") for number in range(2, 6)],
            row("PO-7", quantity="x", line="y"),
        )
    )

    said = page(staff, found)

    assert [(each.column, each.rows, each.row) for each in frequent_problems(found)] == [
        ("product", 4, 3), ("quantity", 2, 2), ("line", 1, 7)
    ]  # fmt: skip
    assert "Most frequent problems 4 rows, Product (SKU) : as in row 3: The catalogue has no product “XCH-NIL”" in said


def test_a_single_page_of_rejected_rows_speaks_for_itself():
    assert frequent_problems(preview(csv_bytes(row(product="XCH-NIL")))) == []


# --- Whatever an address asks for --------------------------------------------------------------------------------


@each_row(
    "query",
    [
        "?show=nonsense",
        "?show=%00",
        "?show=REJECTED",
        "?after=abc",
        "?after=-1",
        "?after=",
        "?after=1.5",
        "?after=%D9%A3",
        "?after=9999999999999999999",
        "?before=x",
        "?show=rejected&before=%00",
        "?show=rejected&after=1&before=x",
        "?show=" + "x" * 5_000,
    ],
)
def test_nonsense_in_an_address_is_a_page_that_does_not_exist(query, ten, staff):
    answer = staff.get(f"{ten.get_absolute_url()}{query}")

    assert answer.status_code == 404
    assert b"topbar" in answer.content


@each_row(
    "query",
    [
        "?show=changed",
        "?show=serials",
        "?show=return",
        "?show=",
        "?after=999999999999999999",
        "?before=999999999999999999",
        "?before=0",
        "?format=xml",
        "?unknown=1",
    ],
)
def test_what_is_not_there_is_an_empty_page_or_another_tab(query, ten, staff):
    assert page(staff, ten, query)


@each_row("pk", ["0", "999999", "99999999999999999999999999"])
@each_row("rest", ["", "?format=json", "confirm/", "similar/", "withdraw/", "rejected.csv", "serials.xlsx"])
def test_an_import_that_does_not_exist_is_a_page_in_our_frame(pk, rest, staff):
    ask = staff.post if rest.endswith("/") else staff.get

    answer = ask(f"/purchases/imports/{pk}/{rest}", {"preview": "1"} if rest.endswith("/") else {})

    assert answer.status_code == 404
    assert b"topbar" in answer.content
