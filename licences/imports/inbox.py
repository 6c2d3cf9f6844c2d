"""The watched folder: files that a sender puts there are imported without a person
(docs/imports.md#without-a-person).

A file stays where it is until its import has come to an end or waits for a person; only then it is moved. Its
fingerprint is stored with its import and is unique, so a file is imported once, however often workers are killed.
"""

import hashlib
import json
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction

from licences.domain.errors import Refusal
from licences.imports import queries
from licences.imports.confirmation import confirm_import, withdraw_import
from licences.imports.outcome_json import import_json
from licences.imports.profiles import profile_named
from licences.imports.receiving import store_upload
from licences.models import FileImport, SenderProfile
from licences.wording.sentences import sentence

DEFAULT_SENDER = "default"
DONE, WAITING = "done", "waiting"
State = FileImport.State
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A regular file in the folder of a sender. ``fingerprint`` changes with its size, time and identity."""

    path: Path
    sender: str
    fingerprint: tuple[int, int, int]

    @property
    def key(self) -> str:
        """The SHA-256, in hexadecimal, of sender, name and fingerprint, by which the file is imported once."""
        return hashlib.sha256(repr((self.sender, self.path.name, self.fingerprint)).encode()).hexdigest()


def known_sender(folder: str) -> str:
    """The sender whose files are in a subfolder of the inbox: the profile of that name; empty where there is none."""
    return folder if folder == DEFAULT_SENDER or _profile_of(folder) else ""


def _profile_of(sender: str) -> SenderProfile | None:
    """The profile by which the files of a sender are read; None where they are read by their column titles."""
    if sender == DEFAULT_SENDER:
        return None
    with suppress(Refusal):
        return profile_named(FileImport.Kind.PURCHASES, sender)
    return None


def actor_of(sender: str) -> str:
    """The name by which events and imports call a sender: "profile" and the sender."""
    return f"profile {sender}"


def scan_inbox() -> list[int]:
    """Take in new files, confirm what needs no person, and move what has ended or waits for one.

    Returns the keys of the imports that a worker has to advance. Idempotent; several workers may do it at once.
    """
    advance: list[int] = []
    files = list(_inbox_files())
    for gone in _seen.keys() - {file.path for file in files}:
        _seen.pop(gone, None)
    for file in files:
        try:
            advance += _look_at(file)
        except (FileNotFoundError, _Changed):
            pass  # another worker has taken it, or its sender has moved or changed it
        except OSError:
            logger.warning("A file of the inbox cannot be handled: %s", file.path, exc_info=True)
    return advance


def _look_at(file: InboxFile) -> list[int]:
    """Do the next step of one file; returns the key of its import if a worker has to advance it."""
    known = FileImport.objects.filter(inbox_key=file.key).first()
    if known is not None:
        return _settle(known, file)
    received = _receive(file) if _is_quiet(file) else None
    return [received.pk] if received and received.is_running else []


# --- Files in the folder -------------------------------------------------------------------------------


def _inbox_files() -> Iterator[InboxFile]:
    """The regular files of all known senders. Links, hidden files and deeper folders are left alone."""
    if not settings.IMPORT_INBOX:
        return
    for folder in _entries(Path(settings.IMPORT_INBOX)):
        sender = known_sender(folder.name) if folder.is_dir(follow_symlinks=False) else ""
        for entry in _entries(Path(folder.path)) if sender else ():
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(found.st_mode) and not entry.name.startswith("."):
                    yield InboxFile(Path(entry.path), sender, _fingerprint(found))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """The files and folders in a folder, by name; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda each: each.name)
    except OSError as error:
        logger.warning("The inbox cannot be read: %s (%s)", folder, error.strerror)
        return []


def _fingerprint(found: os.stat_result) -> tuple[int, int, int]:
    """What identifies a state of a file: inode, size in bytes, and time of change in nanoseconds."""
    return found.st_ino, found.st_size, found.st_mtime_ns


_seen: dict[Path, tuple[tuple[int, int, int], float]] = {}  # since when this process sees a file as it is


def _is_quiet(file: InboxFile) -> bool:
    """Whether this process has seen the file unchanged for ``IMPORT_INBOX_QUIET_SECONDS``."""
    now = monotonic()
    fingerprint, since = _seen.get(file.path, (None, now))
    if fingerprint != file.fingerprint:
        _seen[file.path] = (file.fingerprint, since := now)
    return now - since >= settings.IMPORT_INBOX_QUIET_SECONDS


# --- Receiving -----------------------------------------------------------------------------------------


