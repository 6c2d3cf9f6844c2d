"""The ways into the pipeline, and what the tests look at afterwards."""

from collections import Counter

from django.core.files.base import ContentFile

from customers.models import Customer, Site
from licences import operations
from licences.models import (
    Balance,
    Event,
    FileImport,
    Installation,
    LicenceGrant,
    Registration,
    RejectedRow,
    RowOutcome,
    Serial,
    StagedInstallation,
    StagedPurchase,
)
from licences.operations import Wish

State = FileImport.State
PURCHASES, INSTALLATIONS = FileImport.Kind.PURCHASES, FileImport.Kind.INSTALLATIONS


# --- The page ----------------------------------------------------------------------------------------


def receive(content, *, kind=PURCHASES, name="purchases.csv", by="clerk"):
    """A file that was uploaded and waits for a worker."""
    return operations.receive_import(upload=ContentFile(content, name=name), kind=kind, by=by)


def advance(file_import):
    """What a worker does, until a person is asked or the import has ended."""
    operations.advance_import(file_import.pk)
    file_import.refresh_from_db()
    return file_import


def preview(content, **options):
    """An uploaded file whose preview is there, unless it cannot be read."""
    return advance(receive(content, **options))


def confirm(file_import, *, accept_valid=False, number=None, by="clerk"):
    shown = file_import.previews if number is None else number
    operations.confirm_import(file_import_id=file_import.pk, preview=shown, accept_valid=accept_valid, by=by)
    file_import.refresh_from_db()
    return file_import


def confirmed(file_import, **options):
    """The import after a person confirmed it and a worker was at it."""
    return advance(confirm(file_import, **options))


def through_the_page(content, *, accept_valid=False, **options):
    """From upload to result, if there is anything to import; else it is withdrawn."""
    file_import = preview(content, **options)
    if file_import.state != State.PREVIEW:
        return file_import
    if not file_import.has_news() or (file_import.counts["rejected"] and not accept_valid):
        return operations.withdraw_import(file_import_id=file_import.pk, by="clerk")
    return confirmed(file_import, accept_valid=accept_valid)


# --- The command -------------------------------------------------------------------------------------


def at_once(path, content, *, kind=PURCHASES, watch=lambda file_import: None, **wish):
    """The import of a file that is written to this path first."""
    path.write_bytes(content)
    return operations.import_file(path, kind=kind, by="command", wish=Wish(**wish), watch=watch)


# --- Looking -----------------------------------------------------------------------------------------


def counts(file_import):
    """Outcome → rows, without those that are 0."""
    return {name: count for name, count in file_import.counts.items() if count}


def outcomes(file_import):
    """Row → outcome, in the words of the counts."""
    rows = RowOutcome.objects.filter(pk__range=file_import.row_ids).order_by("pk")
    return {each.row: RowOutcome.Outcome(each.outcome).name.lower() for each in rows}


def changes(file_import):
    """Row → (what the preview before said, what this one says), of the rows that come out otherwise."""
    rows = RowOutcome.objects.filter(pk__range=file_import.row_ids, before__isnull=False).order_by("pk")
    name = {each.value: each.name.lower() for each in RowOutcome.Outcome}
    return {each.row: (name[each.before], name[each.outcome]) for each in rows}


def problems(file_import):
    """Row → its problems as (column, value, reason)."""
    rows = RejectedRow.objects.filter(pk__range=file_import.row_ids).order_by("pk")
    return {each.row: [tuple(problem[:3]) for problem in each.problems] for each in rows}


def reasons(file_import):
    """Row → the reason, of rows with one problem."""
    found = problems(file_import)
    assert all(len(several) == 1 for several in found.values()), found
    return {row: reason for row, [(_column, _value, reason)] in found.items()}


def parameters(file_import, row):
    """What the sentence of the first problem of a row is filled with."""
    first, _last = file_import.row_ids
    return RejectedRow.objects.get(pk=first + row).problems[0][3]


def on_record():
    """How many rows the tables of the record have."""
    models = (Customer, Site, Serial, LicenceGrant, Balance, Installation, Registration, Event)
    return [model.objects.count() for model in models]


def waiting_rows():
    """How many rows of files wait in the database, rejected ones not counted."""
    return sum(model.objects.count() for model in (StagedPurchase, StagedInstallation, RowOutcome))


def held():
    """(serial, product) → quantity, and the grants add up to it."""
    balances = {
        (each.serial.code, each.product.sku): each.quantity
        for each in Balance.objects.select_related("serial", "product")
    }
    granted = Counter()
    for grant in LicenceGrant.objects.select_related("serial", "product"):
        granted[grant.serial.code, grant.product.sku] += grant.quantity
    assert balances == dict(granted)
    return balances
