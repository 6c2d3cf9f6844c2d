"""Pages that follow by themselves, and what stands on them (docs/telephone-call.md#while-a-request-waits)."""

import re
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.domain.codes import new_site_id
from licences.domain.staff_identity import StaffIdentity
from licences.models import DecisionAlerts, Relicensing
from licences.queries import following as versions
from licences.views import following
from licensing_portal.accounts.models import QueuedMessage
from licensing_portal.accounts.operations import sessions
from licensing_portal.decision_emails import send_decision_emails
from tests import factories
from tests.operations.emergency_calls import WHY

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def boss(supervisor, as_user):
    following._noted.clear()
    return as_user(supervisor)


@pytest.fixture
def asked(old, clerk, staff):
    """A request for a dead PC that the clerk has taken down and handed over."""
    said = factories.answers(old, release_code="", release_code_unavailable=True)
    form = {name: getattr(said, name) for name in said.__dataclass_fields__}
    form |= {"purpose": "reinstall", "release_code": "", "release_code_unavailable": "on"}
    assert staff.post("/relicensing/new/", form).status_code == 302
    request = Relicensing.objects.latest("pk")
    assert staff.post(f"{request.get_absolute_url()}hand-over/").status_code == 302
    return request


def poll(browser, address, tag=""):
    return browser.get(address, headers={"If-None-Match": tag} if tag else {})


def state_of(request):
    return f"{request.get_absolute_url()}state/"


# --- A request -----------------------------------------------------------------------------------------


def test_nothing_new_is_a_304_without_a_body_also_for_the_version_of_the_page(asked, staff):
    page = staff.get(asked.get_absolute_url()).text
    version = re.search(r'data-version="(\w+)"', page)[1]

    answer = poll(staff, state_of(asked), f'"{version}"')

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_decision_changes_it_and_the_issued_code_leads_who_asked_to_the_sheet(asked, staff, boss):
    tag = poll(staff, state_of(asked))["ETag"]
    values = {"items": ["release_code"], "reason": WHY, "check_number": 1, "then": "issue"}
    boss.post(f"{asked.get_absolute_url()}decide/", values)
    asked.refresh_from_db()

    answer = poll(staff, state_of(asked), tag)

    assert answer.json()["go"] == asked.unlock_code.get_absolute_url()
    assert poll(boss, state_of(asked)).json()["go"] == ""


def test_after_accept_alone_the_clerk_issues(asked, staff, boss):
    boss.post(f"{asked.get_absolute_url()}decide/", {"items": ["release_code"], "reason": WHY, "check_number": 1})

    assert poll(staff, state_of(asked)).json()["go"] == ""
    page = staff.get(asked.get_absolute_url()).text
    assert re.search(r'<button class="button primary" type="submit"\s+autofocus>\s*Issue unlock code', page)


def test_it_takes_few_queries(asked, staff, boss, django_assert_max_num_queries):
    """One for the version. The other three are those of every page: session, user and permissions."""
    tag = poll(staff, state_of(asked))["ETag"]
    with django_assert_max_num_queries(4):
        assert poll(staff, state_of(asked), tag).status_code == 304
    tag = poll(boss, "/desk/waiting/")["ETag"]
    with django_assert_max_num_queries(4):
        assert poll(boss, "/desk/waiting/", tag).status_code == 304


def _check_again(asked, old, settings):
    said = factories.answers(old, customer_name="Gruber", release_code="", release_code_unavailable=True)
    operations.recheck_relicensing(
        request_id=asked.pk, answers=said, purpose="reinstall", by="clerk", today=factories.TODAY
    )


def _accept(asked, old, settings):
    operations.decide_checklist(request_id=asked.pk, items=["release_code"], reason=WHY, by="boss")


def _agree_as_the_first_of_two(asked, old, settings):
    settings.FOUR_EYES_LICENCES = 1
    _accept(asked, old, settings)


def _withdraw(asked, old, settings):
    operations.withdraw_relicensing(request_id=asked.pk, by="clerk")


@pytest.mark.parametrize("act", [_check_again, _accept, _agree_as_the_first_of_two, _withdraw])
def test_whatever_is_done_changes_the_versions_of_request_and_desk(asked, old, settings, act):
    """Also of the desk of a supervisor who is not concerned: it is one statement that asks nothing about people."""
    before = versions.request_version(asked.pk), versions.waiting_version("boss")

    act(asked, old, settings)

    after = versions.request_version(asked.pk), versions.waiting_version("boss")
    assert not set(before) & set(after)


