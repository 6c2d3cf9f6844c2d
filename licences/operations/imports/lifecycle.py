"""A file's way from upload to result, for both doors: read, judge, preview, confirm, apply.

A worker may be killed at any point. What it did by then is either a step that the next one does again from its
beginning, or a transaction that never happened; ``working_on`` tells whether somebody is still at it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import FileImport, RejectedRow, RowOutcome
from licences.operations.events import record_event
from licences.operations.imports import outcomes, scratch, staging
from licences.operations.imports.kinds import kind_of
from licences.operations.imports.liveness import working_on
from licences.spreadsheets.reading import open_table, sha256_of

ERROR_COLUMN = "error"  # what a file of rejected rows has besides; it comes back and means nothing
MAX_ATTEMPTS = 3
State = FileImport.State
Outcome = RowOutcome.Outcome


# --- The two doors -----------------------------------------------------------------------------------


def receive(*, upload: File, kind: FileImport.Kind, by: str) -> FileImport:
    """Keep an uploaded file, to be read by a worker. No transaction: others may write while it is copied."""
    file_import = FileImport(kind=kind, file_name=_shown_name(upload.name or ""), size=upload.size, uploaded_by=by)
    file_import.upload.save(f"{timezone.now():%Y%m%d-%H%M%S}{Path(upload.name or '').suffix[:8]}", upload, save=False)
    try:
        file_import.sha256 = sha256_of(Path(file_import.upload.path))
        file_import.save()
    except BaseException:
        file_import.upload.delete(save=False)
        raise
    return file_import


def _shown_name(name: str) -> str:
    """The name of a file as every database keeps it and every header takes it; a file system has fewer scruples."""
    return "".join(symbol if symbol.isprintable() else "\ufffd" for symbol in Path(name).name)[:255]


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever imports a file without a preview wants of it."""

    dry_run: bool = False
    accept_valid: bool = False
    accept_similar: bool = False


def import_file(
    path: Path,
    *,
    kind: FileImport.Kind,
    by: str,
    wish: Wish,
    watch: Callable[[FileImport], None] = lambda file_import: None,
) -> FileImport:
    """Import a file at once: all rows or none, unless ``wish.accept_valid``.

    Returns the import, in the state ``APPLIED`` or, where nothing was to be written, ``WITHDRAWN``; its rejected rows
    are kept. ``watch`` is shown the import whenever it has come further. ``Refusal`` where the file is not readable.
    """
    file_import = FileImport(
        kind=kind, file_name=_shown_name(path.name), sha256=sha256_of(path), size=path.stat().st_size, uploaded_by=by,
        confirmed_by=by, accept_valid=wish.accept_valid, accept_similar=wish.accept_similar, state=State.READING,
    )  # fmt: skip
    file_import.save()
    with working_on(file_import.pk):
        try:
            _read(file_import, path, watch)
            _apply_unseen(file_import, wish, watch)
        except Refusal as refusal:
            _end(file_import, State.FAILED, failure=_as_json(refusal))
            raise
        except BaseException:  # interrupted, say; what was rolled back must not be kept with it
            file_import.refresh_from_db()
            _end(file_import, State.WITHDRAWN)
            raise
        finally:
            _clear_away(file_import)
    return file_import


def discard(file_import: FileImport) -> None:
    """Forget an import that wrote nothing, with its rejected rows: a dry run that was reported."""
    staging.clear(file_import)
    file_import.delete()


# --- What a worker does ------------------------------------------------------------------------------


def advance(file_import_id: int) -> None:
    """Bring an import as far as it goes without a person. Called twice, or for an ended one, it does no harm."""
    with working_on(file_import_id) as alone:
        file_import = FileImport.objects.filter(pk=file_import_id).first() if alone else None
        if file_import is None or not file_import.is_at_work:
            return
        file_import.attempts += 1
        file_import.save(update_fields=["attempts"])
        if file_import.attempts > MAX_ATTEMPTS:
            _end(file_import, State.FAILED, failure={"code": "import-gave-up", "parameters": {"times": MAX_ATTEMPTS}})
        elif file_import.state in (State.CONFIRMED, State.APPLYING):
            _apply_seen(file_import)
        else:
            _prepare(file_import)
        if file_import.has_ended:
            _clear_away(file_import)


def _prepare(file_import: FileImport) -> None:
    """From the file to its preview."""
    try:
        if file_import.state != State.CHECKING:
            _read(file_import, Path(file_import.upload.path))
        _check(file_import)
    except Refusal as refusal:
        _end(file_import, State.FAILED, failure=_as_json(refusal))


def _as_json(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "parameters": refusal.parameters}


def _read(file_import: FileImport, path: Path, watch: Callable[[FileImport], None] = lambda each: None) -> None:
    kind = kind_of(file_import)
    file_import.holds_rows = True
    file_import.save(update_fields=["holds_rows"])
    _enter(file_import, State.READING)
    table = open_table(path, columns=kind.COLUMNS, required=kind.REQUIRED_COLUMNS)
    file_import.format = {
        "format": table.format,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "unknown_columns": [name for name in table.unknown_columns if name.casefold() != ERROR_COLUMN],
    }
    file_import.save(update_fields=["format"])
    staging.stage(file_import, table.rows(), fraction=table.progress, watch=watch)
    if not file_import.rows_read:
        raise Refusal("file-without-rows")