def _receive(file: InboxFile) -> FileImport | None:
    """Store a file and create its import, ``FAILED`` for one that is too large; None if it is not the file listed any
    more.

    Raises ``_Changed`` if it changes while it is copied, or another worker was first; the copy is then deleted.
    """
    received = FileImport(
        kind=FileImport.Kind.PURCHASES, uploaded_by=actor_of(file.sender), inbox_key=file.key, inbox_sender=file.sender,
        profile=_profile_of(file.sender),
    )  # fmt: skip
    with os.fdopen(os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source:
        if _fingerprint(os.fstat(source.fileno())) != file.fingerprint:
            return None
        if file.fingerprint[1] > settings.IMPORT_MAX_BYTES:
            return _refuse(received, file)
        with store_upload(received, File(source, name=file.path.name)):
            if _fingerprint(os.fstat(source.fileno())) != file.fingerprint:
                raise _Changed
            _save_first(received)
    _seen.pop(file.path, None)
    return received if received.pk else None


class _Changed(OSError):
    """The file changed while it was copied."""


def _save_first(received: FileImport) -> None:
    """Save the import. ``_Changed`` where another worker has taken in the same file, so that the copy is deleted."""
    try:
        with transaction.atomic():
            received.save()
    except IntegrityError:
        raise _Changed from None


def _refuse(received: FileImport, file: InboxFile) -> FileImport | None:
    """Save the import of a file that is too large as ``FAILED``; None where another worker has saved it before."""
    limit = settings.IMPORT_MAX_BYTES
    received.file_name, received.size = file.path.name[:255], file.fingerprint[1]
    received.state = State.FAILED
    received.failure = {"code": "inbox-file-too-large", "parameters": {"limit": limit}}
    with suppress(IntegrityError), transaction.atomic():
        received.save()
    return received


# --- Settling ------------------------------------------------------------------------------------------


def _settle(file_import: FileImport, file: InboxFile) -> list[int]:
    """Confirm the import of a file, or move the file; returns the key of the import if a worker has to advance it."""
    if file_import.awaits_confirmation and not _needs_person(file_import):
        with suppress(Refusal):  # another worker, or a person, was first
            return _decide(file_import)
        return []
    if file_import.awaits_confirmation or file_import.state in (State.COLUMNS, State.FAILED):
        _move(file_import, file, WAITING)
    elif file_import.has_ended:
        _move(file_import, file, DONE)
    return []


def _needs_person(file_import: FileImport) -> bool:
    """Whether only a person can decide on a preview: rejected rows, undecided pairs, or an unsure encoding."""
    has_unsure_text = not file_import.format.get("encoding_is_sure", True)
    return bool(has_unsure_text or file_import.counts.get("rejected") or queries.rows_to_confirm(file_import))


def _decide(file_import: FileImport) -> list[int]:
    """Confirm an import in the name of its sender, or withdraw it where all of its rows are on record already.

    Returns the key of the import if a worker has to advance it. Where somebody else was first, ``Refusal``:
    ``import-not-waiting``, ``import-preview-old``.
    """
    by = actor_of(file_import.inbox_sender or DEFAULT_SENDER)
    if not file_import.changes_anything():
        withdraw_import(file_import_id=file_import.pk, by=by)
        return []
    confirm_import(file_import_id=file_import.pk, preview=file_import.previews, accept_valid=False, by=by)
    return [file_import.pk]


def _move(file_import: FileImport, file: InboxFile, folder: str) -> None:
    """Move a file of the inbox into the folder of this name beside it, after its report. Idempotent."""
    target = file.path.parent / folder / f"{file_import.pk}-{file.path.name}"
    target.parent.mkdir(exist_ok=True)
    _write_report(file_import, target)
    file.path.rename(target)
    if _fingerprint(target.lstat()) != file.fingerprint:  # replaced in this moment: a new file, to be imported
        back = file.path if not file.path.exists() else target.parent.parent / target.name
        target.rename(back)


def _write_report(file_import: FileImport, target: Path) -> None:
    """Write what came of a file as JSON beside ``target``, whole or not at all."""
    report = target.with_name(f"{target.name}.json")
    unfinished = report.with_name(f".{report.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(_report(file_import), ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(report)


def _report(file_import: FileImport) -> dict[str, Any]:
    """The report on a file: ``import_json``, and what a reader without the portal needs.

    ``page`` is the address of the import, ``message`` the sentence of its failure, None without one.
    """
    failure = file_import.failure
    return {
        **import_json(file_import),
        "page": f"{settings.PORTAL_URL}{file_import.get_absolute_url()}",
        "message": sentence(failure["code"], failure.get("parameters", {})) if failure else None,
    }
