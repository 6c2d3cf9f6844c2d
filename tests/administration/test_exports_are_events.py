"""Every download of records is an event: who took which list, the number of rows, and the digest."""

import hashlib
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse

from customers.models import Customer
from licences import downloads, operations
from licences.administration import resources
from licences.models import Event, Product, UnlockCode
from licences.operations.customer_erasure import erase_customer
from licences.queries.data_quality import LISTS
from licences.spreadsheets.reading import open_table
from tests import factories
from tests.administration.admin_lists import MODELS, NAMES, address, columns_of, csv_rows, export
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.tables import each_row

pytestmark = pytest.mark.django_db

BEGUN, TAKEN = Event.Kind.FILE_BEGUN, Event.Kind.FILE_TAKEN
both_formats = each_row("format", ["csv", "xlsx"])


def taken():
    """The events of downloads, the oldest first."""
    return list(Event.objects.filter(kind__in=(BEGUN, TAKEN)).order_by("pk"))


def only_event():
    (event,) = taken()
    return event


def digest(content):
    return hashlib.sha256(content).hexdigest()


def body(answer):
    return b"".join(answer.streaming_content)


def closed(answer):
    """Close the response as the server does after sending it or failing to; the test's own connection stays open."""
    for close in answer._resource_closers[:1]:  # none, once the test client has read it to its end
        close()


# --- Every entry point ------------------------------------------------------------------------------------


@both_formats
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_export_of_every_list_is_an_event(model, format, lists, root, as_root):
    columns = columns_of(model, root)
    rows = model._default_manager.count()

    content = body(export(as_root, model, columns=columns, format=format))

    event = only_event()
    assert (event.kind, event.actor) == (TAKEN, "root")
    assert event.details["list"] == model._meta.label_lower
    assert len(event.details["columns"]) == len(columns)
    assert (event.details["rows"], event.details["whole"]) == (rows, True)
    assert (event.details["bytes"], event.details["sha256"]) == (len(content), digest(content))


@both_formats
@pytest.mark.parametrize("slug", [each.slug for each in LISTS])
def test_every_quality_list_is_an_event(slug, format, catalogue, as_root):
    factories.bought()

    content = body(as_root.get(reverse("quality-list", args=[slug]), {"format": format}))

    begun, event = taken()
    assert (begun.kind, begun.details["list"]) == (BEGUN, f"quality/{slug}")
    assert (event.kind, event.details["list"]) == (TAKEN, f"quality/{slug}")
    assert event.details["begun_by"] == begun.pk
    assert event.details["sha256"] == digest(content)


@both_formats
@pytest.mark.parametrize(("page", "rows"), [("rejected", 1), ("serials", 2)])
def test_the_files_of_an_import_are_events(page, rows, format, catalogue, as_root):
    done = confirmed(
        preview(csv_bytes(row("PO-1"), row("PO-2", site_name="Werk 2"), row("PO-3", quantity="x"))), accept_valid=True
    )

    content = body(as_root.get(reverse(f"import-{page}", args=[done.pk, format])))

    event = only_event()
    assert (event.kind, event.actor, event.details["list"]) == (TAKEN, "root", f"imports/{done.pk}/{page}")
    assert (event.details["rows"], event.details["sha256"]) == (rows, digest(content))


@each_row(("options", "events"), [([], 1), (["--dry-run"], 0)])
def test_rejected_rows_that_a_command_writes_are_an_event_unless_they_never_were_here(
    options, events, catalogue, tmp_path
):
    file, rejects = tmp_path / "purchases.csv", tmp_path / "rejects.csv"
    file.write_bytes(csv_bytes(row("PO-1", quantity="x")))

    with pytest.raises(SystemExit):
        call_command("import_purchases", str(file), *options, rejects=rejects, stdout=StringIO(), stderr=StringIO())

    content = rejects.read_bytes()
    assert len(taken()) == events
    for event in taken():
        assert (event.kind, event.actor) == (TAKEN, "manage.py import_purchases")
        assert (event.details["rows"], event.details["bytes"]) == (1, len(content))
        assert (event.details["sha256"], event.personal["file"]) == (digest(content), "rejects.csv")


def test_a_licence_file_is_an_event_of_its_serial_number(catalogue, as_root):
    code = factories.registered()

    content = as_root.get(reverse("unlock-code-licence-file", args=[code.pk])).content

    event = only_event()
    assert (event.kind, event.actor, event.serial) == (TAKEN, "root", code.serial.code)
    assert (event.details["sequence"], event.details["sha256"]) == (code.sequence, digest(content))


