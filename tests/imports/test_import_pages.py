"""The imports page: the upload form, what it refuses, and the list."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from licences import imports, tasks
from licences.imports import recovery
from licences.models import FileImport
from tests.imports.entry_points import State, advance, confirmed, preview, receive
from tests.imports.files import csv_bytes, installations_csv, row
from tests.imports.import_pages import IMPORTS, page, shown, upload, uploaded
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


# --- The upload --------------------------------------------------------------------------------------


def test_an_upload_is_answered_at_once_with_the_page_of_its_import(staff):
    answer = upload(staff, csv_bytes(row()), name="november.csv")

    received = FileImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, received.get_absolute_url())
    assert (received.file_name, received.uploaded_by, received.state) == ("november.csv", "clerk", State.WAITING)


def test_an_upload_is_handed_to_a_worker(staff):
    received = uploaded(staff, csv_bytes(row()))

    task = DBTaskResult.objects.get()
    assert (task.task_path, task.args_kwargs["args"]) == (tasks.advance_import.module_path, [received.pk])


def test_an_upload_is_kept_for_the_next_sweep_where_the_task_cannot_be_written(staff, monkeypatch):
    def busy(*arguments):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django_tasks_db.backend.DatabaseBackend.enqueue", busy)
    monkeypatch.setattr("licences.imports.recovery.UNATTENDED_AFTER", -recovery.UNATTENDED_AFTER)

    received = uploaded(staff, csv_bytes(row()))

    assert imports.abandoned_imports() == [received.pk]


def test_a_file_of_installations_is_received_as_such(staff):
    received = uploaded(staff, installations_csv(), kind="installations")

    assert received.kind == FileImport.Kind.INSTALLATIONS


def test_an_importer_may_upload_and_an_auditor_may_only_look(importer, auditor, as_user):
    received = uploaded(as_user(importer), csv_bytes(row()))
    browser = as_user(auditor)

    assert "Upload a file" not in shown(browser.get(IMPORTS))
    assert "purchases.csv" in shown(browser.get(IMPORTS))
    assert upload(browser, csv_bytes(row())).status_code == 403
    assert "Somebody with permission to import must confirm or discard it" in page(browser, advance(received))


# --- What it refuses -----------------------------------------------------------------------------------


def refused(browser, values):
    answer = browser.post(IMPORTS, values)
    assert answer.status_code == 422
    assert not FileImport.objects.exists()
    return shown(answer)


def test_no_file_is_refused_in_words(staff):
    assert "File : Choose a file." in refused(staff, {"kind": "purchases"})


def test_a_text_in_place_of_a_file_is_refused_in_words(staff):
    assert "File : Choose a file." in refused(staff, {"kind": "purchases", "file": "purchases.csv"})


def test_an_empty_file_is_refused_in_words(staff):
    values = {"kind": "purchases", "file": SimpleUploadedFile("purchases.csv", b"")}

    assert "This file is empty. Choose another file." in refused(staff, values)


@each_row("kind", ["", "nonsense", "PURCHASES", "\x00", "x" * 100_000])
def test_a_kind_that_does_not_exist_is_refused_in_words(kind, staff):
    values = {"kind": kind, "file": SimpleUploadedFile("purchases.csv", csv_bytes(row()))}

    assert "Choose what the file contains" in refused(staff, values)


@each_row("beyond", [1, 5_000_000])
def test_a_file_beyond_the_limit_is_refused_with_both_sizes_and_not_kept(beyond, staff, settings):
    settings.IMPORT_MAX_BYTES = 2048
    values = {"kind": "purchases", "file": SimpleUploadedFile("purchases.csv", b"x" * (2048 + beyond))}

    said = refused(staff, values)

    assert "the limit is 2.0 KB. Split it into smaller files." in said.replace("\xa0", " ")
    assert ("This file is 4.8 MB" in said.replace("\xa0", " ")) == (beyond > 1)


def test_a_file_of_exactly_the_limit_is_received(staff, settings):
    content = csv_bytes(row())
    settings.IMPORT_MAX_BYTES = len(content)

    assert uploaded(staff, content).size == len(content)


@each_row(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\clerk\\Käufe 11.csv", "Käufe 11.csv"),
        ("n" * 3_000 + ".csv", "n" * 251 + ".csv"),
        ("bell\x07 and\x1b escape.csv", "bell and escape.csv"),
        ("<script>alert(1)</script>.csv", "script>.csv"),
        ("‮reversed.csv", "reversed.csv"),
        ("no extension", "no extension"),
        ("dots....", "dots...."),
        (".csv", ".csv"),
    ],
)
def test_any_name_is_taken_for_a_name_and_nothing_else(name, kept, staff):
    received = uploaded(staff, csv_bytes(row()), name=name)

    assert received.file_name == kept
    assert page(staff, received).startswith(kept)
    assert b"<script>alert" not in staff.get(received.get_absolute_url()).content


@each_row("name", ["..", ".", "\x07"])
def test_a_file_without_any_name_is_refused_in_words(name, staff):
    file = SimpleUploadedFile("x", csv_bytes(row()))
    file._name = name

    assert "Choose a file." in refused(staff, {"kind": "purchases", "file": file})


def test_a_refused_upload_keeps_what_was_chosen(staff):
    answer = staff.post(IMPORTS, {"kind": "installations"})

    assert b'value="installations" ' in answer.content
    assert b"checked" in answer.content.partition(b'value="installations"')[2].partition(b">")[0]


# --- The list ------------------------------------------------------------------------------------------


def test_the_list_says_who_when_what_and_how_many(staff):
    rows = csv_bytes(row("PO-1"), row("PO-2"), row("PO-3", product="XCH-NIL"))
    confirmed(preview(rows, name="november.csv", by="Ms Vogel"), accept_valid=True)

    said = shown(staff.get(IMPORTS))

    assert "november.csv Purchases imported" in said
    assert "Ms Vogel 3 2 1" in said


def test_the_newest_import_is_the_first_of_the_list(staff):
    receive(b"one", name="first.csv")
    receive(b"two", name="second.csv")

    said = shown(staff.get(IMPORTS))

    assert said.index("second.csv") < said.index("first.csv")


def test_the_list_comes_in_pages(staff, monkeypatch):
    monkeypatch.setattr("licences.views.imports.PAGE_SIZE", 2)
    for number in range(3):
        receive(b"x", name=f"file-{number}.csv")

    first, second = shown(staff.get(IMPORTS)), shown(staff.get(f"{IMPORTS}?page=2"))

    assert "file-2.csv" in first
    assert "Page 1 of 2" in first
    assert "file-0.csv" in second
    assert "file-2.csv" not in second


@each_row("query", ["?page=x", "?page=-1", "?page=99999999999999999999", "?page=%00", "?%ff=%fe"])
def test_the_list_answers_any_query(query, staff):
    assert staff.get(f"{IMPORTS}{query}").status_code == 200


def test_the_list_asks_the_same_few_questions_however_long_it_is(staff, django_assert_max_num_queries):
    for number in range(20):
        receive(b"x", name=f"file-{number}.csv")

    with django_assert_max_num_queries(8):
        staff.get(IMPORTS)


# --- The desk --------------------------------------------------------------------------------------------


def test_the_desk_shows_which_imports_wait_for_a_decision(staff):
    waiting = preview(csv_bytes(row("PO-1"), row("PO-2", product="XCH-NIL")), name="waiting.csv")
    receive(b"x", name="unread.csv")

    answer = staff.get("/")

    assert "Imports to confirm 1 waiting.csv 2 rows 1 rejected" in shown(answer)
    assert f'href="{waiting.get_absolute_url()}"'.encode() in answer.content
    assert "unread.csv" not in shown(answer)


def test_the_desk_of_a_support_agent_says_nothing_of_imports(support_agent, as_user):
    preview(csv_bytes(row()), name="waiting.csv")

    answer = as_user(support_agent).get("/")

    assert b"mports" not in answer.content
    assert b"waiting.csv" not in answer.content
