"""Raising sequences: those that a restore may have lost are skipped, once per restore
(docs/decisions.md#restored-backups).
"""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from licences import imports, operations
from licences.domain.codes import MAX_SEQUENCE
from licences.domain.errors import Refusal
from licences.models import Event, SequenceRaise
from licences.operations import allocated_lists
from tests import event_chain, factories
from tests.database.raw_saves import copy
from tests.factories import TODAY
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.ALLOCATED_SERIALS_DIR = tmp_path / "allocated"
    return settings.ALLOCATED_SERIALS_DIR


@pytest.fixture
def code():
    return factories.registered()


def raise_by(number, **options):
    return operations.raise_sequences(by_how_many=number, by="operator", **options)


def next_code(serial):
    """The next unlock code of a serial, after a top-up."""
    customer = serial.site.customer
    line = factories.line(customer_number=customer.number, serial=serial.code)
    imports.record_purchase(line, by="tests")
    return operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="tests", today=TODAY
    ).unlock_code


def refused(number, **options):
    return why_refused(raise_by, number, **options)


# --- What is skipped --------------------------------------------------------------------------------


def test_the_first_code_after_a_raise_leaves_the_numbers_out_and_the_next_follows_it(code):
    raise_by(100)

    assert next_code(code.serial).sequence == 102
    assert next_code(code.serial).sequence == 103


def test_the_same_code_again_is_still_the_same_code(code):
    raise_by(100)

    again = operations.update_installation(
        serial=code.serial.code, site_id=None, versions=None, by="tests", today=TODAY
    )

    assert (again.unlock_code, again.changed) == (code, False)


def test_a_serial_without_a_code_may_have_had_codes_that_are_forgotten():
    before = factories.bought()
    raise_by(100)
    after = factories.bought()

    assert factories.registered(before).sequence == 101
    assert factories.registered(after).sequence == 1


def test_two_restores_add_up_where_no_code_was_made_between(code):
    other = factories.registered()
    raise_by(100)
    next_code(other.serial)
    raise_by(30, again=True)

    assert next_code(code.serial).sequence == 132
    assert next_code(other.serial).sequence == 133


def test_what_is_older_is_not_told_by_a_clock(monkeypatch):
    tomorrow = timezone.now() + timedelta(days=1)
    with monkeypatch.context() as ahead:
        ahead.setattr("django.utils.timezone.now", lambda: tomorrow)
        code = factories.registered()
    raise_by(100)

    assert next_code(code.serial).sequence == 102
    assert next_code(code.serial).sequence == 103


def test_another_installation_goes_on_counting_from_there(code):
    raise_by(100)

    assert factories.relicensed(code).sequence == 102


# --- The last sequence --------------------------------------------------------------------------


def test_4095_is_the_end_and_serials_that_reach_it_are_counted(code):
    copy(code, code="X" * 25, sequence=MAX_SEQUENCE - 100).save()
    other = factories.registered()

    raised = raise_by(100)

    assert raised.used_up == 1
    with pytest.raises(Refusal, match="codes-exhausted"):
        next_code(code.serial)
    assert next_code(other.serial).sequence == 102


def test_the_last_number_is_still_given_out(code):
    copy(code, code="X" * 25, sequence=MAX_SEQUENCE - 101).save()

    assert raise_by(100).used_up == 0
    assert next_code(code.serial).sequence == MAX_SEQUENCE


@each_row("number", [-1, 0, MAX_SEQUENCE])
def test_a_raise_outside_its_range_is_refused(number):
    assert refused(number) == "raise-out-of-range"
    assert not SequenceRaise.objects.exists()


# --- Once per restore --------------------------------------------------------------------------------


def test_a_second_raise_has_to_be_meant(code):
    raise_by(100)

    assert refused(100) == "already-raised"
    raise_by(100, again=True)

    assert next_code(code.serial).sequence == 202


def test_a_second_raise_within_a_day_has_to_be_meant_although_codes_were_made(code):
    raise_by(100)
    next_code(code.serial)

    assert refused(100) == "already-raised"


def test_after_a_day_with_new_codes_it_is_another_restore(code, monkeypatch):
    raise_by(100)
    next_code(code.serial)
    later = timezone.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert raise_by(100).recalled == 0


