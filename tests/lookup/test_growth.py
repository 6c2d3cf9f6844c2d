"""The work of a look-up is bounded, however long the text and however often a word is repeated
(docs/look-up.md#what-is-bounded)."""

from itertools import pairwise, product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.query_parsing import LONGEST_QUERY, MOST_NAME_WORDS, MOST_WORDS, parse_query
from licences.lookup import facts, interpretations, likeness, look_up, statements
from licences.lookup.labels import status_in_words
from licences.models import SearchWord
from tests import factories

KNOWN = "karin meyer joanna yann maier meier mayer carin katrin johanna joana jan yan jana muller miller moller".split()
WHAT_WAS_TYPED = ["karin meyer joanna yann", "muler", "meyr", "a@b c@d", "ka me jo ya", "0163", "AB1C"]


def look_up_all(text: str):
    return look_up(text, with_codes=True)


def repeated(text: str, times: int) -> str:
    return " ".join([text] * times)[:LONGEST_QUERY]


class CountedFunction:
    """Wraps a function and counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args, **options):
        self.calls += 1
        return self.function(*args, **options)


@pytest.fixture
def count_calls(monkeypatch):
    def count(module, name: str) -> CountedFunction:
        function = CountedFunction(getattr(module, name))
        monkeypatch.setattr(module, name, function)
        return function

    return count


@pytest.fixture
def names(catalogue):
    """Customers whose names sound alike; all their words are known words."""
    for index, (first, last) in enumerate(pairwise(KNOWN)):
        factories.bought(customer_name=f"{first} {last} {index}", contact_name=f"{last} {first}")
    assert set(KNOWN) <= set(SearchWord.objects.values_list("word", flat=True))


# --- What may be meant -----------------------------------------------------------------------------------


def _unlikeliness(places: tuple[int, ...]) -> tuple[int, int]:
    return sum(1 for place in places if place), sum(places)


@given(st.lists(st.lists(st.text("abc", max_size=2), min_size=1, max_size=4), max_size=5))
def test_the_likeliest_come_in_the_order_in_which_sorting_all_of_them_would_put_them(each):
    ranked = sorted(product(*(range(len(choices)) for choices in each)), key=_unlikeliness)
    expected = [[choices[place] for choices, place in zip(each, places, strict=True)] for places in ranked]

    assert list(interpretations.likeliest_combinations(each)) == expected


@pytest.mark.parametrize("size", [2, 12, 60])
def test_of_five_to_the_power_of_sixty_no_more_are_made_than_are_asked_for(count_calls, size):
    pushed = count_calls(interpretations, "heappush")
    combinations = interpretations.likeliest_combinations([["a", "b", "c", "d", "e"]] * size)

    first = [next(combinations) for _ in range(interpretations.MOST_INTERPRETATIONS)]

    assert len(first) == interpretations.MOST_INTERPRETATIONS
    assert pushed.calls <= interpretations.MOST_INTERPRETATIONS * size


@given(st.text(max_size=LONGEST_QUERY), st.lists(st.sampled_from(KNOWN)))
def test_whatever_is_typed_the_words_that_may_be_meant_are_few(text, typed):
    for each in (text, repeated(" ".join(typed), 1), repeated(text, 30)):
        meant = interpretations.interpretations_of(parse_query(each), KNOWN)

        assert len(meant) <= interpretations.MOST_INTERPRETATIONS
        assert all(len(one.words) <= MOST_WORDS for one in meant)
        assert all(len(one.name.split()) <= 2 * MOST_NAME_WORDS for one in meant)  # one may be two: hafen kante


def test_a_name_with_a_slip_keeps_its_connective():
    meant = interpretations.interpretations_of(parse_query("Karin & Meyr"), KNOWN)

    assert (meant[0].name, meant[0].words) == ("karin und meyer", ("karin", "meyer"))


# --- What is asked and compared --------------------------------------------------------------------------


def _asked(text: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        look_up_all(text)
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("typed", WHAT_WAS_TYPED)
def test_a_text_repeated_asks_no_more_than_its_words_once(names, typed):
    once = _asked(typed)

    for times in (2, 8, 15, 22, 60):
        again = _asked(repeated(typed, times))

        assert len(again) <= max(len(once), 3)
        assert sum(map(len, again)) <= 40_000 + sum(map(len, once))


@pytest.mark.parametrize(
    "typed", [" ".join(KNOWN), " ".join(word[:2] + word[3:] for word in KNOWN), "ab " * 66, "m " * 99]
)
def test_many_words_are_at_most_so_many_queries_pools_and_parameters(names, typed, count_calls):
    pools, compared = count_calls(statements, "text_pool"), count_calls(likeness, "similarity")

    asked = _asked(typed[:LONGEST_QUERY])

    assert len(asked) <= 3
    assert pools.calls <= 3 + interpretations.MOST_INTERPRETATIONS + statements.MOST_SHORTENED * MOST_WORDS
    assert sum(map(len, asked)) <= 150_000
    assert compared.calls <= 8 * statements.CANDIDATES * MOST_NAME_WORDS * 40


def test_every_word_is_compared_with_the_known_ones_once(names, count_calls):
    slips = count_calls(interpretations, "_slips_between")

    interpretations.interpretations_of(parse_query(repeated("muler", 30)), KNOWN)

    assert slips.calls == len(KNOWN)


def test_known_words_are_taken_up_to_a_limit(names, monkeypatch):
    monkeypatch.setattr(facts, "MOST_KNOWN", 3)
    query = parse_query("karyn meyr johana yan muler")

    consulted = facts.find_facts(query, word_conditions=interpretations.known_word_conditions(query))

    assert 3 <= len(consulted.words) <= 2 * 3


def test_what_the_index_does_not_find_by_itself_is_no_word_to_come_near_by(names):
    meant = interpretations.interpretations_of(parse_query("ka meyr a@b joanna"), KNOWN)

    assert meant[0].words == ("meyer", "joanna")
    assert all(len(word) >= 3 and word.isalnum() for one in meant for word in one.words)


def test_there_are_never_more_results_than_candidates(names):
    for index in range(statements.CANDIDATES + 5):
        factories.bought(customer_name=f"Zwilling {index}", purchase_reference=f"PO-Z{index}")

    result = look_up_all("zwilling")

    assert len(result.hits) == statements.CANDIDATES
    assert result.more


# --- What is told --------------------------------------------------------------------------------------------


def test_words_that_were_not_looked_for_are_named(names):
    typed = "eins zwei drei vier sechs sieben acht neun karin joanna"

    assert status_in_words(look_up_all(typed)).endswith(
        "Only the first 8 words were searched for. Left out: karin, joanna."
    )
    assert "Left out" not in status_in_words(look_up_all("karin meyer"))


def test_of_many_words_that_were_not_looked_for_some_are_named(names):
    query = look_up_all(" ".join(chr(97 + index) * 3 for index in range(26))).query

    assert len(query.words) == MOST_WORDS
    assert len(query.left_out) == 26 - MOST_WORDS
    assert status_in_words(look_up_all(query.text)).endswith("Left out: iii, jjj, kkk, lll, mmm, nnn, ooo, …, zzz.")


def test_page_and_json_say_so_and_a_text_that_is_too_long_is_refused(names, clerk, as_user):
    staff, typed = as_user(clerk), " ".join(chr(97 + index) * 3 for index in range(9))

    assert "Left out: iii." in staff.get(reverse("lookup"), {"q": typed}).content.decode()
    assert "Left out: iii." in staff.get(reverse("lookup"), {"q": typed, "format": "json"}).json()["status"]
    refused = staff.get(reverse("lookup"), {"q": "a" * (LONGEST_QUERY + 1), "format": "json"})
    assert refused.status_code == 400
    assert "At most 200 characters" in str(refused.json()["errors"])
