"""Recovery of imports whose worker was killed, so that no import stays at work for ever.

The rule is docs/decisions.md#signs-of-life-of-a-worker.
"""

from datetime import timedelta

from django.utils import timezone

from licences.imports import staging
from licences.imports.kinds import import_kind
from licences.imports.locks import working_on
from licences.models import FileImport

UNATTENDED_AFTER = timedelta(seconds=15)  # without a heartbeat, the lock of an import is tried


def abandoned_imports() -> list[int]:
    """The keys of the imports that a worker must take up again, the oldest first. Idempotent.

    Withdraws imports of a command line that was killed, since only its user has the file, and deletes the staged rows
    of imports that have ended.
    """
    now = timezone.now()
    # A heartbeat in the future was written by a clock that was ahead, and proves nothing; the lock below does.
    recently = (now - UNATTENDED_AFTER, now)
    at_work = FileImport.objects.filter(state__in=FileImport.RUNNING).exclude(heartbeat_at__range=recently)
    silent = at_work.exclude(uploaded_at__range=recently).order_by("pk").values_list("pk", flat=True)
    abandoned = [file_import_id for file_import_id in silent if _needs_worker(file_import_id)]
    _clear_ended()
    return abandoned


def is_import_unattended(file_import_id: int) -> bool:
    """Whether no worker holds the lock of an import at this moment."""
    with working_on(file_import_id) as locked:
        return locked


def _needs_worker(file_import_id: int) -> bool:
    """Whether a worker must continue this import; withdraws one that only a killed command line could continue."""
    with working_on(file_import_id) as locked:
        unfinished = FileImport.objects.filter(pk=file_import_id, state__in=FileImport.RUNNING)
        file_import = unfinished.first() if locked else None
        if file_import is None:
            return False
        if file_import.upload:
            return True
        # An import of a command line that was killed: only its user has the file.
        file_import.state, file_import.ended_at = FileImport.State.WITHDRAWN, timezone.now()
        file_import.save(update_fields=["state", "ended_at"])
        return False


def _clear_ended() -> None:
    """Delete the staged rows that ended imports have left, and update their search texts."""
    for file_import in FileImport.objects.filter(state__in=FileImport.ENDED, holds_rows=True):
        with working_on(file_import.pk) as locked:
            if locked:
                import_kind(file_import).make_searchable(file_import)
                staging.clear_staged_rows(file_import, include_rejected=False)
                FileImport.objects.filter(pk=file_import.pk).update(holds_rows=False)
