"""New licences for a running installation (docs/domain.md#asking-again, docs/domain.md#top-ups and
docs/domain.md#versions-and-software-assurance, and docs/domain.md#states-of-a-serial, column "update")."""

from datetime import date, timedelta

import pytest

from licences import operations
from licences.domain import codes
from licences.domain.codes import MAX_SEQUENCE, new_site_id
from licences.domain.errors import Refusal
from licences.domain.versions import Versions
from licences.models import Event, Serial, UnlockCode
from tests import factories
from tests.factories import COVERED_UNTIL, TODAY, top_up, versions
from tests.questions import why_refused

pytestmark = pytest.mark.usefixtures("catalogue")


def update(serial, *, site_id=None, version="2.6", today=TODAY):
    return operations.update_installation(
        serial=serial if isinstance(serial, str) else serial.code,
        site_id=site_id,
        versions=versions(version) if version else None,
        by="clerk",
        today=today,
    )


def refusal(*arguments, **values):
    return why_refused(update, *arguments, unchanged=[UnlockCode], **values)


# --- Row by row ------------------------------------------------------------------------------------


def test_a_purchased_serial_is_to_be_registered_first():
    serial = factories.bought()

    assert refusal(serial) == "serial-never-registered"
    assert refusal(serial, site_id=new_site_id()) == "registration-required"


def test_a_live_serial_gets_the_same_code_while_nothing_changed():
    code = factories.registered()
    events = Event.objects.count()

    answer = update(code.serial, site_id=code.installation.site_id)

    assert (answer.unlock_code, answer.changed) == (code, False)
    assert Event.objects.count() == events


def test_a_live_serial_gets_a_new_code_after_a_top_up_with_the_totals():
    code = factories.registered()
    top_up(code.serial, quantity=4)
    top_up(code.serial, product="XCH-USR", quantity=25)

    answer = update(code.serial)

    assert answer.changed
    assert answer.unlock_code.installation == code.installation
    assert (answer.unlock_code.sequence, answer.unlock_code.occasion) == (2, UnlockCode.Occasion.UPDATE)
    assert answer.unlock_code.lines == [
        {"product": "XCH-SRV", "slot": 1, "quantity": 5},
        {"product": "XCH-USR", "slot": 2, "quantity": 25},
    ]
    assert Event.objects.first().kind == Event.Kind.LICENCES_UPDATED
    assert Event.objects.first().details["sequence"] == 2


def test_a_live_serial_gets_a_new_code_after_a_return_and_the_sequence_goes_on():
    code = factories.registered(factories.bought(quantity=5))
    top_up(code.serial, quantity=-2)
    second = update(code.serial).unlock_code
    top_up(code.serial, quantity=2)

    third = update(code.serial).unlock_code

    assert second.lines[0]["quantity"] == 3
    assert third.lines == code.lines
    assert (third.sequence, third.code != code.code) == (3, True)


def test_a_live_serial_gets_a_new_code_after_its_cover_was_prolonged():
    code = factories.registered()
    top_up(code.serial, product="XCH-USR", quantity=1, software_assurance_until=date(2028, 6, 30))

    assert update(code.serial).unlock_code.assured_month == codes.month_number(date(2028, 6, 30))


def test_whichever_installation_is_live_is_meant_where_none_is_named():
    code = factories.relicensed(factories.registered())

    assert update(code.serial).unlock_code == code


def test_a_released_serial_is_refused():
    code = factories.registered()
    site_id = code.installation.site_id
    operations.release_installation(
        serial=code.serial.code, site_id=site_id, release_code=code.release_code, by="Xchange Server"
    )

    assert refusal(code.serial) == "relicensing-required"
    assert refusal(code.serial, site_id=site_id) == "relicensing-required"


def test_the_installation_that_was_released_gets_no_more_updates():
    old = factories.registered()
    factories.relicensed(old)

    assert refusal(old.serial, site_id=old.installation.site_id) == "relicensing-required"


