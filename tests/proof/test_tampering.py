"""``verify_log`` finds what was changed by raw SQL, past the portal, with the row and the reason."""

import json

from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licences.database.append_only import ExemptionPurpose, exemption
from licences.domain import chain
from licences.models import ChecklistCheck, Event, EventChain, ItemResolution, LicenceFile, UnlockCode
from licences.operations.events import hashed_content, record_event
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests.how_often import examples
from tests.proof.conftest import execute
from tests.tables import each_row


def problems():
    return [(each.problem, each.row) for each in LogVerification().findings()]


def recorded_problems():
    return [(each.problem, each.table, each.row) for each in record_findings()]


# --- Nothing wrong ---------------------------------------------------------------------------------


def test_a_log_that_nobody_touched_holds(story):
    verification = LogVerification()

    assert list(verification.findings()) == []
    assert list(record_findings()) == []
    assert (verification.rows, verification.last_hash) == EventChain.objects.values_list("length", "last_hash").get()


def test_an_empty_log_holds(db):
    assert problems() == []


# --- A row changed ---------------------------------------------------------------------------------

COLUMNS = {
    "at": "'2001-01-01 00:00:00+00'",
    "kind": "'unblocked'",
    "actor": "'nobody'",
    "serial": "'ZZZZZZZZ'",
    "customer_id": "NULL",
    "details": """'{"reason": "another"}'""",
    "personal_salt": "'00'",
    "personal_digest": "'00'",
    "hash": "'00'",
    "previous_hash": "'00'",
}


def test_all_columns_but_the_key_are_tried(db):
    columns = {field.column for field in Event._meta.concrete_fields}

    assert columns == {*COLUMNS, "id", "personal"}


@each_row("column", COLUMNS)
def test_a_changed_column_is_found_at_its_row(unguarded, column):
    row = Event.objects.get(kind=Event.Kind.BLOCKED).pk

    execute(f"UPDATE licences_event SET {column} = {COLUMNS[column]} WHERE id = {row}")

    found_problems = problems()
    assert ("content-changed", row) in found_problems
    assert {each for _problem, each in found_problems} <= {row, row + 1, unguarded[unguarded.index(row) + 1]}


def test_changed_names_are_found_at_their_row(unguarded):
    row = Event.objects.get(kind=Event.Kind.BLOCKED).pk

    execute(f"""UPDATE licences_event SET personal = '{{"customer": "Somebody else"}}' WHERE id = {row}""")

    assert problems() == [("personal-changed", row)]


def test_names_that_no_erasure_removed_are_missed(unguarded):
    row = Event.objects.get(kind=Event.Kind.BLOCKED).pk

    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        execute(f"UPDATE licences_event SET personal = '{{}}' WHERE id = {row}")

    assert problems() == [("personal-removed", row)]


# --- Rows removed ----------------------------------------------------------------------------------


def test_a_first_row_that_is_gone_is_missed(unguarded):
    execute(f"DELETE FROM licences_event WHERE id = {unguarded[0]}")

    assert problems()[0] == ("rows-missing", unguarded[1])


def test_rows_that_are_gone_from_the_middle_are_missed(unguarded):
    execute(f"DELETE FROM licences_event WHERE id IN ({unguarded[7]}, {unguarded[8]})")

    assert problems() == [("rows-missing", unguarded[9]), ("end-missing", 1)]


def test_rows_that_are_cut_off_at_the_end_are_missed(unguarded):
    execute(f"DELETE FROM licences_event WHERE id >= {unguarded[-3]}")

    assert problems() == [("end-missing", 1)]


def test_a_log_that_is_gone_as_a_whole_is_missed(unguarded):
    execute("DELETE FROM licences_event")

    assert problems() == [("end-missing", 1)]


def test_a_log_without_its_end_is_found_out(unguarded):
    execute("DELETE FROM licences_eventchain")

    assert problems() == [("no-end", 0)]


# --- Rows inserted or swapped ------------------------------------------------------------------------


def insert_event(pk, previous_hash, **values):
    event = Event(
        pk=pk, at=Event.objects.first().at, kind=Event.Kind.UNBLOCKED, actor="nobody", previous_hash=previous_hash,
        personal_digest=chain.personal_digest("", {}), **values,
    )  # fmt: skip
    event.hash = chain.link_hash(previous_hash, hashed_content(event))
    event.save(force_insert=True)


def test_an_inserted_row_is_found_out(unguarded):
    room = unguarded[-1] + 10
    execute(f"UPDATE licences_event SET id = {room} WHERE id = {unguarded[-1]}")

    insert_event(room - 1, "f" * 64)

    assert problems() == [("rows-missing", room - 1), ("out-of-place", room), ("end-unknown", 1)]


