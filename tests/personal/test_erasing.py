"""An erasure leaves nothing that identifies the customer, and everything that was done can still be proved."""

from pathlib import Path

import jwt
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from customers.models import Customer
from licences import imports, operations
from licences.models import (
    Balance,
    Event,
    FileImport,
    LicenceFile,
    LicenceGrant,
    RejectedRow,
    SearchWord,
    UnlockCode,
)
from licences.proof.case_files.case_file import build_case_file
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests import factories
from tests.imports import entry_points, files
from tests.personal.finding import stored_rows, words_in
from tests.personal.quellwasser import AS_REGISTERED, WHO, WORDS
from tests.questions import why_refused
from tests.tables import each_row

REASON = "Asked for by letter."


def erase(customer, reason=REASON):
    return operations.erase_customer(customer_id=customer.pk, reason=reason, by="supervisor")


def stored_words():
    """Table → words of the customer that its rows hold."""
    words = {}
    for table, text in stored_rows():
        if found := words_in(text):
            words.setdefault(table, set()).update(found)
    return words


# --- Nothing is left -------------------------------------------------------------------------------


def test_the_search_of_this_test_finds_the_customer_where_it_is_kept(customer):
    words_by_table = stored_words()

    tables = (
        "customer historicalcustomer site registration event checkeditem rejectedrow searchtext searchword fileimport "
        "note relicensing qualitymark"
    )
    assert set(tables.split()) <= {table.partition("_")[2] for table in words_by_table}
    missing = WORDS.difference(*words_by_table.values())
    assert {word for word in missing if not word.startswith(("Quarkland", "Quitte", "quedlin"))} == set()


