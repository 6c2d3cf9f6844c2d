"""Forgetting a contact person empties what names that person, and leaves the company and everybody else
(docs/personal-data.md#a-contact-person-wants-to-be-forgotten)."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from customers import history
from customers.models import Customer, Site
from licences import imports, operations
from licences.database.append_only import ExemptionPurpose, exemption
from licences.domain.call_notes import CallerDetails
from licences.domain.contact_person import ContactPart, ContactPerson
from licences.models import (
    CheckedItem,
    CodeDelivery,
    Event,
    FileImport,
    LicenceFile,
    LicenceGrant,
    Note,
    Registration,
    RejectedRow,
    Relicensing,
    SearchText,
    SearchWord,
    UnlockCode,
)
from licences.personal.contact_traces import find_contact, offered_values
from licences.personal.customer_records import CustomerRecords
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests import factories
from tests.imports import entry_points, files
from tests.personal.finding import stored_rows
from tests.personal.quellwasser import AS_REGISTERED, CALLER, CORRECTED, NOTES, WHO
from tests.questions import refusal_of, stored, why_refused

REASON = "Asked for by letter."
XAVER = ContactPerson(
    names=(WHO["contact_name"], AS_REGISTERED["contact_name"]),
    phones=(WHO["contact_phone"],),  # the other notation is the same number
    emails=(WHO["contact_email"], AS_REGISTERED["contact_email"]),
)
OF_XAVER = ("Quintess", "quintess", "05431/998877", "5431 998877")


def forget(customer, person=XAVER, reason=REASON):
    return operations.forget_contact(customer_id=customer.pk, person=person, reason=reason, by="supervisor")


def tables_with(*texts):
    """The tables of the database of which a row holds one of the texts."""
    return {table for table, row in stored_rows() if any(text in row for text in texts)}


@pytest.fixture
def forgotten(customer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        done = forget(customer)
    customer.refresh_from_db()
    return done


# --- What goes -------------------------------------------------------------------------------------


def test_the_search_of_this_test_finds_the_person_where_it_is_kept(customer):
    tables = "historicalcustomer registration event rejectedrow searchword codedelivery"

    assert set(tables.split()) <= {table.partition("_")[2] for table in tables_with(*OF_XAVER)}


def test_after_it_no_table_holds_a_value_of_the_person(forgotten):
    assert tables_with(*OF_XAVER) == set()


def test_uploaded_files_that_name_the_person_go_and_others_stay(customer, django_capture_on_commit_callbacks):
    uploads = {each.file_name: Path(each.upload.path) for each in FileImport.objects.all()}

    with django_capture_on_commit_callbacks(execute=True):
        done = forget(customer)

    assert {name: path.exists() for name, path in uploads.items()} == {
        "day-1.csv": False, f"{AS_REGISTERED['name']}.xlsx": False, "day-3.csv": True
    }  # fmt: skip
    assert (done.counts["uploads"], done.counts["rejected_rows"]) == (2, 1)
    assert not RejectedRow.objects.exists()


def test_files_stay_where_it_is_taken_back(customer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        forget(customer)
        transaction.set_rollback(True)

    assert all(Path(each.upload.path).exists() for each in FileImport.objects.all())


def test_notes_and_callers_go_only_where_they_name_the_person(customer):
    serial = customer.sites.order_by("pk").first().serial
    naming = operations.note_on_serial(serial=serial.code, text="Ring XAVER  Quintessenz before noon.", by="clerk")
    number = operations.note_on_customer(customer_id=customer.pk, text="Mobile: +49 5431/99 88 77", by="clerk")
    request = factories.request(serial.unlock_codes.latest("sequence"))
    caller = CallerDetails("xaver quintessenz", CALLER["callback_number"], CALLER["ticket_reference"])
    operations.note_caller(request_id=request.pk, caller=caller, by="clerk")

    forget(customer)

    assert {Note.objects.get(pk=each.pk).text for each in (naming, number)} == {""}
    assert set(Note.objects.exclude(text="").values_list("text", flat=True)) == set(NOTES.values())
    request.refresh_from_db()
    assert (request.caller_name, request.callback_number) == ("", CALLER["callback_number"])
    assert Relicensing.objects.filter(caller_name=CALLER["caller_name"]).count() == 2


def test_a_site_and_a_second_line_named_after_the_person_lose_that_name(customer):
    name, line = f"Praxis {WHO['contact_name']}", f"c/o {WHO['contact_name']}"
    site = factories.bought(**WHO | {"site_name": name}).site
    correction = operations.Correction({"address_line2": line}, "Told by letter.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")

    forget(customer)

    site.refresh_from_db()
    customer.refresh_from_db()
    assert (site.name, customer.address_line2) == (f"[{site.pk}]", "")
    assert not Site.history.filter(name=name).exists()
    assert not Customer.history.filter(address_line2=line).exists()
    assert customer.sites.filter(name="Quartier Nord").exists()


def test_an_answer_on_the_checklist_goes_unless_it_is_the_company_s_own_name(customer):
    code = customer.sites.order_by("pk").first().serial.unlock_codes.latest("sequence")
    named = factories.request(code, customer_name=WHO["contact_name"])
    unknown = factories.request(code, serial="", customer_name=WHO["contact_name"])
    company = factories.request(code, customer_name=AS_REGISTERED["name"])

    forget(customer, ContactPerson(names=(WHO["contact_name"], "Quellwasser")))

    for request in (named, unknown):
        assert CheckedItem.objects.get(checklist__request=request, item="customer_name").said == ""
    assert CheckedItem.objects.get(checklist__request=company, item="customer_name").said == AS_REGISTERED["name"]


def test_an_e_mailed_code_that_waits_is_not_sent(customer):
    forget(customer, ContactPerson(emails=(AS_REGISTERED["contact_email"].upper(),)))

    delivery = CodeDelivery.objects.get()
    assert (delivery.address, delivery.state, delivery.failure) == ("", CodeDelivery.State.FAILED, "erased")


def test_an_import_that_was_taken_back_loses_its_file_name_too(customer):
    content = files.csv_bytes(files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG"))
    file_import = entry_points.through_the_page(content, name=f"{WHO['contact_name']}.csv")
    imports.take_back_import(file_import_id=file_import.pk, reason="The wrong file.", by="importer")

    forget(customer)

    assert not tables_with(WHO["contact_name"])
    assert list(LogVerification().findings()) == []


# --- What stays ------------------------------------------------------------------------------------


def test_a_second_person_of_the_same_customer_stays(customer, forgotten):
    assert (customer.contact_name, customer.contact_phone) == (CORRECTED["contact_name"], CORRECTED["contact_phone"])
    contacts = Registration.objects.order_by("pk").values_list("contact_name", "contact_phone")
    assert set(contacts) == {("", ""), (CORRECTED["contact_name"], CORRECTED["contact_phone"])}


def test_the_company_stays(customer, django_capture_on_commit_callbacks):
    def kept():
        columns = ("name", "address_line1", "address_line2", "postcode", "city", "country")
        return (
            list(Customer.objects.order_by("pk").values("number", "match_key", "details_key", *columns)),
            list(Registration.objects.order_by("pk").values(*columns)),
            stored([LicenceGrant, UnlockCode, LicenceFile, Site]),
        )

    before = kept()
    with django_capture_on_commit_callbacks(execute=True):
        forget(customer)

    assert kept() == before


def test_people_of_other_customers_stay(customer):
    other = factories.registered(
        factories.bought(customer_name="Nordlicht AG", contact_name=WHO["contact_name"]),
        contact_name=WHO["contact_name"],
    )

    forget(customer)

    other.serial.site.customer.refresh_from_db()
    assert other.serial.site.customer.contact_name == WHO["contact_name"]
    assert other.serial.registrations.get().contact_name == WHO["contact_name"]


def test_the_same_purchase_is_still_unchanged_and_a_new_one_is_the_company_s(customer, forgotten):
    row = files.row("Q-1", **WHO, software_assurance_until="2027-06-30")

    again = entry_points.through_the_page(files.csv_bytes(row, files.row("Q-9", **WHO | {"customer_number": ""})))

    assert (again.counts["unchanged"], again.new_customers) == (1, 0)


def test_the_look_up_finds_the_company_and_not_the_person(customer, forgotten):
    assert not SearchWord.objects.filter(word="quintessenz").exists()
    assert not SearchText.objects.filter(text__contains="quintess").exists()
    assert SearchText.objects.filter(text__contains="zymurgie").exists()


# --- What is recorded ------------------------------------------------------------------------------


def test_one_event_says_what_was_emptied_and_never_the_values(customer):
    before = Event.objects.count()

    done = forget(customer)

    event = Event.objects.first()
    assert Event.objects.count() == before + 1
    assert (event.kind, event.actor, event.customer_id) == ("contact-forgotten", "supervisor", customer.pk)
    assert event.details["emptied"] == done.counts
    assert (event.details["reason"], event.personal) == (REASON, {})
    assert done.counts["registrations"] == Registration.objects.filter(contact_email="").count() == 2


def test_the_log_still_verifies(customer, forgotten):
    assert forgotten.counts["events"] > 0
    assert list(LogVerification().findings()) == []
    assert list(record_findings()) == []


def test_an_emptied_licence_file_is_still_found_after_it(customer, forgotten):
    """Only the erasure of a customer empties one."""
    file = LicenceFile.objects.first()
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        LicenceFile.objects.filter(pk=file.pk).update(text="")

    assert [(each.problem, each.row) for each in record_findings()] == [("licence-file-forged", file.pk)]


def test_events_keep_their_personal_details_where_they_name_somebody_else(customer, forgotten):
    emptied = Event.objects.first().details["events"]

    assert Event.objects.get(kind="registered", customer=customer).personal["customer"] == WHO["customer_name"]
    assert emptied
    assert not Event.objects.filter(pk__in=emptied).exclude(personal={}).exists()


def test_a_second_call_changes_nothing(customer, forgotten):
    before = stored([Event, Customer, Customer.history.model, Registration])

    assert forget(customer).counts == {}
    assert stored([Event, Customer, Customer.history.model, Registration]) == before


def test_the_history_keeps_what_others_were_called(customer, forgotten):
    changes = [(each.field, each.before, each.after) for each in history.changes_of(customer)]

    assert ("contact name", "", CORRECTED["contact_name"]) in changes


# --- Refused ---------------------------------------------------------------------------------------


def test_nothing_is_done_without_a_reason_or_a_value(customer):
    assert why_refused(forget, customer, reason=" ", unchanged=[Event, Customer]) == "reason-missing"
    assert why_refused(forget, customer, ContactPerson(), unchanged=[Event, Customer]) == "contact-missing"


def test_the_reason_that_is_kept_must_not_name_the_person(customer):
    refusal = refusal_of(forget, customer, reason="Xaver quintessenz asked us.", unchanged=[Event, Customer])

    assert (refusal.code, refusal.field) == ("reason-names-contact", "reason")


def test_a_customer_that_was_merged_or_erased_is_refused(customer):
    assert why_refused(forget, Customer.objects.get(merged_into=customer)) == "customer-unknown"
    operations.erase_customer(customer_id=customer.pk, reason=REASON, by="supervisor")
    assert why_refused(forget, customer) == "customer-unknown"


def test_an_import_that_would_bring_the_person_back_has_to_end_first(customer):
    company = entry_points.preview(files.csv_bytes(files.row("Q-8", **WHO | CORRECTED | {"contact_email": ""})))
    person = {"customer_name": "Nordlicht AG", "contact_name": WHO["contact_name"]}
    naming = entry_points.preview(files.csv_bytes(files.row("N-8", **person)))

    assert why_refused(forget, customer, unchanged=[Event, Customer]) == "import-names-contact"
    imports.withdraw_import(file_import_id=naming.pk, by="clerk")
    assert forget(customer).counts
    company.refresh_from_db()
    assert company.state == FileImport.State.PREVIEW


# --- What is offered, and the page -----------------------------------------------------------------


def test_every_value_on_record_is_offered_once_with_where_it_stands(customer):
    offered = offered_values(CustomerRecords(customer))

    phones = {each.value: each.tables for each in offered[ContactPart.PHONE]}
    assert phones[WHO["contact_phone"]] == ("earlier_records", "registrations")
    assert AS_REGISTERED["contact_phone"] not in phones  # the same number
    assert CALLER["callback_number"] in phones
    names = {each.value for each in offered[ContactPart.NAME]}
    assert {*XAVER.names, CORRECTED["contact_name"], CALLER["caller_name"]} <= names


@pytest.fixture
def send(customer, supervisor, as_user):
    """Sends the form of the page; without values it opens it."""
    client = as_user(supervisor)
    address = f"/customers/{customer.pk}/forget-contact/"
    chosen = {"names": list(XAVER.names), "phones": list(XAVER.phones), "emails": list(XAVER.emails)}
    return lambda **typed: client.post(address, {**chosen, **typed}, follow=True) if typed else client.get(address)


def shown(customer, person=XAVER):
    return find_contact(CustomerRecords(customer), person).digest


def test_the_page_shows_first_what_will_be_removed_and_then_does_it(customer, send):
    before = Event.objects.count()
    assert "Show what will be removed" in send().text

    first = send(reason=REASON)
    assert (first.status_code, Event.objects.count()) == (200, before)
    assert "<dt>Registrations</dt><dd>2</dd>" in first.text
    assert REASON in first.text
    assert send(reason=REASON, shown=shown(customer)).status_code == 422  # without the tick
    done = send(reason=REASON, shown=shown(customer), confirmed="on")

    assert "The contact person has been forgotten." in done.text
    assert tables_with(*OF_XAVER) == set()


def test_sent_twice_it_is_done_once_and_leads_to_the_same_page(customer, send):
    form = {"reason": REASON, "shown": shown(customer), "confirmed": "on", "form_token": "of-this-form"}
    first = send(**form)
    events = Event.objects.count()

    again = send(**form)

    assert again.redirect_chain == first.redirect_chain == [(f"/customers/{customer.pk}/data/", 302)]
    assert Event.objects.count() == events


def test_another_choice_than_what_was_shown_is_shown_before_it_is_done(customer, send):
    answer = send(reason=REASON, shown=shown(customer, ContactPerson(names=XAVER.names)), confirmed="on")

    assert "What will be removed" in answer.text
    assert "Check the numbers again" in answer.text
    assert Registration.objects.filter(contact_name=AS_REGISTERED["contact_name"]).exists()


def test_what_is_no_longer_on_record_and_an_empty_choice_are_named(customer, send):
    gone = send(names=["Nobody Known"], reason=REASON)
    nothing = send(names=[], phones=[], emails=[], reason=REASON)

    assert "Nobody Known is no longer on record." in gone.text
    assert "Tick at least one name, telephone number or e-mail address." in nothing.text
    assert {gone.status_code, nothing.status_code} == {422}
    assert REASON in nothing.text


def test_the_page_says_what_names_the_person_and_stays(customer, send):
    serial = customer.sites.order_by("pk").first().serial
    operations.block_serial(serial=serial.code, reason=f"{WHO['contact_name']} does not pay.", by="supervisor")

    assert f"{WHO['contact_name']} does not pay." in send(reason=REASON).text


@pytest.mark.parametrize("other", ["clerk", "auditor", "administrator"])
def test_nobody_else_forgets(customer, request, as_user, other):
    client = as_user(request.getfixturevalue(other))

    assert client.get(f"/customers/{customer.pk}/forget-contact/").status_code == 403
