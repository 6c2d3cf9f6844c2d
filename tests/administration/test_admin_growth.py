"""The lists of the administration do bounded work for any search, filter or address."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.administration.exporting import MAX_SEARCH_WORDS
from licences.domain.query_parsing import LONGEST_QUERY
from tests import factories
from tests.administration.admin_lists import NAMES
from tests.tables import each_row

pytestmark = pytest.mark.django_db

CUSTOMERS = "/admin/customers/customer/"
PRODUCTS = "/admin/licences/product/"
SERIALS = "/admin/licences/serial/"
TOO_MUCH = ["a " * (MAX_SEARCH_WORDS + 1), "a" * (LONGEST_QUERY + 1), "ab " * 2_000]


@pytest.fixture
def desk(admin_user, as_user):
    return as_user(admin_user)


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@each_row("name", NAMES)
def test_a_search_for_too_much_finds_nothing_and_says_so_in_every_list(desk, name, lists):
    page = "/admin/" + name.replace(".", "/") + "/"

    for text in TOO_MUCH:
        with CaptureQueriesContext(connection) as queries:
            answer = desk.get(page, {"q": text})
        assert answer.status_code == 200
        assert max(len(query["sql"]) for query in queries) < 5_000
        if "search-form" in answer.content.decode() or "searchbar" in answer.content.decode():
            limits = f"A search can have at most {MAX_SEARCH_WORDS} words and {LONGEST_QUERY} characters"
            assert limits in said(answer)[0]
            assert answer.context["cl"].result_list is not None
            assert len(answer.context["cl"].result_list) == 0


def test_a_search_for_too_much_exports_nothing(desk, catalogue):
    factories.bought()

    answer = desk.post(f"{CUSTOMERS}export/?q={'a+' * 30}", {"format": "csv", "columns": ["name"]})

    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content).splitlines()) == 1  # the header


def test_as_many_words_as_there_may_be_are_searched(desk, catalogue):
    answer = desk.get(PRODUCTS, {"q": "x " * MAX_SEARCH_WORDS})

    assert said(answer) == []
    assert {product.sku for product in answer.context["cl"].result_list} == {
        product.sku for product in desk.get(PRODUCTS, {"q": "x"}).context["cl"].result_list
    }


def test_words_that_the_look_up_leaves_out_are_named_here_as_well(desk, catalogue):
    answer = desk.get(SERIALS, {"q": "eins zwei drei vier funf sechs sieben acht neun"})

    assert said(answer) == ["Only the first 8 words were searched for. Left out: neun."]


@each_row("lookup", ["name__regex", "name__iregex", "sites__serial__code__regex", "name__lower__regex"])
def test_no_filter_takes_a_pattern_which_could_be_made_to_take_hours(desk, catalogue, lookup):
    factories.bought(customer_name="a" * 60 + "!")

    with CaptureQueriesContext(connection) as queries:
        answer = desk.get(CUSTOMERS, {lookup: "(a+)+$"})

    assert answer.status_code == 400
    assert not [query for query in queries if "(a+)+" in query["sql"]]


@each_row(
    "place",
    ["[" * 500 + "]" * 500, "[" * 3_900, '{"a":' * 400 + "1" + "}" * 400, "[1e999]", "[-1e999]", "[NaN]", "9" * 3_900,
     "[" + "9" * 3_900 + "]", "[" + "9" * 4_400 + "]", '["' + "a" * 5_000 + '"]', "[[1]]", '[{"a": 1}]',
     "[null]", "[true]", "7", '"x"', "{}"],
)  # fmt: skip
@each_row("name", ["after", "before"])
def test_a_place_in_a_list_that_no_list_makes_is_refused(desk, catalogue, name, place):
    factories.bought()

    answer = desk.get(SERIALS, {name: place})

    assert answer.status_code in (200, 302)
    if answer.status_code == 302:
        assert answer["Location"].endswith("?e=1")


@each_row("number", ["9" * 4_000, "9" * 5_000, "-" + "9" * 4_000, "1e9", "٣", "0x10"])
def test_a_page_beyond_all_numbers_is_no_fault(desk, catalogue, number):
    factories.bought()

    for page in (PRODUCTS, SERIALS, "/purchases/imports/"):
        assert desk.get(page, {"p": number, "page": number}).status_code in (200, 302)
        assert desk.get(page, {"o": ".".join([number] * 3)}).status_code in (200, 302)


def test_a_list_sorted_by_one_column_many_times_is_sorted_once(desk, catalogue):
    factories.bought()

    with CaptureQueriesContext(connection) as queries:
        desk.get(PRODUCTS, {"o": ".".join(["1"] * 2_000)})

    assert max(query["sql"].count('"sku"') for query in queries) < 10
