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


def _before(now: datetime, days: int) -> datetime:
    """The time that is ``days`` days before ``now``."""
    return now - timedelta(days=days)


def _import_files(now: datetime) -> int:
    """Delete the uploaded files of imports that ended more than ``KEEP_IMPORT_FILES_DAYS`` ago; returns how many.

    The results and digests of the imports stay.
    """
    ended = FileImport.objects.filter(ended_at__lt=_before(now, settings.KEEP_IMPORT_FILES_DAYS)).exclude(upload="")
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
    ended = FileImport.objects.filter(ended_at__lt=_before(now, settings.KEEP_REJECTED_ROWS_DAYS))
    count = 0
    for file_import in ended.only("pk"):
        rows = RejectedRow.objects.filter(pk__range=file_import.row_ids)
        count += rows._raw_delete(rows.db)
    return count


def _refused_claims(now: datetime) -> int:
    """Delete abuse counts whose last attempt is more than ``KEEP_REFUSED_CLAIMS_DAYS`` ago; returns how many."""
    return RefusedClaim.objects.filter(last_at__lt=_before(now, settings.KEEP_REFUSED_CLAIMS_DAYS)).delete()[0]


def _addresses(now: datetime) -> int:
    """Delete counts of guesses, by address, whose last is more than ``KEEP_ADDRESSES_DAYS`` ago; returns how many."""
    return SerialGuess.objects.filter(last_at__lt=_before(now, settings.KEEP_ADDRESSES_DAYS)).delete()[0]


def _addresses_of_installations(now: datetime) -> int:
    """Delete the addresses from which installations called, by ``delete_old_addresses``; returns how many."""
    return delete_old_addresses(now=now)


def _form_tokens(now: datetime) -> int:
    """Delete the tokens of forms by ``delete_old_form_tokens``; returns how many."""
    return delete_old_form_tokens(now=now)


def _program_calls(now: datetime) -> int:
    """Delete the answers that programs may ask for again, by ``delete_old_calls``; returns how many."""
    return delete_old_calls(now=now)


def _notes(now: datetime) -> int:
    """Empty the texts of notes that are older than ``KEEP_NOTES_DAYS``; returns how many."""
    return empty_notes_before(_before(now, settings.KEEP_NOTES_DAYS))


def _quality_notes(now: datetime) -> int:
    """Empty the notes of data quality entries that nobody worked on for ``KEEP_NOTES_DAYS``; returns how many."""
    return empty_quality_notes_before(_before(now, settings.KEEP_NOTES_DAYS))


def _code_emails(now: datetime) -> int:
    """Empty the addresses of deliveries that ended more than ``KEEP_CODE_EMAILS_DAYS`` ago; returns how many."""
    return empty_deliveries_before(_before(now, settings.KEEP_CODE_EMAILS_DAYS))


def _callers(now: datetime) -> int:
    """Empty who called on requests that ended more than ``KEEP_CALLERS_DAYS`` ago; returns how many.

    Of a request that never ended, the time when it was opened counts.
    """
    return empty_callers_before(_before(now, settings.KEEP_CALLERS_DAYS))


def _webhook_bodies(now: datetime) -> int:
    """Empty the bodies of webhook messages that ended more than ``KEEP_WEBHOOK_BODIES_DAYS`` ago; returns how many."""
    return empty_webhook_bodies_before(_before(now, settings.KEEP_WEBHOOK_BODIES_DAYS))


def _sessions(now: datetime) -> int:
    """Delete expired sessions. Returns how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


_DELETIONS: dict[str, Callable[[datetime], int]] = {
    "import files": _import_files,
    "orphaned files": _orphaned_files,
    "rejected rows": _rejected_rows,
    "refused attempts": _refused_claims,
    "addresses": _addresses,
    "addresses of installations": _addresses_of_installations,
    "form tokens": _form_tokens,
    "calls of programs": _program_calls,
    "notes": _notes,
    "notes of data quality": _quality_notes,
    "callers": _callers,
    "addresses of e-mails with codes": _code_emails,
    "bodies of webhook messages": _webhook_bodies,
    "sessions": _sessions,
}
