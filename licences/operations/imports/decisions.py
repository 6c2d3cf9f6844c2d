"""What people say of an import: confirm it, let similar serial numbers be new ones, or withdraw it."""

from django.db import transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import FileImport
from licences.operations.imports import staging

State = FileImport.State


@transaction.atomic
def confirm_import(*, file_import_id: int, preview: int, accept_valid: bool, by: str) -> FileImport:
    """Let a worker apply what the preview of that number shows.

    ``Refusal``: ``import-not-waiting``, ``import-preview-old`` (it was judged again since), ``import-nothing-new``,
    ``import-has-rejected`` (unless ``accept_valid``).
    """
    file_import = _held(file_import_id)
    if file_import.previews != preview:
        raise Refusal("import-preview-old")
    if not file_import.has_news():
        raise Refusal("import-nothing-new")
    if file_import.counts["rejected"] and not accept_valid:
        raise Refusal("import-has-rejected", field="accept_valid", count=file_import.counts["rejected"])
    file_import.state, file_import.confirmed_by, file_import.accept_valid = State.CONFIRMED, by, accept_valid
    file_import.heartbeat_at = timezone.now()  # from here a worker has its time to take it up
    file_import.save(update_fields=["state", "confirmed_by", "accept_valid", "heartbeat_at"])
    return file_import


@transaction.atomic
def accept_similar_serials(*, file_import_id: int, by: str) -> FileImport:
    """Serial numbers one slip away from known ones are meant as they are (decisions.md 10): check them as new ones."""
    file_import = _held(file_import_id)
    file_import.accept_similar, file_import.confirmed_by = True, by
    file_import.state, file_import.rows_checked, file_import.heartbeat_at = State.CHECKING, 0, timezone.now()
    file_import.save(update_fields=["accept_similar", "confirmed_by", "state", "rows_checked", "heartbeat_at"])
    return file_import


@transaction.atomic
def withdraw_import(*, file_import_id: int, by: str) -> FileImport:
    """Give up an import that was not confirmed. What was wrong with its rows stays, to be looked at."""
    file_import = _held(file_import_id)
    file_import.state, file_import.confirmed_by, file_import.ended_at = State.WITHDRAWN, by, timezone.now()
    staging.clear(file_import, rejected=False)
    file_import.holds_rows = False
    file_import.save()
    return file_import


def _held(file_import_id: int) -> FileImport:
    file_import = FileImport.objects.select_for_update(no_key=True).get(pk=file_import_id)
    if file_import.state != State.PREVIEW:
        raise Refusal("import-not-waiting")
    return file_import
