"""Records older than the digests in events: counted until there is a baseline, and covered by it from then on."""

import hashlib
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences import operations
from licences.database.append_only import trigger_names
from licences.models import Event, LicenceFile, LicenceGrant, Product
from licences.operations import baselines, digests, events
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests import factories
from tests.imports import entry_points, files
from tests.proof.conftest import execute
from tests.proof.test_tampering import verify


@contextmanager
def old_release(monkeypatch):
    """Write events as the previous release did: without digests and without the keys of products."""

    def without(details):
        kept = {name: value for name, value in details.items() if name != "made"}
        if "products" in kept:
            kept["products"] = [{**each, "id": None} for each in kept["products"]]
            for each in kept["products"]:
                del each["id"]
        return kept

    with monkeypatch.context() as patched:
        patched.setattr(events, "Event", lambda **values: Event(**{**values, "details": without(values["details"])}))
        yield


@pytest.fixture
def older(db, monkeypatch):
    """An unlock code issued by the old release, with a purchase by hand and one by file."""
    with old_release(monkeypatch):
        factories.catalogue()
        code = factories.relicensed(factories.registered())
        entry_points.through_the_page(files.csv_bytes(files.row("PO-7"), files.row("PO-8")))
    for table in ("licences_licencegrant", "licences_licencefile", "licences_event"):
        for trigger in trigger_names(connection.vendor, table):
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            execute(f'DROP TRIGGER "{trigger}"{on_table}')
    return code


def found_problems():
    return [finding.problem for finding in (*LogVerification().findings(), *record_findings())]


def insert_line():
    execute(
        "INSERT INTO licences_licencegrant (serial_id, product_id, quantity, purchase_reference, line, row_digest, "
        "column_checks, allocation_key, recorded_at) SELECT serial_id, product_id, 500, 'PO-FREE', 1, row_digest, "
        "column_checks, allocation_key, recorded_at FROM licences_licencegrant ORDER BY id DESC LIMIT 1"
    )
    execute(
        "UPDATE licences_balance SET quantity = quantity + 500 WHERE (serial_id, product_id) IN "
        "(SELECT serial_id, product_id FROM licences_licencegrant WHERE purchase_reference = 'PO-FREE')"
    )


# --- Before a baseline -----------------------------------------------------------------------------


def test_the_old_release_wrote_no_digests(older):
    assert not Event.objects.filter(details__has_key="made").exists()
    assert baselines.count_events_without_digests() == 3


def test_older_records_are_no_finding(older):
    assert found_problems() == []


def test_nor_are_they_while_both_releases_run(older, monkeypatch):
    factories.registered()
    with old_release(monkeypatch):
        factories.registered()
    factories.registered()

    assert found_problems() == []


def test_a_purchase_line_that_no_older_event_accounts_for_is_found(older):
    factories.registered()

    insert_line()

    assert found_problems() == ["grants-unaccounted"]


# --- The baseline ----------------------------------------------------------------------------------


def test_a_baseline_says_what_it_covers_and_up_to_where(older, capsys):
    lines, kept = LicenceGrant.objects.count(), LicenceFile.objects.count()

    status, output = verify(capsys, "--baseline")

    event = Event.objects.get(kind=Event.Kind.BASELINE_MADE)
    assert status == 0
    assert f"Event {event.pk} is the baseline of 3 older events: {lines} grants," in output
    assert event.actor == "manage.py verify_log"
    assert event.details["through"] == Event.objects.exclude(pk=event.pk).latest("pk").pk
    assert event.details["grants"] == {
        "first": 1,
        "last": LicenceGrant.objects.latest("pk").pk,
        "rows": lines,
        "sha256": event.details["grants"]["sha256"],
    }
    assert event.details["files"]["rows"] == kept
    assert [each["slot"] for each in event.details["products"]] == [1, 2, 3, 4, 5, 6]
    assert found_problems() == []