def _check(file_import: FileImport) -> None:
    """Judge all rows and keep what came of it. Only the keeping is a transaction: nobody waits for the judging."""
    _enter(file_import, State.CHECKING)
    counts = kind_of(file_import).judge(file_import, done=_progress_of(file_import))
    with transaction.atomic():
        changed = outcomes.take_verdicts(file_import)
        _show(file_import, counts, changed=changed)
    scratch.drop(kind_of(file_import).SCRATCH)


def _progress_of(file_import: FileImport) -> Callable[[float], None]:
    def done(fraction: float) -> None:
        file_import.rows_checked = int(file_import.rows_read * fraction)
        file_import.heartbeat_at = timezone.now()
        file_import.save(update_fields=["rows_checked", "heartbeat_at"])

    return done


def _show(file_import: FileImport, counts: dict[int, int], *, changed: int) -> None:
    """The preview that a person decides on."""
    outcomes.keep_verdicts(file_import)
    file_import.state, file_import.attempts = State.PREVIEW, 0
    file_import.counts, file_import.changed_since_preview = _named(file_import, counts), changed
    file_import.rows_checked = file_import.rows_read
    file_import.previews += 1
    file_import.save()


def _named(file_import: FileImport, counts: dict[int, int]) -> dict[str, int]:
    """Outcome → rows, unreadable ones among the rejected."""
    unreadable = RejectedRow.objects.filter(pk__range=file_import.row_ids, readable=False).count()
    named = {outcome.name.lower(): counts.get(outcome.value, 0) for outcome in Outcome}
    return {**named, "rejected": named["rejected"] + unreadable}


# --- Applying ----------------------------------------------------------------------------------------


def _apply_seen(file_import: FileImport) -> None:
    """Apply what was confirmed, if it is still what the preview said; else show what it is now."""
    _enter(file_import, State.APPLYING)
    try:
        with transaction.atomic():
            counts = _judge_for_good(file_import)
            changed = outcomes.take_verdicts(file_import)
            if changed:
                _show(file_import, counts, changed=changed)
            else:
                _make_real(file_import, counts)
    except IntegrityError:  # somebody else was a moment faster, with what no lock keeps apart: judge again
        file_import.refresh_from_db()
        _check(file_import)
    scratch.drop(kind_of(file_import).SCRATCH)


def _apply_unseen(file_import: FileImport, wish: Wish, watch: Callable[[FileImport], None]) -> None:
    file_import.state = State.APPLYING
    watch(file_import)
    try:
        _apply_if_wished(file_import, wish)
    except IntegrityError:  # as in ``_apply_seen``
        file_import.refresh_from_db()
        _apply_if_wished(file_import, wish)
    scratch.drop(kind_of(file_import).SCRATCH)
    watch(file_import)


@transaction.atomic
def _apply_if_wished(file_import: FileImport, wish: Wish) -> None:
    counts = _judge_for_good(file_import)
    outcomes.keep_refused(file_import)
    named = _named(file_import, counts)
    if wish.dry_run or not file_import.has_news(named) or (named["rejected"] and not wish.accept_valid):
        file_import.counts = named
        _end(file_import, State.WITHDRAWN)
    else:
        _make_real(file_import, counts)


def _judge_for_good(file_import: FileImport) -> dict[int, int]:
    kind = kind_of(file_import)
    kind.hold(file_import)
    return kind.judge(file_import)


def _make_real(file_import: FileImport, counts: dict[int, int]) -> None:
    kind = kind_of(file_import)
    file_import.counts = _named(file_import, counts)
    file_import.rows_applied = kind.apply(file_import)
    _end(file_import, State.APPLIED)
    details = {
        "import": file_import.pk,
        "digest": file_import.sha256,
        "rows": file_import.rows_applied,
        **file_import.counts,
    }
    scratch.check_references()
    personal = {"file": file_import.file_name}  # people name files after customers
    record_event(kind.EVENT, by=file_import.confirmed_by, details=details, personal=personal)


# --- States ------------------------------------------------------------------------------------------


def _enter(file_import: FileImport, state: FileImport.State) -> None:
    file_import.state = state
    file_import.began_at = file_import.heartbeat_at = timezone.now()
    file_import.save(update_fields=["state", "began_at", "heartbeat_at"])


def _end(file_import: FileImport, state: FileImport.State, *, failure: dict[str, Any] | None = None) -> None:
    file_import.state, file_import.failure = state, failure or {}
    file_import.ended_at = timezone.now()
    file_import.save()


def _clear_away(file_import: FileImport) -> None:
    """Rejected rows stay, to be mended; the others go."""
    kind_of(file_import).make_searchable(file_import)
    staging.clear(file_import, rejected=False)
    file_import.holds_rows = False
    file_import.save(update_fields=["holds_rows"])