def test_case_files_and_personal_data_name_the_digest_of_the_file(catalogue, as_root):
    code = factories.registered()
    customer = code.serial.site.customer

    pdf = as_root.get(reverse("case-file-pdf", args=[code.serial.code])).content
    held = as_root.get(reverse("customer-data", args=[customer.pk]), {"format": "json"}).content

    assert Event.objects.get(kind=Event.Kind.CASE_FILE_MADE).details["file_sha256"] == digest(pdf)
    assert Event.objects.get(kind=Event.Kind.CUSTOMER_EXPORTED).details["sha256"] == digest(held)


def test_what_holds_nothing_of_the_records_is_no_event(catalogue, as_root):
    body(as_root.get(reverse("import-template", args=["purchases", "csv"])))
    as_root.get(address(Product, "export"))
    export(as_root, Product, columns=[])

    assert taken() == []


@each_row("page", ["quality", "figures", "serials", "licence-file"])
def test_asking_for_the_headers_takes_nothing_and_is_no_event(page, catalogue, as_root):
    code = factories.registered()
    done = confirmed(preview(csv_bytes(row("PO-9"))))
    addresses = {
        "quality": f"{reverse('quality-list', args=[LISTS[0].slug])}?format=csv",
        "figures": f"{reverse('figures')}?figure=calls&format=csv",
        "serials": reverse("import-serials", args=[done.pk, "csv"]),
        "licence-file": reverse("unlock-code-licence-file", args=[code.pk]),
    }

    answer = as_root.head(addresses[page])

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert taken() == []


# --- Which rows ------------------------------------------------------------------------------------


def test_search_and_filter_are_kept_and_the_chosen_columns(catalogue, as_root):
    factories.bought(customer_name="Ost GmbH", country="AT")

    body(export(as_root, Customer, columns=["name", "city"], query="?country=AT&q=ost+gmbh"))

    event = only_event()
    assert event.personal["filter"] == "country=AT&q=ost gmbh"
    assert event.personal["file"].startswith("customer-")
    assert (event.details["columns"], event.details["rows"]) == (["Name", "Town"], 1)


def test_a_search_for_a_customer_is_erased_with_it(catalogue, as_root):
    customer = factories.bought(customer_name="Konditorei Wendelgard").site.customer
    for query in ("?q=wendelgard", "?q=another", "?country=DE"):
        body(export(as_root, Customer, columns=["name"], query=query))

    erase_customer(customer_id=customer.pk, reason="asked for it in writing", by="root")

    kept = [event.personal.get("filter") for event in taken()]
    assert kept == [None, "q=another", "country=DE"]


# --- On its way ------------------------------------------------------------------------------------


@pytest.fixture
def long_list(monkeypatch, catalogue):
    """A list of seven rows that counts as long and is read in batches of two."""
    monkeypatch.setattr(downloads, "LONG_FILE_ROWS", 3)
    monkeypatch.setattr(resources, "_BATCH", 2)
    for number in range(7):
        factories.bought(customer_number=f"K-{number}", customer_name=f"Customer {number}")


@both_formats
def test_a_short_file_is_on_record_before_its_first_byte_is_sent(format, catalogue, as_root):
    answer = export(as_root, Product, columns=["sku"], format=format)
    assert taken() == []

    next(iter(answer.streaming_content))

    assert only_event().details["whole"]


@both_formats
def test_a_long_file_is_on_record_from_its_beginning(format, long_list, as_root):
    export(as_root, Customer, columns=["name"], format=format)

    event = only_event()
    assert (event.kind, event.details["list"], event.actor) == (BEGUN, "customers.customer", "root")


@both_formats
def test_a_long_file_is_whole_on_record_before_its_last_piece_is_sent(format, long_list, as_root):
    pieces = iter(export(as_root, Customer, columns=["name"], format=format).streaming_content)

    seen = [(next(pieces), [event.kind for event in taken()]) for _ in range(4)]

    assert [kinds for _piece, kinds in seen] == [[BEGUN], [BEGUN], [BEGUN], [BEGUN, TAKEN]]
    content = b"".join(piece for piece, _kinds in seen)
    assert next(pieces, None) is None
    event = taken()[-1]
    assert (event.details["rows"], event.details["whole"]) == (7, True)
    assert (event.details["bytes"], event.details["sha256"]) == (len(content), digest(content))