def test_after_it_no_table_holds_a_word_of_the_customer(customer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase(customer)

    assert stored_words() == {}


def test_after_it_the_desk_calls_an_import_whose_file_was_named_after_the_customer_by_its_number(
    catalogue, supervisor, as_user
):
    customer = factories.bought(**WHO).site.customer
    file_import = entry_points.through_the_page(files.csv_bytes(files.row("N-1")), name=f"{customer.name}.csv")
    client = as_user(supervisor)
    address = f'<a href="/purchases/imports/{file_import.pk}/"><bdi>'
    assert f"{address}{customer.name}.csv</bdi>" in client.get("/").text

    erase(customer)

    assert f"{address}{file_import.pk}</bdi>" in client.get("/").text


def test_after_it_no_uploaded_file_names_the_customer(customer, django_capture_on_commit_callbacks):
    other = entry_points.through_the_page(
        files.csv_bytes(files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG"))
    )
    uploads = [Path(each.upload.path) for each in FileImport.objects.exclude(pk=other.pk)]
    assert all(path.exists() for path in uploads)
    assert len(uploads) == 3

    with django_capture_on_commit_callbacks(execute=True):
        erased = erase(customer)

    assert not any(path.exists() for path in uploads)
    assert erased.counts["files"] == 3
    assert default_storage.exists(other.upload.name)


def test_files_stay_where_the_erasure_is_taken_back(customer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        erase(customer)
        transaction.set_rollback(True)

    assert all(Path(each.upload.path).exists() for each in FileImport.objects.all())
    assert Customer.objects.get(pk=customer.pk).name == WHO["customer_name"]


def test_licence_files_are_signed_anew_without_the_name(customer):
    before = {each.unlock_code_id: claims(each) for each in LicenceFile.objects.all()}
    assert all("Quellw" in each["customer"] for each in before.values())

    erase(customer)

    for each in LicenceFile.objects.all():
        assert claims(each) == {**before[each.unlock_code_id], "customer": ""}


def claims(file):
    key = settings.LICENCE_KEYS[file.key_id].public_key()
    return jwt.decode(file.text, key, algorithms=["EdDSA"])


# --- What stays ------------------------------------------------------------------------------------


def test_licences_codes_and_purchases_stay(customer):
    def kept():
        return [
            list(model.objects.order_by("pk").values()) for model in (LicenceGrant, Balance, UnlockCode)
        ]  # fmt: skip

    before = kept()

    erase(customer)

    assert kept() == before


def test_the_log_still_verifies_and_says_who_erased_and_why(customer):
    erase(customer)

    event = Event.objects.first()
    assert (event.kind, event.actor, event.details["reason"]) == ("customer-erased", "supervisor", REASON)
    assert event.customer_id == customer.pk
    assert list(LogVerification().findings()) == []
    assert list(record_findings()) == []


def test_other_customers_keep_what_is_theirs(customer):
    other = factories.registered(factories.bought(customer_name="Nordlicht Energie AG"), name="Nordlicht Energie")
    before = Event.objects.filter(customer=other.serial.site.customer).values_list("personal", flat=True)
    names = list(before)

    erase(customer)

    other.serial.site.customer.refresh_from_db()
    assert other.serial.site.customer.name == "Nordlicht Energie AG"
    assert other.serial.registrations.get().name == "Nordlicht Energie"
    assert list(before.all()) == names
    assert claims(other.licence_file)["customer"] == "Nordlicht Energie"


def test_what_an_earlier_holder_of_a_serial_number_registered_stays_theirs(customer):
    code = factories.registered(factories.bought(customer_name="Nordlicht Energie AG"), name="Nordlicht Energie")
    moved = {
        "serial": code.serial.code,
        "details": factories.details(**AS_REGISTERED),
        "reason": "Sold, as told by letter.",
    }
    operations.transfer_serial(**moved, customer=customer, by="supervisor")

    erase(customer)

    assert [each.name for each in code.serial.registrations.order_by("pk")] == ["Nordlicht Energie", ""]
    assert claims(LicenceFile.objects.get(unlock_code=code))["customer"] == "Nordlicht Energie"


def test_what_it_left_with_a_serial_number_that_it_gave_away_goes(customer, django_capture_on_commit_callbacks):
    serial = customer.sites.order_by("pk").first().serial
    buyer = factories.bought(customer_name="Nordlicht Energie AG").site.customer
    new = {
        "customer": buyer,
        "details": factories.details(name="Nordlicht Energie"),
        "reason": "Sold, as told by letter.",
    }
    operations.transfer_serial(serial=serial.code, **new, by="supervisor")

    with django_capture_on_commit_callbacks(execute=True):
        erase(customer)

    name_of_the_site = {"Quartier Nord", "Quartier"}  # the site is the buyer's now, and keeps its name
    assert set().union(*stored_words().values()) <= name_of_the_site
    assert serial.registrations.first().name == "Nordlicht Energie"
    assert list(LogVerification().findings()) == []


def test_the_case_file_says_that_names_were_erased(customer):
    serial = customer.sites.order_by("pk").first().serial
    erase(customer)

    case = build_case_file(serial.code, by="auditor", now=factories.bought().created_at)

    assert case.broken == []
    assert any(entry.seal and entry.seal.is_erased for entry in case.entries)


# --- Afterwards ------------------------------------------------------------------------------------


def test_erased_items_cannot_be_proved_at_the_next_re_licensing(customer):
    serial = customer.sites.order_by("pk").first().serial
    code = serial.unlock_codes.latest("sequence")
    erase(customer)

    request = factories.request(code, customer_name=AS_REGISTERED["name"], address_line1=AS_REGISTERED["address_line1"])

    items = {each.item: each for each in request.checks.get().items.all()}
    for name in ("customer_name", "address_line1"):
        assert (items[name].verdict, items[name].reason) == ("unprovable", "nothing-on-record")
    assert items["release_code"].verdict == "match"


def test_the_same_name_bought_again_is_another_customer(customer):
    erase(customer)

    entry_points.through_the_page(files.csv_bytes(files.row("Q-9", **WHO)))

    assert Customer.objects.get(number=WHO["customer_number"]).pk != customer.pk


def test_the_same_purchase_again_is_still_unchanged(customer):
    erase(customer)

    again = entry_points.preview(files.csv_bytes(files.row("Q-1", **WHO, software_assurance_until="2027-06-30")))

    assert again.counts["unchanged"] == 1


def test_nobody_finds_it_by_its_words_any_more(customer):
    erase(customer)

    assert not SearchWord.objects.filter(word__in=["zymurgie", "quintessenz", "quakenbruck", "quakenbrueck"]).exists()
    assert not RejectedRow.objects.exists()


def test_the_installation_gets_the_same_code_again(customer):
    serial = customer.sites.order_by("pk").first().serial
    code = serial.unlock_codes.latest("sequence")
    erase(customer)

    answer = operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="Xchange Server", today=factories.TODAY
    )

    assert (answer.unlock_code, answer.changed) == (code, False)


# --- Refused ---------------------------------------------------------------------------------------


def refusal_of(customer, **options):
    return why_refused(erase, customer, **options)


def test_it_needs_a_reason(customer):
    assert refusal_of(customer, reason="  ") == "reason-missing"
    assert refusal_of(customer, reason="-") == "reason-too-short"
    assert Customer.objects.get(pk=customer.pk).erased_at is None


def test_it_is_done_once(customer):
    erase(customer)

    assert refusal_of(customer) == "customer-erased"


def test_a_record_that_was_merged_is_erased_with_the_one_that_was_kept(customer):
    assert refusal_of(Customer.objects.get(merged_into=customer)) == "customer-merged"


@each_row("named", [{"customer_number": "Q-998877"}, {"customer_number": "", "customer_name": WHO["customer_name"]}])
def test_an_import_that_would_bring_it_back_has_to_end_first(customer, named):
    waiting = entry_points.preview(files.csv_bytes(files.row("Q-8", **named)))

    assert refusal_of(customer) == "import-names-customer"
    imports.withdraw_import(file_import_id=waiting.pk, by="clerk")
    assert erase(customer).customer.erased_at is not None


# --- The pages -------------------------------------------------------------------------------------


def test_the_page_shows_what_is_reached_and_erases_after_a_tick(customer, supervisor, as_user):
    client = as_user(supervisor)
    address = f"/customers/{customer.pk}/erase/"
    assert WHO["customer_name"] in client.get(address).text

    unticked = client.post(address, {"reason": REASON})
    done = client.post(address, {"reason": REASON, "confirmed": "on"}, follow=True)

    assert unticked.status_code == 422
    assert "The personal data has been erased." in done.text
    assert Customer.objects.get(pk=customer.pk).name == f"[{customer.pk}]"


def test_the_page_warns_of_reasons_that_name_the_customer(customer, supervisor, as_user):
    serial = customer.sites.order_by("pk").first().serial
    operations.block_serial(serial=serial.code, reason=f"{CONTACT} does not pay.", by="supervisor")

    page = as_user(supervisor).get(f"/customers/{customer.pk}/erase/")

    assert "Reasons that name the customer" in page.text
    assert f"{CONTACT} does not pay." in page.text


CONTACT = WHO["contact_name"]


@pytest.mark.parametrize("other", ["clerk", "support_agent", "importer", "auditor", "administrator", "stranger"])
def test_nobody_else_erases_or_exports(customer, request, as_user, other):
    client = as_user(request.getfixturevalue(other))

    assert client.get(f"/customers/{customer.pk}/erase/").status_code == 403
    assert client.post(f"/customers/{customer.pk}/erase/", {"reason": REASON, "confirmed": "on"}).status_code == 403
    assert client.get(f"/customers/{customer.pk}/data/").status_code == 403
    assert Customer.objects.get(pk=customer.pk).erased_at is None
