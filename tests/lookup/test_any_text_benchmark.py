"""The benchmark of arbitrary texts: the same texts in every run, each within the limit, and a readable report."""

import pytest

from licences.domain.query_parsing import LONGEST_QUERY
from licences.models import SearchWord
from tests import factories
from tests.benchmarks import _any_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(catalogue, monkeypatch):
    """The texts that are looked up."""
    factories.bought(customer_name="Karin Meyer Werkstatt")
    texts: list[str] = []
    monkeypatch.setattr(_any_text, "_look_up", texts.append)
    return texts


def test_it_measures_as_many_made_up_texts_as_asked_for_and_known_words_repeated(typed):
    measured = _any_text.measure(20)

    assert set(measured) == {"made up", "known words repeated"}
    assert 1 <= measured["made up"]["texts"] <= 20
    assert measured["known words repeated"]["texts"] >= len(_any_text.TIMES)
    assert max(map(len, typed)) <= LONGEST_QUERY
    word = SearchWord.objects.values_list("word", flat=True)[0]
    assert any(text.split() == [word] * 15 for text in typed)


def test_every_run_types_the_same(typed):
    known = list(SearchWord.objects.values_list("word", flat=True))

    assert _any_text._made_up(20, known) == _any_text._made_up(20, known)


def test_the_report_names_the_slowest_texts(typed):
    report = {"serials": 1, "database": "sqlite", "any_text": _any_text.measure(3)}

    lines = _any_text.report_text(report).splitlines()

    assert lines[0] == "1 serial numbers on sqlite"
    assert [line.split()[0] for line in lines[3:] if not line.startswith("    slowest")] == ["made", "known"]
    assert any(line.startswith("    slowest: ") for line in lines)
