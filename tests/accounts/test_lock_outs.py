"""After too many failed attempts no more are taken for a while: per account, per address, across workers."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from licensing_portal.accounts.models import LockOut, SignInEvent
from licensing_portal.accounts.operations import lock_outs
from licensing_portal.accounts.operations.lock_outs import Attempt, AttemptLimit, Kind
from tests.accounts.people import LOGIN, PASSWORD, SECRET, code_for, is_signed_in, log_in, with_app, wrong_code
from tests.tables import each_row
from tests.together import together

TRIES = 5
LOCKED = "Too many failed attempts. Try again in 15 minutes, or ask a supervisor to unlock you."


def fail(username: str, times: int = TRIES) -> list[str]:
    return [log_in(username, "wrong")[1].content.decode() for _ in range(times)]


@pytest.fixture
def later(monkeypatch):
    """``later(minutes=15)`` lets time pass for lock-outs."""

    def pass_time(**time):
        now = timezone.now() + timedelta(**time)
        monkeypatch.setattr(lock_outs.timezone, "now", lambda: now)

    return pass_time


@pytest.mark.django_db
@each_row("username", ["clerk", "nobody", "Clerk ", "<script>"])
def test_after_five_failures_the_account_is_locked_whether_it_exists_or_not(username, clerk):
    pages = fail(username, TRIES + 1)

    assert all("Wrong username or password" in page for page in pages[:TRIES])
    assert LOCKED in pages[TRIES]
    assert "Wrong username or password" not in pages[TRIES]


@pytest.mark.django_db
def test_while_it_is_locked_the_right_password_is_refused_as_well(clerk):
    fail("clerk")

    client, answer = log_in("clerk")

    assert LOCKED in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_writing_the_name_otherwise_gives_no_more_attempts(clerk):
    fail(" CLERK ", 3)
    fail("clerk", 2)

    assert LOCKED in log_in("clerk")[1].content.decode()
    assert LockOut.objects.get(kind="account").user == clerk


@pytest.mark.django_db
def test_after_a_quarter_of_an_hour_it_is_open_again(clerk, later):
    fail("clerk")

    later(minutes=14)
    assert "Try again in 1 minute," in log_in("clerk")[1].content.decode()
    later(minutes=16)
    assert is_signed_in(log_in("clerk")[0])


@pytest.mark.django_db
def test_a_right_password_starts_the_count_anew(clerk):
    fail("clerk", TRIES - 1)
    log_in("clerk")
    fail("clerk", TRIES - 1)

    assert is_signed_in(log_in("clerk")[0])


@pytest.mark.django_db
def test_failures_of_long_ago_do_not_count(clerk, later):
    fail("clerk", TRIES - 1)
    later(minutes=20)
    fail("clerk", TRIES - 1)

    assert is_signed_in(log_in("clerk")[0])


@pytest.mark.django_db
def test_an_address_that_tries_many_accounts_is_locked(clerk, settings):
    settings.SIGN_IN_TRIES_ADDRESS = 6
    for number in range(6):
        fail(f"name{number}", 1)

    assert LOCKED in log_in("clerk")[1].content.decode()


@pytest.mark.django_db
def test_an_own_account_does_not_clear_the_address(clerk, settings):
    settings.SIGN_IN_TRIES_ADDRESS = 6
    for number in range(6):
        fail(f"name{number}", 1)
        log_in("clerk")

    assert LOCKED in log_in("clerk")[1].content.decode()


@pytest.mark.django_db
def test_the_address_is_the_one_that_proxies_can_vouch_for(clerk, settings):
    settings.SIGN_IN_TRIES_ADDRESS = 2
    settings.TRUSTED_PROXY_COUNT = 1
    for number in range(2):
        log_in(f"name{number}", "wrong", **{"x-forwarded-for": f"10.0.0.{number}, 192.0.2.7"})

    assert LOCKED in log_in("clerk", **{"x-forwarded-for": "192.0.2.7"})[1].content.decode()
    assert is_signed_in(log_in("clerk", **{"x-forwarded-for": "192.0.2.7, 192.0.2.8"})[0])


@pytest.mark.django_db
def test_codes_of_the_second_factor_are_counted_too(clerk):
    secret = with_app(clerk)
    client, answer = log_in("clerk")
    pages = [client.post(answer["Location"], {"code": wrong_code(secret)}) for _ in range(TRIES)]
    assert all(page.status_code == 200 for page in pages)

    assert LOCKED in client.post(answer["Location"], {"code": code_for(secret)}).content.decode()
    another, _ = log_in("clerk")
    assert LOCKED in another.post(answer["Location"], {"code": code_for(secret)}).content.decode()
    assert not is_signed_in(another)


@pytest.mark.django_db
def test_confirming_with_the_password_is_counted_too(clerk):
    client, _ = log_in("clerk")
    for _ in range(TRIES):
        client.post("/accounts/confirm/", {"password": "wrong"})

    assert LOCKED in client.post("/accounts/confirm/", {"password": PASSWORD}).content.decode()


@pytest.mark.django_db
def test_strangers_do_not_lock_the_owner_out_of_a_browser_he_used_before(clerk):
    own, _ = log_in("clerk")
    own.post("/accounts/logout/")

    fail("clerk", TRIES + 1)

    assert LOCKED in log_in("clerk")[1].content.decode()
    assert is_signed_in(log_in("clerk", client=own)[0])


@pytest.mark.django_db
def test_in_such_a_browser_no_more_attempts_are_taken_either(clerk):
    own, _ = log_in("clerk")
    own.post("/accounts/logout/")

    for _ in range(TRIES):
        log_in("clerk", "wrong", client=own)

    assert LOCKED in log_in("clerk", client=own)[1].content.decode()


@pytest.mark.django_db
def test_a_browser_that_another_person_used_is_none_of_these(clerk, supervisor):
    browser, _ = log_in("supervisor")
    browser.post("/accounts/logout/")
    fail("clerk")

    assert LOCKED in log_in("clerk", client=browser)[1].content.decode()


@pytest.mark.django_db
def test_a_lock_out_is_written_down_once(clerk):
    fail("clerk", TRIES + 3)

    events = SignInEvent.objects.filter(kind="locked-out").values_list("username", "address", "detail")
    assert list(events) == [("clerk", "127.0.0.1", "account")]


@pytest.mark.django_db
def test_what_was_typed_as_a_name_is_not_kept():
    fail("my secret password", 1)

    row = LockOut.objects.get(kind="account")
    assert "secret" not in row.key
    assert row.user is None


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["supervisor", "administrator"])
def test_a_supervisor_or_administrator_sees_and_unlocks(person, clerk, request, as_user):
    fail("clerk")
    browser = as_user(request.getfixturevalue(person))
    row = LockOut.objects.get(kind="account")

    assert ">clerk<" in browser.get("/admin/accounts/lockout/").content.decode()
    browser.post("/admin/accounts/lockout/", {"action": "unlock", "_selected_action": [row.pk]})

    assert is_signed_in(log_in("clerk")[0])
    event = SignInEvent.objects.get(kind="unlocked")
    assert (event.username, event.by) == ("clerk", request.getfixturevalue(person).username)


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["auditor", "clerk", "importer"])
def test_nobody_else_unlocks(person, clerk, request, as_user):
    fail("clerk")
    row = LockOut.objects.get(kind="account")

    posted = {"action": "unlock", "_selected_action": [row.pk]}
    as_user(request.getfixturevalue(person)).post("/admin/accounts/lockout/", posted)

    assert LockOut.objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_old_rows_are_swept(monkeypatch):
    old = timezone.now() - timedelta(days=2)
    lock_outs.count_attempt([AttemptLimit(Kind.ACCOUNT, "x")], now=old)
    monkeypatch.setattr(lock_outs, "_counter", iter([lock_outs._CLEANED_EVERY]))

    lock_outs.count_attempt([AttemptLimit(Kind.ACCOUNT, "y")])

    assert LockOut.objects.count() == 1


# --- Across workers ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_attempts_at_the_same_moment_no_more_than_five_are_looked_at():
    doors = [AttemptLimit(Kind.ACCOUNT, "clerk"), AttemptLimit(Kind.ADDRESS, "192.0.2.1")]

    attempts = together(*[lambda: lock_outs.count_attempt(doors)] * 8)

    assert all(isinstance(attempt, Attempt) for attempt in attempts)
    assert sum(attempt.seconds == 0 for attempt in attempts) == TRIES
    assert sum(attempt.last for attempt in attempts) == 1


ELSEWHERE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from licensing_portal.accounts.operations.lock_outs import AttemptLimit, Kind, count_attempt
print(*[count_attempt([AttemptLimit(Kind.ACCOUNT, "clerk")]).seconds > 0 for _ in range(3)])
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_counts_on_where_this_one_ended():
    for _ in range(3):
        lock_outs.count_attempt([AttemptLimit(Kind.ACCOUNT, "clerk")])

    run = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(connection.settings_dict["NAME"])],
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert run.stdout.split() == ["False", "False", "True"]
    assert lock_outs.count_attempt([AttemptLimit(Kind.ACCOUNT, "clerk")]).seconds > 800


@pytest.mark.django_db(transaction=True)
def test_a_code_that_arrives_twice_at_the_same_moment_lets_in_once(clerk):
    with_app(User.objects.get(username="clerk"))
    browsers = [log_in("clerk")[0] for _ in range(2)]
    code = code_for(SECRET)

    together(*[lambda each=each: each.post(f"{LOGIN}second-factor/", {"code": code}) for each in browsers])

    assert sum(is_signed_in(browser) for browser in browsers) == 1


# --- A clock that was ahead ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_clock_that_was_a_day_ahead_locks_nobody_out_for_a_day():
    ahead, now = timezone.now() + timedelta(days=1), timezone.now()
    door = AttemptLimit(Kind.ACCOUNT, "clerk")
    for _ in range(TRIES):
        lock_outs.count_attempt([door], now=ahead)

    assert lock_outs.count_attempt([door], now=now).seconds == 15 * 60
    assert lock_outs.count_attempt([door], now=now + timedelta(minutes=14)).seconds == 60
    assert lock_outs.count_attempt([door], now=now + timedelta(minutes=15, seconds=1)) == Attempt(0, last=False)


@pytest.mark.django_db
def test_attempts_of_a_clock_that_was_ahead_are_forgotten_with_those_of_now():
    now = timezone.now()
    door = AttemptLimit(Kind.ACCOUNT, "clerk")
    for _ in range(TRIES - 1):
        lock_outs.count_attempt([door], now=now + timedelta(days=300))
    later = now + timedelta(minutes=16)
    assert lock_outs.count_attempt([AttemptLimit(Kind.ADDRESS, "203.0.113.7"), door], now=now).last
    assert lock_outs.count_attempt([door], now=later) == Attempt(0, last=False)

    LockOut.objects.exclude(key=door.key).delete()
    assert LockOut.objects.get().last_at == later


@pytest.mark.django_db
def test_the_page_never_tells_to_wait_for_longer_than_the_lock_out(clerk, later):
    later(days=1)
    fail("clerk")
    later(days=-1)

    assert LOCKED in fail("clerk", 1)[0]