def test_an_installation_of_another_serial_is_unknown():
    one, other = factories.registered(), factories.registered()

    assert refusal(one.serial, site_id=other.installation.site_id) == "unknown-serial"


def test_an_unknown_serial_is_refused():
    assert refusal("AB1CO9XZ") == "unknown-serial"


def test_a_serial_taken_over_gets_its_first_code():
    installation = factories.taken_over()

    code = update(installation.serial, site_id=installation.site_id).unlock_code

    assert (code.sequence, code.installation) == (1, installation)


def test_a_blocked_serial_is_refused():
    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Invoice disputed.", by="supervisor")

    assert refusal(code.serial) == "serial-blocked"


def test_a_serial_whose_licences_were_all_returned_gets_no_further_code_and_stays_registered():
    code = factories.registered()
    top_up(code.serial, quantity=-1)

    assert refusal(code.serial) == "nothing-licensed"
    assert code.serial.registrations.exists()
    assert code.serial.installations.get().is_live


def test_after_4095_codes_it_says_so():
    code = factories.registered()
    columns = {field.attname: getattr(code, field.attname) for field in code._meta.concrete_fields[1:]}
    UnlockCode.objects.create(**{**columns, "sequence": MAX_SEQUENCE, "code": "X" * 25})
    assert update(code.serial).unlock_code.sequence == MAX_SEQUENCE

    top_up(code.serial)

    assert refusal(code.serial) == "codes-exhausted"


# --- Versions and Software Assurance ---------------------------------------------------------------

AFTER = COVERED_UNTIL + timedelta(days=1)


def test_the_versions_reported_are_kept_with_an_event():
    code = factories.registered()

    answer = update(code.serial, version="2.7")

    code.installation.refresh_from_db()
    assert (code.installation.server_version, code.installation.client_version) == ("2.7", "2.7")
    assert not answer.changed
    assert Event.objects.first().details["server_version"] == "2.7"


def test_without_a_word_about_versions_they_stay():
    code = factories.registered()

    update(code.serial, version=None)

    code.installation.refresh_from_db()
    assert code.installation.server_version == "2.6"


def test_what_was_lawful_stays_lawful_after_cover_ended():
    code = factories.registered()
    update(code.serial, version="2.7.3")

    assert update(code.serial, version="2.7.3", today=AFTER)
    assert update(code.serial, version="2.5", today=AFTER)
    assert Serial.objects.get().highest_version == "2.7.3"


def test_a_step_up_after_cover_ended_is_refused_and_nothing_is_noted():
    code = factories.registered()

    assert refusal(code.serial, version="2.7", today=AFTER) == "software-assurance-required"
    code.installation.refresh_from_db()
    assert code.installation.server_version == "2.6"
    assert Serial.objects.get().highest_version == "2.6"


def test_the_refusal_says_up_to_which_version_and_since_when():
    code = factories.registered()

    with pytest.raises(Refusal) as refused:
        update(code.serial, version="2.7", today=AFTER)

    assert refused.value.parameters == {"version": "2.7", "ceiling": "2.6", "since": COVERED_UNTIL.isoformat()}


def test_going_back_to_an_old_version_does_not_lower_what_is_kept():
    code = factories.registered()
    update(code.serial, version="2.3")

    assert update(code.serial, version="2.6", today=AFTER)
    assert Serial.objects.get().highest_version == "2.6"


def test_the_code_carries_the_last_month_ever_covered():
    code = factories.registered()
    top_up(code.serial, software_assurance_until=None)

    later = update(code.serial, today=AFTER + timedelta(days=700)).unlock_code

    assert later.assured_month == codes.month_number(COVERED_UNTIL)


def test_new_cover_allows_the_step_again():
    code = factories.registered()
    top_up(code.serial, product="XCH-USR", software_assurance_until=date(2028, 6, 30))

    assert update(code.serial, version="2.7", today=AFTER).changed


def test_a_text_that_is_no_version_names_its_field():
    with pytest.raises(Refusal, match="not-a-version") as refused:
        Versions.parse(server="2.6", client="newest")

    assert refused.value.field == "client_version"
