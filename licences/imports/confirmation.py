"""The decisions that a person takes on a preview: confirm, decide pairs, accept similar serials, or withdraw it.

The rule is docs/imports.md#what-happens-to-a-file.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.staff_identity import user_number_of
from licences.imports import staging
from licences.imports.code_pages import forget_samples, refuse_unsure_encoding
from licences.models import FileImport, RecordPair

State = FileImport.State


@transaction.atomic
def confirm_import(*, file_import_id: int, preview: int, accept_valid: bool, by: str) -> FileImport:
    """Confirm a preview, so that a worker applies what it shows. Returns the import, now ``CONFIRMED``.

    ``preview`` is the number of the preview that the person saw. ``accept_valid``: import the valid rows although
    others are rejected. ``by`` is a username.

    ``Refusal``: ``import-not-waiting`` (there is no preview, or it was confirmed already), ``import-preview-old`` (the
    rows were judged again since), ``encoding-unsure``, ``import-nothing-new``, ``import-has-rejected`` (without
    ``accept_valid``). So a second call is refused. Rule: docs/imports.md#what-happens-to-a-file.
    """
    file_import = _locked_import(file_import_id, State.PREVIEW)
    if file_import.previews != preview:
        raise Refusal("import-preview-old")
    refuse_unsure_encoding(file_import)
    if not file_import.changes_anything():
        raise Refusal("import-nothing-new")
    if file_import.counts["rejected"] and not accept_valid:
        raise Refusal("import-has-rejected", field="accept_valid", count=file_import.counts["rejected"])
    file_import.state, file_import.confirmed_by, file_import.accept_valid = State.CONFIRMED, by, accept_valid
    file_import.heartbeat_at = timezone.now()  # the time allowed for a worker to start counts from here
    file_import.save(update_fields=["state", "confirmed_by", "accept_valid", "heartbeat_at"])
    return file_import


@transaction.atomic
def accept_similar_serials(*, file_import_id: int, by: str) -> FileImport:
    """Accept serial numbers similar to known ones as new ones, and have the rows judged again.

    The rule is docs/decisions.md#which-serial-a-row-means. Returns the import, now ``CHECKING``; a worker makes the
    next preview. ``by`` is a username. ``Refusal``: ``import-not-waiting``, also for a second call.
    """
    file_import = _locked_import(file_import_id, State.PREVIEW)
    file_import.accept_similar, file_import.confirmed_by = True, by
    file_import.state, file_import.rows_checked, file_import.heartbeat_at = State.CHECKING, 0, timezone.now()
    file_import.save(update_fields=["accept_similar", "confirmed_by", "state", "rows_checked", "heartbeat_at"])
    return file_import


@transaction.atomic
def decide_pairs(
    *, file_import_id: int, decisions: Mapping[str, str], others: tuple[str, str] | None = None, by: str
) -> FileImport:
    """Say of pairs of an import whether they are the same. Once all are decided, the rows are judged again.

    ``decisions``: ``RecordPair.pair`` → ``RecordPair.Decision``; pairs that the import does not have are ignored.
    ``others``: a kind of pair, and the decision on all pairs of it that are undecided then. A decision may be changed
    until the import is confirmed, and is remembered for later imports. ``by`` is a username. Returns the import,
    ``PREVIEW`` or ``CHECKING``. ``Refusal``: ``import-not-waiting``. Rule: docs/imports.md#is-it-the-same.
    """
    file_import = _locked_import(file_import_id, State.PREVIEW)
    for decision in RecordPair.Decision.values:
        names = [pair for pair, decided in decisions.items() if decided == decision]
        _decide(file_import.pairs.filter(pair__in=names), decision, by=by)
    if others is not None:
        kind, decision = others
        _decide(file_import.pairs.filter(kind=kind, decision=""), decision, by=by)
    if not file_import.pairs.filter(decision="").exists():
        file_import.state, file_import.rows_checked, file_import.heartbeat_at = State.CHECKING, 0, timezone.now()
        file_import.save(update_fields=["state", "rows_checked", "heartbeat_at"])
    return file_import


def _decide(pairs: QuerySet[RecordPair], decision: str, *, by: str) -> None:
    """Store a decision, now and by a username, on those of the pairs that do not have that decision already."""
    who = {"decided_by": by, "decided_by_number": user_number_of(by)}
    pairs.exclude(decision=decision).update(decision=decision, decided_at=timezone.now(), **who)


@transaction.atomic
def withdraw_import(*, file_import_id: int, by: str) -> FileImport:
    """Withdraw an import that was not confirmed. Returns it, now ``WITHDRAWN``.

    Its staged rows are deleted; its rejected rows stay, so that people can correct them. ``by`` is a username.
    ``Refusal``: ``import-not-waiting``, also for a second call.
    """
    file_import = _locked_import(file_import_id, State.PREVIEW, State.COLUMNS)
    file_import.state, file_import.confirmed_by, file_import.ended_at = State.WITHDRAWN, by, timezone.now()
    staging.clear_staged_rows(file_import, include_rejected=False)
    file_import.holds_rows = False
    forget_samples(file_import)
    file_import.save()
    return file_import


def _locked_import(file_import_id: int, *states: State) -> FileImport:
    """The import, locked, if it is in one of these states, in which it waits for a person.

    ``Refusal``: ``import-not-waiting``.
    """
    file_import = FileImport.objects.select_for_update(no_key=True).get(pk=file_import_id)
    if file_import.state not in states:
        raise Refusal("import-not-waiting")
    return file_import
