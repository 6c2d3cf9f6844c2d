"""Letting go of what has served its purpose: how long each is kept stands in the settings (``KEEP_…_DAYS``).

Registrations, codes, checks and the log are proof and are not touched; names in them go by an erasure. What is kept of
logging in is added by ``licensing_portal.accounts``.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.utils import timezone

from licences.models import FileImport, RefusedClaim, RejectedRow, SerialGuess

FOLDER = "imports"
ORPHANED_AFTER = timedelta(days=1)  # a file is there a moment before the row that names it


def apply_retention(*, now: datetime) -> dict[str, int]:
    """Delete what is older than it may be; how much of each. Each kind by itself: nothing needs all of them at once."""
    return {name: delete(now) for name, delete in _KINDS.items()}


def also(name: str, delete: Callable[[datetime], int]) -> None:
    """Another kind, for what is kept outside this package."""
    _KINDS[name] = delete


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _import_files(now: datetime) -> int:
    """Uploaded files of imports that have ended; what came of them stays, and their digest."""
    ended = FileImport.objects.filter(ended_at__lt=_before(now, settings.KEEP_IMPORT_FILES_DAYS)).exclude(upload="")
    count = 0
    for file_import in ended:
        name = str(file_import.upload.name)
        FileImport.objects.filter(pk=file_import.pk).update(upload="")
        default_storage.delete(name)
        count += 1
    return count


def _orphaned_files(now: datetime) -> int:
    """Files that no import names: of one that was erased while the machine went down, say."""
    if not default_storage.exists(FOLDER):
        return 0
    named = set(FileImport.objects.exclude(upload="").values_list("upload", flat=True))
    orphans = []
    for file in default_storage.listdir(FOLDER)[1]:
        name = str(PurePosixPath(FOLDER) / file)
        old = default_storage.get_modified_time(name) < timezone.now() - ORPHANED_AFTER
        if name not in named and old:
            orphans.append(name)
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _rejected_rows(now: datetime) -> int:
    ended = FileImport.objects.filter(ended_at__lt=_before(now, settings.KEEP_REJECTED_ROWS_DAYS))
    count = 0
    for file_import in ended.only("pk"):
        rows = RejectedRow.objects.filter(pk__range=file_import.row_ids)
        count += rows._raw_delete(rows.db)
    return count


def _refused_claims(now: datetime) -> int:
    return RefusedClaim.objects.filter(last_at__lt=_before(now, settings.KEEP_REFUSED_CLAIMS_DAYS)).delete()[0]


def _addresses(now: datetime) -> int:
    """Addresses of those who named serial numbers that are not theirs."""
    return SerialGuess.objects.filter(last_at__lt=_before(now, settings.KEEP_ADDRESSES_DAYS)).delete()[0]


def _sessions(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]


_KINDS: dict[str, Callable[[datetime], int]] = {
    "import files": _import_files,
    "orphaned files": _orphaned_files,
    "rejected rows": _rejected_rows,
    "refused claims": _refused_claims,
    "addresses": _addresses,
    "sessions": _sessions,
}