@both_formats
@pytest.mark.parametrize("read", [0, 1, 2])
def test_who_goes_away_has_taken_what_was_sent(read, format, long_list, as_root):
    answer = export(as_root, Customer, columns=["name"], format=format)
    pieces = iter(answer.streaming_content)
    content = b"".join(next(pieces) for _ in range(read))

    closed(answer)

    begun, event = taken()
    assert (begun.kind, event.kind, event.details["whole"]) == (BEGUN, TAKEN, False)
    assert event.details["begun_by"] == begun.pk
    assert (event.details["rows"], event.details["bytes"]) == (2 * read, len(content))
    assert event.details["sha256"] == digest(content)


def test_who_goes_away_before_the_first_byte_of_a_short_file_has_taken_nothing(catalogue, as_root):
    closed(export(as_root, Product, columns=["sku"]))

    assert taken() == []


def test_closing_after_the_end_adds_nothing(catalogue, as_root):
    answer = export(as_root, Product, columns=["sku"])
    body(answer)
    closed(answer)
    closed(answer)

    assert only_event().details["whole"]


@both_formats
def test_a_list_that_has_grown_since_it_was_counted_is_on_record_before_anything_is_sent(
    format, long_list, as_root, monkeypatch
):
    monkeypatch.setattr(downloads, "LONG_FILE_ROWS", 100)
    answer = export(as_root, Customer, columns=["name"], format=format)
    assert taken() == []

    next(iter(answer.streaming_content))

    assert [event.kind for event in taken()] == [BEGUN]
    closed(answer)


def test_without_the_event_nobody_gets_the_file(catalogue, as_root, monkeypatch):
    def away(**_said):
        raise DatabaseError("away")

    answer = export(as_root, Product, columns=["sku"])
    monkeypatch.setattr(operations, "record_disclosure", away)

    with pytest.raises(DatabaseError):
        next(iter(answer.streaming_content))


@both_formats
def test_where_reading_fails_what_was_sent_is_on_record(format, catalogue, rf, root):
    def batches():
        yield [["a"]]
        yield [["b"]]
        raise DatabaseError("away")

    request = rf.get("/")
    request.user = root
    table = downloads.DownloadTable("letters", ["Letter"], batches())
    answer = downloads.recorded_response(request, format, table, list_name="letters", is_long=True)
    pieces = iter(answer.streaming_content)
    next(pieces)
    with pytest.raises(DatabaseError):
        next(pieces)
    closed(answer)

    assert [event.kind for event in taken()] == [BEGUN, TAKEN]
    assert (taken()[-1].details["rows"], taken()[-1].details["whole"]) == (1, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_others_may_write_while_a_long_file_is_sent(format, long_list, as_root):
    """As on the server: outside any transaction, while the rows are still being read."""
    pieces = iter(export(as_root, Customer, columns=["name"], format=format).streaming_content)
    next(pieces)
    operations.block_serial(serial=factories.bought().code, reason="for a test of it", by="tests")
    for _piece in pieces:
        pass

    kinds = [event.kind for event in taken()]
    assert kinds == [BEGUN, TAKEN]


# --- What comes back -------------------------------------------------------------------------------


@both_formats
def test_the_file_says_what_the_record_says(format, catalogue, as_root, tmp_path):
    text = 'Ost; =1+1,"=2"\t\'+3'
    factories.bought(customer_number="K-1")
    Customer.objects.update(name=text)
    path = tmp_path / f"customers.{format}"

    path.write_bytes(body(export(as_root, Customer, columns=["name", "number"], format=format)))

    table = open_table(path, columns=["Name", "Customer number"], required=["Customer number"])
    assert [cells for _number, cells in table.rows()] == [(text, "K-1")]


def test_negative_quantities_come_back(catalogue, as_root, tmp_path):
    serial = factories.bought(quantity=5)
    factories.bought(serial=serial.code, quantity=-2, customer_number=serial.site.customer.number)
    content = body(export(as_root, MODELS_BY_NAME["licences.licencegrant"], columns=["quantity", "sku"], query="?o=1"))

    path = tmp_path / "grants.csv"
    path.write_bytes(content)
    table = open_table(path, columns=["Quantity", "SKU"], required=["Quantity"])

    assert sorted(cells[0] for _number, cells in table.rows()) == ["-2", "5"]


MODELS_BY_NAME = {model._meta.label_lower: model for model in MODELS}


def test_the_log_shows_who_took_codes(lists, supervisor, as_user):
    csv_rows(export(as_user(supervisor), UnlockCode, columns=["code"]))

    event = only_event()
    assert (event.actor, event.details["list"]) == (supervisor.username, "licences.unlockcode")
    assert event.details["columns"] == ["Unlock code"]
