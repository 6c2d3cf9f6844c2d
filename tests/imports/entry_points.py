"""The entry points of the import pipeline, and what the tests inspect afterwards."""

from collections import Counter

from django.core.files.base import ContentFile

from customers.models import Customer, Site
from licences import imports
from licences.imports import ImportOptions
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

State = FileImport.State
PURCHASES, INSTALLATIONS = FileImport.Kind.PURCHASES, FileImport.Kind.INSTALLATIONS


# --- The page ----------------------------------------------------------------------------------------


def receive(content, *, kind=PURCHASES, name="purchases.csv", by="clerk"):
    """An uploaded file that waits for a worker."""
    return imports.receive_import(upload=ContentFile(content, name=name), kind=kind, by=by)


def advance(file_import):
    """Run a worker until a person has to decide or the import has ended."""
    imports.advance_import(file_import.pk)
    file_import.refresh_from_db()
    return file_import


def preview(content, **options):
    """An uploaded file with its preview, unless it cannot be read."""
    return advance(receive(content, **options))


def confirm(file_import, *, accept_valid=False, number=None, by="clerk"):
    shown = file_import.previews if number is None else number
    imports.confirm_import(file_import_id=file_import.pk, preview=shown, accept_valid=accept_valid, by=by)
    file_import.refresh_from_db()
    return file_import


def confirmed(file_import, **options):
    """The import, confirmed and processed by a worker."""
    return advance(confirm(file_import, **options))


def through_the_page(content, *, accept_valid=False, **options):
    """Import a file by the page, from upload to result; withdrawn if there is nothing to import."""
    file_import = preview(content, **options)
    if file_import.state != State.PREVIEW:
        return file_import
    if not file_import.changes_anything() or (file_import.counts["rejected"] and not accept_valid):
        return imports.withdraw_import(file_import_id=file_import.pk, by="clerk")
    return confirmed(file_import, accept_valid=accept_valid)


# --- The command -------------------------------------------------------------------------------------


def at_once(path, content, *, kind=PURCHASES, watch=lambda file_import: None, **options):
    """Import content by the command, from a file that is written to ``path`` first."""
    path.write_bytes(content)
    return imports.import_file(path, kind=kind, by="command", options=ImportOptions(**options), watch=watch)


# --- Looking -----------------------------------------------------------------------------------------


def counts(file_import):
    """Outcome → number of rows, without zeros."""
    return {name: count for name, count in file_import.counts.items() if count}


def outcomes(file_import):
    """Row → outcome, by its name in the counts."""
    rows = RowOutcome.objects.filter(pk__range=file_import.row_ids).order_by("pk")
    return {each.row: RowOutcome.Outcome(each.outcome).name.lower() for each in rows}


def changes(file_import):
    """Row → (outcome in the preview before, outcome now), for rows that changed."""
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
    """The parameters of the first problem of a row."""
    first, _last = file_import.row_ids
    return RejectedRow.objects.get(pk=first + row).problems[0][3]


def on_record():
    """The number of rows in each table of records."""
    models = (Customer, Site, Serial, LicenceGrant, Balance, Installation, Registration, Event)
    return [model.objects.count() for model in models]


def waiting_rows():
    """The number of staged rows in the database, without rejected ones."""
    return sum(model.objects.count() for model in (StagedPurchase, StagedInstallation, RowOutcome))


def balances():
    """(serial, product) → quantity; asserts that the grants add up to it."""
    quantities = {
        (each.serial.code, each.product.sku): each.quantity
        for each in Balance.objects.select_related("serial", "product")
    }
    granted = Counter()
    for grant in LicenceGrant.objects.select_related("serial", "product"):
        granted[grant.serial.code, grant.product.sku] += grant.quantity
    assert quantities == dict(granted)
    return quantities
