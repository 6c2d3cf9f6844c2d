"""Who may be re-licensed at all (docs/domain.md#versions-and-software-assurance and docs/domain.md#states-of-a-serial,
column
"re-license"; docs/decisions.md#lawful-versions and docs/decisions.md#taken-over-installations)."""

from datetime import timedelta

import pytest

from licences import operations
from licences.models import Installation
from tests import factories
from tests.factories import COVERED_UNTIL, TODAY, top_up, versions
from tests.operations.relicensing_calls import ALL_MATCH, issue, reason, refusal, release, update, verdicts
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

AFTER_COVER = COVERED_UNTIL + timedelta(days=1)


# --- State by state --------------------------------------------------------------------------------


def test_a_serial_that_was_only_purchased_is_to_be_registered_instead():
    serial = factories.bought()

    request = factories.request(factories.registered(), serial=serial.code)

    assert reason(request, "serial") == "serial-never-registered"
    assert refusal(request) == "checklist-not-passed"


def test_a_live_serial_needs_the_release_code_of_its_live_installation():
    old = factories.registered()
    top_up(old.serial)
    newer = update(old.serial)

    assert verdicts(factories.request(old))["release_code"] == "match"
    assert verdicts(factories.request(newer))["release_code"] == "match"


@each_row("code", ["UUUUU-UUUUU", "UUUUU", "?????-?????"])
def test_another_release_code_is_a_mismatch(code):
    request = factories.request(factories.registered(), release_code=code)

    assert verdicts(request)["release_code"] == "mismatch"
    assert refusal(request) == "checklist-not-passed"


def test_a_release_code_of_another_serial_is_a_mismatch_that_names_it():
    other = factories.registered()

    request = factories.request(factories.registered(), release_code=other.release_code)

    assert reason(request, "release_code") == "release-code-other-serial"


def test_a_released_serial_needs_the_symbols_that_its_server_has_reported():
    old = factories.registered()
    release(old)

    assert verdicts(factories.request(old, release_code=""))["release_code"] == "missing"
    request = factories.request(old)
    assert (reason(request, "serial"), reason(request, "release_code")) == ("serial-released", "release-code-reported")

    new = issue(request)

    old.installation.refresh_from_db()
    assert old.installation.end_reason == Installation.EndReason.RELEASED
    assert new.installation.is_live


def test_the_release_code_of_a_serial_taken_over_cannot_be_proved():
    installation = factories.taken_over()
    said = factories.answers(factories.registered(), serial=installation.serial.code, release_code="ABCDE-12345")

    request = operations.open_relicensing(answers=said, purpose="migrate", by="clerk", today=TODAY)

    assert (verdicts(request)["release_code"], reason(request, "release_code")) == (
        "unprovable",
        "release-code-taken-over",
    )
    assert refusal(request) == "checklist-not-passed"


def test_the_release_code_of_a_serial_taken_over_is_proved_by_a_code_of_ours():
    code = update(factories.taken_over().serial)

    assert verdicts(factories.request(code)) == ALL_MATCH


def test_a_blocked_serial_is_refused():
    old = factories.registered()
    operations.block_serial(serial=old.serial.code, reason="Invoice disputed.", by="supervisor")

    request = factories.request(old)

    assert reason(request, "serial") == "serial-blocked"
    assert refusal(request) == "checklist-not-passed"


def test_a_serial_whose_licences_were_all_returned_gets_no_code():
    old = factories.registered()
    top_up(old.serial, quantity=-1)

    request = factories.request(old)

    assert reason(request, "serial") == "nothing-licensed"
    assert refusal(request) == "checklist-not-passed"


# --- Versions --------------------------------------------------------------------------------------


def test_a_step_up_without_software_assurance_is_a_mismatch():
    old = factories.registered(factories.bought(software_assurance_until=None), versions=versions("2.4"))

    request = factories.request(old, server_version="2.5", client_version="2.4")

    assert verdicts(request) == {**ALL_MATCH, "server_version": "mismatch"}
    assert refusal(request) == "checklist-not-passed"


def test_a_version_that_was_lawful_may_be_installed_again_after_cover_ended():
    old = factories.registered(versions=versions("2.6"))

    request = factories.request(old, today=AFTER_COVER)

    assert reason(request, "server_version") == "version-kept"
    assert issue(request, today=AFTER_COVER)
