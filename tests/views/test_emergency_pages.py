"""What the pages show of a dead PC: why it waits and for whom, the follow-up, the desk, the look-up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.models import Emergency
from tests import factories
from tests.operations.emergency_calls import WHY, code_of, dead_pc

pytestmark = pytest.mark.usefixtures("catalogue")


def today():
    return timezone.localdate()


@pytest.fixture
def request_(old):
    """A request about a dead PC that was handed over to the supervisors."""
    return operations.hand_over_request(request_id=dead_pc(old).pk, by="tests")


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


@pytest.fixture
def found(old, request_):
    return operations.issue_emergency(request_id=request_.pk, reason=WHY, by="deputy", today=today())


def overdue(found, days=3):
    Emergency.objects.filter(pk=found.pk).update(expires_on=today() - timedelta(days=days))


def text(browser, path):
    return browser.get(path).content.decode()


def post(browser, path, **values):
    answer = browser.post(path, values)
    return answer.status_code, answer.get("Location", ""), answer.content.decode()


# --- The request ---------------------------------------------------------------------------------


def test_it_says_why_it_waits_who_asked_and_who_decides(staff, boss, request_):
    for browser in (staff, boss):
        page = text(browser, request_.get_absolute_url())
        assert "Waiting for a supervisor" in page
        assert "The caller has no release code." in page
        assert "Any supervisor who has not worked on this call." in page
        assert "tests, just now" in page
    assert "Issue emergency code" not in text(staff, request_.get_absolute_url())
    assert "Issue emergency code for 14 days" in text(boss, request_.get_absolute_url())


def test_whoever_asked_is_told_that_another_has_to_decide(supervisor, boss, old):
    said = factories.answers(old, release_code="", release_code_unavailable=True)
    request = operations.open_relicensing(answers=said, purpose="migrate", by=supervisor.username, today=today())

    page = text(boss, request.get_absolute_url())

    assert "You took this call yourself" in page
    assert "decide/" not in page
    values = {"items": ["release_code"], "reason": WHY, "check_number": 1}
    status, _, answer = post(boss, f"{request.get_absolute_url()}decide/", **values)
    assert (status, "You took this call yourself" in answer) == (422, True)


def test_a_limit_is_explained_and_decided_on_the_page(staff, boss, old, settings):
    settings.RELICENSING_LIMIT = 0
    request = factories.request(old)
    address = request.get_absolute_url()

    for browser in (staff, boss):
        assert "was re-licensed 0 times in the last twelve months" in text(browser, address)
    assert post(staff, f"{address}issue/")[1] == address
    status, location, _ = post(boss, f"{address}decide/", items=["relicensing-limit"], reason=WHY, check_number=1)

    assert (status, location) == (302, address)
    assert "Everything is fine" in text(staff, address)
    assert "/unlock-codes/" in post(staff, f"{address}issue/")[1]


def test_two_supervisors_agree_on_the_page(supervisor, boss, old, settings):
    settings.FOUR_EYES_LICENCES = 1
    request = dead_pc(old)
    address = request.get_absolute_url()

    assert "Two supervisors who have not worked on this call" in text(boss, address)
    answer = boss.post(f"{address}decide/", {"items": ["release_code"], "reason": WHY, "check_number": 1}, follow=True)

    page = answer.content.decode()
    assert "Now a second supervisor has to agree." in page
    assert f"Release code: {supervisor.username}" in page
    assert address not in text(boss, "/").split("Open re-licensing requests")[0]


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 30])
def test_a_decision_says_which_check_was_seen(boss, request_, number):
    values = {"items": ["release_code"], "reason": WHY, "check_number": number}

    for page in ("decide", "emergency"):
        status, _, answer = post(boss, f"{request_.get_absolute_url()}{page}/", **values)
        assert status == 422
        assert "Look at the checklist again before you decide." in answer


def test_a_supervisor_issues_the_emergency_code_and_reads_it_out(boss, request_):
    status, location, _ = post(boss, f"{request_.get_absolute_url()}emergency/", reason=WHY, check_number=1)

    found = Emergency.objects.get()
    assert (status, location) == (302, code_of(found).get_absolute_url())
    sheet = text(boss, location)
    assert "This is an emergency code" in sheet
    assert found.get_absolute_url() in sheet
    closed = text(boss, request_.get_absolute_url())
    assert "Emergency code issued" in closed
    assert found.get_absolute_url() in closed


def test_an_emergency_code_without_a_reason_is_refused_on_the_page(boss, request_):
    for reason, sentence in (("", "Give the reason."), ("dead", "Give a meaningful reason (at least 10 letters")):
        status, _, answer = post(boss, f"{request_.get_absolute_url()}emergency/", reason=reason, check_number=1)
        assert status == 422
        assert sentence in answer
    assert not Emergency.objects.exists()


# --- The follow-up -------------------------------------------------------------------------------


def test_the_follow_up_shows_how_long_it_runs_and_what_settles_it(staff, boss, found):
    page = text(staff, found.get_absolute_url())

    assert "14 days left" in page
    assert WHY in page
    assert "Enter the old PC's release code" in page
    assert "Decide without the release code" not in page
    assert "Decide without the release code" in text(boss, found.get_absolute_url())


def test_a_clerk_types_the_release_code_and_reads_out_the_permanent_code(staff, old, found):
    address = f"{found.get_absolute_url()}release-code/"
    values = {"code-release_code": "UUUUU-UUUUU"}
    status, _, answer = post(staff, address, **values)
    assert status == 422
    assert "This release code is not from that installation." in answer
    assert "1 in the last 24 hours" in answer

    status, location, _ = post(staff, address, **{"code-release_code": old.release_code.lower()})

    found.refresh_from_db()
    assert (status, location) == (302, found.permanent_code.get_absolute_url())
    assert "This is an emergency code" not in text(staff, location)
    assert "Confirmed by the release code" in text(staff, found.get_absolute_url())


@pytest.mark.parametrize("typed", ["", "UUUUU", "?", "a\x00b"])
def test_what_is_no_release_code_is_no_guess(staff, found, typed):
    status, _, _ = post(staff, f"{found.get_absolute_url()}release-code/", **{"code-release_code": typed})

    assert status == 422
    assert not found.serial.wrong_release_codes.exists()


def test_a_supervisor_decides_for_good(boss, found):
    status, location, _ = post(boss, f"{found.get_absolute_url()}decide/", **{"decision-reason": WHY})

    found.refresh_from_db()
    assert (status, location) == (302, found.permanent_code.get_absolute_url())
    again = post(boss, f"{found.get_absolute_url()}decide/", **{"decision-reason": WHY})
    assert again[0] == 422
    assert found.outcome == "decided"


def test_a_supervisor_withdraws_it(boss, found):
    assert post(boss, f"{found.get_absolute_url()}withdraw/", **{"withdrawal-reason": "no"})[0] == 422

    status, location, _ = post(boss, f"{found.get_absolute_url()}withdraw/", **{"withdrawal-reason": WHY})

    assert (status, location) == (302, found.get_absolute_url())
    assert "Withdrawn" in text(boss, location)


# --- Desk, site card, look-up ---------------------------------------------------------------------


def test_the_desk_shows_who_waits_to_supervisors_only(staff, boss, request_):
    assert "Waiting for you" not in text(staff, "/")
    desk = text(boss, "/")
    assert "Waiting for you" in desk
    assert "handed over by tests, just now" in desk


def test_the_desk_shows_emergencies_with_the_days_left(staff, found):
    assert "14 days left" in text(staff, "/")

    overdue(found)

    assert "expired 3 days ago" in text(staff, "/")


def test_the_desk_asks_the_same_few_questions_however_many_wait(boss, catalogue, django_assert_max_num_queries):
    for _ in range(4):
        dead_pc(factories.registered())
        request = dead_pc(factories.registered())
        operations.issue_emergency(request_id=request.pk, reason=WHY, by="deputy", today=today())

    with django_assert_max_num_queries(20):
        boss.get("/")


def test_the_site_card_says_it_and_offers_no_update_after_the_last_day(staff, found):
    card = text(staff, found.serial.get_absolute_url())
    assert "Registered, on an emergency code" in card
    assert "Update licences" in card

    overdue(found)

    card = text(staff, found.serial.get_absolute_url())
    assert "Registered, but its emergency code has expired" in card
    assert "Update licences" not in card


def test_the_look_up_says_it_to_a_support_agent_who_sees_no_code(support_agent, as_user, found):
    browser = as_user(support_agent)
    query = f"/lookup/?q={found.serial.code}"
    assert browser.get(f"{query}&format=json").json()["results"][0]["verdict"]["code"] == "emergency"
    assert "Registered, on an emergency code" in text(browser, query)

    overdue(found)

    assert browser.get(f"{query}&format=json").json()["results"][0]["verdict"]["code"] == "emergency-expired"
    page = text(browser, query)
    assert "its emergency code has expired" in page
    assert code_of(found).code[:5] not in page
    assert browser.get(found.get_absolute_url()).status_code == 403
