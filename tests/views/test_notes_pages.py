"""Notes, who called, the third purpose and who may agree, as the pages show them."""

import pytest

from licences import operations
from licences.domain.codes import grouped
from licences.models import Note, Relicensing
from tests import factories
from tests.factories import TODAY
from tests.operations.emergency_calls import WHY, begin_emergency, dead_pc, withdraw
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


def test_a_note_is_written_on_the_site_card_and_read_at_the_next_call(old, staff):
    address = f"{old.serial.get_absolute_url()}notes/new/"
    assert address in staff.get(old.serial.get_absolute_url()).text

    answer = staff.post(address, {"text": "Line one.\nLine two."}, follow=True)

    assert "Line one.<br>Line two." in answer.text
    assert Note.objects.get().written_by == "clerk"
    for page in (factories.request(old).get_absolute_url(), f"/customers/{old.serial.site.customer_id}/"):
        assert "Line one.<br>Line two." in staff.get(page).text


def test_an_empty_note_is_refused_and_what_was_typed_stays(old, staff):
    assert staff.post(f"/serials/{old.serial.code}/notes/new/", {"text": " "}).status_code == 422
    answer = staff.post(f"/customers/{old.serial.site.customer_id}/notes/new/", {"text": f"Code {old.code}"})

    assert (answer.status_code, old.code in answer.text) == (422, True)
    assert not Note.objects.exists()


def test_support_agents_read_notes_and_write_none(old, support_agent, importer, as_user):
    operations.note_on_serial(serial=old.serial.code, text="Speaks Polish.", by="clerk")
    operations.note_on_customer(customer_id=old.serial.site.customer_id, text="Pays late.", by="clerk")

    for address in (old.serial.get_absolute_url(), f"/customers/{old.serial.site.customer_id}/"):
        page = as_user(support_agent).get(address).text
        assert ("Speaks Polish." in page, "Pays late." in page, "notes/new/" in page) == (True, True, False)
        assert "Speaks Polish." not in as_user(importer).get(address).text


def test_who_is_calling_is_typed_with_the_checklist_or_later(old, staff):
    typed = {
        "serial": old.serial.code,
        "purpose": "same_pc",
        "caller_name": "Sabine Vogel",
        "ticket_reference": "T-4711",
    }
    staff.post("/relicensing/new/", typed)
    request = Relicensing.objects.latest("pk")
    assert (request.caller_name, request.ticket_reference, request.purpose) == ("Sabine Vogel", "T-4711", "same_pc")

    page = staff.post(f"{request.get_absolute_url()}caller/", {"caller_name": "Ernst Vogel"}, follow=True).text

    request.refresh_from_db()
    assert 'value="Ernst Vogel"' in page
    assert (request.caller_name, request.ticket_reference) == ("Ernst Vogel", "")
    assert "Ernst Vogel" in staff.get(old.serial.get_absolute_url()).text


def test_what_does_not_fit_is_told_and_the_checklist_stays(old, staff):
    typed = {"serial": old.serial.code, "purpose": "migrate", "ticket_reference": "T" * 101}

    answer = staff.post("/relicensing/new/", typed)

    assert answer.status_code == 422
    assert grouped(old.serial.code) in answer.text
    assert not Relicensing.objects.exists()


@each_row(("purpose", "told"), [("migrate", "New PC (was "), ("same_pc", "New site ID, same PC (was ")])
def test_the_site_id_row_says_which_pc_it_was(old, staff, purpose, told):
    request = operations.open_relicensing(answers=factories.answers(old), purpose=purpose, by="clerk", today=TODAY)

    assert told in staff.get(request.get_absolute_url()).text


def test_another_house_number_is_asked_for_again(old, staff):
    page = staff.get(factories.request(old, address_line1="Hauptstraße 14").get_absolute_url()).text

    assert "<h2>Ask again for the house number</h2>" in page
    assert "Ask again for the house number.\n" in page
    assert "12a" not in page.partition("<table")[0]


def test_the_earlier_emergency_is_shown_and_who_has_agreed_loses_the_button(old, boss, supervisor, django_user_model):
    other = django_user_model.objects.create_user("another", password="a long test password")
    other.groups.set(supervisor.groups.all())
    first = begin_emergency(old)
    withdraw(first)
    request = dead_pc(old)
    address = request.get_absolute_url()
    before = boss.get(address).text
    assert first.get_absolute_url() in before
    assert "<bdi>another</bdi>, <bdi>supervisor</bdi>" in " ".join(before.split()).replace("</bdi> ,", "</bdi>,")
    assert f'formaction="{address}emergency/"' in before

    boss.post(f"{address}emergency/", {"reason": WHY, "check_number": 1})

    after = boss.get(address).text
    assert f'formaction="{address}emergency/"' not in after
    assert "<bdi>another</bdi>" in after
    assert "<bdi>supervisor</bdi>" not in after


def test_who_agreed_to_the_follow_up_is_not_asked_again(old, boss):
    withdraw(begin_emergency(old))
    request = dead_pc(old)
    for name in ("one", "two"):
        second = operations.issue_emergency(request_id=request.pk, reason=WHY, by=name, today=TODAY)
    address = second.get_absolute_url()
    assert f"{address}decide/" in boss.get(address).text

    boss.post(f"{address}decide/", {"decision-reason": WHY})

    page = boss.get(address).text
    assert f"{address}decide/" not in page
    assert "You have agreed. Now a second supervisor has to agree." in page
