"""The case file: what happened to a serial number and why each code was issued, on the page and in the PDF."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pypdf import PdfReader

from licences import operations
from licences.domain.call_notes import CallerDetails
from licences.domain.codes import grouped, groups
from licences.models import CheckedItem, Event, UnlockCode
from licences.proof.case_files.case_file import build_case_file
from licences.proof.case_files.pdf import as_pdf
from tests import factories
from tests.imports import entry_points, files
from tests.proof.conftest import execute
from tests.tables import each_row

NOW = datetime(2029, 11, 24, 9, 30, tzinfo=UTC)


def case_file_of(serial, by="auditor", now=NOW):
    return build_case_file(serial, by=by, now=now)


def pdf_text(case):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(as_pdf(case))).pages)


# --- What it says ----------------------------------------------------------------------------------


def test_every_event_of_the_serial_number_is_an_entry_in_order_of_time(story):
    case = case_file_of(story)

    others = Event.objects.filter(serial=story).exclude(kind=Event.Kind.CASE_FILE_MADE)
    own = list(others.order_by("pk").values_list("pk", flat=True))
    sealed = [entry.seal.event for entry in case.entries if entry.seal]
    assert set(own) <= set(sealed)
    assert [entry.at for entry in case.entries] == sorted(entry.at for entry in case.entries)
    assert [entry.number for entry in case.entries] == list(range(1, len(case.entries) + 1))


def test_every_code_says_which_entry_tells_why_it_was_issued(story):
    case = case_file_of(story)

    codes = UnlockCode.objects.filter(serial__code=story).order_by("sequence")
    assert [code.code for code in case.codes] == [grouped(code.code) for code in codes]
    for code in case.codes:
        entry = case.entries[code.entry - 1]
        assert ("Unlock code", code.code) in entry.facts
        assert entry.by == code.by


def test_a_re_licensing_tells_what_was_said_what_was_on_record_and_who_decided_why(catalogue):
    code = factories.registered()
    request = factories.request(code, address_line1="Am Hafen 3")
    operations.decide_checklist(
        request_id=request.pk, items=["address_line1"], reason="They moved in spring.", by="supervisor"
    )
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=factories.TODAY)

    case = case_file_of(code.serial.code)

    check = next(entry for entry in case.entries if entry.rows)
    address = next(row for row in check.rows if row.item == "First line of the address")
    assert (address.said, address.on_record, address.verdict) == ("Am Hafen 3", "Hauptstraße 12a", "mismatch")
    assert address.settled == "accepted by supervisor: “They moved in spring.”"
    issued = case.entries[case.codes[1].entry - 1]
    used = dict(issued.facts)["Release code used"]
    assert used == f"{grouped(code.release_code)}, of site ID {grouped(code.installation.site_id)}"


def test_purchases_blocks_transfers_and_merges_are_told(story):
    case = case_file_of(story)

    titles = {entry.title for entry in case.entries}
    assert {"Purchase", "Serial blocked", "Serial unblocked", "Serial transferred to another customer"} <= titles
    assert {"Customers merged", "Customer corrected", "Attempt refused", "Re-licensing withdrawn"} <= titles
    all_facts = str([entry.facts for entry in case.entries])
    for reason in (
        "Invoice disputed.",
        "Paid, as told by letter.",
        "Taken over, as told by letter.",
        "One company.",
        "Sold in October.",
        "Sabine left.",
    ):
        assert reason in all_facts


def test_who_called_stands_at_the_first_check_of_the_call(catalogue):
    code = factories.registered()
    request = factories.request(code)
    answers = request.checks.get().answers()
    operations.recheck_relicensing(
        request_id=request.pk, answers=answers, purpose="migrate", by="clerk", today=factories.TODAY
    )
    caller = CallerDetails("Frau Vogel", "07071 555-0163", "T-4711")
    operations.note_caller(request_id=request.pk, caller=caller, by="clerk")

    case = case_file_of(code.serial.code)

    noted = [("Caller", "Frau Vogel"), ("Call-back number", "07071 555-0163"), ("Ticket reference", "T-4711")]
    first, second = [entry for entry in case.entries if entry.rows]
    assert [fact for fact in first.facts if fact in noted] == noted
    assert not set(noted) & set(second.facts)
    event = next(entry for entry in case.entries if entry.title == "Who called noted")
    assert ("Fields", "Caller, Call-back number, Ticket reference") in event.facts


def test_notes_about_the_serial_number_and_its_customer_are_told_word_for_word(catalogue):
    serial = factories.registered().serial
    about_serial = operations.note_on_serial(serial=serial.code, text="Frau Vogel\nruft donnerstags an.", by="clerk")
    operations.note_on_customer(customer_id=serial.site.customer_id, text="Moves in spring.", by="supervisor")
    stranger = factories.bought(customer_number="K-777", customer_name="Strangers Ltd").site.customer
    operations.note_on_customer(customer_id=stranger.pk, text="About somebody else.", by="clerk")

    written = [entry for entry in case_file_of(serial.code).entries if entry.title == "Note written"]
    notes = [(entry.by, dict(entry.facts)["Note"]) for entry in written]
    assert notes == [("clerk", "Frau Vogel\nruft donnerstags an."), ("supervisor", "Moves in spring.")]
    assert "Moves in spring." in pdf_text(case_file_of(serial.code))

    operations.notes.empty_notes([about_serial.pk])
    facts = [fact for entry in case_file_of(serial.code).entries for fact in entry.facts]
    assert ("Note", "The details were erased.") in facts


def test_registrations_are_told_word_for_word(catalogue):
    code = factories.registered(contact_phone="(0 70 71) 555-0163 / Fr. Vogel")

    case = case_file_of(code.serial.code)

    facts = dict(next(entry for entry in case.entries if entry.title == "Registered").facts)
    assert facts["As entered: Telephone"] == "(0 70 71) 555-0163 / Fr. Vogel"
    assert facts["As entered: Name"] == "Bäckerei Müller & Söhne GmbH"


def test_what_was_taken_over_from_an_older_system_has_an_entry(catalogue):
    installation = factories.taken_over()

    case = case_file_of(installation.serial.code)

    assert "Registration taken over" in [entry.title for entry in case.entries]


def test_a_serial_number_that_was_only_bought_has_its_purchase(catalogue):
    serial = factories.bought()

    case = case_file_of(serial.code)

    assert [entry.title for entry in case.entries] == ["Purchase"]
    assert case.codes == []
    assert "None issued." in pdf_text(case)


# --- The log around it -----------------------------------------------------------------------------


def test_the_log_holds_around_every_entry(story):
    case = case_file_of(story)

    assert case.broken == []
    assert sum(entry.seal is not None for entry in case.entries) >= Event.objects.filter(serial=story).count()
    assert "Event log intact: checked at and next to every event of this case file." in pdf_text(case)


@each_row("change", ["actor = 'nobody'", """personal = '{"customer": "Somebody else"}'"""])
def test_a_changed_event_is_marked_on_page_and_paper(unguarded, story, auditor, as_user, change):
    row = Event.objects.filter(serial=story, kind=Event.Kind.BLOCKED).get().pk
    execute(f"UPDATE licences_event SET {change} WHERE id = {row}")

    case = case_file_of(story)

    assert case.broken == [row]
    assert f"Event log ALTERED at these events: {row}." in pdf_text(case)
    assert "Event log altered" in as_user(auditor).get(f"/serials/{grouped(story)}/case-file/").text


def test_a_row_that_is_missing_before_is_marked(unguarded, story):
    row = Event.objects.filter(serial=story, kind=Event.Kind.BLOCKED).get()
    execute(f"DELETE FROM licences_event WHERE hash = '{row.previous_hash}'")

    assert row.pk in case_file_of(story).broken


# --- The digest ------------------------------------------------------------------------------------


def test_the_digest_is_the_same_in_every_language_by_whomever_and_whenever(story):
    first = case_file_of(story)
    with translation.override("de"):
        second = case_file_of(story, by="supervisor", now=datetime(2030, 1, 1, tzinfo=UTC))

    assert first.digest == second.digest
    assert len(first.digest) == 64


def test_the_digest_changes_with_what_is_told(story):
    before = case_file_of(story).digest

    operations.block_serial(serial=story, reason="Not paid again.", by="supervisor")

    assert case_file_of(story).digest != before


# --- On paper --------------------------------------------------------------------------------------


def test_the_pdf_has_title_language_page_numbers_and_its_digest_on_every_page(story):
    case = case_file_of(story)
    with translation.override("de"):
        reader = PdfReader(BytesIO(as_pdf(case)))

    assert reader.metadata.title.endswith(grouped(story))
    assert reader.root_object["/Lang"] == "de"
    assert len(reader.pages) > 1
    for page in reader.pages:
        assert case.digest in page.extract_text()
    assert f"{len(reader.pages)}" in reader.pages[-1].extract_text().splitlines()[-1]


def test_names_of_all_of_europe_print_right(catalogue):
    name = "Łódź Żółć Sp. z o.o., Škoda Plzeň, Ελληνικά ΑΕ, Москва ООО, Ñandú, İzmir, Győr"
    code = factories.registered(name=name)

    text = " ".join(pdf_text(case_file_of(code.serial.code)).split())

    assert name in text


def test_symbols_that_no_font_has_are_not_lost(catalogue, settings, tmp_path):
    settings.FONT_FOLDER = str(tmp_path)
    code = factories.registered(name="株 Ltd")

    assert "[U+682A] Ltd" in pdf_text(case_file_of(code.serial.code))


def test_long_texts_break_over_lines_and_pages(catalogue):
    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Because. " * 220, by="supervisor")

    text = pdf_text(case_file_of(code.serial.code))

    assert text.count("Because.") == 2 * 220  # how it stands now, and when that happened


# --- The pages -------------------------------------------------------------------------------------


# Wide and narrow symbols, so that a line is full at another place in each of these codes.
GROUPS = ["WWWWW", "MQWGO", "55555", "7S4LI", "1IJ1I", "IIIII", "J1I1J"]


def test_no_code_breaks_inside_a_group_in_the_pdf(catalogue):
    case = case_file_of(factories.registered().serial.code)
    codes = [replace(case.codes[0], code="-".join([group] * 9)) for group in GROUPS]

    text = pdf_text(replace(case, codes=codes))

    assert {group: len(re.findall(rf"\b{group}\b", text)) for group in GROUPS} == dict.fromkeys(GROUPS, 9)


def test_a_real_code_of_nine_groups_is_whole_in_the_table_and_in_its_entry(catalogue):
    code = factories.registered()
    for sku in list(factories.PRODUCTS)[1:]:
        factories.top_up(code.serial, product=sku)
    latest = operations.update_installation(
        serial=code.serial.code, site_id=None, versions=None, by="clerk", today=factories.TODAY
    ).unlock_code

    text = re.sub(r"-\s+", "-", pdf_text(case_file_of(code.serial.code)))

    assert len(groups(latest.code)) > 8
    assert text.count(grouped(latest.code)) == 2


def test_the_page_shows_the_entries_and_leads_to_the_pdf(story, clerk, as_user):
    client = as_user(clerk)

    page = client.get(f"/serials/{grouped(story)}/case-file/")

    assert page.status_code == 200
    assert f"/serials/{grouped(story)}/case-file.pdf" in page.text
    assert "Invoice disputed." in page.text
    assert case_file_of(story).digest in page.text


def test_the_pdf_is_a_download(story, auditor, as_user):
    response = as_user(auditor).get(f"/serials/{grouped(story)}/case-file.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="case-file-{grouped(story)}.pdf"'
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("address", ["case-file/", "case-file.pdf"])
@pytest.mark.parametrize("reader", ["clerk", "supervisor", "auditor"])
def test_readers_of_cases_may_open_it(catalogue, request, as_user, reader, address):
    client, serial = as_user(request.getfixturevalue(reader)), factories.registered().serial

    assert client.get(f"/serials/{grouped(serial.code)}/{address}").status_code == 200


@pytest.mark.parametrize("address", ["case-file/", "case-file.pdf"])
@pytest.mark.parametrize("other", ["support_agent", "importer", "administrator", "stranger"])
def test_nobody_else_may(catalogue, request, as_user, other, address):
    client, serial = as_user(request.getfixturevalue(other)), factories.registered().serial

    assert client.get(f"/serials/{grouped(serial.code)}/{address}").status_code == 403


def test_an_unknown_serial_number_has_none(auditor, as_user):
    assert as_user(auditor).get("/serials/AAAA-AAAA/case-file/").status_code == 404


def test_the_site_card_leads_to_it_for_readers_of_cases_alone(story, clerk, support_agent, as_user):
    address = f"/serials/{grouped(story)}/"

    assert f"{address}case-file/" in as_user(clerk).get(address).text
    assert "case-file" not in as_user(support_agent).get(address).text


def test_making_the_pdf_is_an_event_that_changes_nothing_of_the_case_file(story, auditor, as_user):
    before = case_file_of(story).digest

    pdf = as_user(auditor).get(f"/serials/{grouped(story)}/case-file.pdf").content

    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, event.serial) == (Event.Kind.CASE_FILE_MADE, auditor.username, story)
    assert event.details == {"sha256": before, "file_sha256": hashlib.sha256(pdf).hexdigest()}
    assert case_file_of(story).digest == before


def test_verdicts_are_told_twice_only_where_record_and_log_differ(unguarded, story):
    assert not [entry for entry in case_file_of(story).entries if "Results in the log" in dict(entry.facts)]
    check = CheckedItem.objects.filter(checklist__request__serial__code=story, item="address_line1").first().checklist

    execute(f"UPDATE licences_checkeditem SET verdict = 'match' WHERE checklist_id = {check.pk}")

    (entry,) = [entry for entry in case_file_of(story).entries if "Results in the log" in dict(entry.facts)]
    assert "First line of the address: mismatch" in dict(entry.facts)["Results in the log"]


def test_reading_it_leaves_no_event(story, auditor, as_user):
    before = Event.objects.count()

    as_user(auditor).get(f"/serials/{grouped(story)}/case-file/")

    assert Event.objects.count() == before


def test_the_number_of_queries_does_not_grow_with_the_purchases(catalogue):
    serial = factories.bought()
    asked = []
    for number in range(3):
        rows = files.row(f"PO-9{number}", serial=serial.code, customer_number=serial.site.customer.number)
        entry_points.through_the_page(files.csv_bytes(rows))
        with CaptureQueriesContext(connection) as queries:
            case = case_file_of(serial.code)
        asked.append(len(queries))
        assert len([entry for entry in case.entries if entry.seal]) == number + 1
    assert len(set(asked)) == 1