def test_a_row_before_the_first_is_found_out(unguarded):
    insert_event(unguarded[0] - 1, "f" * 64)

    assert problems()[:2] == [("rows-missing", unguarded[0] - 1), ("out-of-place", unguarded[0])]


def test_a_row_after_the_last_is_found_out(unguarded):
    insert_event(unguarded[-1] + 1, Event.objects.get(pk=unguarded[-1]).hash)

    assert problems() == [("end-unknown", 1)]


def test_two_rows_that_changed_places_are_found_out(unguarded):
    one, other = unguarded[5], unguarded[6]
    for before, after in ((one, -1), (other, one), (-1, other)):
        execute(f"UPDATE licences_event SET id = {after} WHERE id = {before}")

    assert problems() == [("out-of-place", one), ("out-of-place", other), ("out-of-place", unguarded[7])]


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_done_to_a_row_is_found_out(unguarded, data):
    row = data.draw(st.sampled_from(unguarded))
    column = data.draw(st.sampled_from(["actor", "serial", "kind", "personal_salt", "personal_digest"]))
    text = data.draw(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=8))
    before = Event.objects.values_list(column, flat=True).get(pk=row)

    Event.objects.filter(pk=row).update(**{column: text})
    found_problems = problems()
    Event.objects.filter(pk=row).update(**{column: before})

    assert (("content-changed", row) in found_problems) is (text != before)
    assert problems() == []


# --- What the log vouches for ----------------------------------------------------------------------


def test_a_changed_unlock_code_is_found_out(unguarded):
    code = UnlockCode.objects.first()

    execute(f"""UPDATE licences_unlockcode SET lines = '[{{"slot": 1, "quantity": 999}}]' WHERE id = {code.pk}""")

    assert ("code-forged", "unlockcode", code.pk) in recorded_problems()


def test_a_code_that_somebody_else_is_said_to_have_made_is_found_out(unguarded):
    code = UnlockCode.objects.first()

    execute(f"UPDATE licences_unlockcode SET issued_by = 'nobody' WHERE id = {code.pk}")

    assert recorded_problems() == [("code-by-another", "unlockcode", code.pk)]


def test_a_code_that_is_gone_is_missed(unguarded):
    code = UnlockCode.objects.filter(relicensings=None).first()
    naming_it = [
        event.pk
        for event in Event.objects.filter(serial=code.serial.code)
        if event.details.get("sequence") == code.sequence
    ]
    execute(f"DELETE FROM licences_licencefile WHERE unlock_code_id = {code.pk}")
    execute(f"DELETE FROM licences_unlockcode WHERE id = {code.pk}")

    baseline = Event.objects.get(kind=Event.Kind.BASELINE_MADE)
    assert recorded_problems() == [
        *(("code-missing", "event", pk) for pk in naming_it),
        ("files-changed", "event", baseline.pk),
    ]


def test_a_licence_file_of_somebody_else_is_found_out(unguarded):
    one, other = LicenceFile.objects.all()[:2]

    execute("UPDATE licences_licencefile SET text = %s WHERE id = %s", [other.text, one.pk])

    assert recorded_problems() == [("licence-file-forged", "licencefile", one.pk)]


def test_a_check_that_somebody_else_is_said_to_have_made_is_found_out(unguarded):
    """Nobody may decide about their own check, so the log has to say who made it."""
    check = ChecklistCheck.objects.latest("pk")

    execute(f"UPDATE licences_checklistcheck SET checked_by = 'nobody' WHERE id = {check.pk}")

    assert recorded_problems() == [("check-by-another", "checklistcheck", check.pk)]


def test_a_request_that_somebody_else_is_said_to_have_opened_is_found_out(unguarded):
    request = ChecklistCheck.objects.latest("pk").request_id

    execute(f"UPDATE licences_relicensing SET opened_by = 'nobody' WHERE id = {request}")

    assert recorded_problems() == [("request-of-another", "relicensing", request)]


def test_a_better_verdict_is_found_out(unguarded):
    item = ItemResolution.objects.get(kind="accepted").checked_item

    execute(f"UPDATE licences_checkeditem SET verdict = 'match' WHERE id = {item.pk}")

    assert recorded_problems() == [("verdicts-differ", "checklistcheck", item.checklist_id)]


def test_another_reason_for_a_decision_is_found_out(unguarded):
    decision = ItemResolution.objects.get(kind="accepted")

    execute(f"UPDATE licences_itemresolution SET reason = 'Known to us.' WHERE id = {decision.pk}")

    assert recorded_problems() == [
        ("decision-missing", "event", event_of(decision)),
        ("decision-without-event", "itemresolution", decision.pk),
    ]


