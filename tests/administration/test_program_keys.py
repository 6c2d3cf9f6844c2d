"""Keys for programs in the administration: shown once, rotated, revoked (docs/security.md#keys-for-programs)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.models import Event, ProgramKey
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/licences/programkey/add/"
KEY = re.compile(r"xlp_[a-z2-9]{10}_[\w-]{43}")


@pytest.fixture
def desk(administrator, as_user):
    return as_user(administrator)


def new_key(**values):
    last_day = timezone.localdate() + timedelta(days=90)
    typed = {"name": "Ticket desk", "owner": "Support team", "scopes": ["sites:read"], "networks": ""}
    return {**typed, "expires_on": last_day.isoformat(), **values}


def page_of(record):
    return reverse("admin:licences_programkey_change", args=[record.pk])


def test_a_new_key_is_shown_once_and_works(desk, client):
    page = desk.post(ADD, new_key(networks="127.0.0.1\n192.0.2.0/24"))
    (text,) = set(KEY.findall(page.text))
    record = ProgramKey.objects.get()

    assert (page.status_code, page.headers["Location"]) == (201, page_of(record))
    assert "no-store" in page.headers["Cache-Control"]
    assert record.networks == ["127.0.0.1/32", "192.0.2.0/24"]
    assert record.expires_at == timezone.localtime(record.expires_at).replace(hour=0, minute=0, second=0)
    assert Event.objects.get().actor == record.created_by == "admin"
    for address in (page_of(record), reverse("admin:licences_programkey_changelist"), ADD):
        shown = desk.get(address).text
        assert text not in shown
        assert record.digest not in shown
    assert client.get("/api/v1/callers?number=1", headers={"Authorization": f"Bearer {text}"}).status_code == 200


def test_a_double_press_makes_one_key_and_leads_to_it(desk):
    (token,) = re.findall(r'name="form_token" value="([\w-]{20,})"', desk.get(ADD).text)
    typed = new_key(form_token=token)

    first, second = desk.post(ADD, typed), desk.post(ADD, typed)

    assert (first.status_code, second.status_code, second.url) == (201, 302, first.headers["Location"])
    assert ProgramKey.objects.count() == Event.objects.count() == 1


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(desk):
    page = desk.post(ADD, new_key(scopes=[], networks="192.0.2.300", expires_on="2020-01-01"))

    assert page.status_code == 200
    for said in (
        "Tick at least one scope.",
        "“192.0.2.300” is no address or network.",
        "Choose a day from tomorrow on",
    ):
        assert said in page.text
    assert 'value="Ticket desk"' in page.text
    assert not ProgramKey.objects.exists()


def test_rotating_shows_the_successor_and_ends_the_old_one_later(desk):
    old = factories.program_key().record
    typed = {"act": "rotate", "expires_on": new_key()["expires_on"], "overlap": "1", "reason": ""}

    page = desk.post(page_of(old), typed)

    successor = ProgramKey.objects.get(replaces=old)
    old.refresh_from_db()
    assert len(set(KEY.findall(page.text))) == 1
    assert page.headers["Location"] == page_of(successor)
    assert timedelta(minutes=59) < old.expires_at - timezone.now() <= timedelta(hours=1)
    assert "This key was rotated before." in desk.post(page_of(old), typed).text


def test_revoking_needs_a_reason_and_the_key_is_then_only_read(desk):
    record = factories.program_key().record

    refused = desk.post(page_of(record), {"act": "revoke", "reason": "leak", "overlap": "24"})
    done = desk.post(page_of(record), {"act": "revoke", "reason": "Leaked in a log file.", "overlap": "24"})

    record.refresh_from_db()
    assert "Give a meaningful reason" in refused.text
    assert (done.status_code, record.revoked_by, record.revoked_reason) == (
        302,
        "admin",
        "Leaked in a log file.",
    )
    assert 'name="act"' not in desk.get(page_of(record)).text
    assert desk.post(page_of(record), {"act": "rotate"}).status_code == 403


def test_an_administrator_who_comes_second_is_told(desk):
    record = factories.program_key().record
    desk.get(page_of(record))
    operations.revoke_program_key(key_id=record.pk, reason="Leaked in a log file.", by="somebody else")

    assert desk.post(page_of(record), {"act": "revoke", "reason": "Leaked, as I heard."}).status_code == 403
    assert ProgramKey.objects.get().revoked_by == "somebody else"


def test_auditors_read_keys_and_create_none(auditor, as_user):
    record = factories.program_key().record
    browser = as_user(auditor)

    assert record.shown_prefix in browser.get(page_of(record)).text
    assert browser.post(ADD, new_key()).status_code == 403