def test_a_raise_that_a_restore_took_away_is_recalled_from_outside(code, folder):
    allocated_lists.write_sequence_raise({"mark": "lost", "by_how_many": 40, "by": "operator"})

    raised = raise_by(100)

    assert raised.recalled == 40
    assert next_code(code.serial).sequence == 142
    assert refused(100) == "already-raised"
    assert (folder / allocated_lists.RAISES_FILE).stat().st_mode & 0o777 == 0o600


def test_a_noted_raise_that_broke_off_is_left_out(folder):
    raise_by(100)
    with (folder / allocated_lists.RAISES_FILE).open("a") as file:
        file.write('{"mark": "brok')

    assert raise_by(7, again=True).recalled == 0
    assert [each["by_how_many"] for each in allocated_lists.read_sequence_raises()] == [100, 7]


# --- On record ---------------------------------------------------------------------------------------


def test_a_raise_is_an_event_and_its_row_is_never_changed():
    raise_by(100)

    event = Event.objects.first()
    assert (event.kind, event.actor, event.details["by_how_many"]) == ("sequences-raised", "operator", 100)
    assert event_chain.flaws() == []
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SequenceRaise.objects.update(by_how_many=1)


# --- The command -------------------------------------------------------------------------------------


def run(*arguments):
    said, warned = StringIO(), StringIO()
    call_command("raise_sequences", *arguments, stdout=said, stderr=warned)
    return said.getvalue() + warned.getvalue()


def test_the_command_says_what_it_did_and_does_it_again_only_when_told(code):
    assert run("--by", "50") == "sequences raised by 50\n"
    with pytest.raises(CommandError, match=r"raised by 50 on .*--again"):
        run("--by", "50")
    assert run("--by", "50", "--again") == "sequences raised by 50\n"

    assert next_code(code.serial).sequence == 102


def test_on_a_terminal_it_asks(monkeypatch, code):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    answers = iter(["n", "y"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    run()

    with pytest.raises(CommandError):
        run()
    run()

    assert next_code(code.serial).sequence == 202


def test_the_command_warns_of_serials_whose_numbers_are_used_up(code):
    copy(code, code="X" * 25, sequence=MAX_SEQUENCE).save()

    assert "no code numbers left, which get no further unlock codes: 1" in run()


def test_the_command_names_what_can_be_raised():
    with pytest.raises(CommandError, match="1 to 4094"):
        run("--by", "5000")


# --- After a restore ---------------------------------------------------------------------------------


def test_after_restore_checks_the_log_against_anchors_before_it_adds_to_it(code, tmp_path):
    anchors = tmp_path / "anchors"
    call_command("verify_log", new_anchor=anchors, stdout=StringIO())
    said = StringIO()

    call_command("after_restore", "--anchor", str(anchors), stdout=said)

    assert "last hash:" in said.getvalue()
    assert "sequences raised by 100" in said.getvalue()
    assert Event.objects.first().kind == "sequences-raised"
    assert next_code(code.serial).sequence == 102


def test_after_restore_raises_even_where_the_log_lacks_what_an_anchor_saw(code, tmp_path):
    anchors = tmp_path / "anchors"
    with transaction.atomic():
        factories.registered()
        call_command("verify_log", new_anchor=anchors, stdout=StringIO())
        transaction.set_rollback(True)
    said = StringIO()

    with pytest.raises(SystemExit):
        call_command("after_restore", "--anchor", str(anchors), stdout=said)

    assert "events between the backup and later anchors are lost" in said.getvalue()
    assert next_code(code.serial).sequence == 102


def test_after_restore_writes_its_times_as_anchors_do(code, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    said = StringIO()
    last = Event.objects.first()

    call_command("after_restore", stdout=said)

    assert f"the last event in this database is from {last.at:%Y-%m-%dT%H:%M:%S}+00:00:" in said.getvalue()


def test_after_restore_names_an_anchor_file_that_is_not_there_and_changes_nothing(tmp_path):
    with pytest.raises(CommandError, match="does not exist"):
        call_command("after_restore", "--anchor", str(tmp_path / "none"))

    assert not SequenceRaise.objects.exists()


def test_what_is_noted_outside_names_nobody_but_who_raised(folder):
    raise_by(100)

    noted = json.loads(Path(folder / allocated_lists.RAISES_FILE).read_text())
    assert set(noted) == {"mark", "by_how_many", "by"}
