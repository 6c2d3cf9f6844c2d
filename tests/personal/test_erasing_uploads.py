"""Every upload whose import made or matched the customer goes, however the file writes the name."""

import unicodedata
from pathlib import Path

import pytest

from customers.models import Customer
from licences import imports, operations
from licences.models import FileImport, RejectedRow
from tests import factories
from tests.imports import entry_points, files
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

NAME, CONTACT = "Quellwässer Zymurgie KG", "Xaver Quintessenz"
WRITTEN = {
    "two blanks": NAME.replace(" ", "  "),
    "a protected blank": NAME.replace(" ", "\u00a0"),
    "a decomposed ä": unicodedata.normalize("NFD", NAME),
    "capitals": NAME.upper(),
    "small letters": NAME.lower(),
    "two blanks and a decomposed ä": unicodedata.normalize("NFD", NAME).replace(" ", "  "),
}
# Each way to write it in one kind of file: the name is compared as it was read, and each kind of file is read twice.
FILES = [*zip(WRITTEN, ["utf-8", "utf-16", "xlsx", "xlsx", "utf-8", "utf-16"], strict=True)]


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def uploaded(encoding, *rows, **options):
    content = files.xlsx_bytes(*rows) if encoding == "xlsx" else files.csv_bytes(*rows, encoding=encoding)
    return entry_points.through_the_page(content, name=f"day.{'xlsx' if encoding == 'xlsx' else 'csv'}", **options)


def erased(customer, capture):
    with capture(execute=True):
        return operations.erase_customer(customer_id=customer.pk, reason="Asked for by letter.", by="supervisor")


def is_there(file_import):
    file_import.refresh_from_db()
    return bool(file_import.upload)


@each_row(("how", "encoding"), FILES)
def test_the_upload_that_made_the_customer_goes(how, encoding, django_capture_on_commit_callbacks):
    row = files.row(
        "Q-1", customer_number="", customer_name=WRITTEN[how], address_line1="Quendelweg 7", postcode="98765"
    )
    made = uploaded(encoding, row)
    other = uploaded(encoding, files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG"))
    path = Path(made.upload.path)

    erased(Customer.objects.exclude(number="N-1").get(), django_capture_on_commit_callbacks)

    assert not is_there(made)
    assert not path.exists()
    assert is_there(other)


@each_row(("how", "encoding"), FILES)
def test_so_does_the_upload_that_only_matched_the_customer(how, encoding, django_capture_on_commit_callbacks):
    customer = factories.bought(customer_number="Q-998877", customer_name=NAME).site.customer
    refused = files.row("Q-2", customer_number="", customer_name=WRITTEN[how], product="NO-SUCH")
    good = files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG")
    matched = uploaded(encoding, good, refused, accept_valid=True)

    erased(customer, django_capture_on_commit_callbacks)

    assert not is_there(matched)
    assert not RejectedRow.objects.exists()


SAME_TO_AN_IMPORT = {
    "mixed case": {"customer_name": "QuellWässer ZYMURGIE kg"},
    "umlauts written out": {"customer_name": "Quellwaesser Zymurgie KG"},
    "another legal form": {"customer_name": "Quellwässer Zymurgie GmbH & Co. KG"},
    "the number with zeros": {"customer_name": "Somebody Else", "customer_number": "0000998877"},
    "the number in small letters": {"customer_name": "Somebody Else", "customer_number": "qx-998877"},
}


@each_row(
    ("how", "encoding", "ends"),
    [
        ("mixed case", "utf-8", "refused"),
        ("mixed case", "xlsx", "discarded"),
        ("umlauts written out", "cp1252", "discarded"),
        ("another legal form", "xlsx", "discarded"),
        ("another legal form", "cp1252", "discarded"),
        ("the number with zeros", "utf-8", "refused"),
        ("the number in small letters", "cp1252", "discarded"),
        ("the number in small letters", "utf-8", "refused"),
    ],
)
def test_so_does_one_that_spells_it_as_an_import_takes_for_the_same(
    how, encoding, ends, django_capture_on_commit_callbacks
):
    number = "QX-998877" if "small" in how else "998877"
    customer = factories.bought(customer_number=number, customer_name=NAME).site.customer
    row = files.row("Q-2", **{"customer_number": "", **SAME_TO_AN_IMPORT[how], "product": "NO-SUCH"})
    good = files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG")
    if ends == "refused":
        matched = uploaded(encoding, good, row, accept_valid=True)
        RejectedRow.objects.all().delete()  # as their retention does
    else:
        content = files.xlsx_bytes(good, row) if encoding == "xlsx" else files.csv_bytes(good, row, encoding=encoding)
        matched = entry_points.preview(content, name=f"day.{'xlsx' if encoding == 'xlsx' else 'csv'}")
        imports.withdraw_import(file_import_id=matched.pk, by="clerk")
    other = uploaded(encoding, files.row("N-2", customer_number="N-1", customer_name="Nordlicht AG"))

    erased(customer, django_capture_on_commit_callbacks)

    assert not is_there(matched)
    assert is_there(other)


def test_so_does_one_whose_rows_were_compared_with_the_customer(django_capture_on_commit_callbacks):
    address = {"address_line1": "Quendelweg 7", "postcode": "98765"}
    customer = factories.bought(customer_number="Q-998877", customer_name=NAME, **address).site.customer
    row = files.row("Q-2", customer_number="", customer_name="Quellwässer Zimurgie KG", **address)
    good = files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG")
    compared = uploaded("utf-8", good, row, accept_valid=True)
    assert compared.pairs.get().customer == customer
    RejectedRow.objects.all().delete()

    erased(customer, django_capture_on_commit_callbacks)

    assert not is_there(compared)


def test_a_name_that_is_only_like_it_stays(django_capture_on_commit_callbacks):
    customer = factories.bought(customer_number="Q-998877", customer_name=NAME).site.customer
    other = uploaded("utf-8", files.row("N-1", customer_number="N-1", customer_name="Zymurgie Quellwässer KG"))

    erased(customer, django_capture_on_commit_callbacks)

    assert is_there(other)


@each_row("how", WRITTEN)
def test_the_name_of_a_file_goes_as_well(how, django_capture_on_commit_callbacks):
    customer = factories.bought(customer_number="Q-998877", customer_name=NAME).site.customer
    row = files.row("N-1", customer_number="N-1", customer_name="Nordlicht AG")
    uploaded("utf-8", row)
    FileImport.objects.update(file_name=f"{WRITTEN[how]}.csv")

    erased(customer, django_capture_on_commit_callbacks)

    assert FileImport.objects.get().file_name == ""
