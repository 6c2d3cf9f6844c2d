"""The read-back sheet: comparing what is read back, the registered name, and sending it by e-mail."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from customers.models import Customer
from licences.domain.codes import groups
from licences.models import CodeDelivery, Event, Product
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db
ADDRESS = "vogel@example.com"


@pytest.fixture
def code(catalogue):
    code = factories.registered(name="Bäckerei Müller & Söhne OHG")
    Customer.objects.update(created_at=timezone.now() - timedelta(days=2))
    return code


def read_back(client, code, text):
    return client.post(code.get_absolute_url(), {"text": text})


# --- Read back ---------------------------------------------------------------------------------------


def test_the_code_read_back_is_all_right(staff, code):
    answer = read_back(staff, code, " ".join(groups(code.code)).lower())

    assert answer.status_code == 200
    assert "All right: that is the code." in answer.text


def test_a_slip_is_shown_in_its_group_and_at_its_character(staff, code):
    parts = groups(code.code)
    wrong = "A" if parts[1][2] != "A" else "B"
    parts[1] = parts[1][:2] + wrong + parts[1][3:]

    page = read_back(staff, code, "-".join(parts)).text

    assert "Read group 2 again." in page
    assert f"Character 3 is {groups(code.code)[1][2]}, not {wrong}." in page
    assert f"<mark>{wrong}</mark>" in page
    assert page.count("<mark>") == 2


def test_what_was_read_so_far_is_not_called_wrong(staff, code):
    page = read_back(staff, code, "".join(groups(code.code)[:2])).text

    assert "All right so far." in page
    assert page.count("not read yet") == len(groups(code.code)) - 2


def test_what_is_typed_is_neither_stored_nor_logged(staff, code, caplog):
    caplog.set_level("DEBUG")
    events = Event.objects.count()

    page = read_back(staff, code, "QQQQQ WWWWW")

    assert 'value="QQQQQ WWWWW"' in page.text
    assert Event.objects.count() == events
    assert "QQQQQ" not in caplog.text
    assert "no-store" in page["Cache-Control"]


@each_row("text", ["", "x" * 201, "A\x00B"])
def test_what_cannot_be_compared_is_told_at_the_field(text, staff, code):
    answer = read_back(staff, code, text)

    assert answer.status_code == 422
    assert "errorlist" in answer.text


def test_an_auditor_may_compare_and_a_support_agent_sees_no_sheet(code, auditor, support_agent, as_user):
    assert read_back(as_user(auditor), code, code.code).status_code == 200
    assert read_back(as_user(support_agent), code, code.code).status_code == 403


# --- What stands on it -------------------------------------------------------------------------------


def test_the_registered_name_the_serial_and_the_site_id_stand_on_it(staff, code):
    page = staff.get(code.get_absolute_url()).text

    assert "<dt>Registered name</dt><dd><bdi>Bäckerei Müller &amp; Söhne OHG</bdi></dd>" in page
    assert f"/serials/{code.serial}/" in page.replace(code.serial.code, str(code.serial))


# --- By e-mail ---------------------------------------------------------------------------------------


def send(client, code, address=ADDRESS):
    return client.post(f"{code.get_absolute_url()}send/", {"address": address}, follow=True)


def test_the_clerk_chooses_an_address_on_record_and_sees_what_became_of_it(staff, code):
    assert f'value="{ADDRESS}" checked' in staff.get(code.get_absolute_url()).text

    page = send(staff, code).text

    assert "The e-mail is on its way." in page
    assert "waiting to be sent" in page
    assert [message.to for message in mail.outbox] == [[ADDRESS]]

    CodeDelivery.objects.update(state="failed", ended_at=timezone.now(), failure="SMTPRecipientsRefused")
    list_ = staff.get(f"{code.get_absolute_url()}deliveries/").text
    assert "not sent" in list_
    assert "The mail server refused this address." in list_
    assert "<html" not in list_


def test_no_address_can_be_typed(staff, code):
    assert 'type="email"' not in staff.get(code.get_absolute_url()).text

    assert "not on record any more" in send(staff, code, "thief@example.com").text
    assert mail.outbox == []


def test_a_new_address_is_offered_to_supervisors_alone(code, staff, supervisor, as_user):
    Customer.objects.update(created_at=timezone.now())

    page = staff.get(code.get_absolute_url()).text
    assert "less than 24 hours: only a supervisor" in page
    assert "disabled" in page.partition('value="vogel@example.com"')[2].partition(">")[0]
    assert "less than 24 hours ago" in send(staff, code).text
    assert mail.outbox == []

    send(as_user(supervisor), code)
    assert len(mail.outbox) == 1


def test_without_a_mail_server_the_page_says_so_and_has_no_button(staff, code, settings):
    settings.MAIL_IS_SENT = False

    page = staff.get(code.get_absolute_url()).text

    assert "This portal sends no e-mail." in page
    assert f"{code.get_absolute_url()}send/" not in page


def test_an_auditor_sends_nothing(code, auditor, as_user):
    assert send(as_user(auditor), code).status_code == 403
    assert f"{code.get_absolute_url()}send/" not in as_user(auditor).get(code.get_absolute_url()).text


def test_licences_are_named_as_products(staff, code):
    page = staff.get(code.get_absolute_url()).text

    products = {product.sku: product.name for product in Product.objects.all()}
    line = code.lines[0]
    assert f"{line['quantity']} × {products[line['product']]}" in page
    assert not [sku for sku in products if sku in page]
