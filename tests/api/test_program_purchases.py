"""Purchases that a shop records over the API (docs/integration.md#a-shop)."""

import pytest

from licences.models import Balance, Event, FileImport, LicenceGrant, ProgramCall, Serial
from tests import factories
from tests.api.conftest import is_problem
from tests.api.shops import Shop, line

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def shop():
    return Shop()


def test_a_line_gets_its_serial_number_at_once(shop):
    answer = shop.send(line())

    assert answer.status_code == 201
    (told,) = answer.json()["lines"]
    assert (told["outcome"], told["recorded"], told["problems"]) == ("new", True, [])
    assert told["serial"] == Serial.objects.get().code
    assert Balance.objects.get().quantity == 1
