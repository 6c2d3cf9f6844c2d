"""Imports that somebody began and nobody goes on with: their worker was killed. No import stays at work for ever."""

from datetime import timedelta

from django.utils import timezone

from licences.models import FileImport
from licences.operations.imports import staging
from licences.operations.imports.kinds import kind_of
from licences.operations.imports.liveness import working_on

PATIENCE = timedelta(seconds=15)


def abandoned_imports() -> list[int]:
    """The imports that a worker has to take up again. Clears away what nobody can take up, or has ended."""
    since = timezone.now() - PATIENCE
    at_work = FileImport.objects.filter(state__in=FileImport.AT_WORK).exclude(heartbeat_at__gt=since)
    silent = at_work.exclude(uploaded_at__gt=since).order_by("pk").values_list("pk", flat=True)
    abandoned = [file_import_id for file_import_id in silent if _is_to_be_taken_up(file_import_id)]
    _clear_ended()
    return abandoned


def is_alone(file_import_id: int) -> bool:
    """Whether nobody works on an import at this moment."""
    with working_on(file_import_id) as alone:
        return alone


def _is_to_be_taken_up(file_import_id: int) -> bool:
    with working_on(file_import_id) as alone:
        unfinished = FileImport.objects.filter(pk=file_import_id, state__in=FileImport.AT_WORK)
        file_import = unfinished.first() if alone else None
        if file_import is None:
            return False
        if file_import.upload:
            return True
        # A command line that was killed: nobody but its user has the file.
        file_import.state, file_import.ended_at = FileImport.State.WITHDRAWN, timezone.now()
        file_import.save(update_fields=["state", "ended_at"])
        return False


def _clear_ended() -> None:
    for file_import in FileImport.objects.filter(state__in=FileImport.ENDED, holds_rows=True):
        with working_on(file_import.pk) as alone:
            if alone:
                kind_of(file_import).make_searchable(file_import)
                staging.clear(file_import, rejected=False)
                FileImport.objects.filter(pk=file_import.pk).update(holds_rows=False)
