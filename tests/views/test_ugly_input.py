"""Every form with input that nobody should send: a clear message, the typed values kept, never a 500."""

import html
from urllib.parse import quote

import pytest
from django.db import transaction
from django.urls import reverse

from licences import operations
from licences.domain.checklist import Answers
from licences.models import Event, Installation, Registration, Relicensing
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

LINE_FIELDS = {
    "register": [
        "serial", "site_id", "server_version", "client_version", "name", "address_line1", "address_line2",
        "postcode", "city", "country", "contact_name", "contact_phone", "contact_email",
    ],
    "relicensing-new": [
        "serial", "site_id", "release_code", "server_version", "client_version", "customer_name", "address_line1",
    ],
    "registration-renew": [
        "name", "address_line1", "address_line2", "postcode", "city", "country", "contact_name", "contact_phone",
        "contact_email", "reason",
    ],
    "customer-correct": [
        "number", "name", "address_line1", "address_line2", "postcode", "city", "country", "contact_name",
        "contact_phone", "contact_email", "reason",
    ],
    "serial-block": ["reason"],
}  # fmt: skip
LINE_FIELDS["relicensing"] = LINE_FIELDS["relicensing-new"]


@pytest.fixture
def staff(supervisor, as_user):
    return as_user(supervisor)


@pytest.fixture
def address(catalogue):
    code = factories.registered()
    request = operations.open_relicensing(
        answers=Answers(serial=code.serial.code), purpose="reinstall", by="tests", today=factories.TODAY
    )
    arguments = {
        "registration-renew": [code.serial.code],
        "serial-block": [code.serial.code],
        "customer-correct": [code.serial.site.customer_id],
        "relicensing": [request.pk],
    }
    return lambda name: reverse(name, args=arguments.get(name, []))


def _values(form: str, text: str) -> dict[str, str]:
    values = dict.fromkeys(LINE_FIELDS[form], text)
    return {**values, "purpose": "reinstall"} if form.startswith("relicensing") else values


@pytest.mark.parametrize("form", LINE_FIELDS)
def test_nothing_at_all_is_answered_in_words(form, address, staff):
    answer = staff.post(address(form), {})

    assert answer.status_code == 422
    assert b"errorlist" in answer.content or b"error-summary" in answer.content


@pytest.mark.parametrize("form", LINE_FIELDS)
def test_100_kilobytes_are_refused_for_each_field_and_kept(form, address, staff):
    text = "x" * 100_000

    answer = staff.post(address(form), _values(form, text))

    assert answer.status_code == 422
    assert answer.content.count(b"has 100000") >= len(LINE_FIELDS[form])
    assert text.encode() in answer.content


@pytest.mark.parametrize("form", LINE_FIELDS)
def test_control_characters_are_refused_for_each_field(form, address, staff):
    before = Event.objects.count()

    answers = [staff.post(address(form), _values(form, f"ab{symbol}cd")) for symbol in "\x00\x07\x1b\x7f"]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert Event.objects.count() == before
    assert all("error" in answer.content.decode() for answer in answers)


ANY_SCRIPT = [
    "עברית‮abc", "مرحبا", "🏭🔧 GmbH", "\u200bzero", "'; DROP TABLE x; --", "<script>alert(1)</script>", "{{ 7*7 }}",
    "%s%n",
]  # fmt: skip


@pytest.mark.parametrize("form", LINE_FIELDS)
def test_any_script_is_text_and_stays_as_typed(form, address, staff):
    for text in ANY_SCRIPT:
        with transaction.atomic():
            answer = staff.post(address(form), _values(form, text), follow=True)
            transaction.set_rollback(True)

        assert answer.status_code in (200, 422), text
        assert b"<script>alert" not in answer.content


