"""A server reports its release over the web (docs/domain.md#re-licensing and docs/domain.md#released-serials;
docs/decisions.md#how-an-installation-ends and docs/decisions.md#taken-over-installations)."""

import pytest

from licences import operations
from licences.domain.codes import new_site_id
from licences.domain.errors import Refusal
from licences.models import Event, Installation
from licences.queries import desk, serials
from licences.queries.serials import SerialState
from tests import factories
from tests.factories import TODAY
from tests.questions import why_refused

pytestmark = pytest.mark.usefixtures("catalogue")


def release(code, **values):
    place = {"serial": code.serial.code, "site_id": code.installation.site_id, "release_code": code.release_code}
    return operations.release_installation(**{**place, **values}, by="Xchange Server")


def refusal(code, **values):
    return why_refused(release, code, **values)


def top_up(serial):
    factories.top_up(serial)
    return operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code


def test_the_right_code_ends_the_installation():
    code = factories.registered()

    installation = release(code)

    assert not installation.is_live
    assert installation.end_reason == Installation.EndReason.RELEASED
    assert installation.reported_release_code == code.release_code
    assert serials.site_card(code.serial.code, today=TODAY).state == SerialState.RELEASED
    assert list(desk.awaiting_relicensing()) == [installation]


def test_what_awaits_relicensing_is_listed_newest_first_among_the_latest_releases(monkeypatch):
    oldest, middle, newest = (release(factories.registered()) for _ in range(3))

    assert list(desk.awaiting_relicensing()) == [newest, middle, oldest]

    monkeypatch.setattr(desk, "RELEASES_READ", 2)
    assert list(desk.awaiting_relicensing()) == [newest, middle]


def test_it_is_an_event():
    code = factories.registered()

    release(code)

    event = Event.objects.first()
    assert (event.kind, event.actor, event.serial) == (Event.Kind.RELEASED, "Xchange Server", code.serial.code)
    assert event.details["proved"] is True


def test_the_code_of_an_earlier_unlock_code_of_that_installation_is_right_as_well():
    code = factories.registered()
    top_up(code.serial)

    assert not release(code).is_live


def test_a_wrong_code_ends_nothing():
    code, other = factories.registered(), factories.registered()

    assert refusal(code, release_code=other.release_code) == "release-code-wrong"
    assert code.serial.installations.get().is_live


def test_an_installation_that_never_held_the_serial_is_unknown():
    assert refusal(factories.registered(), site_id=new_site_id()) == "unknown-serial"
    assert refusal(factories.registered(), serial="AB1CO9XZ") == "unknown-serial"


def test_a_blocked_serial_is_refused():
    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Invoice disputed.", by="supervisor")

    assert refusal(code) == "serial-blocked"


def test_reported_again_it_is_the_same_answer_and_no_event():
    code = factories.registered()
    first = release(code)
    events = Event.objects.count()

    assert release(code).ended_at == first.ended_at
    assert Event.objects.count() == events


def test_reported_again_with_a_wrong_code_is_refused():
    code = factories.registered()
    release(code)

    assert refusal(code, release_code="X" * 10) == "release-code-wrong"


def test_a_report_that_comes_after_the_re_licensing_changes_nothing():
    old = factories.registered()
    new = factories.relicensed(old)

    assert release(old).end_reason == Installation.EndReason.RELICENSED
    new.installation.refresh_from_db()
    assert new.installation.is_live


def test_an_old_code_does_not_end_the_next_installation_on_the_same_site_id():
    old = factories.registered()
    new = factories.relicensed(old, site_id=old.installation.site_id)

    assert refusal(old) == "release-code-wrong"
    assert new.serial.installations.first().is_live
    assert not release(new).is_live


def test_an_installation_from_an_older_system_is_believed_and_marked_as_not_proved():
    installation = factories.taken_over()
    place = {"serial": installation.serial.code, "site_id": installation.site_id, "by": "Xchange Server"}

    ended = operations.release_installation(**place, release_code="ABCDE12345")

    assert ended.reported_release_code == "ABCDE12345"
    assert Event.objects.first().details["proved"] is False
    assert operations.release_installation(**place, release_code="ABCDE12345") == ended
    with pytest.raises(Refusal, match="release-code-wrong"):
        operations.release_installation(**place, release_code="ABCDE12346")


def test_an_installation_from_an_older_system_is_not_believed_once_it_has_a_code_of_ours():
    installation = factories.taken_over()
    code = operations.update_installation(
        serial=installation.serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code

    assert refusal(code, release_code="ABCDE12345") == "release-code-wrong"
    assert not release(code).is_live
