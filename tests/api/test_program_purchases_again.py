"""The same call of a shop, sent again: at once, later, by a killed worker, with something else in it
(docs/integration.md#sent-again)."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from licences import operations
from licences.imports import lifecycle
from licences.imports.locks import answering_call
from licences.models import Event, FileImport, LicenceGrant, ProgramCall, Serial
from licences.operations import program_calls
from tests.api.conftest import is_problem
from tests.api.shops import Shop, line
from tests.event_chain import flaws
from tests.tables import each_row
from tests.together import together

AT_ONCE = 4


@pytest.fixture
def shop(catalogue):
    return Shop()


def test_the_same_call_gets_the_same_answer(shop):
    first, again = shop.send(line(), idempotency_key="a-1"), shop.send(line(), idempotency_key="a-1")

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.json()["lines"][0]["outcome"] == "new"
    assert FileImport.objects.count() == LicenceGrant.objects.count() == ProgramCall.objects.count() == 1


def test_the_same_call_written_otherwise_is_the_same(shop):
    body = {"lines": [line()], "mode": "all"}
    first = shop.post(body, headers={"Idempotency-Key": "a-1"})

    again = shop.send({**dict(reversed(line().items())), "quantity": "1"}, idempotency_key="a-1")

    assert again.json() == first.json()


def test_another_call_with_the_same_key_is_refused(shop):
    shop.send(line(), idempotency_key="a-1")

    for refused in (
        shop.send(line(quantity=2), idempotency_key="a-1"),
        shop.send(line(), mode="valid", idempotency_key="a-1"),
    ):
        assert is_problem(refused, "idempotency-key-reused", 409)
    assert LicenceGrant.objects.count() == 1


def test_a_rotated_key_goes_on_where_the_old_one_was(shop):
    first = shop.send(line(), idempotency_key="a-1")
    issued = operations.rotate_program_key(
        key_id=shop.issued.record.pk, expires_at=timezone.now() + timedelta(days=9), overlap=timedelta(0), by="a"
    )
    shop.client.headers = {"Authorization": f"Bearer {issued.text}"}

    again = shop.client.post(
        "/api/v1/purchases", {"lines": [line()]}, content_type="application/json",
        headers={"Authorization": f"Bearer {issued.text}", "Idempotency-Key": "a-1"},
    )  # fmt: skip

    assert (again.status_code, again.json()) == (201, first.json())


def test_another_program_with_the_same_key_is_another_call(shop):
    shop.send(line(), idempotency_key="a-1")

    other = Shop().send(line(purchase_reference="WEB-2"), idempotency_key="a-1")

    assert other.status_code == 201


def test_a_refused_call_may_be_corrected_under_its_key(shop):
    assert shop.send(line(product="XCH-SVR"), idempotency_key="a-1").status_code == 409

    assert shop.send(line(), idempotency_key="a-1").status_code == 201


@each_row("key", ["", "a b", "ü", "x" * 101])
def test_a_key_that_cannot_be_one_is_refused(shop, key):
    refused = shop.post({"lines": [line()]}, headers={"Idempotency-Key": key})

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == ["Idempotency-Key"]


def test_answers_are_kept_for_thirty_days(shop):
    shop.send(line(), idempotency_key="a-1")
    now = timezone.now()

    assert operations.apply_retention(now=now + program_calls.KEPT - timedelta(minutes=1))["calls of programs"] == 0
    assert operations.apply_retention(now=now + program_calls.KEPT + timedelta(minutes=1))["calls of programs"] == 1
    again = shop.send(line(), idempotency_key="a-1")

    assert (again.status_code, again.json()["state"]) == (200, "unchanged")


@each_row("step", ["apply_and_record", "delete_staged_rows"])
def test_a_call_that_breaks_off_leaves_nothing_and_may_be_sent_again(shop, monkeypatch, step):
    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, step, lambda *arguments: 1 / 0)
        assert is_problem(shop.send(line(), idempotency_key="a-1"), "internal-error", 500)
    assert not (FileImport.objects.exists())
    assert not (LicenceGrant.objects.exists())
    assert not (ProgramCall.objects.exists())

    assert shop.send(line(), idempotency_key="a-1").status_code == 201
    assert flaws() == []


@pytest.mark.django_db(transaction=True)
def test_a_call_in_progress_is_told(shop):
    digest = program_calls.call_digest(shop.issued.record, "a-1")

    def send():
        return shop.send(line(), idempotency_key="a-1")

    with answering_call(digest) as is_free:
        (refused,) = together(send)

    assert is_free
    assert is_problem(refused, "call-in-progress", 409)
    assert refused.headers["Retry-After"] == "1"
    assert send().status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_call_at_the_same_moment_is_recorded_once(shop, one_chain_of_events):
    for number in range(5):
        send = partial(shop.send, line(purchase_reference=f"WEB-{number}"), idempotency_key=f"a-{number}")

        answers = together(*[send] * AT_ONCE)

        statuses = {answer.status_code for answer in answers}
        assert 201 in statuses
        assert statuses <= {201, 409}
        assert send().json()["lines"] == next(each for each in answers if each.status_code == 201).json()["lines"]
        assert LicenceGrant.objects.filter(purchase_reference=f"WEB-{number}").count() == 1
    assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == 5
    assert flaws() == []


@pytest.mark.django_db(transaction=True)
def test_the_same_lines_without_a_key_at_the_same_moment_are_recorded_once(shop, one_chain_of_events):
    lines = [line(purchase_reference=f"WEB-{number}", site_name=f"S{number}") for number in range(20)]

    answers = together(*[partial(shop.send, *lines)] * AT_ONCE)

    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    assert len({str([each["serial"] for each in answer.json()["lines"]]) for answer in answers}) == 1
    assert LicenceGrant.objects.count() == Serial.objects.count() == 20
    assert flaws() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite the transaction itself waits")
def test_a_long_import_is_told_and_nothing_is_lost(shop, monkeypatch):
    from django.db import transaction

    from licences.operations import locks

    monkeypatch.setattr(locks, "LOCK_TIMEOUT", 0.2)
    with transaction.atomic():
        locks.lock_purchases()
        (refused,) = together(lambda: shop.send(line(), idempotency_key="a-1"))

    assert is_problem(refused, "purchases-busy", 503)
    assert int(refused.headers["Retry-After"]) > 0
    assert shop.send(line(), idempotency_key="a-1").status_code == 201
    assert connection.vendor == "postgresql"
