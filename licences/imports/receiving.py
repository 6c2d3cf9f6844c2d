"""Receiving an uploaded file: it is stored, and its import waits for a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.utils import timezone

from licences.domain.staff_identity import user_number_of
from licences.models import FileImport
from licences.operations.form_tokens import use_form_token
from licences.spreadsheets.reading import sha256_of


def receive_import(*, upload: File, kind: FileImport.Kind, by: str, token: str = "") -> FileImport:
    """Store an uploaded file and create its import, ``WAITING`` for a worker.

    ``by`` is a username. Deliberately no transaction: others may write while the file is copied. Every call creates
    another import, unless the same user has sent the same file with the same form ``token`` before: then that import is
    returned (docs/decisions.md#the-same-form-twice). ``Refusal``: ``file-unreadable``.
    """
    file_import = FileImport(kind=kind, uploaded_by=by)
    with store_upload(file_import, upload):
        earlier = _save_once(file_import, token)
    if earlier is not None:
        file_import.upload.delete(save=False)
    return earlier or file_import


@contextmanager
def store_upload(file_import: FileImport, upload: File) -> Iterator[None]:
    """Store the file of an import that the block saves; an exception in the block deletes the file.

    Sets name, size and digest. ``Refusal``: ``file-unreadable``.
    """
    file_import.file_name, file_import.size = shown_name(upload.name or ""), upload.size
    file_import.upload.save(f"{timezone.now():%Y%m%d-%H%M%S}{Path(upload.name or '').suffix[:8]}", upload, save=False)
    try:
        file_import.sha256 = sha256_of(Path(file_import.upload.path))
        yield
    except BaseException:
        file_import.upload.delete(save=False)
        raise


def _save_once(file_import: FileImport, token: str) -> FileImport | None:
    """Save the import of an upload, unless it was sent before with the same one-time ``token``.

    Returns None once it is saved; else the import that the same form and file of this user began before.
    """
    if not token:
        file_import.save()
        return None
    about = f"{file_import.kind} {file_import.sha256}"
    user = user_number_of(file_import.uploaded_by) or 0
    with use_form_token(token=f"{token} {about}", user_number=user, content=about) as use:
        earlier = FileImport.objects.filter(pk=int(use.earlier)).first() if use.earlier else None
        if earlier is None:
            file_import.save()
            use.target = str(file_import.pk)
    return earlier


def shown_name(name: str) -> str:
    """The name of a file, at most 255 characters, each of them safe for databases and HTTP headers."""
    return "".join(symbol if symbol.isprintable() else "\ufffd" for symbol in Path(name).name)[:255]
