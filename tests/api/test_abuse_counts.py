"""Abuse counts: refused attempts are counted with one event each, and shown to staff
(docs/security.md#attempts-to-do-more).
"""

from datetime import UTC, datetime

import pytest

from licences.domain.codes import grouped, new_site_id
from licences.models import Event, RefusedClaim, SerialGuess
from licences.operations import abuse
from licences.operations.abuse import MAX_SITE_IDS
from tests import event_chain, factories

pytestmark = pytest.mark.usefixtures("catalogue", "no_limit")

TUESDAY, THURSDAY = datetime(2026, 11, 17, 9, tzinfo=UTC), datetime(2026, 11, 19, 9, tzinfo=UTC)


def abuse_events():
    return Event.objects.filter(kind=Event.Kind.CLAIM_REFUSED)


def test_a_second_site_id_for_a_live_serial_is_counted_and_is_one_event(server):
    code = factories.registered()

    for _ in range(14):
        server.register(code.serial.code)

    count = RefusedClaim.objects.get()
    assert (count.serial, count.site_id, count.kind) == (code.serial, server.site_id, "serial-in-use")
    assert count.times == 14
    event = abuse_events().get()
    assert event.details == {"claim": "serial-in-use", "site_id": server.site_id}
    assert (event.serial, event.actor) == (code.serial.code, "Xchange Server")
    assert event_chain.flaws() == []


def test_an_update_from_a_released_installation_is_counted(server):
    code = factories.registered(site_id=server.site_id)
    factories.relicensed(code)

    server.update(code.serial.code)

    assert (RefusedClaim.objects.get().kind, RefusedClaim.objects.get().site_id) == (
        "relicensing-required",
        server.site_id,
    )


def test_a_server_that_runs_another_serial_and_a_wrong_release_code_are_counted(server):
    code = factories.registered(site_id=server.site_id)
    other = factories.bought()

    server.register(other.code)
    server.release(code.serial.code, "ABCDE-FGHIJ")

    kinds = {count.serial: count.kind for count in RefusedClaim.objects.all()}
    assert kinds == {other: "site-id-in-use", code.serial: "release-code-wrong"}


def test_refusals_that_are_no_abuse_are_not_counted(server):
    server.register("AB1CO9XZ")
    server.register(factories.bought(software_assurance_until=None).code)

    assert not RefusedClaim.objects.exists()
    assert not abuse_events().exists()


def test_however_many_site_ids_try_rows_and_events_are_bounded(new_server):
    code = factories.registered()

    for _ in range(MAX_SITE_IDS + 15):
        new_server().register(code.serial.code)

    assert RefusedClaim.objects.count() == MAX_SITE_IDS + 1
    assert RefusedClaim.objects.get(site_id="").times == 15
    assert abuse_events().count() == MAX_SITE_IDS + 1


@pytest.fixture
def tried():
    """A serial that another server has tried 14 times since Tuesday."""
    code, site_id = factories.registered(), new_site_id()
    kind, place = RefusedClaim.Kind.SERIAL_IN_USE, {"serial": code.serial.code, "site_id": site_id}
    for _ in range(14):
        abuse.count_refused_attempt(kind, **place, by="Xchange Server", now=TUESDAY)
    return code, site_id


@pytest.mark.parametrize("page", ["/", "serial"])
def test_staff_see_it_on_the_desk_and_on_the_site_card(page, tried, clerk, as_user, monkeypatch):
    code, site_id = tried
    monkeypatch.setattr("django.utils.timezone.now", lambda: THURSDAY)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda moment=None: (moment or THURSDAY).date())
    browser = as_user(clerk)

    text = browser.get(code.serial.get_absolute_url() if page == "serial" else page).content.decode()

    assert "Refused registration attempts" in text
    words = " ".join(text.split())
    assert "14 times since Tuesday" in words
    assert all(group in text for group in grouped(site_id).split("-"))


def test_a_support_agent_does_not_see_abuse_counts(tried, support_agent, as_user):
    browser = as_user(support_agent)

    for page in ("/", tried[0].serial.get_absolute_url()):
        assert "Refused registration attempts" not in browser.get(page).content.decode()


def test_guesses_show_on_the_desk_once_they_are_more_than_slips(clerk, as_user, monkeypatch):
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    for times in range(6):
        abuse.count_guess("203.0.113.7", now=now)
        text = " ".join(as_user(clerk).get("/").content.decode().split())
        assert ("from 203.0.113.7" in text) is (times >= 4)
    assert SerialGuess.objects.get().times == 6
    assert "6 times today, from 203.0.113.7" in text
