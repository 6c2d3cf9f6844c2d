"""Lists of allocated serials: outside the database, private, completed after a crash, and read after a restore."""

import json
import os
import time

import pytest
from django.db import transaction

from licences import imports, operations
from licences.domain.errors import Refusal
from licences.models import Event, FileImport, LicenceGrant, ReturningSerial, Serial
from licences.operations import allocated_lists
from tests import factories
from tests.imports import entry_points, files

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.ALLOCATED_SERIALS_DIR = tmp_path / "allocated"
    return settings.ALLOCATED_SERIALS_DIR


def names(folder):
    return sorted(path.suffix for path in folder.iterdir())


def buy(**values):
    return imports.record_purchase(factories.line(**values), by="tests")


def lose(**values):
    """Simulate a restore: the list of a purchase exists, the purchase is gone. Returns its serial number."""
    with transaction.atomic():
        serial = buy(**values).serial.code
        transaction.set_rollback(True)
    return serial


def content(folder):
    (path,) = folder.iterdir()
    return [json.loads(line) for line in path.read_text().splitlines()]


# --- Written -----------------------------------------------------------------------------------------


def test_one_purchase_is_a_batch_of_one_and_leaves_its_list(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        grant = buy(purchase_reference="PO-9")

    head, said, end = content(folder)
    assert (head["kind"], head["rows"], head["first"]) == ("purchases", 1, ["PO-9", 1, grant.serial.code])
    assert (said[0], said[1], said[3]) == ("PO-9", grant.allocation_key, grant.serial.code)
    assert end == {"end": 1}
    assert names(folder) == [".jsonl"]


def test_an_import_leaves_a_list_with_its_name_and_a_top_up_does_too(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        entry_points.confirmed(
            entry_points.preview(files.csv_bytes(files.row("PO-1"), files.row("PO-1", 2)), name="first.csv")
        )
    head, *said, end = content(folder)
    assert (head["file"], head["rows"], len(said), end) == ("first.csv", 2, 1, {"end": 1})

    with django_capture_on_commit_callbacks(execute=True):
        entry_points.confirmed(entry_points.preview(files.csv_bytes(files.row("PO-2")), name="second.csv"))
    heads = [each.head for each in allocated_lists.read_all_lists()]
    assert sorted(head.file for head in heads) == ["first.csv", "second.csv"]
    assert all(head.is_on_record for head in heads)


def test_an_import_of_installations_leaves_its_list(folder, django_capture_on_commit_callbacks):
    serial = factories.bought()
    with django_capture_on_commit_callbacks(execute=True):
        content = files.installations_csv(files.installation(serial))
        entry_points.confirmed(entry_points.preview(content, kind=FileImport.Kind.INSTALLATIONS, name="old.csv"))

    (head,) = [each.head for each in allocated_lists.read_all_lists() if each.head.kind == "installations"]
    assert (head.file, head.rows, head.is_on_record) == ("old.csv", 1, True)


def test_nobody_else_can_read_it(folder):
    buy()

    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]


def test_customers_and_sites_stand_there_as_digests(folder):
    line = factories.line(customer_number="K-77", site_name="Werk Nord")
    imports.record_purchase(line, by="tests")

    (path,) = folder.iterdir()
    told = path.read_text()
    personal = [line.customer_name, "K-77", "Werk Nord", line.city, line.contact_name, line.contact_email]
    assert [text for text in personal if text in told] == []


def test_what_is_refused_or_unchanged_leaves_none(folder):
    line = factories.line()
    imports.record_purchase(line, by="tests")
    imports.record_purchase(line, by="tests")
    with pytest.raises(Refusal):
        buy(product="UNKNOWN")

    assert len(list(folder.iterdir())) == 1


def test_where_it_cannot_be_written_nothing_is_recorded(folder):
    folder.write_text("a file where the folder should be")

    with pytest.raises(Refusal) as refusal, transaction.atomic():
        buy()

    assert refusal.value.code == "allocated-list-unwritable"
    assert not LicenceGrant.objects.exists()


def test_an_import_whose_list_cannot_be_written_fails_and_says_why(folder):
    shown = entry_points.preview(files.csv_bytes(files.row()))
    folder.write_text("a file where the folder should be")

    ended = entry_points.confirmed(shown)

    assert (ended.state, ended.failure["code"]) == ("failed", "allocated-list-unwritable")
    assert str(folder) in ended.failure["parameters"]["folder"]
    assert (ended.rows_applied, LicenceGrant.objects.count()) == (0, 0)
    assert not Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).exists()


# --- Completed ---------------------------------------------------------------------------------------


def test_a_list_whose_writer_was_killed_after_the_commit_is_completed(folder):
    buy()
    assert names(folder) == [".pending"]

    operations.complete_pending_lists()
    operations.complete_pending_lists()

    assert names(folder) == [".jsonl"]


def test_the_sweep_of_the_worker_completes_lists(folder):
    from licences import tasks

    buy()
    tasks.recover_abandoned_work()

    assert names(folder) == [".jsonl"]


def test_a_list_whose_transaction_may_still_run_is_left_and_goes_after_a_day(folder):
    lose()
    operations.complete_pending_lists()
    assert names(folder) == [".pending"]

    (path,) = folder.iterdir()
    yesterday = time.time() - 25 * 60 * 60
    os.utime(path, (yesterday, yesterday))
    operations.complete_pending_lists()

    assert names(folder) == []