def test_another_viewer_gets_their_own_list_in_the_same_browser(asked):
    people = "boss", StaffIdentity("boss", 1), StaffIdentity("boss", 2), "another"
    assert len({versions.waiting_version(each) for each in people}) == len(people)


def test_it_keeps_no_session_alive(asked, staff):
    long_ago = int(time.time()) - 600
    session = staff.session
    session[sessions.SEEN] = long_ago
    session.save()

    poll(staff, state_of(asked))
    assert staff.session[sessions.SEEN] == long_ago
    staff.get(asked.get_absolute_url())
    assert staff.session[sessions.SEEN] > long_ago


# --- The desk ------------------------------------------------------------------------------------------


def test_the_desk_of_a_supervisor_gets_list_and_count(asked, boss):
    answer = poll(boss, "/desk/waiting/").json()

    assert answer["count"] == 1
    assert asked.get_absolute_url() in answer["html"]
    assert answer["announce"] == "1 request waits for you."


def test_the_desk_shows_ones_own_first_and_pages(old, clerk, staff):
    own = factories.request(old)
    Relicensing.objects.filter(pk=own.pk).update(opened_by=clerk.username, opened_by_number=clerk.pk)
    for _ in range(20):
        factories.request(old)

    page = staff.get("/").text

    rows = re.findall(r"/relicensing/(\d+)/", page)
    assert int(rows[0]) == own.pk
    assert "Page 1 of 2" in page
    assert "Page 2 of 2" in staff.get("/?page=2").text


def test_a_name_that_was_said_stands_where_the_serial_was_not_found(old, staff):
    factories.request(old, serial="ZZZZ-ZZZ1", customer_name="Gruber Dachbau KG")

    assert "Gruber Dachbau KG" in staff.get("/").text


def test_two_calls_for_one_serial_stand_on_the_supervisors_desk(old, boss, staff):
    factories.request(old, site_id=new_site_id())
    request = factories.request(old)
    answer = staff.post(f"{request.get_absolute_url()}issue/", follow=True)

    assert "is still open" in answer.text
    assert "Two calls for one serial number" in boss.get("/").text
    assert "Two calls for one serial number" not in staff.get("/").text


# --- What else is open ---------------------------------------------------------------------------------


def test_check_and_site_card_hint_at_the_open_request(old, staff):
    first, second = factories.request(old), factories.request(old)

    for address in (second.get_absolute_url(), old.serial.get_absolute_url()):
        page = staff.get(address).text
        assert "Open requests for this serial number" in page
        assert f"{first.get_absolute_url()}withdraw/" in page
    back = {"back": str(second.pk)}
    assert staff.post(f"{first.get_absolute_url()}withdraw/", back).url == second.get_absolute_url()
    assert "Open requests for this serial number" not in staff.get(second.get_absolute_url()).text


def test_withdrawing_asks_first_and_can_be_undone(old, staff):
    request = factories.request(old)
    question = staff.get(f"{request.get_absolute_url()}withdraw/").text
    assert "You can undo this for one hour." in question
    assert Relicensing.objects.get().is_open

    page = staff.post(f"{request.get_absolute_url()}withdraw/", follow=True).text
    assert f'action="{request.get_absolute_url()}reopen/"' in page
    staff.post(f"{request.get_absolute_url()}reopen/")
    assert Relicensing.objects.get().is_open


def test_the_answers_of_a_withdrawn_request_are_taken_over_into_a_new_one(old, staff):
    request = factories.request(old, customer_name="Said so far")
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")

    assert f"/relicensing/new/?from={request.pk}" in staff.get(request.get_absolute_url()).text
    assert 'value="Said so far"' in staff.get(f"/relicensing/new/?from={request.pk}").text
    assert staff.get("/relicensing/new/?from=nonsense").status_code == 200
    open_one = factories.request(old, customer_name="Not yours yet")
    assert "Not yours yet" not in staff.get(f"/relicensing/new/?from={open_one.pk}").text


def test_a_mismatch_alone_offers_no_supervisor_until_it_was_checked_again(old, staff):
    request = factories.request(old, customer_name="Gruber Dachbau KG")
    assert "Hand over to a supervisor" not in staff.get(request.get_absolute_url()).text

    said = factories.answers(old, customer_name="Gruber Dachbau KG")
    form = {name: getattr(said, name) or "" for name in said.__dataclass_fields__ if name != "release_code_unavailable"}
    form["release_code"] = request.checks.get().answers().release_code
    form["site_id"] = request.checks.get().answers().site_id
    staff.post(request.get_absolute_url(), {**form, "purpose": "migrate"})

    assert "Hand over to a supervisor" in staff.get(request.get_absolute_url()).text


