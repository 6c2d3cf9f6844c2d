"""Lines that a program sent, as the file of an import that waits for a person."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from io import StringIO

from django.core.files.base import ContentFile

from licences.imports.receiving import store_upload
from licences.imports.rows.purchase_lines import COLUMNS
from licences.models import FileImport, ProgramKey

_OPEN = (*FileImport.RUNNING, FileImport.State.PREVIEW, FileImport.State.COLUMNS)


def as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    """The lines as a purchase file: a CSV in UTF-8, with a byte order mark, so that its encoding is sure."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def receive(lines: Sequence[Sequence[str]], *, key: ProgramKey) -> FileImport:
    """Return the import in which these lines wait for a person, ``WAITING`` for a worker if it is new.

    An import of the same lines by a program that has not ended is returned instead. Call within a transaction that
    holds the lock on purchases. ``Refusal``: ``file-unreadable``.
    """
    content = as_csv(lines)
    same = FileImport.objects.filter(sha256=hashlib.sha256(content).hexdigest(), program_key__isnull=False)
    earlier = same.filter(state__in=_OPEN, kind=FileImport.Kind.PURCHASES).first()
    if earlier is not None:
        return earlier
    file_import = FileImport(kind=FileImport.Kind.PURCHASES, program_key=key, uploaded_by=key.actor)
    with store_upload(file_import, ContentFile(content, name=f"{key.name}.csv")):
        file_import.save()
    return file_import
