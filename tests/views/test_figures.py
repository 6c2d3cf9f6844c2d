"""The page of figures: what it shows of a period, and each figure as a file (docs/figures.md)."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.domain.figures import Period, PeriodKind
from licences.models import Event, FigureDay, Installation, Product, Release
from licences.queries import figure_report
from tests import factories
from tests.administration.admin_lists import csv_rows, xlsx_cells
from tests.tables import each_row
from tests.views.figure_pages import COMPUTED, counted, headlines, section, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_page(auditor, as_user):
    """Open the page of figures with a query string; returns the answer."""
    browser = as_user(auditor)
    return lambda query="", **headers: browser.get(f"{reverse('figures')}?{query}", headers=headers)


# --- Periods -------------------------------------------------------------------------------------------


def test_a_month_is_compared_with_the_month_before_and_says_as_of_when(open_page):
    counted("2026-10-31", "calls", value=4)
    counted("2026-11-01", "calls", value=2)
    counted("2026-11-30", "calls", value=5, country="AT")
    counted("2026-12-01", "calls", value=9)

    answer = open_page("period=month&first=2026-11-15")

    assert headlines(answer, "calls") == [("In all", 7, 4)]
    columns = section(answer, "calls").columns
    assert (len(columns), columns[0].value, columns[1].value, columns[29].value) == (30, 2, 0, 5)
    shown = text(answer)
    assert "1 Nov 2026 to 30 Nov 2026" in shown
    assert "compared with 1 Oct 2026 to 31 Oct 2026" in shown
    assert "As of 30 Nov 2026, 12:07" in shown


def test_a_period_of_ones_own_may_be_one_day_and_is_compared_with_the_day_before(open_page):
    counted("2026-11-01", "calls", value=4)
    counted("2026-11-02", "calls", value=2)

    answer = open_page("period=own&first=2026-11-02&last=2026-11-02")

    assert headlines(answer, "calls") == [("In all", 2, 4)]
    assert [column.value for column in section(answer, "calls").columns] == [2]


def test_a_country_is_chosen_among_those_with_figures(open_page):
    counted("2026-11-01", "calls", value=2)
    counted("2026-11-02", "calls", value=5, country="AT")
    counted("2026-11-02", "calls", value=1, country="")

    answer = open_page("period=month&first=2026-11-15&country=AT")

    assert headlines(answer, "calls") == [("In all", 5, 0)]
    choices = [value for value, _name in answer.context["form"].fields["country"].choices]
    assert choices == ["", "AT", "DE"]


def test_the_chart_of_a_quarter_has_a_column_a_week_and_that_of_a_year_one_a_month(open_page):
    counted("2026-10-01", "calls", value=3)
    counted("2026-10-05", "calls", value=4)
    counted("2026-12-31", "calls", value=1)

    quarter = section(open_page("period=quarter&first=2026-11-15"), "calls").columns
    year = section(open_page("period=year&first=2026-11-15"), "calls").columns

    assert [column.value for column in quarter] == [3, 4, *[0] * 11, 1]
    assert quarter[0].label == "week of 28 Sep 2026"
    assert [column.value for column in year] == [*[0] * 9, 7, 0, 1]
    assert year[9].label == "October 2026"


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("period=own&first=2026-11-01", "last", "Give the last day."),
        ("period=own&first=2026-11-02&last=2026-11-01", "last", "This is before the first day. Give a later day."),
        (
            "period=own&first=2020-01-01&last=2026-11-01",
            "last",
            "At most three years fit on the page. Give an earlier day.",
        ),
        ("period=week&first=yesterday", "first", "Not a date. Write it like 2026-11-24 or 24.11.2026."),
        ("period=decade", "period", "Choose a period from the list."),
        ("country=XY", "country", "Choose a country from the list."),
        ("country=%00%F0%9F%92%A9", "country", "Choose a country from the list."),
    ],
)
def test_a_period_that_is_none_is_named_and_stays_in_the_form(open_page, query, field, said):
    answer = open_page(query)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [said]
    assert said in text(answer)


@each_row(
    ("period", "before", "after"),
    [
        (Period.containing(PeriodKind.WEEK, date(2026, 1, 1)), (2025, 12, 22), (2026, 1, 5)),
        (Period.containing(PeriodKind.MONTH, date(2024, 2, 29)), (2024, 1, 1), (2024, 3, 1)),
        (Period.containing(PeriodKind.QUARTER, date(2026, 1, 31)), (2025, 10, 1), (2026, 4, 1)),
        (Period.containing(PeriodKind.YEAR, date(2026, 12, 31)), (2025, 1, 1), (2027, 1, 1)),
        (Period(PeriodKind.OWN, date(2026, 3, 1), date(2026, 3, 10)), (2026, 2, 19), (2026, 3, 11)),
    ],
)
def test_periods_follow_each_other_without_a_gap(period, before, after):
    assert period.before().first == date(*before)
    assert period.before().last == period.first - timedelta(days=1)
    assert period.after().first == date(*after) == period.last + timedelta(days=1)


# --- Figures -------------------------------------------------------------------------------------------


def test_the_median_of_a_period_is_that_of_all_its_calls_and_not_of_its_days(open_page):
    for minutes, calls in ((2, 1), (3, 1), (40, 2)):
        counted("2026-11-02", "minutes-to-code", f"{minutes:04d}", calls)
    counted("2026-11-03", "minutes-to-code", "0005", 6)

    answer = open_page("period=week&first=2026-11-02")

    assert headlines(answer, "minutes-to-code") == [("Median", 5, None), ("Nine of ten within", 40, None)]
    assert [column.value for column in section(answer, "minutes-to-code").columns][:3] == [3, 5, None]
    assert [(row.label, row.now) for row in section(answer, "minutes-to-code").rows][:2] == [
        ("less than 5 minutes", 2),
        ("5 to 9 minutes", 6),
    ]


def test_the_share_of_first_checks_is_of_all_first_checks_and_what_failed_comes_most_frequent_first(open_page):
    counted("2026-11-02", "first-checks", "passed", 2)
    counted("2026-11-03", "first-checks", "not-passed", 1)
    counted("2026-11-03", "failed-items", "release_code/mismatch", 1)
    counted("2026-11-03", "failed-items", "customer_name/close", 3)

    answer = open_page("period=week&first=2026-11-02")

    assert headlines(answer, "first-checks") == [("Passed", 67, None)]
    assert [(row.label, row.now) for row in section(answer, "failed-items").rows] == [
        ("Customer's name: close", 3),
        ("Release code: mismatch", 1),
    ]


def test_open_emergencies_are_those_at_the_end_of_the_period_and_are_not_added_up(open_page):
    counted("2026-11-02", "emergencies", "issued", 2)
    counted("2026-11-02", "open-emergencies", "open", 2)
    counted("2026-11-03", "open-emergencies", "open", 1)
    counted("2026-11-03", "open-emergencies", "overdue", 1)

    answer = open_page("period=week&first=2026-11-02")

    expected = [("Issued", 2, 0), ("Open at the end", 1, 0), ("of these overdue", 1, 0)]
    assert headlines(answer, "emergencies") == expected


def test_what_is_on_record_is_that_of_its_latest_day_in_every_period(open_page):
    counted("2026-11-20", "versions", "2.6/supported", 9)
    counted("2026-11-29", "versions", "2.6/supported", 2)
    counted("2026-11-29", "versions", "2.4/unsupported", 1)
    counted("2026-11-29", "assurance-ends", "2027-01", 4)
    counted("2026-11-29", "outdated-customers", "", 1)
    for month, licences in (("2026-12", 7), ("2027-01", 40), ("2027-03", 10), ("2027-04", 3)):
        counted("2026-11-29", "licences-ending", month, licences)
    FigureDay.objects.update(snapshot_at=COMPUTED)

    answer = open_page("period=year&first=2025-01-01")

    on_old_ones = ("Customers on a version no longer supported", 1, None)
    assert headlines(answer, "versions") == [("On a supported release", 67, None), on_old_ones]
    assert headlines(answer, "licences-ending") == [("In all", 60, None), ("Next quarter", 50, None)]
    ends = section(answer, "assurance-ends")
    assert [(each.label, each.value) for each in ends.columns][2] == ("January 2027", 4)
    assert (len(ends.columns), ends.as_of) == (24, date(2026, 11, 29))


def test_without_figures_the_page_says_that_they_are_computed_in_the_background(open_page):
    assert "No figures of these days yet." in text(open_page())


def test_calls_by_hour_have_a_column_for_each_hour_and_name_the_busiest(open_page):
    for day, hour, calls in (("2026-11-02", "09", 2), ("2026-11-03", "09", 1), ("2026-11-03", "14", 2)):
        counted(day, "call-hours", hour, calls)

    shown = section(open_page("period=week&first=2026-11-02"), "call-hours")

    columns = {each.label: each.value for each in shown.columns}
    assert (len(columns), columns["09:00"], columns["14:00"], columns["23:00"]) == (24, 3, 2, 0)
    assert [(each.now, each.before) for each in shown.headlines] == [(9, None)]


def test_licences_are_shown_by_the_name_of_their_product(open_page, catalogue):
    server = catalogue[0]
    counted("2026-11-02", "product-licences", f"{server.pk}/bought", 5)
    counted("2026-11-02", "product-licences", f"{server.pk}/returned", 2)
    counted("2026-11-02", "product-licences", "999999/bought", 1)

    rows = section(open_page("period=week&first=2026-11-02"), "product-licences").rows
    file = csv_rows(open_page("period=week&first=2026-11-02&figure=product-licences&format=csv"))

    told = [f"{server.name}: bought", f"{server.name}: returned", "999999: bought"]
    assert [(each.label, each.now) for each in rows] == list(zip(told, (5, 2, 1), strict=True))
    assert {row[1] for row in file[1:]} == set(told)


def test_the_desk_has_three_figures_of_this_week_for_those_who_see_figures(as_user, auditor, clerk):
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    counted(f"{monday}", "calls", value=7)
    counted(f"{monday - timedelta(days=1)}", "calls", value=4)
    counted(f"{monday}", "first-checks", "passed", 3)
    counted(f"{monday}", "first-checks", "not-passed", 1)

    desk = as_user(auditor).get(reverse("desk"))

    told = [(each.now, each.before, each.unit) for each in desk.context["figures"]]
    assert told == [(7, 4, ""), (None, None, ""), (75, None, "%")]
    assert "This week" in text(desk)
    assert "This week" not in text(as_user(clerk).get(reverse("desk")))


# --- Customers -----------------------------------------------------------------------------------------


@pytest.fixture
def moved(catalogue, open_page):
    """A customer in Austria that moved three times, one in Germany that moved twice, and one that moved once."""
    for name, country, moves in (("Drei GmbH", "AT", 3), ("Zwei GmbH", "DE", 2), ("Eins GmbH", "DE", 1)):
        code = factories.registered(factories.bought(customer_name=name, country=country))
        for _number in range(moves):
            request = factories.request(code)
            code = operations.issue_relicensing(request_id=request.pk, by="clerk", today=factories.TODAY)
    request = factories.request(code)
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")  # ends without a code


def movers(answer) -> list[tuple[str, int]]:
    return [(each.customer.name, each.moves) for each in answer.context["movers"]]


def test_customers_that_moved_more_than_once_are_named_the_most_frequent_first(moved, open_page):
    today = timezone.localdate()

    answer = open_page("period=month")

    assert movers(answer) == [("Drei GmbH", 3), ("Zwei GmbH", 2)]
    assert "Customers with the most re-licensings" in text(answer)
    assert movers(open_page("period=month&country=DE")) == [("Zwei GmbH", 2)]
    server, other = (Product.objects.get(sku=sku).pk for sku in ("XCH-SRV", "XCH-CTI"))
    assert movers(open_page(f"period=month&product={server}")) == [("Drei GmbH", 3), ("Zwei GmbH", 2)]
    assert movers(open_page(f"period=month&product={other}")) == []
    assert movers(open_page("period=month&reseller=Northwind")) == []
    assert movers(open_page(f"period=month&first={today - timedelta(days=62)}")) == []


def test_at_a_glance_it_says_what_ends_who_runs_an_old_version_and_who_moves_often(moved, open_page):
    outdated = Release(version=Installation.objects.filter(ended_at=None)[0].server_version, is_supported=False)
    operations.save_releases([outdated], by="tests")
    today = timezone.localdate()
    ends = Period.containing(PeriodKind.QUARTER, today).after().first
    factories.bought(quantity=12, software_assurance_until=ends)
    operations.refresh_figures(now=timezone.now())

    answer = open_page("period=week&first=2020-01-01")
    glance = text(answer).partition("At a glance")[2].partition("No figures of these days")[0]

    assert "Licences whose Software Assurance ends in the next quarter 12 " in glance
    assert "Customers on a version no longer supported 3 " in glance
    assert "Customers with the most re-licensings in twelve months Drei GmbH 3 Zwei GmbH 2" in glance
    german = text(open_page("period=week&first=2020-01-01&country=DE"))
    assert "in twelve months Zwei GmbH 2" in german


# --- Charts --------------------------------------------------------------------------------------------


def test_a_chart_is_an_image_with_words_and_has_no_style_of_its_own(open_page):
    counted("2026-11-02", "calls", value=4)
    counted("2026-11-03", "calls", value=1)

    shown = open_page("period=week&first=2026-11-02").content.decode()

    heights = re.findall(
        r'<rect class="chart-bar" x="[0-9.]+" y="[0-9.]+" width="[0-9.]+" height="([0-9.]+)"><title>', shown
    )
    assert heights[:2] == ["100.00", "25.00"]
    assert 'aria-label="Calls: chart. The highest column is 4. The table has all numbers."' in shown
    assert "style=" not in shown


def test_numbers_of_a_chart_are_no_german_decimals(open_page):
    counted("2026-11-02", "calls", value=3)
    counted("2026-11-03", "calls", value=1)

    shown = open_page("period=week&first=2026-11-02", accept_language="de").content.decode()

    assert 'lang="de"' in shown
    assert 'height="33.33"' in shown


# --- Files ---------------------------------------------------------------------------------------------


def test_a_figure_comes_as_csv_and_as_xlsx_and_that_is_an_event(open_page):
    counted("2026-11-02", "calls", value=4)
    counted("2026-11-03", "calls", value=1, country="AT")
    counted("2026-12-01", "calls", value=1)
    query = "period=month&first=2026-11-15&figure=calls"

    rows = csv_rows(open_page(f"{query}&format=csv"))
    cells = xlsx_cells(open_page(f"{query}&format=xlsx&country=AT"))

    assert rows == [["Day", "What", "Country", "Number"], ["2026-11-02", "", "DE", "4"], ["2026-11-03", "", "AT", "1"]]
    assert [[cell.value for cell in row[2:]] for row in cells] == [["Country", "Number"], ["AT", 1]]
    events = Event.objects.filter(kind=Event.Kind.FILE_TAKEN).order_by("pk")
    assert [(event.details["list"], event.details["rows"]) for event in events] == [
        ("figures/calls", 2),
        ("figures/calls", 1),
    ]


def test_a_figure_that_does_not_exist_is_not_found(open_page):
    assert open_page("figure=secrets&format=csv").status_code == 404


def test_every_figure_that_is_computed_has_a_section_and_a_name(open_page):
    counted(f"{timezone.localdate()}", "calls")
    FigureDay.objects.update(snapshot_at=COMPUTED)

    report = open_page().context["report"]

    shown = {each.figure.value for each in [*report.sections, *report.snapshots]}
    assert shown == {each.value for each in figure_report.Figure} - {
        "open-emergencies",
        "outdated-customers",
        "frequent-movers",
    }