def test_the_decision_comes_before_check_again_and_accept_is_no_refusal(asked, boss):
    page = boss.get(asked.get_absolute_url()).text

    assert page.index('id="decide"') < page.index("Check again")
    assert "Accept and issue" in page
    assert 'class="button danger"' not in page


# --- E-mails -------------------------------------------------------------------------------------------


@pytest.fixture
def mailed(settings):
    settings.MAIL_IS_SENT = True
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    return lambda seconds=61: send_decision_emails(now=timezone.now() + timedelta(seconds=seconds))


@pytest.fixture
def with_address(supervisor):
    supervisor.email = "boss@example.com"
    supervisor.save()
    return supervisor


def test_a_supervisor_without_an_open_page_gets_one_e_mail_after_a_minute(asked, with_address, mailed):
    mailed(seconds=30)
    assert not QueuedMessage.objects.exists()

    mailed()
    mailed()

    assert QueuedMessage.objects.count() == 1


def test_the_e_mail_names_the_request_and_no_customer(asked, with_address, mailed, monkeypatch):
    sent = []
    monkeypatch.setattr("licensing_portal.decision_emails.queue_message", sent.append)
    mailed()

    (message,) = sent
    assert message.to == ["boss@example.com"]
    assert asked.get_absolute_url() in message.body
    assert "Müller" not in message.body
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("language", "subject", "body"),
    [
        ("de", "Ein Antrag auf erneute Lizenzierung wartet", "wartet auf einen Supervisor"),
        ("en", "A re-licensing request waits for a decision", "waits for a supervisor"),
        ("", "A re-licensing request waits for a decision", "waits for a supervisor"),  # as older code noted it
    ],
)
def test_each_supervisor_is_written_to_in_the_language_they_last_used(
    asked, with_address, mailed, django_user_model, monkeypatch, language, subject, body
):
    colleague = django_user_model.objects.create_user("colleague", email="other@example.com")
    colleague.groups.set(with_address.groups.all())
    operations.note_open_page(user=colleague, now=timezone.now() - timedelta(hours=1), language="en")
    operations.choose_decision_emails(user=with_address, by_email=True, language=language)
    sent = {}
    monkeypatch.setattr("licensing_portal.decision_emails.queue_message", lambda each: sent.update({each.to[0]: each}))

    mailed()

    assert sent["boss@example.com"].subject.startswith(subject)
    assert body in sent["boss@example.com"].body
    assert "waits for a supervisor" in sent["other@example.com"].body


def test_an_open_page_notes_its_language(asked, boss, supervisor, settings):
    boss.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    poll(boss, "/desk/waiting/")
    assert DecisionAlerts.objects.get(user=supervisor).language == "de"

    boss.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    boss.post("/desk/emails/", {"by_email": "on"})
    assert DecisionAlerts.objects.get(user=supervisor).language == "en"


@pytest.mark.parametrize("reason", ["page open", "turned off", "setting", "asked themselves"])
def test_nobody_is_told_who_needs_no_e_mail(asked, with_address, mailed, settings, reason):
    if reason == "page open":
        DecisionAlerts.objects.create(user=with_address, page_open_at=timezone.now() + timedelta(seconds=30))
    elif reason == "turned off":
        operations.choose_decision_emails(user=with_address, by_email=False, language="en")
    elif reason == "setting":
        settings.DECISION_EMAIL_SECONDS = 0
    else:
        person = StaffIdentity(with_address.username, with_address.pk)
        Relicensing.objects.filter(pk=asked.pk).update(opened_by=person, opened_by_number=person.number)

    mailed()

    assert not QueuedMessage.objects.exists()


def test_an_open_desk_is_noted_and_the_choice_stands_on_the_account_page(asked, boss, supervisor, settings):
    settings.MAIL_IS_SENT = True
    poll(boss, "/desk/waiting/")
    assert DecisionAlerts.objects.get(user=supervisor).page_open_at is not None

    assert 'name="by_email" checked' in boss.get(reverse("account")).text
    boss.post("/desk/emails/", {})
    assert DecisionAlerts.objects.get(user=supervisor).by_email is False
    assert 'name="by_email">' in boss.get(reverse("account")).text