# --- Read again --------------------------------------------------------------------------------------


def test_the_same_purchase_gets_the_serial_that_it_had(folder):
    line = factories.line(customer_number="K-5")
    lost = lose(**line._asdict())

    recalled = imports.recall_allocated_serials()

    assert (recalled.lists, recalled.serials) == (1, 1)
    assert [head.rows for head in recalled.doubtful] == [1]
    assert imports.record_purchase(line, by="tests").serial.code == lost


def test_another_purchase_for_the_same_site_gets_it_too_and_the_lost_one_is_its_top_up():
    lost = lose(customer_number="K-5", purchase_reference="PO-1")
    imports.recall_allocated_serials()

    other = buy(customer_number="K-5", purchase_reference="PO-2")
    again = buy(customer_number="K-5", purchase_reference="PO-1")

    assert (other.serial.code, again.serial.code) == (lost, lost)


def test_another_site_and_another_customer_do_not():
    lost = lose(customer_number="K-5", site_name="Werk Nord")
    imports.recall_allocated_serials()

    others = [buy(customer_number="K-5", site_name="Werk Süd"), buy(customer_number="K-6", site_name="Werk Nord")]

    assert lost not in [each.serial.code for each in others]


def test_one_file_with_the_lost_purchases_of_many_gets_all_of_them():
    lines = [factories.line(customer_number=f"K-{number}") for number in range(20)]
    with transaction.atomic():
        imports.record_purchases(list(enumerate(lines, start=1)), by="tests")
        had = dict(LicenceGrant.objects.values_list("purchase_reference", "serial__code"))
        transaction.set_rollback(True)
    imports.recall_allocated_serials()

    imports.record_purchases(list(enumerate(reversed(lines), start=1)), by="tests")

    assert dict(LicenceGrant.objects.values_list("purchase_reference", "serial__code")) == had


def test_a_serial_that_comes_back_had_codes_and_leaves_numbers_out():
    line = factories.line()
    lose(**line._asdict())
    imports.recall_allocated_serials()
    operations.raise_sequences(by_how_many=100, by="operator")

    returned = imports.record_purchase(line, by="tests").serial

    assert factories.registered(returned).sequence == 101
    assert factories.registered(factories.bought(customer_name="Huber AG")).sequence == 1


def test_so_does_one_of_an_older_system_that_a_file_names():
    line = factories.line(serial="AB1CO9XZ")
    lose(**line._asdict())
    imports.recall_allocated_serials()
    operations.raise_sequences(by_how_many=100, by="operator")

    assert factories.registered(imports.record_purchase(line, by="tests").serial).sequence == 101


def test_what_is_still_on_record_is_not_recalled_and_reading_twice_changes_nothing():
    buy(customer_number="K-1")
    operations.complete_pending_lists()
    lose(customer_number="K-2")

    recalled = [imports.recall_allocated_serials() for _twice in range(2)]

    assert [(each.serials, len(each.lost), len(each.doubtful)) for each in recalled] == [(1, 0, 1)] * 2
    assert ReturningSerial.objects.count() == 1
    assert Serial.objects.count() == 1


def test_a_list_that_breaks_off_is_read_as_far_as_it_goes(folder):
    lines = [factories.line(customer_number=f"K-{number}") for number in range(3)]
    with transaction.atomic():
        imports.record_purchases(list(enumerate(lines, start=1)), by="tests")
        transaction.set_rollback(True)
    (path,) = folder.iterdir()
    path.write_text("\n".join(path.read_text().splitlines()[:3]) + '\n["PO')

    recalled = imports.recall_allocated_serials()

    assert recalled.damaged == [path.name]
    assert ReturningSerial.objects.count() == 2


@pytest.mark.parametrize("text", ["", "not json\n", "[]\n", '{"version": 99}\n', "\x00\n"])
def test_a_file_that_is_no_list_is_named_and_stops_nothing(folder, text):
    lost = lose()
    (folder / "00000000-stray.jsonl").write_text(text)

    recalled = imports.recall_allocated_serials()

    assert recalled.damaged == ["00000000-stray.jsonl"]
    assert list(ReturningSerial.objects.values_list("code", flat=True)) == [lost]


# --- Erased ------------------------------------------------------------------------------------------


def test_the_name_of_a_file_goes_with_the_customer_it_names(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        entry_points.confirmed(
            entry_points.preview(files.csv_bytes(files.row("PO-1")), name="Bäckerei Müller & Söhne GmbH.csv")
        )
        entry_points.confirmed(entry_points.preview(files.csv_bytes(files.row("PO-2")), name="november.csv"))
    before = {each.head.applied_at: list(each.serials()) for each in allocated_lists.read_all_lists()}
    customer = Serial.objects.get().site.customer

    with django_capture_on_commit_callbacks(execute=True):
        operations.erase_customer(customer_id=customer.pk, reason="They asked for it.", by="supervisor")

    after = allocated_lists.read_all_lists()
    assert sorted(each.head.file for each in after) == ["", "november.csv"]
    assert {each.head.applied_at: list(each.serials()) for each in after} == before
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