def test_the_second_time_there_is_nothing_to_do(older, capsys):
    verify(capsys, "--baseline")

    status, output = verify(capsys, "--baseline")

    assert status == 0
    assert "no baseline is needed" in output
    assert Event.objects.filter(kind=Event.Kind.BASELINE_MADE).count() == 1


def test_a_new_portal_needs_none(catalogue, capsys):
    factories.relicensed(factories.registered())

    assert "no baseline is needed" in verify(capsys, "--baseline")[1]
    assert not Event.objects.filter(kind=Event.Kind.BASELINE_MADE).exists()


def test_there_is_none_where_something_is_wrong(older, capsys):
    insert_line()

    status, _said = verify(capsys, "--baseline")

    assert status == 1
    assert not Event.objects.filter(kind=Event.Kind.BASELINE_MADE).exists()


@pytest.mark.parametrize("leaving_out", [["--log-only"], ["--export", "log.jsonl"]])
def test_there_is_none_without_looking_at_the_records(older, capsys, leaving_out):
    with pytest.raises(CommandError, match="leave out --log-only and --export"):
        verify(capsys, "--baseline", *leaving_out)


def test_it_holds_while_the_portal_goes_on(older):
    operations.make_baseline(by="tests")

    factories.relicensed(factories.registered())
    operations.update_installation(
        serial=older.serial.code, site_id=None, versions=None, by="clerk", today=factories.TODAY
    )
    entry_points.through_the_page(files.csv_bytes(files.row("PO-9")))

    assert found_problems() == []


def test_made_too_early_it_is_made_again_and_goes_on_where_the_last_one_ended(older, monkeypatch, capsys):
    verify(capsys, "--baseline")
    with old_release(monkeypatch):
        factories.registered()
    assert found_problems() == []
    verify(capsys, "--baseline")

    one, other = Event.objects.filter(kind=Event.Kind.BASELINE_MADE).order_by("pk")
    assert other.details["grants"]["first"] == one.details["grants"]["last"] + 1
    assert other.details["grants"]["rows"] == 1
    assert baselines.count_events_without_digests() == 0
    assert found_problems() == []


# --- What is found by it -----------------------------------------------------------------------------


def test_a_licence_file_of_before_that_is_gone_is_missed(older, capsys):
    verify(capsys, "--baseline")

    execute(f"DELETE FROM licences_licencefile WHERE unlock_code_id = {older.pk}")

    status, output = verify(capsys)
    assert status == 1
    assert "Licence files 1 to " in output
    assert "(2 then, 1 now)" in output


def test_a_purchase_line_of_before_that_reads_otherwise_is_found(older):
    operations.make_baseline(by="tests")

    execute(
        "UPDATE licences_licencegrant SET software_assurance_until = '2040-12-31' WHERE purchase_reference = 'PO-7'"
    )

    assert found_problems() == ["grants-changed"]


def test_a_purchase_line_that_was_added_to_those_of_before_is_found(older):
    operations.make_baseline(by="tests")

    insert_line()

    assert found_problems() == ["grants-unaccounted"]


def test_products_of_before_that_swap_all_they_say_are_found(older):
    operations.make_baseline(by="tests")
    one, other = Product.objects.order_by("slot")[:2]
    before = [(other.sku, other.name, other.slot, one.pk), (one.sku, one.name, one.slot, other.pk)]

    Product.objects.filter(pk=one.pk).update(sku="x", slot=31)
    for sku, name, slot, pk in reversed(before):
        Product.objects.filter(pk=pk).update(sku=sku, name=name, slot=slot)

    assert set(found_problems()) == {"product-differs"}


# --- What it costs ---------------------------------------------------------------------------------


