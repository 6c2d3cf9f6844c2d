"""Taking back an import: its lines no longer count, and the same lines may be imported again."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from licences import imports, operations
from licences.imports import taking_back
from licences.models import Balance, Event, LicenceGrant, Serial, grants_in_force
from licences.models.serials import last_assured_day
from licences.proof.record_checks import record_findings
from licences.queries.serials import site_card
from tests import event_chain, factories
from tests.imports.entry_points import State, at_once, balances, confirmed, counts, outcomes, preview, reasons
from tests.imports.files import csv_bytes, installation, installations_csv, read_csv, row, xlsx_bytes
from tests.imports.import_pages import downloaded, page
from tests.questions import refusal_of, why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

REASON = "The file of another reseller."
ROWS = (
    row("PO-1", 1, quantity=5, software_assurance_until="2030-01-31"),
    row("PO-1", 2, product="XCH-USR", quantity=20),
    row("PO-2", customer_number="K-2", customer_name="Other Ltd", quantity=3, software_assurance_until="2030-01-31"),
)
FILES = {"csv": lambda: csv_bytes(*ROWS), "xlsx": lambda: xlsx_bytes(*ROWS)}


def imported(content=None):
    return confirmed(preview(content or FILES["csv"]()))


def taken_back(file_import, **values):
    return imports.take_back_import(**{"file_import_id": file_import.pk, "reason": REASON, "by": "clerk", **values})


def in_use(file_import):
    """The serial numbers that a refusal names, canonical."""
    refusal = refusal_of(taken_back, file_import, unchanged=[LicenceGrant, Balance, Event])
    assert refusal.code == "import-in-use"
    return [serial.replace("-", "") for serial in refusal.parameters["serials"]]


# --- What it does ------------------------------------------------------------------------------------


@each_row("kind", FILES)
def test_each_line_is_reversed_and_nothing_counts_any_more(kind):
    ended = taken_back(imported(FILES[kind]()))

    assert (ended.state, ended.taken_back_by, ended.taken_back_reason) == (State.TAKEN_BACK, "clerk", REASON)
    reversals = LicenceGrant.objects.exclude(reverses=None).order_by("pk")
    assert [each.quantity for each in reversals] == [-5, -20, -3]
    assert all(
        (each.reverses.purchase_reference, each.reverses.line, each.reverses.serial_id, -each.reverses.quantity)
        == (each.purchase_reference, each.line, each.serial_id, each.quantity)
        for each in reversals
    )
    assert not Balance.objects.exclude(quantity=0).exists()
    balances()
    assert not grants_in_force().exists()


def test_it_is_one_event_with_the_reason():
    ended = taken_back(imported())

    event = Event.objects.latest("pk")
    assert (event.kind, event.actor) == (Event.Kind.IMPORT_TAKEN_BACK, "clerk")
    details = event.details
    assert (details["import"], details["rows"], details["reason"]) == (ended.pk, 3, REASON)
    assert Event.objects.filter(kind=Event.Kind.IMPORT_TAKEN_BACK).count() == 1
    assert event_chain.flaws() == []


def test_the_log_vouches_for_the_reversals():
    taken_back(imported())
    imported()

    assert list(record_findings()) == []


def test_a_reversal_that_was_changed_is_found():
    taken_back(imported())
    table = LicenceGrant._meta.db_table
    changed = LicenceGrant.objects.exclude(reverses=None).latest("pk")
    with connection.cursor() as cursor:
        without_triggers(cursor, table)
        cursor.execute(f"UPDATE {table} SET reverses_id = NULL WHERE id = %s", [changed.pk])

    assert "grants-changed" in [finding.problem for finding in record_findings()]


def without_triggers(cursor, table):
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    else:
        cursor.execute(f"DROP TRIGGER {table}_append_only_update")


def test_top_ups_and_returns_of_a_known_serial_number_are_undone():
    serial = factories.bought(quantity=10, customer_number="K-9")
    about = {"customer_number": "K-9", "serial": serial.code}
    file_import = imported(csv_bytes(row("PO-7", quantity=-4, **about), row("PO-8", quantity=9, **about)))

    taken_back(file_import)

    assert Balance.objects.get(serial=serial).quantity == 10


def test_software_assurance_that_was_taken_back_covers_nothing(staff):
    taken_back(imported())
    serial = LicenceGrant.objects.get(purchase_reference="PO-1", line=1, reverses=None).serial

    assert last_assured_day(serial.pk) is None
    assert site_card(serial.code, today=factories.TODAY).assured_until is None
    found = staff.get(f"/lookup/?q={serial.code}&format=json").json()
    assert "2030-01-31" not in str(found)
    assert "2030" not in staff.get("/quality/assurance-90/").content.decode()


def test_earlier_software_assurance_counts_again():
    serial = factories.bought(customer_number="K-9", software_assurance_until=date(2027, 6, 30))
    later = row("PO-7", customer_number="K-9", serial=serial.code, software_assurance_until="2031-12-31")
    taken_back(imported(csv_bytes(later)))

    assert last_assured_day(serial.pk) == date(2027, 6, 30)


# --- The same lines again ----------------------------------------------------------------------------


@each_row("kind", FILES)
def test_the_same_lines_may_come_again_and_get_the_same_serial_numbers(kind):
    first = imported(FILES[kind]())
    before = dict(LicenceGrant.objects.values_list("purchase_reference", "serial__code"))
    taken_back(first)

    again = imported(FILES[kind]())

    assert (again.state, counts(again)) == (State.APPLIED, {"top_up": 3})
    assert dict(grants_in_force().values_list("purchase_reference", "serial__code")) == before
    assert Serial.objects.count() == 2
    generations = LicenceGrant.objects.filter(purchase_reference="PO-2").order_by("pk")
    assert list(generations.values_list("generation", flat=True)) == [None, 1, 2]
    balances()
    assert Balance.objects.get(product__sku="XCH-USR").quantity == 20


def test_they_may_be_taken_back_and_come_again_many_times(tmp_path):
    for _ in range(3):
        taken_back(imported())
    assert counts(at_once(tmp_path / "again.csv", FILES["csv"]())) == {"top_up": 3}
    assert grants_in_force().count() == 3
    assert list(record_findings()) == []


def test_other_content_under_a_key_that_was_taken_back_is_welcome():
    taken_back(imported())

    corrected = imported(csv_bytes(row("PO-2", customer_number="K-2", customer_name="Other Ltd", quantity=30)))

    assert corrected.state == State.APPLIED
    assert Balance.objects.get(serial__site__customer__number="K-2").quantity == 30


def test_after_it_came_again_the_key_is_guarded_as_before():
    taken_back(imported())
    imported()

    assert counts(preview(FILES["csv"]())) == {"unchanged": 3}
    other = preview(csv_bytes(row("PO-2", customer_number="K-2", customer_name="Other Ltd", quantity=30)))
    assert list(reasons(other).values()) == ["key-with-other-content"]


def test_one_purchase_may_be_recorded_again_too():
    line = factories.line(purchase_reference="PO-3", customer_number="K-3")
    cells = {name: str(value) for name, value in line._asdict().items() if value}
    taken_back(imported(csv_bytes(cells)))

    assert imports.record_purchase(line, by="tests").generation == 2


def test_a_file_that_was_read_before_and_is_confirmed_after_is_judged_again():
    first = imported()
    other = preview(csv_bytes(*ROWS, row("PO-4", customer_number="K-4")))
    assert counts(other) == {"unchanged": 3, "new": 1}
    taken_back(first)

    other = confirmed(other)

    assert other.state == State.PREVIEW
    assert set(reasons(other).values()) == {"taken-back-meanwhile"}
    assert outcomes(other)[5] == "new"


# --- When it is refused ------------------------------------------------------------------------------


def serial_of(reference):
    return LicenceGrant.objects.filter(purchase_reference=reference).earliest("pk").serial


def test_a_serial_number_that_was_registered_since_keeps_the_import():
    file_import = imported()
    factories.registered(serial_of("PO-2"))

    assert in_use(file_import) == [serial_of("PO-2").code]


def test_so_does_one_that_was_topped_up_since():
    file_import = imported()
    factories.top_up(serial_of("PO-2"))

    assert in_use(file_import) == [serial_of("PO-2").code]


def test_so_does_one_whose_server_fetched_the_licences():
    serial = factories.bought(customer_number="K-9")
    factories.registered(serial)
    file_import = imported(csv_bytes(row("PO-7", customer_number="K-9", serial=serial.code, quantity=7)))
    operations.update_installation(serial=serial.code, site_id=None, versions=None, by="server", today=factories.TODAY)

    assert in_use(file_import) == [serial.code]


def test_so_does_one_that_was_taken_over_from_an_older_system():
    file_import = imported()
    confirmed(preview(installations_csv(installation(serial_of("PO-2"), name="Other Ltd")), kind="installations"))

    assert in_use(file_import) == [serial_of("PO-2").code]


def test_one_that_was_registered_before_does_not():
    serial = factories.bought(customer_number="K-9")
    factories.registered(serial)
    file_import = imported(csv_bytes(row("PO-7", customer_number="K-9", serial=serial.code, quantity=7)))

    assert taken_back(file_import).state == State.TAKEN_BACK
    assert Balance.objects.get(serial=serial).quantity == 1


def test_a_later_import_is_taken_back_first():
    first = imported()
    serial = serial_of("PO-2")
    later = imported(csv_bytes(row("PO-7", customer_number="K-2", customer_name="Other Ltd", serial=serial.code)))
    assert in_use(first) == [serial.code]
    taken_back(later)

    assert taken_back(first).state == State.TAKEN_BACK


def test_a_second_time_is_refused():
    file_import = taken_back(imported())

    assert why_refused(taken_back, file_import, unchanged=[LicenceGrant, Event]) == "import-taken-back"


def test_what_was_not_imported_is_refused():
    assert why_refused(taken_back, preview(FILES["csv"]())) == "import-not-applied"
    factories.bought()
    old = confirmed(preview(installations_csv(installation(factories.bought())), kind="installations"))
    assert why_refused(taken_back, old) == "import-not-applied"


def test_a_reason_is_needed():
    file_import = imported()

    assert why_refused(taken_back, file_import, reason=" ") == "reason-missing"
    assert why_refused(taken_back, file_import, reason="oops") == "reason-too-short"


# --- The page ----------------------------------------------------------------------------------------


def test_the_page_takes_it_back_and_says_so(staff):
    file_import = imported()
    address = f"{file_import.get_absolute_url()}take-back/"
    assert f'href="{address}"' in staff.get(file_import.get_absolute_url()).content.decode()

    said = staff.post(address, {"reason": REASON}, follow=True).content.decode()

    assert "This import was taken back" in said
    assert REASON in said
    file_import.refresh_from_db()
    assert (file_import.state, file_import.taken_back_by) == (State.TAKEN_BACK, "clerk")


def test_without_a_reason_the_page_asks_for_one(staff):
    file_import = imported()

    response = staff.post(f"{file_import.get_absolute_url()}take-back/", {"reason": ""})

    assert response.status_code == 422
    file_import.refresh_from_db()
    assert file_import.state == State.APPLIED


@each_row("extension", ["csv", "xlsx"])
def test_the_page_says_why_not_and_offers_returns_that_can_be_imported(extension, staff):
    file_import = imported()
    serial = serial_of("PO-2")
    factories.registered(serial)
    address = f"{file_import.get_absolute_url()}take-back/"

    said = staff.get(address).content.decode()
    assert "1 serial number was used since" in said
    assert str(serial) in said
    assert 'name="reason"' not in said
    content = downloaded(staff.get(f"{file_import.get_absolute_url()}returns.{extension}"))

    returned = imported(content)
    assert (returned.state, counts(returned)) == (State.APPLIED, {"return": 3})
    assert not Balance.objects.exclude(quantity=0).exists()
    if extension == "csv":
        assert [each["line"] for each in read_csv(content)] == ["2", "3", "4"]


def test_the_page_of_an_import_that_was_not_applied_leads_back(staff):
    waiting = preview(FILES["csv"]())

    assert staff.get(f"{waiting.get_absolute_url()}take-back/").url == waiting.get_absolute_url()
    assert staff.get(f"{waiting.get_absolute_url()}returns.csv").status_code == 404


def test_the_site_card_and_the_case_file_say_it(staff):
    taken_back(imported())
    serial = serial_of("PO-2")

    assert "taken back" in staff.get(serial.get_absolute_url()).content.decode()
    case_file = staff.get(f"{serial.get_absolute_url()}case-file/").content.decode()
    assert "Import taken back" in case_file
    assert REASON in case_file


# --- The command -------------------------------------------------------------------------------------


def test_the_command_takes_it_back(capsys):
    file_import = imported()

    call_command("take_back_import", file_import.pk, reason=REASON)

    assert capsys.readouterr().out == "lines taken back: 3\n"
    file_import.refresh_from_db()
    assert file_import.state == State.TAKEN_BACK


def test_the_command_says_why_not():
    file_import = imported()
    factories.registered(serial_of("PO-2"))

    with pytest.raises(CommandError, match="cannot be taken back: 1 of its serial numbers"):
        call_command("take_back_import", file_import.pk, reason=REASON)
    with pytest.raises(CommandError, match="There is no import 987"):
        call_command("take_back_import", 987, reason=REASON)


# --- What the database holds -------------------------------------------------------------------------


def test_the_database_lets_no_line_be_reversed_twice_or_come_twice():
    taken_back(imported())
    reversal = LicenceGrant.objects.exclude(reverses=None).earliest("pk")
    twice = {"pk": None, "recorded_at": reversal.recorded_at + timedelta(seconds=1)}
    for changes in ({"generation": 7}, {"reverses": None}, {"reverses": None, "generation": 0}):
        copy = LicenceGrant(**{**values_of(reversal), **twice, **changes})
        with pytest.raises(DatabaseError), transaction.atomic():
            copy.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        LicenceGrant.objects.update(generation=F("generation"))


def values_of(grant):
    return {field.attname: getattr(grant, field.attname) for field in LicenceGrant._meta.concrete_fields}


def test_the_returns_are_in_the_order_of_the_file():
    file_import = imported()

    assert [each.file_row for each in taking_back.reversed_rows(file_import)] == [2, 3, 4]


def test_the_import_shows_who_took_it_back(staff):
    file_import = taken_back(imported())

    assert "Taken back by clerk, " in page(staff, file_import)
    assert REASON in page(staff, file_import)
