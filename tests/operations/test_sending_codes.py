"""Unlock codes go by e-mail only to addresses on record, each once, and leave an event."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from licences import operations
from licences.domain.codes import grouped
from licences.domain.spelling import DIN_5009
from licences.domain.staff_identity import StaffIdentity
from licences.models import CodeDelivery, Emergency, Event
from licences.operations.codes import licence_file_text
from licences.queries.code_deliveries import addresses_on_record
from tests import factories
from tests.operations.emergency_calls import begin_emergency, code_of
from tests.questions import why_refused
from tests.tables import each_row
from tests.together import together

CLERK = StaffIdentity("clerk", 7)
ON_RECORD = "vogel@example.com"
pytestmark = pytest.mark.django_db


@pytest.fixture
def code(catalogue):
    """A code whose customer has had an address for two days."""
    return with_old_address(factories.registered())


def with_old_address(code):
    Customer.objects.update(created_at=timezone.now() - timedelta(days=2))
    code.serial.site.customer.refresh_from_db()
    return code


def send(code, address=ON_RECORD, *, by=CLERK, as_supervisor=False):
    return operations.send_unlock_code(code_id=code.pk, address=address, by=by, may_use_new_address=as_supervisor)


def refused(code, address=ON_RECORD, **values):
    values = {"by": CLERK, "may_use_new_address": False, **values}
    return why_refused(
        operations.send_unlock_code, code_id=code.pk, address=address, unchanged=[CodeDelivery, Event], **values
    )


def test_the_message_has_the_sheet_and_the_licence_file(code):
    send(code)

    (message,) = mail.outbox
    assert message.to == [ON_RECORD]
    assert message.subject == f"Freischaltcode für Seriennummer {code.serial}"
    for text in (grouped(code.code), str(code.serial), str(code.installation), "Bäckerei Müller & Söhne GmbH"):
        assert text in message.body
    assert f"{DIN_5009[code.code[0]]} {DIN_5009[code.code[1]]}" in message.body
    assert message.attachments == [
        (f"xchange-licence-{code.serial}-1.jws", licence_file_text(code), "application/jose")
    ]


def test_it_is_recorded_with_who_and_carried_out_as_an_event(code):
    delivery = send(code)

    assert (delivery.address, delivery.language, delivery.state) == (ON_RECORD, "de", "queued")
    assert (delivery.queued_by, delivery.queued_by_number) == ("clerk", 7)
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, event.serial) == ("code-mailed", "clerk", code.serial.code)
    assert event.customer == code.serial.site.customer
    assert event.personal["address"] == ON_RECORD
    assert ON_RECORD not in str(event.details)
    details = {name: event.details[name] for name in ("rows", "sequence", "language", "address_of", "delivery")}
    assert details == {
        "rows": 1, "sequence": 1, "language": "de", "address_of": ["customer"], "delivery": delivery.pk,
    }  # fmt: skip
    assert len(event.details["sha256"]) == 64


@each_row(("country", "word"), [("FR", "Unlock code"), ("CH", "Freischaltcode"), ("", "Unlock code")])
def test_the_country_decides_the_language(country, word, code):
    Customer.objects.update(country=country)

    send(code)

    assert mail.outbox[0].subject.startswith(word)


def test_an_address_that_is_not_on_record_gets_nothing(code):
    assert refused(code, "thief@example.com") == "address-not-on-record"
    assert refused(code, "") == "address-not-on-record"
    assert mail.outbox == []


def test_an_address_of_less_than_24_hours_is_for_supervisors(catalogue):
    code = factories.registered(contact_email="new@example.com")

    assert refused(code, "new@example.com") == "address-new"
    send(code, "new@example.com", as_supervisor=True)

    assert mail.outbox[0].to == ["new@example.com"]


def test_a_corrected_address_is_new_again(code):
    customer = code.serial.site.customer
    for address in ("other@example.com", ON_RECORD):
        correction = operations.Correction({"contact_email": address}, "They told us.")
        operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")

    assert refused(code) == "address-new"


def test_the_registration_comes_first_and_one_address_in_both_counts_by_its_older_record(code):
    renewed = {"serial": code.serial.code, "reason": "New contact", "by": "clerk"}
    operations.renew_registration(details=factories.details(contact_email="Vogel@Example.com"), **renewed)
    (recorded,) = addresses_on_record(code.serial)
    assert [str(each) for each in recorded.sources] == ["registration", "customer"]
    assert not recorded.is_new(now=timezone.now())

    operations.renew_registration(details=factories.details(contact_email="second@example.com"), **renewed)
    assert [each.address for each in addresses_on_record(code.serial)] == ["second@example.com", ON_RECORD]


@each_row("text", ["", "see above", "a@b", "x@example.com, y@example.com", "x@example.com\nBcc: z@example.com"])
def test_what_is_no_e_mail_address_is_not_offered(text, code):
    Customer.objects.update(contact_email=text)
    code.serial.site.customer.refresh_from_db()

    assert addresses_on_record(code.serial) == []


def test_twice_is_once_while_it_waits_and_for_a_minute(code):
    first = send(code)
    assert send(code) == first
    operations.record_delivery_sent(first.pk)
    assert send(code) == first
    assert Event.objects.filter(kind="code-mailed").count() == len(mail.outbox) == 1

    CodeDelivery.objects.update(queued_at=timezone.now() - timedelta(minutes=2))
    assert send(code) != first
    assert len(mail.outbox) == 2


def test_after_five_in_an_hour_the_serial_has_to_wait(code):
    for _time in range(5):
        operations.record_delivery_failure(send(code).pk, failure="OSError", is_final=True)

    assert refused(code) == "too-many-deliveries"


def test_a_code_that_is_out_of_date_is_not_sent(code):
    new = factories.relicensed(code)

    assert refused(code) == "code-superseded"
    send(new)
    assert len(mail.outbox) == 1


def test_a_blocked_serial_gets_none(code):
    operations.block_serial(serial=code.serial.code, reason="Invoice not paid.", by="supervisor")

    assert refused(code) == "serial-blocked"


def test_an_emergency_code_goes_until_its_last_day(catalogue):
    code = with_old_address(code_of(begin_emergency(factories.registered())))
    assert send(code).state == "queued"
    CodeDelivery.objects.update(state="failed", ended_at=timezone.now())
    Emergency.objects.update(expires_on=timezone.localdate() - timedelta(days=1))

    assert refused(code) == "emergency-expired"


def test_without_a_mail_server_it_is_refused(code, settings):
    settings.MAIL_IS_SENT = False

    assert refused(code) == "mail-off"


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_one_message_is_sent(catalogue, one_chain_of_events):
    code = with_old_address(factories.registered())

    together(*[lambda: send(code)] * 4)

    assert CodeDelivery.objects.count() == Event.objects.filter(kind="code-mailed").count() == len(mail.outbox) == 1


def test_overdue_deliveries_end(code):
    delivery = send(code)
    assert operations.fail_overdue_deliveries(now=timezone.now() + timedelta(hours=24)) == 0

    assert operations.fail_overdue_deliveries(now=timezone.now() + timedelta(hours=26)) == 1

    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure) == ("failed", "overdue")


def test_addresses_are_emptied_in_time_and_the_rest_stays(code, settings):
    settings.KEEP_CODE_EMAILS_DAYS = 10
    ended, waiting = send(code), send(with_old_address(factories.registered()))
    operations.record_delivery_sent(ended.pk)

    def after(days):
        done = operations.apply_retention(now=timezone.now() + timedelta(days=days))
        return done["addresses of e-mails with codes"]

    assert (after(9), after(11), after(12)) == (0, 1, 0)
    ended.refresh_from_db()
    waiting.refresh_from_db()
    assert (ended.address, ended.state, ended.queued_by) == ("", "sent", "clerk")
    assert waiting.address == ON_RECORD


def test_the_administration_shows_them_to_who_may_see_codes(code, as_user, auditor, administrator):
    delivery = send(code)
    operations.record_delivery_failure(delivery.pk, failure="SMTPRecipientsRefused", is_final=True)
    listed = reverse("admin:licences_codedelivery_changelist")

    page = as_user(auditor).get(listed).text
    assert ON_RECORD in page
    assert grouped(code.serial.code) in page
    one = as_user(auditor).get(reverse("admin:licences_codedelivery_change", args=[delivery.pk])).text
    assert "The mail server refused this address." in one
    assert code.get_absolute_url() in one
    assert grouped(code.code) not in one  # it stands on the sheet alone
    for guess in ("unlock_code__code__startswith=A", "unlock_code__release_code__startswith=A"):
        assert as_user(auditor).get(f"{listed}?{guess}").status_code == 400
    assert as_user(auditor).get(listed, {"q": ON_RECORD}).text.count(ON_RECORD) >= 1
    assert as_user(administrator).get(listed).status_code == 403
