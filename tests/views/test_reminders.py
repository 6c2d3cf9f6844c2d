"""Reminders on the desk, on their page and in the daily e-mail, and the page of the rules (docs/reminders.md)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.models import DecisionAlerts, Event, Reminder, ReminderDigest, ReminderRule
from licences.queries import reminders
from licensing_portal.accounts.models import QueuedMessage
from licensing_portal.reminder_emails import send_reminder_emails
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def compute() -> None:
    ReminderRule.objects.update(begun_at=None)
    operations.refresh_reminders(now=timezone.now())


@pytest.fixture
def due(catalogue):
    """Twelve serials whose Software Assurance ends in 19 to 30 days, and their reminders, the most urgent first."""
    today = timezone.localdate()
    for left in range(19, 31):
        factories.bought(
            purchased_on=today, software_assurance_until=today + timedelta(days=left), customer_name=f"Customer {left}"
        )
    compute()
    return Reminder.objects.order_by("due_since", "pk")


# --- The desk --------------------------------------------------------------------------------------------


def test_the_desk_shows_ten_of_ones_role_the_most_urgent_rules_first_with_count_and_link(due, clerk, as_user):
    page = as_user(clerk).get(reverse("desk"))

    shown = page.context["reminders"]
    assert (shown.count, len(shown.first)) == (12, 10)
    assert {each.rule.kind for each in shown.first} == {"assurance-second"}
    assert "Customer 19" in text(page)
    assert f'href="{reverse("reminders-open")}"' in page.content.decode()


def test_another_role_has_none_of_them_on_its_desk(due, importer, as_user):
    page = as_user(importer).get(reverse("desk"))

    assert page.context["reminders"].count == 0
    assert 'id="reminders"' not in page.content.decode()


def test_what_was_settled_since_it_was_computed_is_not_shown(due, clerk, as_user):
    first = due[0]
    factories.top_up(first.serial, software_assurance_until=timezone.localdate() + timedelta(days=400))

    shown = as_user(clerk).get(reverse("desk")).context["reminders"]

    assert first.pk not in [each.reminder.pk for each in shown.first]
    assert shown.count == 11


def test_a_reminder_is_ticked_off_on_the_desk_and_leads_back_to_it(due, clerk, as_user):
    browser, first = as_user(clerk), due[0]

    answer = browser.post(reverse("reminder", args=[first.pk]), {"act": "tick-off", "back": "desk"})

    assert answer.url == reverse("desk")
    assert browser.get(answer.url).context["reminders"].count == 11
    first.refresh_from_db()
    assert (first.changed_by, first.changed_by_number) == ("clerk", clerk.pk)


def test_a_reminder_is_snoozed_on_its_page_and_put_back_from_the_quiet_ones(due, clerk, as_user):
    browser, first = as_user(clerk), due[0]
    address = reverse("reminder", args=[first.pk])
    refused = browser.post(address, {"act": "snooze", "until": ""})
    assert refused.status_code == 422
    assert "Enter the day" in text(refused)

    until = timezone.localdate() + timedelta(days=3)
    browser.post(address, {"act": "snooze", "until": until.isoformat()})
    quiet = browser.get(f"{reverse('reminders-open')}?rule=assurance-second&show=quiet")
    assert [each.reminder.pk for each in quiet.context["page"].shown] == [first.pk]
    assert "by clerk" in text(quiet)

    browser.post(address, {"act": "put-back"})
    assert browser.get(reverse("desk")).context["reminders"].count == 12


def test_a_reminder_of_another_role_and_none_are_refused_alike(due, importer, as_user):
    browser = as_user(importer)
    for pk in (due[0].pk, 10**9):
        assert browser.get(reverse("reminder", args=[pk])).status_code == 403
        assert browser.post(reverse("reminder", args=[pk]), {"act": "tick-off"}).status_code == 403
    assert not Event.objects.filter(kind=Event.Kind.REMINDER_MARKED).exists()


def test_one_that_is_settled_says_so_and_cannot_be_ticked_off(due, clerk, as_user):
    browser, first = as_user(clerk), due[0]
    factories.top_up(first.serial, software_assurance_until=timezone.localdate() + timedelta(days=400))
    compute()

    answer = browser.post(reverse("reminder", args=[first.pk]), {"act": "tick-off"})

    assert answer.status_code == 422
    assert "This is settled already" in text(answer)


def test_pages_of_a_rule_follow_each_other(due, clerk, as_user, monkeypatch):
    monkeypatch.setattr(reminders, "PAGE_SIZE", 5)
    browser, address = as_user(clerk), f"{reverse('reminders-open')}?rule=assurance-second"

    first = browser.get(address).context["page"]
    second = browser.get(f"{address}&after={first.later}").context["page"]
    back = browser.get(f"{address}&before={second.earlier}").context["page"]
    nonsense = browser.get(f"{address}&after=9-x").context["page"]

    pks = [[each.reminder.pk for each in page.shown] for page in (first, second, back, nonsense)]
    assert len(set(pks[0] + pks[1])) == 10
    assert pks[2] == pks[3] == pks[0]


def test_each_kind_is_said_in_a_sentence(stage, as_user, admin_user):
    """Whatever the stage has is shown to a superuser without an error, in both languages."""
    compute()
    browser = as_user(admin_user)
    for rule in ReminderRule.objects.all():
        for language in ("en", "de"):
            page = browser.get(f"{reverse('reminders-open')}?rule={rule.kind}", headers={"Accept-Language": language})
            assert page.status_code == 200, rule.kind


# --- Rules -----------------------------------------------------------------------------------------------


def rule_form(**values) -> dict[str, str]:
    return {"is_on": "on", "number": "45", "role": "Supervisor", "in_digest": "on", "version": "0", **values}


def test_an_administrator_changes_a_rule_and_sees_it_in_the_table(catalogue, administrator, as_user):
    browser = as_user(administrator)
    assert "Days since the first purchase: 90" in text(browser.get(reverse("reminders")))

    answer = browser.post(reverse("reminder-rule", args=["never-registered"]), rule_form())

    assert answer.url == reverse("reminders")
    assert "Days since the first purchase: 45" in text(browser.get(answer.url))
    assert Event.objects.get(kind=Event.Kind.REMINDER_RULE_CHANGED).actor == administrator.username


@each_row(
    ("values", "said"),
    [
        ({"number": ""}, "Give a number, such as 30."),
        ({"number": "many"}, "Give a whole number, such as 30."),
        ({"number": "99999999999999999999"}, "Give a whole number from 1 to 3650."),
        ({"number": "-1"}, "Give a whole number from 1 to 3650."),
        ({"number": "1.000"}, "Write the number in digits alone"),
        ({"number": "1,5"}, "Write the number in digits alone"),
        ({"role": ""}, "Choose a role from the list."),
        ({"role": "Cook"}, "Choose a role from the list."),
        ({"version": "7"}, "Somebody else has changed this rule"),
    ],
)
def test_a_rule_that_makes_no_sense_is_said_and_what_was_typed_stays(catalogue, administrator, as_user, values, said):
    typed = rule_form(**values)

    answer = as_user(administrator).post(reverse("reminder-rule", args=["never-registered"]), typed)

    assert answer.status_code == 422
    assert said in text(answer)
    assert str(answer.context["form"]["number"].value()) == typed["number"]


def test_a_rule_without_a_number_asks_for_none_and_roles_that_cannot_open_it_are_not_offered(
    catalogue, administrator, as_user
):
    browser = as_user(administrator)
    assert "number" not in browser.get(reverse("reminder-rule", args=["support-ends"])).context["form"].fields
    form = browser.get(reverse("reminder-rule", args=["emergency-ends"])).context["form"]
    assert [role for role, _name in form.fields["role"].choices] == ["Licensing staff", "Supervisor", "Auditor"]
    assert browser.get(reverse("reminder-rule", args=["cook"])).status_code == 404


# --- The daily e-mail ------------------------------------------------------------------------------------


@pytest.fixture
def mailed(settings, monkeypatch):
    """Queue the e-mails of a morning; returns those that were queued."""
    settings.MAIL_IS_SENT = True
    sent = []
    monkeypatch.setattr("licensing_portal.reminder_emails.queue_message", sent.append)
    morning = timezone.localtime().replace(hour=7)

    def send(days: int = 0):
        send_reminder_emails(now=morning + timedelta(days=days))
        return sent

    return send


def test_users_choose_the_e_mail_in_their_account_and_get_it_in_their_language(due, clerk, as_user, mailed):
    clerk.email = "clerk@example.com"
    clerk.save()
    browser = as_user(clerk)
    assert "Send me a daily e-mail" in text(browser.get(reverse("account")))
    assert mailed() == []

    browser.post(reverse("reminder-emails"), {"by_email": "on"}, headers={"Accept-Language": "de"})
    (message,) = mailed(days=1)

    assert (message.to, message.subject) == (["clerk@example.com"], "12 neue Erinnerungen")
    assert "Software Assurance endet bald: zweite Erinnerung: 12" in message.body
    assert f"http://testserver{reverse('reminders-open')}" in message.body
    assert "Customer" not in message.body
    assert len(mailed(days=2)) == 1


def test_the_e_mail_goes_through_the_mail_queue_and_can_be_turned_off(due, clerk, as_user, settings):
    settings.MAIL_IS_SENT = True
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    clerk.email = "clerk@example.com"
    clerk.save()
    browser, morning = as_user(clerk), timezone.localtime().replace(hour=7)
    browser.post(reverse("reminder-emails"), {"by_email": "on"})
    send_reminder_emails(now=morning)
    send_reminder_emails(now=morning)
    assert QueuedMessage.objects.count() == 1

    browser.post(reverse("reminder-emails"), {})

    assert not ReminderDigest.objects.get(user=clerk).by_email


def test_a_portal_that_sends_no_e_mail_tells_nobody_and_offers_no_choice(due, clerk, as_user, settings):
    settings.MAIL_IS_SENT = False
    operations.choose_reminder_digest(user=clerk, by_email=True, language="")

    send_reminder_emails(now=timezone.localtime().replace(hour=7))

    assert not Reminder.objects.exclude(told_on=None).exists()
    assert "Send me a daily e-mail" not in text(as_user(clerk).get(reverse("account")))


# --- The choice in the account ---------------------------------------------------------------------------


def test_the_daily_email_is_offered_to_those_whose_role_has_rules_and_says_what_was_chosen(
    catalogue, clerk, support_agent, as_user
):
    compute()
    offered = "Send me a daily e-mail when there are new reminders for my role"
    browser = as_user(clerk)
    assert offered in text(browser.get(reverse("account")))
    assert offered not in text(as_user(support_agent).get(reverse("account")))

    on = browser.post(reverse("reminder-emails"), {"by_email": "on"}, follow=True)
    off = browser.post(reverse("reminder-emails"), {}, follow=True)

    assert "You get the daily e-mail of reminders." in text(on)
    assert "You no longer get the daily e-mail of reminders." in text(off)


@pytest.mark.parametrize(
    ("who", "page", "posted", "sent", "said"),
    [
        ("support_agent", "reminder-emails", "on", True, "Your role has no reminders."),
        ("clerk", "reminder-emails", "on", False, "This portal sends no e-mail."),
        ("clerk", "reminder-emails", "true", True, "Nothing was changed."),
        ("supervisor", "decision-emails", "on", False, "This portal sends no e-mail."),
        ("supervisor", "decision-emails", "0", True, "Nothing was changed."),
    ],
)
def test_a_choice_of_e_mail_that_means_nothing_is_not_stored_and_not_confirmed(
    catalogue, request, as_user, settings, who, page, posted, sent, said
):
    settings.MAIL_IS_SENT = sent

    answer = as_user(request.getfixturevalue(who)).post(reverse(page), {"by_email": posted}, follow=True)

    assert said in text(answer)
    assert "You get" not in text(answer)
    assert not ReminderDigest.objects.filter(by_email=True).exists()
    assert not DecisionAlerts.objects.exists()


def test_who_chooses_the_e_mail_without_an_address_is_told_that_none_can_come(catalogue, clerk, as_user, settings):
    compute()
    settings.MAIL_IS_SENT = True
    clerk.email = ""
    clerk.save()

    answer = as_user(clerk).post(reverse("reminder-emails"), {"by_email": "on"}, follow=True)

    assert "Your account has no e-mail address yet." in text(answer)
    assert ReminderDigest.objects.get(user=clerk).by_email


def test_a_snooze_without_a_day_speaks_of_the_reminder(due, clerk, as_user):
    page = reverse("reminder", args=[due.first().pk])

    said = text(as_user(clerk).post(page, {"act": "snooze", "until": ""}))

    assert "Enter the day on which the reminder comes back." in said
