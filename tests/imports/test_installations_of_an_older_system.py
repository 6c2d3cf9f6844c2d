"""Taken-over installations of an older system are live and registered, without an unlock code
(docs/decisions.md#taken-over-installations)."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from licences import operations
from licences.domain.checklist import Answers
from licences.domain.codes import grouped, new_serial, new_site_id
from licences.domain.errors import Refusal
from licences.models import Event, Installation, Registration, UnlockCode
from tests import event_chain, factories
from tests.factories import TODAY, versions
from tests.imports.entry_points import (
    INSTALLATIONS,
    State,
    advance,
    at_once,
    changes,
    confirm,
    confirmed,
    counts,
    on_record,
    outcomes,
    parameters,
    preview,
    problems,
    reasons,
    waiting_rows,
)
from tests.imports.files import INSTALLATION_COLUMNS, csv_bytes, installation, installations_csv, xlsx_bytes
from tests.imports.files import row as purchase_row
from tests.operations.relicensing_calls import verdicts
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def previewed(*rows):
    return preview(installations_csv(*rows), kind=INSTALLATIONS)


def taken_over(*rows):
    done = confirmed(previewed(*rows))
    assert done.state == State.APPLIED
    return done


@pytest.fixture
def serial():
    """A serial number whose purchases were imported, and nothing else."""
    return factories.bought(quantity=3)


def midnight(year, month, day):
    return datetime(year, month, day, tzinfo=timezone.get_default_timezone())


# --- What it becomes -------------------------------------------------------------------------------


def test_a_row_becomes_a_live_registered_installation_without_an_unlock_code(serial):
    row = installation(serial)

    done = taken_over(row)

    live = serial.installations.get(ended_at=None)
    assert (live.site_id, live.origin) == (row["site_id"], Installation.Origin.TAKEN_OVER)
    assert (live.server_version, live.client_version) == ("2.4", "2.3")
    assert live.began_at == midnight(2019, 5, 17)
    assert not UnlockCode.objects.exists()
    assert (counts(done), done.rows_applied) == ({"taken_over": 1}, 1)


def test_the_registration_is_kept_word_for_word_with_its_day(serial):
    row = installation(
        serial, name="Bäckerei  MÜLLER & Söhne", address_line2="Hinterhaus", contact_email="v@example.com"
    )

    taken_over(row)

    registration = serial.registrations.get()
    details = {name: row[name] for name in INSTALLATION_COLUMNS[4:12] if name in row}
    assert {name: getattr(registration, name) for name in details} == details
    assert registration.name == "Bäckerei MÜLLER & Söhne"
    assert registration.installation == serial.installations.get()
    assert (registration.entered_by, registration.entered_at) == ("clerk", midnight(2019, 5, 17))


def test_a_row_without_a_day_began_when_it_was_taken_over(serial):
    before = timezone.now()

    taken_over(installation(serial, registered_on=""))

    assert before <= serial.installations.get().began_at <= timezone.now()
    assert before <= serial.registrations.get().entered_at <= timezone.now()


def test_contact_details_and_versions_may_be_empty(serial):
    row = dict.fromkeys(INSTALLATION_COLUMNS, "") | {
        "serial": grouped(serial.code), "site_id": grouped(new_site_id()), "name": "Müller",
    }  # fmt: skip

    taken_over(row)

    serial.refresh_from_db()
    assert serial.registrations.get().contact_phone == ""
    assert serial.highest_version == ""


def test_only_three_columns_are_required(serial):
    row = {name: installation(serial)[name] for name in ("name", "site_id", "serial")}

    assert counts(preview(csv_bytes(row, columns=list(row)), kind=INSTALLATIONS)) == {"taken_over": 1}


@each_row(("server", "client", "highest"), [("2.10", "2.9", "2.10"), ("2.4", "2.6.1", "2.6.1"), ("v2.5", "", "2.5")])
def test_what_it_ran_it_may_go_on_running(serial, server, client, highest):
    taken_over(installation(serial, server_version=server, client_version=client))

    serial.refresh_from_db()
    assert serial.highest_version == highest


def test_it_may_run_its_version_without_software_assurance():
    serial = factories.bought(software_assurance_until=None)
    taken_over(installation(serial, server_version="2.6", client_version="2.6"))

    operations.update_installation(serial=serial.code, site_id=None, versions=versions("2.6"), by="server", today=TODAY)
    with pytest.raises(Refusal, match="software-assurance-required"):
        operations.update_installation(
            serial=serial.code, site_id=None, versions=versions("2.7"), by="server", today=TODAY
        )


def test_the_unlock_code_is_made_by_the_first_update(serial):
    taken_over(installation(serial))

    answer = operations.update_installation(serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY)

    assert (answer.changed, answer.unlock_code.sequence) == (True, 1)
    assert [each["quantity"] for each in answer.unlock_code.lines] == [3]
    assert answer.unlock_code.installation == serial.installations.get()


def test_its_site_id_registers_again_and_another_does_not(serial):
    row = installation(serial)
    taken_over(row)
    register = {
        "serial": serial.code,
        "details": factories.details(),
        "versions": versions("2.4"),
        "by": "server",
        "today": TODAY,
    }

    operations.register_installation(site_id=row["site_id"], **register)
    with pytest.raises(Refusal, match="serial-in-use"):
        operations.register_installation(site_id=new_site_id(), **register)
    assert Registration.objects.filter(serial=serial).count() == 1


def test_it_is_one_event_and_the_chain_holds(serial):
    other = factories.bought()

    done = taken_over(installation(serial), installation(other))

    event = Event.objects.first()
    assert event.kind == Event.Kind.INSTALLATIONS_TAKEN_OVER
    assert (event.details["digest"], event.details["rows"], event.details["taken_over"]) == (done.sha256, 2, 2)
    assert Event.objects.filter(kind=event.kind).count() == 1
    assert event_chain.flaws() == []


def test_the_command_takes_over_as_the_page_does(serial, tmp_path):
    done = at_once(tmp_path / "old.csv", installations_csv(installation(serial)), kind=INSTALLATIONS)

    assert (done.state, counts(done)) == (State.APPLIED, {"taken_over": 1})
    assert serial.installations.get().origin == Installation.Origin.TAKEN_OVER
    assert waiting_rows() == 0


# --- Re-licensing ----------------------------------------------------------------------------------


def call(serial, **values):
    said = {
        "serial": grouped(serial.code),
        "site_id": grouped(new_site_id()),
        "release_code": "AB1C-O9XZ-AB",
        "server_version": "2.4",
        "client_version": "2.4",
        "customer_name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
    }
    answers = Answers(**{**said, **values})
    return operations.open_relicensing(answers=answers, purpose="migrate", by="clerk", today=TODAY)


def test_the_checklist_calls_its_release_code_unprovable_and_all_else_as_registered(serial):
    taken_over(installation(serial))

    said = verdicts(call(serial))

    assert said.pop("release_code") == "unprovable"
    assert set(said.values()) == {"match"}


def test_after_an_update_the_release_code_is_ours_and_can_be_proved(serial):
    taken_over(installation(serial))
    code = operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code

    assert verdicts(call(serial, release_code=code.release_code))["release_code"] == "match"
    assert verdicts(call(serial))["release_code"] == "unprovable"


# --- What is refused -------------------------------------------------------------------------------


def test_a_serial_number_without_purchases_is_refused_in_words():
    found = previewed(installation("AB1CO9XZ"))

    assert problems(found) == {2: [("serial", "AB1CO9XZ", "serial-without-purchase")]}


def test_a_serial_number_that_was_registered_here_is_refused_with_its_site_id(serial):
    code = factories.registered(serial)

    found = previewed(installation(serial))

    assert reasons(found) == {2: "serial-has-installations"}
    assert parameters(found, 2) == {"site_id": grouped(code.installation.site_id)}


def test_a_serial_number_that_was_released_here_is_refused_as_well(serial):
    code = factories.registered(serial)
    place = {"serial": serial.code, "site_id": code.installation.site_id}
    operations.release_installation(**place, release_code=code.release_code, by="server")

    assert reasons(previewed(installation(serial, site_id=place["site_id"]))) == {2: "serial-has-installations"}


def test_a_site_id_that_is_live_elsewhere_is_refused_with_the_serial_number(serial):
    other = factories.registered()

    found = previewed(installation(serial, site_id=other.installation.site_id))

    assert reasons(found) == {2: "site-id-of-another-serial"}
    assert parameters(found, 2) == {"serial": str(other.serial)}


def test_a_site_id_that_was_given_up_elsewhere_may_be_taken_over(serial):
    other = factories.registered()
    place = {"serial": other.serial.code, "site_id": other.installation.site_id}
    operations.release_installation(**place, release_code=other.release_code, by="server")

    taken_over(installation(serial, site_id=place["site_id"]))

    assert Installation.objects.get(ended_at=None, site_id=place["site_id"]).serial == serial


def test_a_serial_number_and_a_site_id_come_once_in_a_file(serial):
    others = [factories.bought() for _ in range(3)]
    site_id = new_site_id()

    found = previewed(
        installation(serial),
        installation(others[0], site_id=site_id),
        installation(serial),
        installation(others[1], site_id=site_id),
        installation(others[2]),
    )

    assert reasons(found) == {2: "serial-twice", 3: "site-id-twice", 4: "serial-twice", 5: "site-id-twice"}
    assert [parameters(found, row)["row"] for row in (2, 3, 4, 5)] == [4, 5, 2, 3]
    assert outcomes(found)[6] == "taken_over"


def test_a_row_says_all_that_is_wrong_with_it():
    found = previewed(
        installation(
            "AB1C", site_id="", name="", registered_on="17/05/2019", server_version="two", contact_phone="x" * 101
        )
    )

    assert [(column, reason) for column, _value, reason in problems(found)[2]] == [
        ("serial", "code-length"),
        ("site_id", "value-missing"),
        ("registered_on", "not-a-date"),
        ("name", "value-missing"),
        ("contact_phone", "value-too-long"),
        ("server_version", "not-a-version"),
    ]


def test_versions_and_codes_of_which_excel_made_numbers_are_refused(serial):
    row = installation(serial) | {"server_version": 2.10, "client_version": "2.10", "registered_on": date(2019, 5, 17)}
    other = installation(factories.bought()) | {"site_id": 123456789012, "client_version": date(2026, 4, 2)}

    found = preview(xlsx_bytes(row, other, columns=INSTALLATION_COLUMNS), kind=INSTALLATIONS, name="old.xlsx")

    assert problems(found) == {
        2: [("server_version", "2.1", "cell-is-a-number")],
        3: [("site_id", "123456789012", "cell-is-a-number"), ("client_version", "2026-04-02", "cell-is-a-date")],
    }


# --- Again, and in between ---------------------------------------------------------------------------


def test_the_same_file_again_is_unchanged(serial):
    row = installation(serial)
    taken_over(row)
    before = on_record()

    again = previewed(row)

    assert counts(again) == {"unchanged": 1}
    assert not again.changes_anything()
    assert on_record() == before


def test_a_grown_file_takes_over_what_is_new(serial):
    row = installation(serial)
    taken_over(row)

    grown = taken_over(row, installation(factories.bought()))

    assert counts(grown) == {"taken_over": 1, "unchanged": 1}
    assert Installation.objects.count() == 2


def test_a_serial_number_that_was_registered_since_the_preview_is_shown_anew(serial):
    found = previewed(installation(serial), installation(factories.bought()))
    factories.registered(serial)
    before = on_record()

    advance(confirm(found))

    assert found.state == State.PREVIEW
    assert changes(found) == {2: ("taken_over", "rejected")}
    assert on_record() == before


def test_a_file_of_purchases_is_no_file_of_installations():
    found = preview(csv_bytes(purchase_row()), kind=INSTALLATIONS)

    assert found.state == State.FAILED
    assert found.failure["code"] == "columns-missing"


def test_many_are_taken_over_at_once():
    serials = [factories.bought() for _ in range(60)]

    taken_over(*[installation(serial) for serial in serials], installation(factories.bought(serial=new_serial())))

    made = Installation.objects.filter(ended_at=None, origin=Installation.Origin.TAKEN_OVER).order_by("pk")
    assert len(made) == 61
    assert [each.site_id for each in made] == sorted(each.site_id for each in made)  # so that two files cannot deadlock
    assert Registration.objects.count() == 61
