"""The page of figures of a country, a product and a reseller (docs/figures.md#products-and-resellers)."""

import pytest
from django.urls import reverse

from licences.models import FigureDay
from tests.administration.admin_lists import csv_rows, xlsx_cells
from tests.views.figure_pages import COMPUTED, counted, divided, headlines, section, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_page(auditor, as_user):
    """Open the page of figures with a query string; returns the answer."""
    browser = as_user(auditor)
    return lambda query: browser.get(f"{reverse('figures')}?{query}")


def test_a_product_and_a_reseller_are_chosen_alone_and_together_in_chart_table_and_files(open_page, catalogue):
    server = catalogue[0].pk
    counted("2026-11-02", "calls", value=9)
    divided("2026-11-02", "calls", value=5, product=server)
    divided("2026-11-03", "calls", value=3, reseller="Northwind")
    divided("2026-11-03", "calls", value=2, product=server, reseller="Northwind")
    query = "period=week&first=2026-11-02&figure=calls"

    found = {
        more: headlines(open_page(f"{query}{more}"), "calls")[0][1]
        for more in ("", f"&product={server}", "&reseller=Northwind", f"&product={server}&reseller=Northwind")
    }

    assert list(found.values()) == [9, 5, 3, 2]
    both = f"{query}&product={server}&reseller=Northwind"
    assert [each.value for each in section(open_page(both), "calls").columns][:3] == [0, 2, 0]
    assert csv_rows(open_page(f"{both}&format=csv"))[1:] == [["2026-11-03", "", "DE", "2"]]
    assert [row[3].value for row in xlsx_cells(open_page(f"{both}&format=xlsx"))][1:] == [2]
    assert headlines(open_page(f"{both}&country=AT"), "calls")[0][1] == 0


def test_a_chosen_product_and_reseller_stay_in_the_form_the_title_and_the_links(open_page, catalogue):
    counted("2026-11-02", "calls", value=9)
    divided("2026-11-02", "licences", "bought", reseller="Northwind")
    query = f"period=week&first=2026-11-02&product={catalogue[1].pk}&reseller=Anybody"

    answer = open_page(query)

    assert f"{catalogue[1].name}. Anybody" in text(answer)
    assert answer.context["query_before"].endswith(f"&product={catalogue[1].pk}&reseller=Anybody")
    offered = [value for value, _name in answer.context["form"].fields["reseller"].choices]
    assert offered == ["", "Anybody", "Northwind"]
    for wrong in ("product=0", "product=nothing", "reseller=%00", f"reseller={'N' * 51}"):
        assert open_page(wrong).status_code == 422, wrong


def test_a_figure_that_cannot_be_divided_is_shown_whole_and_says_so(open_page, catalogue):
    counted("2026-11-02", "imports", "applied", 4, country="")
    counted("2026-11-02", "outdated-customers", "", 6)
    divided("2026-11-02", "imports", "applied", 3, reseller="Northwind")
    FigureDay.objects.update(snapshot_at=COMPUTED)
    query = "period=week&first=2026-11-02"

    of_country = open_page(f"{query}&country=DE")
    of_product = open_page(f"{query}&product={catalogue[0].pk}")
    of_reseller = open_page(f"{query}&reseller=Northwind")

    said = [section(answer, "imports").whole for answer in (of_country, of_product, of_reseller, open_page(query))]
    assert said == [
        "Shown for all countries: it cannot be divided by country.",
        "Shown for all products: it cannot be divided by product.",
        "",
        "",
    ]
    shown = [headlines(answer, "imports")[0][1] for answer in (of_country, of_product, of_reseller)]
    assert shown == [4, 4, 3]
    assert said[0] in text(of_country)
    customers = "The number of customers is that of all products and resellers."
    assert section(of_reseller, "versions").whole == customers
    assert headlines(of_reseller, "versions")[1][1] == 6


def test_licences_of_a_product_are_those_of_its_parts(open_page, catalogue):
    first, second = catalogue[0].pk, catalogue[1].pk
    counted("2026-11-02", "product-licences", f"{first}/bought", 5)
    counted("2026-11-02", "product-licences", f"{second}/bought", 7)
    counted("2026-11-02", "licences-in-force", str(second), 70)
    counted("2026-11-02", "licences-in-force", str(first), 50)
    FigureDay.objects.update(snapshot_at=COMPUTED)

    answer = open_page(f"period=week&first=2026-11-02&product={first}")

    assert headlines(answer, "product-licences")[0][1] == 5
    assert headlines(answer, "licences-in-force") == [("In all", 50, None)]
