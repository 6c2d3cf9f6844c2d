"""The code page of a CSV: shown, asked for where it is not certain, and changed before anything is confirmed."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.models import Customer
from licences import imports
from licences.domain.errors import Refusal
from licences.models import FileImport, LicenceGrant
from tests.administration.admin_imports import upload
from tests.imports.entry_points import State, advance, confirm, confirmed, counts, preview, waiting_rows
from tests.imports.files import csv_bytes, row, xlsx_bytes
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

POLISH = ["Łódzka Spółka Śląsk", "Zakład Usług Wąsik", "Świętojańska Żółć", "Gdańsk Poznań"]
UNSURE = csv_bytes(row(customer_name="Hotel Gdańsk", customer_number=""), encoding="cp1250")


def purchases(names, encoding):
    return csv_bytes(*(row(f"PO-{name}", customer_name=name, customer_number="") for name in names), encoding=encoding)


def command(path, content, *options):
    """Exit code and output of the command."""
    path.write_bytes(content)
    said = StringIO()
    try:
        call_command("import_purchases", str(path), *options, stdout=said, stderr=said)
    except SystemExit as end:
        return end.code, said.getvalue()
    except CommandError as error:
        return error.returncode, f"{said.getvalue()}{error}"
    return 0, said.getvalue()


def page_of(found, browser):
    return browser.get(found.get_absolute_url()).content.decode()


def choose(found, browser, encoding):
    """Choose an encoding on the page, and run the worker."""
    answer = browser.post(reverse("import-encoding", args=[found.pk]), {"encoding": encoding}, follow=True)
    found.refresh_from_db()
    return answer.content.decode() if found.state == State.PREVIEW else advance(found)


@each_row("encoding", ["cp1250", "iso8859-2", "utf-8", "utf-16"])
def test_polish_names_are_read_and_the_code_page_stands_in_the_output_of_the_command(encoding, tmp_path):
    code, said = command(tmp_path / "purchases.csv", purchases(POLISH, encoding))

    assert code == 0
    assert set(Customer.objects.values_list("name", flat=True)) == set(POLISH)
    names = {"cp1250": "Windows-1250", "iso8859-2": "ISO-8859-2", "utf-8": "UTF-8", "utf-16": "UTF-16"}
    assert f"read as: {names[encoding]}\n" in said


def test_the_code_page_stands_at_the_top_of_the_preview_with_lines_of_the_file(importer, as_user):
    shown = page_of(preview(purchases(POLISH, "cp1250")), as_user(importer))

    assert "Read as Windows-1250 (Central Europe)" in shown
    assert shown.index("Read as Windows-1250") < shown.index("What will happen when you confirm")
    assert "Łódzka Spółka Śląsk" in shown


def test_a_workbook_and_unicode_offer_no_code_page(importer, as_user):
    for content in (xlsx_bytes(row()), csv_bytes(row())):
        shown = page_of(preview(content), as_user(importer))
        assert 'name="encoding"' not in shown
        assert 'id="encoding-title"' not in shown
        assert "Import 1 row" in shown


def test_a_code_page_that_is_not_certain_holds_the_file_back_until_it_is_chosen(importer, as_user):
    found = preview(UNSURE)
    shown = page_of(found, as_user(importer))

    assert "In which code page was this file saved?" in shown
    assert "Choose the code page first." in shown
    assert reverse("import-confirm", args=[found.pk]) not in shown
    assert "Hotel Gdańsk" in shown
    assert "Hotel Gdañsk" in shown
    with pytest.raises(Refusal, match="encoding-unsure"):
        confirm(found)

    chosen = choose(found, as_user(importer), "cp1250")
    assert reverse("import-confirm", args=[found.pk]) in page_of(found, as_user(importer))

    assert (chosen.state, chosen.changed_since_preview, counts(chosen)) == (State.PREVIEW, 0, {"new": 1})
    assert confirmed(chosen).state == State.APPLIED
    assert Customer.objects.get().name == "Hotel Gdańsk"


def test_a_code_page_can_be_changed_as_often_as_wanted_before_anything_is_confirmed(importer, as_user):
    found = preview(purchases(POLISH, "cp1250"))

    for encoding, name in (("cp1252", "£ódzka Spó³ka Œl¹sk"), ("cp1250", POLISH[0])):
        found = choose(found, as_user(importer), encoding)
        assert found.format["encoding"] == encoding
        assert name in page_of(found, as_user(importer))

    confirmed(found)
    assert set(Customer.objects.values_list("name", flat=True)) == set(POLISH)


def test_a_code_page_in_which_the_file_is_no_text_ends_the_import_with_a_sentence(importer, as_user):
    found = choose(preview(purchases(POLISH, "cp1250")), as_user(importer), "utf-8")

    assert (found.state, found.failure["code"]) == (State.FAILED, "row-not-decodable")
    assert waiting_rows() == 0


@each_row("encoding", ["", "klingon", "rot13", "\x00"])
def test_an_unknown_code_page_is_refused_in_words(encoding, importer, as_user):
    found = preview(purchases(POLISH, "cp1250"))

    shown = choose(found, as_user(importer), encoding)

    assert "This code page is unknown" in shown
    assert found.format["encoding"] == "cp1250"


def test_a_file_that_does_not_wait_gets_no_other_code_page():
    applied = confirmed(preview(purchases(POLISH, "cp1250")))

    with pytest.raises(Refusal, match="import-not-waiting"):
        imports.choose_encoding(file_import_id=applied.pk, encoding="cp1252")


@each_row("end", [confirmed, lambda found: imports.withdraw_import(file_import_id=found.pk, by="clerk")])
def test_sample_lines_with_names_are_forgotten_when_the_import_ends(end):
    ended = end(preview(purchases(POLISH, "cp1250")))

    assert ended.has_ended
    assert "Spółka" not in str(FileImport.objects.values_list("format", "failure")[0])


def test_the_command_asks_with_lines_in_each_code_page_and_takes_the_answer(tmp_path):
    code, said = command(tmp_path / "purchases.csv", UNSURE)

    assert code == 1
    assert "It is not certain in which code page this file was saved (Windows-1252, Windows-1250)" in said
    assert re.search("--encoding cp1250: .*Hotel Gdańsk", said)
    assert re.search("--encoding cp1252: .*Hotel Gdañsk", said)
    assert not LicenceGrant.objects.exists()
    assert "Hotel" not in str(FileImport.objects.values_list("format", "failure")[0])

    for options in (["--dry-run"], []):
        code, said = command(tmp_path / "purchases.csv", UNSURE, "--encoding", "windows-1250", *options)
        assert (code, "read as: Windows-1250" in said) == (0, True)
    assert Customer.objects.get().name == "Hotel Gdańsk"


def test_the_command_names_the_code_pages_it_knows(tmp_path):
    code, said = command(tmp_path / "purchases.csv", UNSURE, "--encoding", "klingon")

    assert code == 1
    assert "This code page is unknown. Choose one of: UTF-8" in said


def test_the_administration_asks_for_another_file_where_the_code_page_is_not_certain(administrator, as_user):
    desk = as_user(administrator)

    asked = upload(desk, "sku,name,slot\nXCH-NEW,Gdańsk,9\n".encode("cp1250"))
    read = upload(desk, f"sku,name,slot\nXCH-NEW,{POLISH[0]},9\n".encode("cp1250"))

    assert "It is not certain in which code page" in asked.content.decode()
    assert POLISH[0] in read.content.decode()