def test_a_registration_is_kept_word_for_word(catalogue, staff):
    serial = factories.bought()
    said = {
        "serial": serial.code, "site_id": factories.new_site_id(), "server_version": "2.4", "client_version": "2.4",
        "name": "Zażółć 🏭 «gęślą»  GmbH", "address_line1": "כתובת 12", "contact_name": "O'Neill–Ødegård",
        "contact_phone": "call the porter, then 12 twice",
    }  # fmt: skip

    answer = staff.post(reverse("register"), said)

    assert answer.status_code == 302
    kept = Registration.objects.get()
    assert [kept.name, kept.address_line1, kept.contact_name, kept.contact_phone] == [
        said["name"], said["address_line1"], said["contact_name"], said["contact_phone"]
    ]  # fmt: skip


@each_row("typed", ["{0}-{1}", "{0} {1}", " {0}.{1} ", "{0}—{1}", "{0}{1}", "{0}/{1}"])
def test_codes_may_be_typed_in_any_grouping_and_case(typed, catalogue, staff):
    serial = factories.bought()
    site_id = "4K7MPO2WQZ8R"
    shown = typed.format(serial.code[:4].lower(), serial.code[4:]).replace("O", "0")

    said = {
        "serial": shown, "site_id": "4k7m-p02w qz8r", "server_version": "2.4", "client_version": "2.4",
        "name": "A", "address_line1": "B 1", "contact_name": "C", "contact_phone": "1",
    }  # fmt: skip
    answer = staff.post(reverse("register"), said)

    assert answer.status_code == 302
    assert Installation.objects.get().site_id == site_id


def test_a_wrong_code_names_the_field_and_the_symbol_and_keeps_everything(catalogue, staff):
    said = {"serial": "AB1C-O9X?", "site_id": "4K7M", "name": "Contoso ‘Süd’", "server_version": "two"}

    page = html.unescape(staff.post(reverse("register"), said).content.decode())

    assert "“?” (QUESTION MARK) at position 9" in page
    assert "4 characters; a site ID has 12." in page
    assert 'value="AB1C-O9X?"' in page
    assert 'value="Contoso ‘Süd’"' in page


@pytest.mark.parametrize("form", ["", "&format=json"])
def test_the_look_up_answers_anything(form, address, staff):
    queries = ["", " ", "\x00", "x" * 100_000, "%", "_", "'", "🏭", "‮abc", "a" * 53, "-" * 50, "\ud800"]

    answers = {query: staff.get(f"/lookup/?q={quote(query, errors='replace')}{form}") for query in queries}

    assert [query for query, answer in answers.items() if answer.status_code not in (200, 400)] == []


def test_ugly_addresses_are_no_server_errors(address, staff):
    paths = [
        "/lookup/?q=%ff%fe",
        "/relicensing/?page=x",
        "/relicensing/?page=-1",
        "/relicensing/99999999999999999999999/",
        "/unlock-codes/99999999999999999999999/",
        "/customers/99999999999999999999999/",
        "/registrations/new/?serial=%00",
        "/relicensing/?show=%00",
    ]

    assert [path for path in paths if staff.get(path).status_code not in (200, 400, 404)] == []


def test_nothing_is_opened_for_a_request_with_a_refused_answer(address, staff):
    before = Relicensing.objects.count()

    staff.post(reverse("relicensing-new"), {"serial": "a\x00b", "purpose": "reinstall"})

    assert Relicensing.objects.count() == before


@pytest.mark.parametrize("action", ["confirm", "decide", "issue", "withdraw"])
def test_the_buttons_of_a_request_answer_anything(action, address, staff):
    for values in (
        {},
        {"asked_again": "nonsense", "items": "nonsense", "reason": "x\x00"},
        {"asked_again": ["serial"], "items": ["serial"], "reason": "because"},
    ):
        with transaction.atomic():
            answer = staff.post(address("relicensing") + f"{action}/", values, follow=True)
            assert Installation.objects.filter(ended_at=None).count() == 1
            transaction.set_rollback(True)

        assert answer.status_code in (200, 422), values
