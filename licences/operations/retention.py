"""Retention: deleting data whose time is over, as the settings ``KEEP_…_DAYS`` say
(docs/personal-data.md#how-long-things-are-kept).

Registrations, codes, checks and the log are proof and stay; names in them are removed by an erasure.
``licensing_portal.accounts`` registers the log-in data.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.utils import timezone

from licences.models import FileImport, RefusedClaim, RejectedRow, SerialGuess
from licences.operations.code_deliveries import empty_deliveries_before
from licences.operations.form_tokens import delete_old_form_tokens
from licences.operations.installation_addresses import delete_old_addresses
from licences.operations.notes import empty_callers_before, empty_notes_before
from licences.operations.program_calls import delete_old_calls
from licences.operations.quality_marks import empty_quality_notes_before
from licences.operations.webhooks.deliveries import empty_webhook_bodies_before

IMPORT_FOLDER = "imports"
ORPHANED_AFTER = timedelta(days=1)  # a file is stored a moment before the row that names it


def apply_retention(*, now: datetime) -> dict[str, int]:
    """Delete all data that is older than its retention allows. Returns how many of each kind, by name.

    ``now`` is an aware datetime. Each kind is deleted in a transaction of its own. Idempotent.
    """
    return {name: delete(now) for name, delete in _DELETIONS.items()}


def register_retention(name: str, delete: Callable[[datetime], int]) -> None:
    """Have ``apply_retention`` delete a further kind of data, one that does not belong to this package.

    ``delete`` takes the time of the run and returns how many it has deleted; ``name`` is what the command prints.
    """
    _DELETIONS[name] = delete


def _kept_since(now: datetime, keep: str) -> datetime:
    """The time before which data is too old; ``keep`` is the name of the setting with the days."""
    return now - timedelta(days=getattr(settings, keep))


def _import_files(now: datetime) -> int:
    """Delete the uploaded files of imports that ended more than ``KEEP_IMPORT_FILES_DAYS`` ago; returns how many.

    The results and digests of the imports stay.
    """
    ended = FileImport.objects.filter(ended_at__lt=_kept_since(now, "KEEP_IMPORT_FILES_DAYS")).exclude(upload="")
    count = 0
    for file_import in ended:
        name = str(file_import.upload.name)
        FileImport.objects.filter(pk=file_import.pk).update(upload="")
        default_storage.delete(name)
        count += 1
    return count


def _orphaned_files(now: datetime) -> int:
    """Delete files of ``IMPORT_FOLDER`` that no import names and that are older than a day; returns how many.

    A crash leaves one where it cuts off a deletion.
    """
    if not default_storage.exists(IMPORT_FOLDER):
        return 0
    named = set(FileImport.objects.exclude(upload="").values_list("upload", flat=True))
    orphans = []
    for file in default_storage.listdir(IMPORT_FOLDER)[1]:
        name = str(PurePosixPath(IMPORT_FOLDER) / file)
        is_old = default_storage.get_modified_time(name) < timezone.now() - ORPHANED_AFTER
        if name not in named and is_old:
            orphans.append(name)
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _rejected_rows(now: datetime) -> int:
    """Delete the rejected rows of imports that ended more than ``KEEP_REJECTED_ROWS_DAYS`` ago; returns how many."""
    ended = FileImport.objects.filter(ended_at__lt=_kept_since(now, "KEEP_REJECTED_ROWS_DAYS"))
    count = 0
    for file_import in ended.only("pk"):
        rows = RejectedRow.objects.filter(pk__range=file_import.row_ids)
        count += rows._raw_delete(rows.db)
    return count


def _deleted(model: type[RefusedClaim | SerialGuess], keep: str) -> Callable[[datetime], int]:
    """Deletes the counts whose last attempt is further back than the setting ``keep`` allows, in days."""
    return lambda now: model.objects.filter(last_at__lt=_kept_since(now, keep)).delete()[0]


def _emptied(empty_before: Callable[[datetime], int], keep: str) -> Callable[[datetime], int]:
    """Empties by ``empty_before`` what is older than the setting ``keep`` allows, in days."""
    return lambda now: empty_before(_kept_since(now, keep))


def _sessions(now: datetime) -> int:
    """Delete expired sessions. Returns how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


_DELETIONS: dict[str, Callable[[datetime], int]] = {
    "import files": _import_files,
    "orphaned files": _orphaned_files,
    "rejected rows": _rejected_rows,
    "refused attempts": _deleted(RefusedClaim, "KEEP_REFUSED_CLAIMS_DAYS"),
    "addresses": _deleted(SerialGuess, "KEEP_ADDRESSES_DAYS"),
    "addresses of installations": delete_old_addresses,
    "form tokens": delete_old_form_tokens,
    "calls of programs": delete_old_calls,
    "notes": _emptied(empty_notes_before, "KEEP_NOTES_DAYS"),
    "notes of data quality": _emptied(empty_quality_notes_before, "KEEP_NOTES_DAYS"),
    "callers": _emptied(empty_callers_before, "KEEP_CALLERS_DAYS"),
    "addresses of e-mails with codes": _emptied(empty_deliveries_before, "KEEP_CODE_EMAILS_DAYS"),
    "bodies of webhook messages": _emptied(empty_webhook_bodies_before, "KEEP_WEBHOOK_BODIES_DAYS"),
    "sessions": _sessions,
}
