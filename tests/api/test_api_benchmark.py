"""``python -m tests.benchmarks`` finds its measurements by name, and the floor for the API sends what the API sends."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licences.domain.codes import new_site_id
from licences.models import UnlockCode
from licences.operations.codes import licence_file_text
from tests import factories
from tests.api.shops import Shop
from tests.benchmarks import _program_lookups, _programs, api
from tests.benchmarks.__main__ import main, measurements
from tests.benchmarks._load import Load, LoadResponse


@pytest.fixture
def statements(catalogue, settings):
    """``statements(path, body)``: the kind and table of each statement that a call sends."""
    settings.ROOT_URLCONF = "tests.benchmarks._bare"
    settings.TRUSTED_PROXY_COUNT = 1

    def sent(path, body):
        with CaptureQueriesContext(connection) as queries:
            answer = Client(headers={"X-Forwarded-For": "203.0.113.7"}).post(
                path, body, content_type="application/json"
            )
        assert answer.status_code in (200, 201)
        return [shape(query["sql"]) for query in queries]

    return sent


def shape(sql):
    words = re.sub(r'"', "", sql).split()
    tables = re.findall(r"\b(?:licences|customers)_[a-z]+(?=[\s(]|$)", " ".join(words))
    return words[0].upper(), tables[0] if tables else ""


def bodies(serial, site_id):
    token = factories.token_of(site_id)
    update = {"serial": serial, "site_id": site_id, "installation_token": token, **api.VERSIONS}
    return {"updates": update, "registrations": update | {"customer": api.CUSTOMER}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("call", ["registrations", "updates"])
def test_the_bare_view_sends_the_statements_of_the_api(call, statements):
    sent = {}
    for side in ("api/v1", "bare"):
        site_id = new_site_id()
        serial = factories.bought()
        if call == "updates":
            factories.connected(serial, site_id=site_id)
        sent[side] = statements(f"/{side}/{call}", bodies(serial.code, site_id)[call])

    assert sent["bare"] == sent["api/v1"]
    assert len(sent["bare"]) == {"registrations": 30, "updates": 13}[call]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("call", "queries"), [("sites/{serial}", 4), ("callers?number=07071/555 0163", 3)])
def test_the_bare_look_up_sends_the_statements_of_the_api(catalogue, settings, call, queries):
    settings.ROOT_URLCONF = "tests.benchmarks._bare"
    serial, shop = factories.connected().serial.code, Shop("sites:read")
    call = call.format(serial=serial)
    shop.client.get(f"/api/v1/{call}")  # whose use of the key is noted
    sent = {}

    for side in ("api/v1", "bare"):
        with CaptureQueriesContext(connection) as captured:
            assert serial in shop.client.get(f"/{side}/{call}").text
        sent[side] = [shape(query["sql"]) for query in captured]

    assert sent["bare"] == sent["api/v1"]
    assert len(sent["bare"]) == queries


def test_look_ups_are_reported_with_their_share_of_the_bare_view(catalogue):
    said = StringIO()
    quick = Load(1.0, [LoadResponse(None, 200, b"", 0.002)] * 100)
    slow = Load(1.0, [LoadResponse(None, 200, b"", 0.2)] * 10)

    _program_lookups.report("callers?number=", quick, quick, said)
    _program_lookups.report("callers?number=", slow, quick, said)

    first, second = said.getvalue().split("callers?number=, API")[1:]
    assert "100% of the bare view; goal 25%: met" in first
    assert "p99 goal below 60 ms: MISSED" in second


def test_a_purchase_that_the_database_does_not_hold_is_found(catalogue):
    grant = factories.bought().grants.get()

    def answered(serial, status=201):
        body = json.dumps({"lines": [{"serial": serial}]}).encode()
        return Load(1.0, [LoadResponse([grant.purchase_reference], status, body, 0.01)])

    _programs._check_recorded(answered(grant.serial.code))
    with pytest.raises(CommandError, match="not what the database holds"):
        _programs._check_recorded(answered("AAAAAAAA"))
    with pytest.raises(CommandError, match="status 429"):
        _programs._check_recorded(answered(grant.serial.code, status=429))


def answer_of(code, **changes):
    said = {
        "serial": code.serial.code,
        "site_id": code.installation.site_id,
        "sequence": code.sequence,
        "unlock_code": code.code,
        "licence_file": licence_file_text(code),
        **changes,
    }
    return LoadResponse(code, 200, json.dumps(said).encode(), 0.01)


def test_an_answer_that_the_database_does_not_hold_is_found(catalogue):
    code = UnlockCode.objects.get(pk=factories.registered().pk)

    api._require(answer_of(code), 200, code)
    with pytest.raises(CommandError, match="not what the database holds"):
        api._require(answer_of(code, unlock_code="A" * 25), 200, code)
    with pytest.raises(CommandError, match="status 0"):
        api._require(LoadResponse(code, 0, b"", 0.01), 200, code)


def test_it_reports_rates_and_whether_the_goals_are_met():
    said = StringIO()
    quick = Load(1.0, [LoadResponse(None, 200, b"", 0.002)] * 100)
    slow = Load(1.0, [LoadResponse(None, 200, b"", 0.2)] * 10)

    api._report("updates", quick, quick, said)
    api._report("updates", slow, quick, said)

    first, second = said.getvalue().split("updates, API")[1:]
    assert "100% of the bare view; goal 60%: met" in first
    assert "p99 goal below 100 ms: met" in first
    assert "10% of the bare view; goal 60%: MISSED" in second
    assert "p99 goal below 100 ms: MISSED" in second


def test_measurements_are_found_by_the_names_of_their_modules(capsys):
    with pytest.raises(SystemExit):
        main(["nothing"])

    assert set(measurements()) == {
        "api",
        "chain",
        "figures",
        "following",
        "imports",
        "lookups",
        "matching",
        "migrations",
    }
    assert "invalid choice: 'nothing'" in capsys.readouterr().err
