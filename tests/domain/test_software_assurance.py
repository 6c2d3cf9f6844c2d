"""Which versions a serial may run (docs/domain.md#versions-and-software-assurance,
docs/decisions.md#lawful-versions)."""

from datetime import date

from licences.domain.entitlements import Coverage, is_assured, may_run
from licences.domain.versions import Version
from tests.tables import each_row

TODAY = date(2026, 11, 24)
COVERED, ENDED = date(2027, 6, 30), date(2025, 6, 30)


def ruling(version: str, *, until: date | None = None, highest: str = "", on: date = TODAY):
    coverage = Coverage(until, Version.parse(highest) if highest else None)
    return may_run(Version.parse(version), coverage, on=on)


@each_row(
    ("on", "covered"),
    [(date(2026, 11, 29), True), (date(2026, 11, 30), True), (date(2026, 12, 1), False)],
)
def test_cover_includes_its_last_day(on, covered):
    assert is_assured(date(2026, 11, 30), on=on) is covered
    assert ruling("2.6", until=date(2026, 11, 30), on=on).allowed is covered


def test_who_never_had_cover_is_not_covered():
    assert is_assured(None, on=TODAY) is False


@each_row("version", ["1", "2.4", "2.4.1", "2.4.99"])
@each_row("until", [None, COVERED, ENDED])
def test_versions_below_2_5_need_no_cover(version, until):
    found = ruling(version, until=until)
    assert (found.allowed, found.reason, found.parameters) == (True, "version-free", {"version": version})


@each_row("version", ["2.5", "2.5.0", "2.5.1", "2.10", "3"])
def test_stepping_up_to_2_5_or_later_without_cover_is_refused(version):
    found = ruling(version, highest="2.4.1")
    assert (found.allowed, found.reason) == (False, "software-assurance-required")
    assert found.parameters == {"version": version, "ceiling": "2.4", "since": ""}


def test_the_refusal_says_since_when_there_is_no_cover():
    assert ruling("2.6", until=ENDED, highest="2.4").parameters["since"] == "2025-06-30"


def test_stepping_up_with_cover_is_allowed():
    found = ruling("2.6", until=COVERED, highest="2.4")
    assert (found.allowed, found.reason) == (True, "version-assured")
    assert found.parameters == {"version": "2.6", "until": "2027-06-30"}


@each_row("version", ["2.5", "2.6", "2.6.0"])
def test_what_was_lawful_stays_lawful_after_cover_ended(version):
    found = ruling(version, until=ENDED, highest="2.6")
    assert (found.allowed, found.reason) == (True, "version-kept")
    assert found.parameters == {"version": version, "highest": "2.6"}


@each_row("version", ["2.6.1", "2.6.99", "2.6.1 (Build 16321-4323)", "2.6.1b", "2,6,1", "2.5.7"])
@each_row("highest", ["2.6", "2.6.0", "2.6.3 Build 5"])
def test_maintenance_releases_stay_lawful_after_cover_ended(version, highest):
    found = ruling(version, until=ENDED, highest=highest)
    assert (found.allowed, found.reason) == (True, "version-kept")
    assert found.parameters == {"version": version, "highest": "2.6"}


@each_row("version", ["2.7", "2.7.0", "2.10", "3", "2.7 (Build 1)"])
@each_row("highest", ["2.6", "2.6.9", "2.6.9-99999"])
def test_the_next_release_is_refused_after_cover_ended_and_the_ceiling_has_two_numbers(version, highest):
    found = ruling(version, until=ENDED, highest=highest)
    assert (found.allowed, found.reason) == (False, "software-assurance-required")
    assert found.parameters == {"version": version, "ceiling": "2.6", "since": "2025-06-30"}


def test_it_may_go_on_without_ever_having_had_cover_here():
    assert ruling("2.6", highest="2.6").reason == "version-kept"


def test_a_further_step_after_cover_ended_is_refused_up_to_what_is_kept():
    found = ruling("2.7", until=ENDED, highest="2.6")
    assert not found.allowed
    assert found.parameters == {"version": "2.7", "ceiling": "2.6", "since": "2025-06-30"}


def test_a_first_installation_without_cover_may_run_2_4():
    assert ruling("2.4").allowed
    assert ruling("2.5").parameters["ceiling"] == "2.4"


def test_a_highest_version_of_2_5_is_the_ceiling_itself():
    assert ruling("2.6", highest="2.5").parameters["ceiling"] == "2.5"
