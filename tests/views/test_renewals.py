"""The page of renewals, its purchase file, and the renewal rate (docs/figures.md#renewals)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.domain.renewals import a_year_later, month_of
from licences.models import Balance, DailyFigure, Event, FileImport, LicenceGrant, SenderProfile
from licences.queries import renewals
from tests import factories
from tests.administration.admin_lists import csv_rows, xlsx_cells
from tests.imports.entry_points import confirmed, preview
from tests.tables import each_row

pytestmark = pytest.mark.django_db

ENDS = date(2027, 1, 31)


@pytest.fixture
def open_page(importer, as_user):
    """Open the page with a query string; returns the answer."""
    browser = as_user(importer)
    return lambda query="month=2027-01": browser.get(f"{reverse('renewals')}?{query}")


def shown(answer) -> list[str]:
    return [each.serial.code for each in answer.context["page"].renewals]


def test_a_month_shows_each_serial_once_whose_last_day_lies_in_it(catalogue, open_page):
    last = factories.bought(software_assurance_until=ENDS)
    first = factories.bought(software_assurance_until=date(2027, 1, 1))
    factories.top_up(first, software_assurance_until=date(2027, 1, 1), product="XCH-USR")
    factories.top_up(first, software_assurance_until=date(2026, 12, 1), product="XCH-CTI")
    renewed = factories.bought(software_assurance_until=ENDS)
    factories.top_up(renewed, software_assurance_until=date(2027, 2, 1))
    factories.bought(software_assurance_until=date(2026, 12, 31))
    factories.bought(software_assurance_until=None)

    answer = open_page()

    assert shown(answer) == [first.code, last.code]
    row = answer.context["page"].renewals[0]
    assert [(each.product.sku, each.quantity) for each in row.licences] == [
        ("XCH-SRV", 1), ("XCH-USR", 1), ("XCH-CTI", 1)
    ]  # fmt: skip
    assert row.purchase == LicenceGrant.objects.filter(serial=first).latest("pk")
    page = answer.content.decode()
    for text in ("Bäckerei Müller", "Sabine Vogel", "07071/555 0163", "vogel@example.com", "the customer"):
        assert text in page


@pytest.mark.parametrize("sender", ["profile", "folder", "program"])
def test_who_bought_for_the_customer_is_the_sender_of_the_last_purchase(catalogue, open_page, sender):
    serial = factories.bought(software_assurance_until=ENDS)
    told: dict = {
        "profile": lambda: {"profile": SenderProfile.objects.create(name="Northwind", name_key="n", kind="purchases")},
        "folder": lambda: {"inbox_sender": "Northwind"},
        "program": lambda: {"program_key": factories.program_key("purchases:write", name="Northwind").record},
    }[sender]()
    file = FileImport.objects.create(kind="purchases", state="applied", **told)
    LicenceGrant.objects.bulk_create(
        [LicenceGrant(serial=serial, product_id=serial.grants.get().product_id, quantity=1, purchase_reference="PO-R",
                      line=1, software_assurance_until=ENDS, row_digest="0", column_checks="0", allocation_key="0",
                      file_import=file)]
    )  # fmt: skip

    answer = open_page()

    assert answer.context["page"].renewals[0].bought_by == "Northwind"
    assert "<bdi>Northwind</bdi>" in answer.content.decode()


def test_pages_follow_each_other_by_last_day(catalogue, open_page, monkeypatch):
    monkeypatch.setattr(renewals, "PAGE_SIZE", 2)
    codes = [factories.bought(software_assurance_until=date(2027, 1, day)).code for day in (5, 5, 7, 9, 9)]
    first = open_page()
    second = open_page(f"month=2027-01&after={first.context['page'].later}")
    third = open_page(f"month=2027-01&after={second.context['page'].later}")
    back = open_page(f"month=2027-01&before={third.context['page'].earlier}")

    assert [shown(each) for each in (first, second, third, back)] == [codes[:2], codes[2:4], codes[4:], codes[2:4]]
    assert (first.context["page"].earlier, third.context["page"].later) == ("", "")
    assert shown(open_page("month=2027-01&after=nonsense")) == codes[:2]


@pytest.mark.parametrize("text", ["next", "2027-13", "2027", "0001-01", "2027-1-1", "٢٠٢٧-٠١"])
def test_a_month_that_is_none_is_named_and_stays_typed(open_page, text):
    answer = open_page(f"month={text}")

    assert answer.status_code == 422
    assert "Not a month. Write it like 2027-01." in answer.content.decode()
    assert answer.context["form"]["month"].value() == text


# --- The file --------------------------------------------------------------------------------------------


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_is_imported_as_it_is_and_renews_cover_without_adding_licences(catalogue, open_page, kind):
    numbered = factories.bought(software_assurance_until=ENDS, quantity=3, site_name="Lager")
    factories.top_up(numbered, software_assurance_until=None, product="XCH-USR", quantity=25, site_name="Lager")
    nameless = factories.bought(software_assurance_until=date(2027, 1, 15), customer_number="", customer_name="=1+1 AG")
    held = list(Balance.objects.order_by("pk").values("serial", "product", "quantity"))

    content = body(open_page(f"month=2027-01&format={kind}"))
    imported = confirmed(preview(content, name=f"renewals.{kind}"))

    assert (imported.state, imported.counts["rejected"], imported.new_serials, imported.new_customers) == (
        FileImport.State.APPLIED, 0, 0, 0
    )  # fmt: skip
    assert numbered.assured_until() == date(2028, 1, 31)
    assert nameless.assured_until() == date(2028, 1, 15)
    assert list(Balance.objects.order_by("pk").values("serial", "product", "quantity")) == held
    assert shown(open_page()) == []
    assert shown(open_page("month=2028-01")) == [nameless.code, numbered.code]
    again = preview(content, name=f"again.{kind}")
    assert again.counts["unchanged"] == 4


def test_a_serial_without_licences_is_shown_and_not_in_the_file(catalogue, open_page):
    serial = factories.bought(software_assurance_until=ENDS)
    factories.top_up(serial, quantity=-1, software_assurance_until=None)

    assert "none: all were returned" in open_page().content.decode()
    assert len(csv_rows(open_page("month=2027-01&format=csv"))) == 1  # the header


def test_the_file_is_recorded_as_an_event_and_has_no_formula(catalogue, open_page):
    factories.bought(software_assurance_until=ENDS, customer_name="=1+1", contact_phone="+49 7071 1")

    header, *lines = csv_rows(open_page("month=2027-01&format=csv"))
    rows = [dict(zip(header, line, strict=True)) for line in lines]

    assert {row["customer_name"] for row in rows} == {"'=1+1"}
    assert {row["contact_phone"] for row in rows} == {"'+49 7071 1"}
    assert [row["quantity"] for row in rows] == ["1", "-1"]
    event = Event.objects.get(kind=Event.Kind.FILE_TAKEN)
    assert (event.details["list"], event.personal["filter"]) == ("renewals", "month=2027-01")


def test_a_workbook_has_the_columns_of_a_purchase_file(catalogue, open_page):
    factories.bought(software_assurance_until=ENDS)

    cells = xlsx_cells(open_page("month=2027-01&format=xlsx"))

    assert [cell.value for cell in next(iter(cells))][:4] == ["purchase_reference", "line", "purchased_on", "serial"]


@each_row(
    ("last", "renewed"),
    [
        ("2027-01-31", "2028-01-31"),
        ("2027-02-28", "2028-02-29"),
        ("2028-02-29", "2029-02-28"),
        ("2028-02-28", "2029-02-28"),
        ("2027-01-15", "2028-01-15"),
    ],
)
def test_a_year_later_is_the_same_day_or_the_last_of_the_month(last, renewed):
    assert a_year_later(date.fromisoformat(last)) == date.fromisoformat(renewed)
    assert month_of(last[:7]) == date.fromisoformat(last).replace(day=1)


# --- The rate --------------------------------------------------------------------------------------------


def test_the_rate_of_a_month_is_what_a_later_purchase_covers_further(catalogue, open_page):
    now = datetime(2027, 2, 10, 9, tzinfo=UTC)
    lapsed = [factories.bought(software_assurance_until=ENDS) for _number in range(2)]
    for until in (date(2027, 1, 10), date(2027, 1, 20), ENDS):
        renewed = factories.bought(software_assurance_until=until)
        factories.top_up(renewed, software_assurance_until=date(2028, 1, 10))
    factories.top_up(lapsed[0], software_assurance_until=date(2027, 1, 5))
    factories.bought(software_assurance_until=date(2025, 12, 31), country="AT")  # before the months that are shown
    factories.bought(software_assurance_until=date(2027, 2, 10))  # ends today, and is still covered

    operations.compute_figures(first=now.date(), last=now.date(), now=now)
    rates = open_page().context["rates"]

    assert [(f"{each.first:%Y-%m}", each.ended, each.renewed, each.percent) for each in rates] == [
        ("2027-01", 5, 3, 60)
    ]
    assert not DailyFigure.objects.filter(figure="renewals", value=0).exists()


def test_who_may_see_renewals_reads_the_share_among_the_figures(catalogue, as_user, auditor):
    now = timezone.now()
    factories.bought(software_assurance_until=now.date().replace(day=1) - timedelta(days=3))
    operations.compute_figures(first=now.date(), last=now.date(), now=now)

    page = as_user(auditor).get(reverse("figures")).content.decode()

    assert "Software Assurance that was renewed, by month" in page
