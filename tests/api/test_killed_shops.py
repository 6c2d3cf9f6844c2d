"""Workers are killed while a shop sells: what was answered is on record, and the rest is sent again, once each.

With real processes. ``KILL_TEST_PURCHASES=2000`` plays it at length; the suite plays a short form.
"""

import os
from collections import Counter

import pytest

from licences import licence_files
from licences.models import Event, FileImport, LicenceGrant, ProgramCall, Serial, StagedPurchase
from tests import event_chain, factories
from tests.api.shops import line
from tests.api.test_killed_workers import KILLS, Killer
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._load import post, put_load
from tests.benchmarks._temporary_database import database_url

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = int(os.environ.get("KILL_TEST_PURCHASES", "24"))
CONNECTIONS = 3


def calls(numbers, key):
    """The order of each number: two lines, under an idempotency key of its own."""
    headers = {"Authorization": f"Bearer {key}", "X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "https"}
    for number in numbers:
        order = {"purchase_reference": f"WEB-{number}", "customer_number": f"K-{number}"}
        lines = [line(**order), line(**order, product="XCH-USR", line=2)]
        body = {"lines": lines, "mode": "all"}
        yield number, post("/api/v1/purchases", body, **headers, Idempotency_Key=f"order-{number}")


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="the workers are found in /proc")
def test_every_answered_order_is_kept_and_the_others_are_recorded_once_when_sent_again(catalogue):
    key = factories.program_key("purchases:write").text
    signing_key = licence_files.new_key()

    served = gunicorn(
        "licensing_portal.wsgi", database_url=database_url(), workers=2, signing_key=signing_key,
        RATE_LIMIT_KEY="1000000",
    )  # fmt: skip
    with served as (port, master):
        killer = Killer(master, count=lambda: LicenceGrant.objects.count() / 2, goal=ORDERS)
        killer.start()
        first = put_load(port, calls(range(ORDERS), key), connections=CONNECTIONS, seconds=3600)
        killer.join(timeout=60)
        again = put_load(port, calls(range(ORDERS), key), connections=CONNECTIONS, seconds=3600)

    answered = {each.subject: each.json() for each in first.responses if each.status}
    told = {each.subject: each.json() for each in again.responses}
    assert len(killer.killed) == KILLS
    assert {each.status for each in first.responses} <= {0, 201}
    assert {each.status for each in again.responses} == {201}
    assert {number: told[number] for number in answered} == answered
    recorded = Counter(LicenceGrant.objects.values_list("purchase_reference", flat=True))
    assert recorded == {f"WEB-{number}": 2 for number in range(ORDERS)}
    serials = dict(LicenceGrant.objects.values_list("purchase_reference", "serial__code"))
    assert {f"WEB-{number}": each["lines"][0]["serial"] for number, each in told.items()} == serials
    assert Serial.objects.count() == FileImport.objects.count() == ProgramCall.objects.count() == ORDERS
    assert not StagedPurchase.objects.exists()
    assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == ORDERS
    assert event_chain.flaws() == []
