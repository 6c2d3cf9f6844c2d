"""The life cycle of an import, from the page and from the command line: read, judge, preview, confirm, apply.

A worker may be killed at any point (docs/decisions.md#signs-of-life-of-a-worker). Its last step is then either repeated
from the beginning by the next worker, or was a transaction that is rolled back; ``working_on`` tells whether a worker
still holds the import.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.imports import record_pairs, staging, temporary_tables, verdict_storage
from licences.imports.code_pages import encoding_format, forget_samples, refuse_unsure_encoding
from licences.imports.kinds import import_kind
from licences.imports.locks import working_on
from licences.imports.options import ImportOptions
from licences.imports.profiles import ADDED_COLUMNS, profile_named
from licences.imports.receiving import shown_name
from licences.imports.rows.staged_purchases import KEYS_VERSION
from licences.imports.sender_files import may_be_asked, open_sender_file
from licences.models import FileImport, RejectedRow, RowOutcome
from licences.operations import allocated_lists
from licences.operations.events import record_event
from licences.spreadsheets.reading import sha256_of

MAX_ATTEMPTS = 3
State = FileImport.State
Outcome = RowOutcome.Outcome


def import_file(
    path: Path,
    *,
    kind: FileImport.Kind,
    by: str,
    options: ImportOptions,
    watch: Callable[[FileImport], None] = lambda file_import: None,
) -> FileImport:
    """Import a file at once, without a preview: all rows or none, unless ``options.accept_valid``.

    ``by`` is a username or the name of a command. Returns the import, ``APPLIED``, or ``WITHDRAWN`` where nothing was
    written; its rejected rows are kept. ``watch`` is called with the import whenever it has progressed. The same file
    again changes no records, but leaves another import. With ``options.keeps_rows`` staged rows may be left.

    ``Refusal``, after which the import has ended ``FAILED``: ``profile-unknown``, ``file-without-rows``,
    ``encoding-unsure``, ``allocated-list-unwritable``; what keeps a file from being opened (the codes of
    ``open_sender_file``) or a row from being read (``file-broken``, ``row-too-large``, ``row-nul``,
    ``row-not-decodable``). Any other exception ends it ``WITHDRAWN``.
    """
    profile = profile_named(kind, options.profile) if options.profile else None
    file_import = FileImport(
        kind=kind, profile=profile, file_name=shown_name(path.name), sha256=sha256_of(path),
        size=path.stat().st_size, uploaded_by=by, confirmed_by=by,
        accept_valid=options.accept_valid, accept_similar=options.accept_similar, state=State.READING,
        decisions=dict(options.decisions) or None,
    )  # fmt: skip
    file_import.save()
    with working_on(file_import.pk):
        try:
            if options.encoding:
                file_import.format = {"encoding_chosen": options.encoding}
            _read_file(file_import, path, watch)
            _apply_without_preview(file_import, options, watch)
        except Refusal as refusal:
            _end_import(file_import, State.FAILED, failure=_refusal_json(refusal))
            raise
        except BaseException:  # an interrupt, for example; fields of the rolled-back transaction must not be saved
            file_import.refresh_from_db()
            _end_import(file_import, State.WITHDRAWN)
            raise
        finally:
            if not (options.keeps_rows and file_import.pairs.exists()):
                delete_staged_rows(file_import)
    return file_import


def discard_import(file_import: FileImport) -> None:
    """Delete an import that wrote no records, with its rejected rows: a dry run that was reported."""
    staging.clear_staged_rows(file_import)
    file_import.delete()


# --- The worker --------------------------------------------------------------------------------------


def advance_import(file_import_id: int) -> None:
    """Take an import to its preview or, once it is confirmed, to its end.

    A refused file whose columns a person can name waits in ``COLUMNS``; any other refusal ends the import ``FAILED``. A
    confirmed import is previewed again, and not applied, if any verdict has changed since its preview, or if older code
    staged its rows. Rule: docs/imports.md#what-happens-to-a-file.

    Idempotent: does nothing while another worker holds the import, and nothing for one that waits for a person, has
    ended or does not exist. An import that was interrupted ``MAX_ATTEMPTS`` times ends ``FAILED``.
    """
    with working_on(file_import_id) as locked:
        file_import = FileImport.objects.filter(pk=file_import_id).first() if locked else None
        if file_import is None or not file_import.is_running:
            return
        file_import.attempts += 1
        file_import.save(update_fields=["attempts"])
        if file_import.attempts > MAX_ATTEMPTS:
            gave_up = Refusal("import-gave-up", times=MAX_ATTEMPTS)
            _end_import(file_import, State.FAILED, failure=_refusal_json(gave_up))
        elif file_import.state in (State.CONFIRMED, State.APPLYING) and not _has_old_keys(file_import):
            _apply_confirmed(file_import)
        else:
            _prepare(file_import)
        if file_import.has_ended:
            delete_staged_rows(file_import)


def _prepare(file_import: FileImport) -> None:
    """Read the file, unless all its rows are staged, and make the preview.

    If the file is refused, have a person name its columns where that can help, else end the import ``FAILED``.
    """
    try:
        if file_import.state != State.CHECKING or _has_old_keys(file_import):
            _read_file(file_import, Path(file_import.upload.path))
        _judge_and_preview(file_import)
    except Refusal as refusal:
        if may_be_asked(file_import, refusal):
            _ask_for_columns(file_import, refusal)
        else:
            _end_import(file_import, State.FAILED, failure=_refusal_json(refusal))


def _ask_for_columns(file_import: FileImport, refusal: Refusal) -> None:
    """Have the import wait until a person has said which of its columns is what."""
    file_import.state, file_import.failure, file_import.holds_rows = State.COLUMNS, _refusal_json(refusal), False
    file_import.attempts = 0
    file_import.save(update_fields=["state", "failure", "holds_rows", "attempts"])


def _has_old_keys(file_import: FileImport) -> bool:
    """Whether older code staged the rows, with other keys: then the file is read again, and previewed again."""
    return file_import.format.get("keys") != KEYS_VERSION


def _refusal_json(refusal: Refusal) -> dict[str, Any]:
    """The refusal as ``FileImport.failure`` stores it: ``code`` and ``parameters``, without sample lines."""
    parameters = {name: value for name, value in refusal.parameters.items() if name != "samples"}  # names of people
    return {"code": refusal.code, "parameters": parameters}


def _read_file(file_import: FileImport, path: Path, watch: Callable[[FileImport], None] = lambda each: None) -> None:
    """Open the file of an import, store its format and profile, and stage its rows.

    ``watch`` is called with the import whenever rows were staged. ``Refusal``: ``file-without-rows``,
    ``encoding-unsure``, what keeps a file from being opened (the codes of ``open_sender_file``) or a row from being
    read (``file-broken``, ``row-too-large``, ``row-nul``, ``row-not-decodable``).
    """
    file_import.holds_rows = True
    file_import.save(update_fields=["holds_rows"])
    _enter_state(file_import, State.READING)
    opened = open_sender_file(file_import, path)
    table = opened.table
    file_import.profile = opened.profile
    file_import.format = {
        "format": table.format,
        "keys": KEYS_VERSION,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "profile": opened.profile.name if opened.profile else "",
        "unknown_columns": [name for name in table.unknown_columns if name.casefold() not in ADDED_COLUMNS],
        **encoding_format(table, file_import.format),
    }
    file_import.save(update_fields=["profile", "format"])
    if not file_import.upload:  # nobody will see a preview
        refuse_unsure_encoding(file_import)
    staging.clear_staged_rows(file_import)
    staging.stage_rows(file_import, opened.rows(file_import.kind), fraction=table.progress, watch=watch)
    file_import.format["skipped_rows"] = opened.skipped_rows()
    if table.filled:
        file_import.format["filled_cells"] = table.filled
    file_import.save(update_fields=["format"])
    if not file_import.rows_read:
        raise Refusal("file-without-rows")


def _judge_and_preview(file_import: FileImport) -> None:
    """Judge all rows and store the verdicts. Only storing is a transaction, so that nobody waits for the judging."""
    _enter_state(file_import, State.CHECKING)
    counts = import_kind(file_import).judge_rows(file_import, done=_report_progress(file_import))
    with transaction.atomic():
        changed = verdict_storage.collect_verdicts(file_import)
        _store_preview(file_import, counts, changed=changed)
    temporary_tables.drop(import_kind(file_import).temporary_tables)


def _report_progress(file_import: FileImport) -> Callable[[float], None]:
    """Return a function that saves the fraction judged so far, from 0 to 1, with a heartbeat."""

    def done(fraction: float) -> None:
        """Save the fraction judged so far, with a heartbeat."""
        file_import.rows_checked = int(file_import.rows_read * fraction)
        file_import.heartbeat_at = timezone.now()
        file_import.save(update_fields=["rows_checked", "heartbeat_at"])

    return done


def _store_preview(file_import: FileImport, counts: dict[int, int], *, changed: int) -> None:
    """Store the verdicts and the preview that a person decides on, and put the import into the state ``PREVIEW``.

    ``counts``: values of ``RowOutcome.Outcome`` → number of rows, without the unreadable ones. ``changed``: how many
    rows differ from the preview before. Call within a transaction, after ``collect_verdicts``.
    """
    verdict_storage.store_verdicts(file_import)
    file_import.state, file_import.attempts = State.PREVIEW, 0
    file_import.counts, file_import.changed_since_preview = _counts_by_name(file_import, counts), changed
    _set_totals(file_import)
    record_pairs.store_pairs(file_import)
    file_import.rows_checked = file_import.rows_read
    file_import.previews += 1
    file_import.save()


def _set_totals(file_import: FileImport) -> None:
    """Set what the judgement just made found besides outcomes: new records, open decisions, unusual quantities."""
    totals = import_kind(file_import).judged_totals(file_import)
    file_import.new_serials, file_import.new_customers = totals.new_serials, totals.new_customers
    file_import.to_confirm = totals.to_confirm
    file_import.format["unusual_quantities"] = totals.unusual_quantities


def _counts_by_name(file_import: FileImport, counts: dict[int, int]) -> dict[str, int]:
    """Name of the outcome → number of rows; unreadable rows count as rejected."""
    unreadable = RejectedRow.objects.filter(pk__range=file_import.row_ids, readable=False).count()
    by_name = {outcome.name.lower(): counts.get(outcome.value, 0) for outcome in Outcome}
    return {**by_name, "rejected": by_name["rejected"] + unreadable}


# --- Applying ----------------------------------------------------------------------------------------


def _apply_confirmed(file_import: FileImport) -> None:
    """Apply a confirmed import, or preview it again where verdicts have changed; a refusal ends it ``FAILED``."""
    try:
        _apply_previewed(file_import)
    except Refusal as refusal:
        _end_import(file_import, State.FAILED, failure=_refusal_json(refusal))


def _apply_previewed(file_import: FileImport) -> None:
    """Apply the confirmed import if every row still has the verdict of its preview; else store a new preview.

    ``Refusal``: ``allocated-list-unwritable``.
    """
    _enter_state(file_import, State.APPLYING)
    try:
        with transaction.atomic():
            counts = lock_and_judge(file_import)
            changed = verdict_storage.collect_verdicts(file_import)
            if changed:
                _store_preview(file_import, counts, changed=changed)
            else:
                apply_and_record(file_import, counts)
    except IntegrityError:  # a concurrent change that no lock prevents: judge again
        file_import.refresh_from_db()
        _judge_and_preview(file_import)
    temporary_tables.drop(import_kind(file_import).temporary_tables)


def _apply_without_preview(
    file_import: FileImport, options: ImportOptions, watch: Callable[[FileImport], None]
) -> None:
    """Judge and apply an import without a preview, as its options allow; again after a concurrent change.

    ``watch`` is called with the import whenever it has progressed. ``Refusal``: ``allocated-list-unwritable``.
    """
    file_import.state = State.APPLYING
    watch(file_import)
    try:
        _apply_unless_dry_run(file_import, options)
    except IntegrityError:  # as in ``_apply_previewed``
        file_import.refresh_from_db()
        _apply_unless_dry_run(file_import, options)
    temporary_tables.drop(import_kind(file_import).temporary_tables)
    watch(file_import)


@transaction.atomic
def _apply_unless_dry_run(file_import: FileImport, options: ImportOptions) -> None:
    """Judge for the last time, and apply or withdraw the import as its options say; one transaction."""
    counts = lock_and_judge(file_import)
    verdict_storage.store_rejected_rows(file_import)
    record_pairs.store_pairs(file_import)
    by_name = _counts_by_name(file_import, counts)
    if (
        options.dry_run
        or not file_import.changes_anything(by_name)
        or (by_name["rejected"] and not options.accept_valid)
    ):
        file_import.counts = by_name
        _set_totals(file_import)
        _end_import(file_import, State.WITHDRAWN)
    else:
        apply_and_record(file_import, counts)


def lock_and_judge(file_import: FileImport) -> dict[int, int]:
    """Lock the records that the rows touch, and judge for the last time; returns outcome → number of rows.

    The outcomes are values of ``RowOutcome.Outcome``. The locks last until the end of the caller's transaction.
    """
    kind = import_kind(file_import)
    kind.lock_records(file_import)
    return kind.judge_rows(file_import)


def apply_and_record(file_import: FileImport, counts: dict[int, int]) -> None:
    """Write the records, the list of allocated serials, the event and the end of the import; one transaction."""
    kind = import_kind(file_import)
    file_import.counts = _counts_by_name(file_import, counts)
    _set_totals(file_import)
    applied = kind.apply_rows(file_import)
    allocated_lists.write_allocated_list(
        kind.allocations(), kind=file_import.kind, file_import=file_import.pk, file=file_import.file_name,
        digest=file_import.sha256, rows=applied.rows,
    )  # fmt: skip
    file_import.rows_applied = applied.rows
    _end_import(file_import, State.APPLIED)
    details = {
        "import": file_import.pk,
        "digest": file_import.sha256,
        "rows": file_import.rows_applied,
        **file_import.counts,
        "new_serials": file_import.new_serials,
        "new_customers": file_import.new_customers,
        **({"profile": file_import.format["profile"]} if file_import.format.get("profile") else {}),
        **({"program": file_import.program_key.as_details()} if file_import.program_key else {}),
        **({"made": applied.digests} if applied.digests else {}),
    }
    if decided := record_pairs.counts_of_decisions(file_import):
        details["decided_pairs"] = decided
    temporary_tables.check_references()
    kind.change_records(file_import.confirmed_by)
    personal = {"file": file_import.file_name}  # people name files after customers
    record_event(kind.event, by=file_import.confirmed_by, details=details, personal=personal)


# --- States ------------------------------------------------------------------------------------------


def _enter_state(file_import: FileImport, state: FileImport.State) -> None:
    """Save a state in which a worker works, with the time now as its beginning and as a heartbeat."""
    file_import.state = state
    file_import.began_at = file_import.heartbeat_at = timezone.now()
    file_import.save(update_fields=["state", "began_at", "heartbeat_at"])


def _end_import(file_import: FileImport, state: FileImport.State, *, failure: dict[str, Any] | None = None) -> None:
    """Save an end state and its time, with the failure of a failed import, as ``_refusal_json`` returns it."""
    file_import.state, file_import.failure = state, failure or {}
    forget_samples(file_import)
    file_import.ended_at = timezone.now()
    file_import.save()


def delete_staged_rows(file_import: FileImport) -> None:
    """Delete the staged rows. Rejected rows stay, so that people can correct them."""
    import_kind(file_import).make_searchable(file_import)
    staging.clear_staged_rows(file_import, include_rejected=False)
    file_import.holds_rows = False
    file_import.save(update_fields=["holds_rows"])
