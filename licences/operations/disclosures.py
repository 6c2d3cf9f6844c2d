"""Events of disclosures: who took which data out of the portal (docs/decisions.md#what-is-carried-out-is-an-event)."""

import hashlib
from dataclasses import dataclass

from django.db import transaction

from customers.models import Customer
from licences.models import Event, Serial, UnlockCode
from licences.operations.codes import ensure_licence_file, licence_file_text
from licences.operations.events import record_customer_event, record_event


@dataclass(frozen=True, slots=True)
class DisclosedFile:
    """A list that is downloaded as a file.

    ``listed`` says what the rows are, ``name`` is the file name, ``columns`` are the titles, ``by`` is who downloads
    it, and ``filter`` the query string of the list, empty for all rows. ``name`` and ``filter`` may contain names of
    people, so they belong to the personal part of an event.
    """

    listed: str
    name: str
    columns: tuple[str, ...]
    by: str
    filter: str = ""

    def details(self) -> dict[str, object]:
        """What the details of an event say of the file, by name; nothing that may name a person."""
        return {"list": self.listed, "columns": list(self.columns)}

    def personal(self) -> dict[str, object]:
        """What the personal part of an event says of the file, by name: file name and filter."""
        personal: dict[str, object] = {"file": self.name}
        return {**personal, "filter": self.filter} if self.filter else personal


@transaction.atomic
def record_disclosure_begun(*, file: DisclosedFile) -> int:
    """Record that the download of a long list begins; returns the primary key of the event.

    The caller passes that key to ``record_disclosure`` when the download has ended.
    """
    kind = Event.Kind.FILE_BEGUN
    return record_event(kind, by=file.by, details=file.details(), personal=file.personal()).pk


@transaction.atomic
def record_disclosure(
    *, file: DisclosedFile, rows: int, size: int, sha256: str, is_whole: bool = True, begun_by: int | None = None
) -> None:
    """Record that a list was downloaded.

    ``rows`` is the number of rows, ``size`` that of bytes, ``sha256`` the digest of the file in hexadecimal.
    ``is_whole`` is False for a download that was cut off: rows, size and digest are then those of the part that was
    written. ``begun_by`` is what ``record_disclosure_begun`` returned, if it was called. Every call is an event.
    """
    content = {"rows": rows, "bytes": size, "sha256": sha256, "whole": is_whole}
    begun = {"begun_by": begun_by} if begun_by is not None else {}
    details = {**file.details(), **content, **begun}
    record_event(Event.Kind.FILE_TAKEN, by=file.by, details=details, personal=file.personal())


@transaction.atomic
def disclose_licence_file(*, code: UnlockCode, by: str) -> None:
    """Record that the licence file of an unlock code is downloaded. Every call is an event.

    A code older than licence files gets its file now (docs/decisions.md#licence-files-are-fixed).
    """
    ensure_licence_file(code)
    sha256 = hashlib.sha256(licence_file_text(code).encode()).hexdigest()
    details = {"list": "licence file", "rows": 1, "sequence": code.sequence, "sha256": sha256, "whole": True}
    serial = code.serial
    record_event(Event.Kind.FILE_TAKEN, by=by, serial=serial.code, customer=serial.site.customer, details=details)


@transaction.atomic
def record_log_export(*, length: int, last_hash: str, sha256: str, with_personal: bool, by: str) -> None:
    """Record that the event log was exported (docs/proof.md#the-log-as-a-file). Every call is an event.

    ``length`` is the number of exported events, ``last_hash`` the hash of the last one, ``sha256`` the digest of the
    file, both in hexadecimal. ``with_personal`` says whether the file contains names.
    """
    details = {"length": length, "last_hash": last_hash, "sha256": sha256, "personal": with_personal}
    record_event(Event.Kind.LOG_EXPORTED, by=by, details=details)


@transaction.atomic
def record_case_file(*, serial: Serial, sha256: str, file_sha256: str, by: str) -> None:
    """Record that the case file of a serial was made as a PDF (docs/proof.md#the-case-file-of-a-serial-number).

    ``sha256`` is the digest printed on its pages, ``file_sha256`` that of the PDF file. Every call is an event.
    """
    details = {"sha256": sha256, "file_sha256": file_sha256}
    record_customer_event(Event.Kind.CASE_FILE_MADE, by=by, serial=serial, details=details)


@transaction.atomic
def record_subject_access(*, customer: Customer, sha256: str, by: str) -> None:
    """Record that the data held about a customer was handed out (docs/personal-data.md#a-customer-asks-for-their-data).

    ``sha256`` is the digest of the file. Every call is an event.
    """
    record_customer_event(Event.Kind.CUSTOMER_EXPORTED, by=by, customer=customer, details={"sha256": sha256})
