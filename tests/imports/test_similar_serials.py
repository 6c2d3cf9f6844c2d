"""Unknown serial numbers one slip away from a known one are found, whether few or many are unknown
(docs/decisions.md#which-serial-a-row-means)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.domain.codes import ALPHABET, grouped
from licences.imports import similar_serials
from licences.models import Serial
from tests.factories import line
from tests.imports.test_purchases import problems, record
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

KNOWN = "AB1CO9XZ"
SLIPS = {
    "confused": "ABICO9XZ",
    "first": "ZB1CO9XZ",
    "last": "AB1CO9XY",
    "swapped at the beginning": "BA1CO9XZ",
    "swapped at the end": "AB1CO9ZX",
}
NO_SLIPS = {"two symbols": "ZB1CO9XY", "another one": "K7QW2M4P", "turned round": "ZX9OC1BA"}


@pytest.fixture(params=["few", "many"])
def whichever_way(request, monkeypatch):
    """Runs the test with both methods of comparison."""
    if request.param == "many":
        monkeypatch.setattr(similar_serials, "MAX_LOOKED_UP", 0)


@pytest.fixture
def known(catalogue):
    record(line(serial=KNOWN))
    return Serial.objects.get()


@pytest.mark.usefixtures("whichever_way", "known")
@each_row("code", SLIPS.values())
def test_one_slip_is_rejected_and_the_known_one_named(code):
    outcome = record(line(serial=code))

    assert problems(outcome) == {2: ("serial", "serial-similar-to-known")}
    assert outcome.rejected[0].problem.parameters == {"similar": grouped(KNOWN)}


@pytest.mark.usefixtures("whichever_way", "known")
@each_row("code", NO_SLIPS.values())
def test_more_than_one_slip_is_another_serial(code):
    assert record(line(serial=code, customer_number="K-2")).applied


@pytest.mark.usefixtures("whichever_way", "known")
def test_the_known_serial_itself_is_no_slip():
    assert record(line(serial=KNOWN)).applied


@pytest.mark.usefixtures("whichever_way")
def test_similar_serials_that_come_in_one_file_are_both_new():
    assert record(line(serial=KNOWN), line(serial=SLIPS["last"], customer_number="K-2")).applied


@pytest.mark.usefixtures("known")
def test_both_ways_find_the_same_slips(monkeypatch):
    """Every code one symbol or one swap away, and as many that are not."""
    changed = [KNOWN[:at] + symbol + KNOWN[at + 1 :] for at in range(8) for symbol in ALPHABET[::5]]
    away = [code[::-1] for code in changed]
    rows = [
        line(serial=code, customer_number=f"K-{at}", customer_name=f"Works {at}")
        for at, code in enumerate({*changed, *away} - {KNOWN})
    ]
    found = []
    for few in (0, 10_000):
        monkeypatch.setattr(similar_serials, "MAX_LOOKED_UP", few)
        found.append(problems(record(*rows)))

    assert found[0] == found[1]
    assert len(found[0]) == len({*changed} - {KNOWN})


@pytest.mark.usefixtures("known")
@each_row("few", [0, similar_serials.MAX_LOOKED_UP])
@each_row("count", [2, 40])
def test_the_statements_are_as_many_however_many_are_unknown(monkeypatch, few, count):
    monkeypatch.setattr(similar_serials, "MAX_LOOKED_UP", few)
    slips = [f"{KNOWN[:place]}{symbol}{KNOWN[place + 1 :]}" for place in range(8) for symbol in "QWERT"][:count]

    with CaptureQueriesContext(connection) as queries:
        record(*(line(serial=code, customer_number=f"K-{index}") for index, code in enumerate(slips)))

    asked = [query["sql"] for query in queries if "near_spelling" in query["sql"] or "similar_serial" in query["sql"]]
    assert 0 < len(asked) <= 45
    assert all(len(sql) < 20_000 for sql in asked if not sql.startswith("INSERT INTO near_spelling"))
