"""Rate limits per address and serial over all workers, and how the address of a client is known."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import RequestFactory

from licences import throttling
from licences.models import RateLimit, SerialGuess
from licences.operations import abuse, rate_limits
from tests import factories
from tests.api.conftest import is_problem
from tests.tables import each_row
from tests.together import together

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def the_clock(monkeypatch):
    """``the_clock(seconds)`` moves the clock on."""
    passed = [0.0]
    monkeypatch.setattr("licences.operations.rate_limits.time.time", lambda: NOW + passed[0])
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.fromtimestamp(NOW + passed[0], tz=UTC))

    def passes(seconds):
        passed[0] += seconds

    return passes


# --- The counting ----------------------------------------------------------------------------------


def taken(count, *, now=NOW, cost=6.0):
    return [rate_limits.take_from_limits({"a": cost}, now=now) for _ in range(count)]


def test_a_whole_minutes_requests_may_come_at_once_and_then_one_at_a_time(db):
    assert taken(10) == [0] * 10
    assert taken(1) == [7]
    assert taken(2, now=NOW + 6) == [0, 7]
    assert taken(11, now=NOW + 66) == [0] * 10 + [7]


def test_what_is_refused_is_not_counted_so_that_waiting_helps(db):
    taken(10)
    assert taken(50) == [7] * 50

    assert taken(1, now=NOW + 7) == [0]


def test_keys_are_counted_apart_and_the_one_that_is_used_up_refuses(db):
    taken(10)

    assert rate_limits.take_from_limits({"b": 6.0}, now=NOW) == 0
    assert rate_limits.take_from_limits({"b": 6.0, "a": 6.0}, now=NOW) > 0


def test_a_charge_is_taken_whatever_the_limit_says(db):
    taken(9)
    rate_limits.charge_limit("a", 60.0, now=NOW)

    assert taken(1) == [7]
    assert taken(1, now=NOW + 6) == [0]


def test_nobody_waits_for_longer_than_the_minute_however_much_was_charged(db):
    for _ in range(5):
        rate_limits.charge_limit("a", 1000.0, now=NOW)

    assert rate_limits.take_from_limits({"a": 60.0}, now=NOW) == 60
    assert rate_limits.take_from_limits({"a": 60.0}, now=NOW + 60) == 0


# --- A clock that was ahead ------------------------------------------------------------------------


@each_row("ahead", [121, 3600, 86_400, 10 * 365 * 86_400])
def test_what_a_clock_that_was_ahead_has_counted_shuts_nobody_out(db, ahead):
    taken(10, now=NOW + ahead)
    rate_limits.charge_limit("a", 60.0, now=NOW + ahead)

    assert taken(11) == [0] * 10 + [7]


@each_row("ahead", range(0, 130, 10))
def test_after_a_clock_was_a_little_ahead_nobody_waits_for_longer_than_a_minute(db, ahead):
    taken(10, now=NOW + ahead)

    assert max(taken(20)) <= rate_limits.MINUTE
    assert taken(1, now=NOW + 2 * rate_limits.MINUTE) == [0]


def test_servers_whose_clocks_differ_by_seconds_count_together(db):
    taken(10, now=NOW + 20)

    assert taken(1)[0] > 0


def test_rows_of_a_clock_that_was_ahead_are_removed(db, monkeypatch):
    taken(1, now=NOW + 86_400)
    monkeypatch.setattr("licences.operations.rate_limits._CALLS_BETWEEN_CLEANING", 1)

    rate_limits.take_from_limits({"b": 6.0}, now=NOW)

    assert [row.key for row in RateLimit.objects.all()] == ["b"]


def test_rows_that_are_worth_nothing_any_more_are_removed(db, monkeypatch):
    taken(1)
    monkeypatch.setattr("licences.operations.rate_limits._CALLS_BETWEEN_CLEANING", 1)

    rate_limits.take_from_limits({"b": 6.0}, now=NOW + 3600)

    assert [row.key for row in RateLimit.objects.all()] == ["b"]


@pytest.mark.django_db(transaction=True)
def test_whoever_counts_at_the_same_moment_counts_together():
    def tries():
        return [rate_limits.take_from_limits({"address": 6.0, "serial": 3.0}) for _ in range(10)]

    results = together(tries, tries, tries)

    assert sum(result.count(0) for result in results) == 10


@pytest.mark.skipif(connection.vendor != "postgresql", reason="UNLOGGED is PostgreSQL's")
def test_counting_waits_for_no_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'licences_ratelimit'")
        assert cursor.fetchone() == ("u",)


# --- At the API ------------------------------------------------------------------------------------


def test_an_address_that_asks_too_much_is_told_when_to_come_back(server, new_server, settings, the_clock):
    settings.RATE_LIMIT_ADDRESS = 3
    codes = [factories.registered(site_id=server.site_id)]
    answers = [server.update(codes[0].serial.code) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert is_problem(answers[-1], "too-many-requests", 429)
    assert answers[-1].headers["Retry-After"] == "21"
    assert "21" in answers[-1].json()["detail"]
    the_clock(21)
    assert server.update(codes[0].serial.code).status_code == 200


def test_a_clock_that_was_a_day_ahead_for_some_calls_does_not_shut_the_api(server, settings, the_clock):
    settings.RATE_LIMIT_ADDRESS = 3
    code = factories.registered(site_id=server.site_id)
    the_clock(86_400)
    ahead = [server.update(code.serial.code) for _ in range(4)]
    the_clock(-86_400)
    answers = [server.update(code.serial.code) for _ in range(4)]

    assert [answer.status_code for answer in ahead] == [200, 200, 200, 429]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "21"


def test_invalid_requests_count_as_well(server, settings):
    settings.RATE_LIMIT_ADDRESS = 2

    answers = [server.post("updates", body) for body in ({}, {"serial": "?"}, {})]
    unreadable = server.client.post("/api/v1/updates", b"{", content_type="application/json")

    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert is_problem(unreadable, "too-many-requests", 429)


def test_a_serial_has_a_limit_of_its_own_whatever_address_asks(server, settings):
    settings.RATE_LIMIT_SERIAL, settings.TRUSTED_PROXY_COUNT = 2, 1
    code = factories.registered(site_id=server.site_id)

    answers = [
        server.post("updates", server.update_body(code.serial.code), headers={"X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(3)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_guesses_are_slowed_and_counted(server, settings):
    settings.RATE_LIMIT_ADDRESS = 120
    serial = factories.bought()

    answers = [server.update(f"AB1C-O9X{symbol}") for symbol in "ABCDEFGH"]

    assert [answer.status_code for answer in answers] == [404] * 6 + [429] * 2
    assert SerialGuess.objects.get().times == 6
    assert SerialGuess.objects.get().address == "127.0.0.1"
    assert server.register(serial.code).status_code == 429


def test_a_wrong_release_code_is_a_guess(server):
    code = factories.registered(site_id=server.site_id)

    server.release(code.serial.code, "ABCDE-FGHIJ")

    assert SerialGuess.objects.get().times == 1


def test_counts_of_guesses_are_forgotten_after_a_month(db):
    for day in (1, 2, 20):
        abuse.count_guess(f"203.0.113.{day}", now=datetime(2026, 10, day, tzinfo=UTC))

    abuse.count_guess("203.0.113.99", now=datetime(2026, 11, 10, tzinfo=UTC))

    assert {guess.address for guess in SerialGuess.objects.all()} == {"203.0.113.20", "203.0.113.99"}


def test_people_who_logged_in_are_not_limited(clerk, as_user, settings):
    settings.RATE_LIMIT_ADDRESS = 1

    assert [as_user(clerk).get("/").status_code for _ in range(3)] == [200] * 3


# --- The address of a client ---------------------------------------------------------------------------------


@each_row(
    ("proxies", "forwarded", "direct", "address"),
    [
        (0, "203.0.113.7", "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 203.0.113.7", "10.0.0.1", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.2", "10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6,", "10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6,,203.0.113.7", "10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 203.0.113.7:1, [2001:db8::1]:2", "10.0.0.1", "203.0.113.7"),
        (3, "203.0.113.7, 10.0.0.2", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, unix:", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, [2001:db8::1", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.7, 01.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "::ffff:203.0.113.7", "10.0.0.1", "203.0.113.7"),
        (1, "nonsense", "10.0.0.1", "10.0.0.1"),
        (1, "203.0.113.7:51234", "10.0.0.1", "203.0.113.7"),
        (1, "[2001:db8:1:2:3:4:5:6]:443", "10.0.0.1", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2::99", "10.0.0.1", "2001:db8:1:2::/64"),
        (0, "", "::ffff:203.0.113.7", "203.0.113.7"),
        (0, "", "", "unknown"),
    ],
)
def test_the_address_is_the_one_that_the_last_trusted_proxy_saw(proxies, forwarded, direct, address, settings):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=direct)

    assert throttling.client_address(request) == address
