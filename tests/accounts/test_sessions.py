"""Sessions end by themselves, from one's own page, and with the password; rights end at the next request."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import sessions
from tests.accounts.people import LOGIN, PASSWORD, aged, is_signed_in, log_in
from tests.tables import each_row

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
HOUR = 3600


# --- By themselves -------------------------------------------------------------------------------------


@each_row(
    ("passed", "holds"),
    [
        ({"idle": 2 * HOUR - 60}, True),
        ({"idle": 2 * HOUR + 60}, False),
        ({"age": 12 * HOUR - 60}, True),
        ({"age": 12 * HOUR + 60}, False),
    ],
)
def test_a_session_ends_after_two_idle_hours_and_after_a_working_day(passed, holds, clerk):
    client, _ = log_in("clerk")
    aged(client, **passed)

    assert is_signed_in(client) == holds


def test_whoever_comes_too_late_is_told_and_comes_back_to_the_page(clerk):
    client, _ = log_in("clerk")
    aged(client, idle=3 * HOUR)

    answer = client.get("/relicensing/", follow=True)

    assert answer.redirect_chain == [(f"{LOGIN}?next=/relicensing/", 302)]
    assert "your session had ended" in answer.content.decode()


def test_a_form_that_comes_too_late_changes_nothing(administrator):
    client, _ = log_in("admin")
    aged(client, idle=3 * HOUR)

    answer = client.post("/admin/licences/product/add/", {"sku": "XCH-LATE", "name": "Late", "slot": 13})

    assert answer["Location"] == f"{LOGIN}?next=/"


def test_who_works_all_the_time_stays_signed_in(clerk):
    client, _ = log_in("clerk")
    for _ in range(5):
        aged(client, idle=1 * HOUR)
        assert is_signed_in(client)


def test_how_long_is_a_setting(clerk, settings):
    settings.SESSION_IDLE_MINUTES = 5
    client, _ = log_in("clerk")
    aged(client, idle=400)

    assert not is_signed_in(client)


def test_a_session_that_does_not_know_when_it_began_is_over(clerk):
    client, _ = log_in("clerk")
    session = client.session
    del session[sessions.BEGAN]
    session.save()

    assert not is_signed_in(client)


def test_reading_writes_at_most_once_a_minute(clerk):
    client, _ = log_in("clerk")

    assert writes_of(client) == []
    aged(client, idle=61)
    assert len(writes_of(client)) == 2
    assert writes_of(client) == []


def writes_of(client) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/facts/").status_code == 200
    return [query["sql"] for query in queries if query["sql"].split()[0] in ("UPDATE", "INSERT", "DELETE")]


def test_a_database_that_is_busy_keeps_nobody_from_reading(clerk, monkeypatch):
    client, _ = log_in("clerk")
    aged(client, idle=61)

    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", busy)

    assert client.get("/facts/").status_code == 200


def test_on_sqlite_nobody_waits_long_for_the_lock():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows")
    with connection.cursor() as cursor:
        with sessions._impatience():
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (50,)
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (30_000,)


# --- From one's own page -----------------------------------------------------------------------------


@pytest.fixture
def two_devices(clerk):
    return log_in("clerk", **{"user-agent": FIREFOX})[0], log_in("clerk", **{"user-agent": SAFARI})[0]


def test_the_page_names_devices_addresses_and_times(two_devices):
    page = two_devices[0].get("/accounts/sessions/").content.decode()

    assert "Firefox, Linux" in page
    assert "Safari, iOS" in page
    assert page.count("127.0.0.1") >= 2
    assert page.index("this session") < page.index("Safari")
    assert all(session.session_key not in page for session in UserSession.objects.all())


def test_one_session_can_be_ended(two_devices):
    here, there = two_devices
    theirs = UserSession.objects.get(session_key=there.session.session_key)

    here.post(f"/accounts/sessions/{theirs.pk}/end/")

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert SignInEvent.objects.filter(kind="sessions-ended", username="clerk", detail="1").count() == 1


def test_all_others_can_be_ended(two_devices):
    third, _ = log_in("clerk")

    third.post("/accounts/sessions/end-others/")

    assert [is_signed_in(client) for client in (*two_devices, third)] == [False, False, True]


def test_the_own_one_can_be_ended(two_devices):
    here = two_devices[0]
    own = UserSession.objects.get(session_key=here.session.session_key)

    assert here.post(f"/accounts/sessions/{own.pk}/end/")["Location"] == LOGIN
    assert [is_signed_in(client) for client in two_devices] == [False, True]


def test_a_session_of_someone_else_cannot(two_devices, supervisor, as_user):
    for session in UserSession.objects.all():
        assert as_user(supervisor).post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
    as_user(supervisor).post("/accounts/sessions/end-others/")

    assert all(is_signed_in(client) for client in two_devices)


@pytest.mark.parametrize("path", ["sessions/1/end/", "sessions/end-others/"])
def test_a_link_ends_no_session(path, two_devices):
    assert two_devices[0].get(f"/accounts/{path}").status_code == 405


def test_an_administrator_ends_someones_sessions(two_devices, clerk, administrator, as_user):
    posted = {"action": "end_sessions", "_selected_action": [clerk.pk]}
    as_user(administrator).post("/admin/auth/user/", posted)

    assert not any(is_signed_in(client) for client in two_devices)


# --- With the password, and with the rights ------------------------------------------------------------


def test_a_new_password_ends_the_others(two_devices):
    here = two_devices[0]
    new = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}

    assert here.post("/accounts/password/", new)["Location"] == "/accounts/"

    assert [is_signed_in(client) for client in two_devices] == [True, False]
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("this session") == 1
    assert "Safari" not in page
    assert SignInEvent.objects.filter(kind="password-changed", username="clerk").exists()


def test_whoever_is_switched_off_is_out_at_the_next_request(clerk):
    client, _ = log_in("clerk")
    clerk.is_active = False
    clerk.save()

    assert client.get("/relicensing/")["Location"].startswith(LOGIN)
    assert client.post("/relicensing/new/", {"serial": "AB1CO9XZ"})["Location"].startswith(LOGIN)


def test_rights_that_were_taken_away_are_gone_at_the_next_request(supervisor):
    client, _ = log_in("supervisor")
    assert client.get("/relicensing/new/").status_code == 200

    supervisor.groups.set([Group.objects.get(name="Support agent")])

    assert client.get("/relicensing/new/").status_code == 403
    assert client.post("/relicensing/new/", {"serial": "AB1CO9XZ"}).status_code == 403
    supervisor.is_staff = False
    supervisor.save()
    assert client.get("/admin/licences/serial/", follow=True).status_code == 403