def test_somebody_else_who_asked_again_is_found_out(unguarded):
    asked = ItemResolution.objects.get(kind="asked-again")

    execute(f"UPDATE licences_itemresolution SET resolved_by = 'nobody' WHERE id = {asked.pk}")

    assert ("decision-without-event", "itemresolution", asked.pk) in recorded_problems()


@each_row("kind", ["accepted", "asked-again"])
def test_an_item_that_nobody_settled_any_more_is_missed(unguarded, kind):
    gone = ItemResolution.objects.get(kind=kind)
    event = event_of(gone)

    execute(f"DELETE FROM licences_itemresolution WHERE id = {gone.pk}")

    assert recorded_problems() == [("decision-missing", "event", event)]


def event_of(settled):
    """The key of the event that records how an item was settled."""
    check = settled.checked_item.checklist
    kind = "relicensing-decided" if settled.kind == "accepted" else "relicensing-confirmed"
    return Event.objects.get(kind=kind, details__request=check.request_id, details__check=check.number).pk


# --- The command -----------------------------------------------------------------------------------


def verify(capsys, *arguments):
    try:
        call_command("verify_log", *arguments)
    except SystemExit as ended:
        return ended.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_command_says_how_many_events_hold_and_how_fast(story, capsys):
    status, output = verify(capsys)

    assert status == 0
    assert f"{Event.objects.count()} events in " in output
    assert "rows/s" in output
    assert Event.objects.first().hash in output


def test_the_command_says_what_is_wrong_and_exits_with_1(unguarded, capsys):
    execute(f"UPDATE licences_event SET actor = 'nobody' WHERE id = {unguarded[4]}")

    status, output = verify(capsys)

    assert status == 1
    assert f"Event {unguarded[4]} was changed: its content does not match its hash.\n" in output


def test_the_command_speaks_json(unguarded, capsys):
    execute(f"UPDATE licences_event SET actor = 'nobody' WHERE id = {unguarded[4]}")

    status, output = verify(capsys, "--json", "--log-only")

    report = json.loads(output)
    assert status == 1
    assert report["rows"] == len(unguarded)
    assert [(each["problem"], each["row"]) for each in report["findings"]] == [("content-changed", unguarded[4])]


# --- Anchors ---------------------------------------------------------------------------------------


def make_the_chain_anew(after):
    """Delete a row and rewrite all hashes and the end of the chain, as somebody with all rights could."""
    execute(f"DELETE FROM licences_event WHERE id = {after}")
    before, length = chain.GENESIS, 0
    for event in Event.objects.order_by("pk"):
        event.previous_hash = before
        before = event.hash = chain.link_hash(before, hashed_content(event))
        Event.objects.filter(pk=event.pk).update(previous_hash=f"{event.pk}", hash=f"{event.pk}")
        event.save()
        length += 1
    EventChain.objects.update(length=length, last_hash=before)


def test_a_chain_that_was_made_anew_is_found_out_by_an_anchor_alone(unguarded, tmp_path, capsys):
    anchors = tmp_path / "anchors"
    assert verify(capsys, "--new-anchor", str(anchors))[0] == 0

    make_the_chain_anew(unguarded[3])

    assert verify(capsys, "--log-only")[0] == 0
    status, output = verify(capsys, "--log-only", "--anchor", str(anchors))
    assert status == 1
    assert "it was cut off" in output


def test_an_anchor_knows_the_row_that_it_was_made_at(unguarded, tmp_path, capsys):
    anchors = tmp_path / "anchors"
    verify(capsys, "--new-anchor", str(anchors))
    make_the_chain_anew(unguarded[3])
    last = Event.objects.order_by("-pk").first()
    Event.objects.filter(pk=last.pk).update(actor="nobody")
    insert_event(last.pk + 1, last.hash)

    output = verify(capsys, "--log-only", "--anchor", str(anchors))[1]

    assert f"Event {last.pk + 1}, number {len(unguarded)} of the log, does not match the anchor" in output


def test_anchors_hold_while_the_log_grows(story, tmp_path, capsys):
    anchors = tmp_path / "anchors"
    verify(capsys, "--new-anchor", str(anchors))

    record_event(Event.Kind.BLOCKED, by="tests")

    assert verify(capsys, "--anchor", str(anchors), "--new-anchor", str(anchors))[0] == 0
    assert verify(capsys, "--anchor", str(anchors))[0] == 0
    assert len(anchors.read_text().splitlines()) == 2


def test_an_anchor_that_nobody_signed_is_a_finding(story, tmp_path, capsys):
    anchors = tmp_path / "anchors"
    verify(capsys, "--new-anchor", str(anchors))
    head, _body, signature = anchors.read_text().strip().split(".")
    anchors.write_text(f"{head}.e30.{signature}\n")

    status, output = verify(capsys, "--anchor", str(anchors))

    assert status == 1
    assert "Line 1 of the anchors is not signed by a key of this portal." in output