def statements(monkeypatch, rows):
    monkeypatch.setattr(digests, "_BLOCK", 10)
    entry_points.through_the_page(files.csv_bytes(*[files.row(f"PO-{rows}-{number}") for number in range(rows)]))
    digest = Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).latest("pk").details["made"]["grants"]
    with CaptureQueriesContext(connection) as asked:
        assert digests.digest_rows(digests.GRANTS, digest["first"], digest["last"]).as_json() == digest
    assert digest["rows"] == rows
    return len(asked)


def test_a_digest_is_made_of_blocks_and_not_of_single_rows(catalogue, monkeypatch):
    assert statements(monkeypatch, 9) == 1
    assert statements(monkeypatch, 95) == 10


def test_the_digest_of_a_new_code_asks_the_database_nothing(catalogue, django_assert_num_queries):
    code = factories.registered()

    with django_assert_num_queries(0):
        made = digests.digest_issued_code(code)

    assert made == Event.objects.get(kind=Event.Kind.REGISTERED).details["made"]


def test_a_batch_is_digested_by_three_statements_more(catalogue):
    """One statement reads the last keys, two read the rows between them."""
    before = digests.BatchEnds.current()
    entry_points.through_the_page(files.csv_bytes(*[files.row("PO-1", line) for line in range(1, 40)]))

    with CaptureQueriesContext(connection) as asked:
        made = digests.digest_purchase_batch(before)

    assert len(asked) == 3  # one of them for the new serial number
    assert made["grants"]["rows"] == 39
    assert made["serials"]["rows"] == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_migration_changes_no_table(backwards):
    """It only names the new kind of event: it changes no row and drops no trigger."""
    output = StringIO()

    call_command("sqlmigrate", "licences", "0017", backwards=backwards, stdout=output, no_color=True)

    statements = [line for line in output.getvalue().splitlines() if not line.startswith("--")]
    assert statements == ["BEGIN;", "COMMIT;"]


def test_the_digest_is_the_same_however_large_the_blocks_are(catalogue, monkeypatch):
    entry_points.through_the_page(files.csv_bytes(*[files.row(f"PO-{number}", quantity=2) for number in range(25)]))
    whole = digests.digest_rows(digests.GRANTS, 1, 10**6)

    monkeypatch.setattr(digests, "_BLOCK", 7)

    assert digests.digest_rows(digests.GRANTS, 1, 10**6) == whole
    assert whole.rows == 25


def test_no_text_passes_for_another_row(catalogue):
    """Every text in a digest is preceded by its length, so no separator in it can be mistaken."""
    factories.bought(purchase_reference="PO-1|9:PO-2")
    whole = digests.digest_rows(digests.GRANTS, 1, 10**6)
    grant = LicenceGrant.objects.get()

    with CaptureQueriesContext(connection):
        text = "".join(text for _count, text in digests._blocks(digests.GRANTS, 1, 10**6))

    assert whole.rows == 1
    assert f"|11:PO-1|9:PO-2|32:{grant.row_digest}|" in text


def test_version_1_covers_these_columns_and_no_other(catalogue):
    """Digests in existing events cover these columns; other columns need a new version."""
    code = factories.registered(factories.bought(purchase_reference="PO-1"))
    grant, serial, file = LicenceGrant.objects.get(), code.serial, code.licence_file
    texts = [grant.purchase_reference, grant.row_digest, grant.column_checks, grant.allocation_key]
    keys = [grant.pk, serial.pk, grant.product_id, 1, 1, "2026-01-15", "2027-06-30", "", 1]
    lines = {
        digests.GRANTS: [*keys, *[f"{len(text)}:{text}" for text in texts]],
        digests.SERIALS: [serial.pk, serial.site_id, f"8:{serial.code}", "9:allocated"],
        digests.LICENCE_FILES: [file.pk, code.pk],
    }

    assert digests.VERSION == 1
    for table, cells in lines.items():
        line = "|".join(map(str, cells)) + "\n"
        assert digests.digest_rows(table, 1, 10**6).sha256 == hashlib.sha256(line.encode()).hexdigest()
