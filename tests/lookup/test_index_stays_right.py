"""The index of words is right after everything that changes a name: the new one is found, and the old one only as such
(docs/look-up.md#keeping-it-in-step)."""

import pytest
from django.db import connection

from licences import imports, operations
from licences.domain.contact_person import ContactPerson
from licences.lookup import look_up
from licences.lookup.labels import reason_in_words
from licences.lookup.word_pools import text_pool, whole_part
from licences.models import SearchText, SearchWord, Serial
from licences.operations import search
from tests import factories
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row

pytestmark = pytest.mark.django_db
OLD = {"customer_name": "Quellwasser Brunnenbau GmbH", "contact_name": "Xaver Quintessenz", "city": "Ulm",
       "address_line1": "Amselstieg 3"}  # fmt: skip
NEW = "Sternwarte Optik GmbH"


@pytest.fixture
def serial(catalogue):
    """A registered site of the customer ``OLD``, beside one that stays as it is."""
    factories.bought(customer_name="Hafenkante Logistik AG", contact_name="Ines Wagner", city="Hamburg")
    bought = factories.bought(customer_number="K-77", **OLD)
    factories.registered(bought, name=OLD["customer_name"], contact_name=OLD["contact_name"], city="Ulm")
    return bought


def listed(typed: str) -> dict[str, str]:
    """The serial numbers that the look-up finds, with what by."""
    return {hit.serial.code: reason_in_words(hit) for hit in look_up(typed, with_codes=True).hits}


def found_by_index(word: str) -> set[int]:
    """The serial numbers whose texts have a whole word, by the database's index and not by reading the table."""
    pool, parameters = text_pool(connection, [[word]], [[whole_part(word)]], name="pool")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"WITH {pool} SELECT serial_id FROM pool", parameters)
        found = {pk for (pk,) in cursor.fetchall()}
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = on")
    return found


def texts() -> dict[int, tuple[str, ...]]:
    columns = ("name_key", "text", "former_names", "ticket_references")
    return {pk: tuple(values) for pk, *values in SearchText.objects.values_list("pk", *columns)}


def assert_index_is_right(*former: str) -> None:
    """The texts are those that would be made anew, and the index finds each of their words, and ``former`` ones, in
    exactly the texts that have it."""
    kept = texts()
    words_in = {pk: set(filter(str.isalpha, text.split())) for pk, (_key, text, *_others) in kept.items()}
    every = {word for words in words_in.values() for word in words if word.islower()}
    for word in sorted(every | set(former)):
        assert found_by_index(word) == {pk for pk, words in words_in.items() if word in words}, word
    search.rebuild_index()
    assert texts() == kept


def test_after_a_rename_the_old_name_is_a_former_one(serial):
    correction = operations.Correction({"name": NEW, "city": "Passau"}, "They were renamed.")
    operations.correct_customer(customer_id=serial.site.customer_id, correction=correction, by="clerk")
    details = factories.details(name=NEW, contact_name="Ada Neumond", city="Passau")
    operations.renew_registration(serial=serial.code, details=details, reason="They were renamed.", by="clerk")

    assert listed("Sternwarte") == {serial.code: "name"}
    assert listed("Quellwasser") == {serial.code: "formerly: Quellwasser Brunnenbau GmbH"}
    assert listed("Passau") == {serial.code: "town: Passau"}
    assert listed("Ulm") == {}
    assert_index_is_right("ulm", "quellwasser")


def test_after_a_merge_both_names_find_the_sites_that_are_left(serial):
    other = factories.bought(customer_name=NEW, customer_number="K-78")
    kept = serial.site.customer
    operations.merge_customers(
        kept_id=kept.pk, merged_id=other.site.customer_id, reason="It is one company.", by="supervisor"
    )

    assert listed("Quellwasser") == {serial.code: "name", other.code: "name"}
    assert listed("Sternwarte") == dict.fromkeys((serial.code, other.code), f"formerly: {NEW}")
    assert_index_is_right("sternwarte")


def test_after_a_transfer_the_seller_is_a_former_name_of_that_site_only(serial):
    stays = factories.bought(customer_number="K-77", site_name="Lager", **OLD)
    buyer = factories.bought(customer_name=NEW, customer_number="K-78").site.customer
    operations.transfer_serial(
        serial=serial.code,
        customer=buyer,
        details=factories.details(name=NEW),
        reason="It was sold to them.",
        by="clerk",
    )

    assert listed("Quellwasser") == {stays.code: "name", serial.code: "formerly: Quellwasser Brunnenbau GmbH"}
    assert listed("Sternwarte")[serial.code] == "name"
    assert serial.code not in listed("Quintessenz")
    assert_index_is_right("quintessenz")


def test_after_an_erasure_nothing_but_codes_finds_the_site(serial):
    operations.erase_customer(customer_id=serial.site.customer_id, reason="They asked for it.", by="auditor")

    for typed in ("Quellwasser", "Brunnenbau", "Quintessenz", "Ulm", "Amselstieg 3", "Quelwasser"):
        assert listed(typed) == {}, typed
    for word in ("quellwasser", "brunnenbau", "quintessenz", "amselstieg"):
        assert found_by_index(word) == set(), word
    assert not SearchWord.objects.filter(word__in=["quellwasser", "brunnenbau", "quintessenz"]).exists()
    assert listed(serial.code) == {serial.code: "serial number"}
    assert_index_is_right("quellwasser", "quintessenz")


def test_after_a_contact_is_forgotten_the_company_is_found_and_the_person_is_not(serial):
    person = ContactPerson(names=("Xaver Quintessenz",), phones=(), emails=())
    operations.forget_contact(
        customer_id=serial.site.customer_id, person=person, reason="Asked for by letter.", by="supervisor"
    )

    assert listed("Quintessenz") == {}
    assert listed("Quellwasser") == {serial.code: "name"}
    assert_index_is_right("quintessenz", "xaver")


def imported():
    rows = (
        row("PO-501", 1, customer_number="K-501", customer_name="Kornblume Naturkost eG", city="Passau"),
        row("PO-502", 1, customer_number="K-502", customer_name="Distelfink Samen KG", city="Coburg"),
    )
    return confirmed(preview(csv_bytes(*rows)))


def test_an_import_is_found_and_after_it_was_taken_back_its_serial_numbers_are_still_found_once(serial):
    file_import = imported()
    search.index_new_serials()
    kornblume = Serial.objects.get(site__customer__number="K-501")
    assert listed("Kornblume") == {kornblume.code: "name"}
    assert_index_is_right()

    imports.take_back_import(file_import_id=file_import.pk, reason="The file of another reseller.", by="clerk")
    assert listed("Kornblume") == {kornblume.code: "name"}
    assert_index_is_right()

    imported()
    search.index_new_serials()
    assert listed("Kornblume") == {kornblume.code: "name"}
    assert Serial.objects.filter(site__customer__number="K-501").count() == 1
    assert_index_is_right()


def test_a_customer_that_was_imported_and_taken_back_may_be_renamed(serial):
    file_import = imported()
    search.index_new_serials()
    imports.take_back_import(file_import_id=file_import.pk, reason="The file of another reseller.", by="clerk")
    distelfink = Serial.objects.get(site__customer__number="K-502")

    correction = operations.Correction({"name": NEW}, "They were renamed.")
    operations.correct_customer(customer_id=distelfink.site.customer_id, correction=correction, by="clerk")

    assert listed("Sternwarte") == {distelfink.code: "name"}
    assert listed("Distelfink") == {distelfink.code: "formerly: Distelfink Samen KG"}
    assert_index_is_right("distelfink")
