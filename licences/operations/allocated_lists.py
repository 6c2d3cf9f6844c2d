"""Lists of allocated serials: files that keep, outside the database, which purchase was given which serial.

After a restore they are read first, so that the same purchases get the same serials
(docs/decisions.md#restored-backups and docs/restore.md#step-by-step). ``settings.ALLOCATED_SERIALS_DIR``
holds one file of JSON lines per applied import or recorded purchase: a head, a line per purchase and serial, and an
end with the number of those lines. Customer and site are digests (``allocation_key`` and ``place`` of a staged row). A
list is written as ``.pending`` before the transaction commits and renamed after it. If the process is killed in
between, the worker completes the list.
"""

import json
import os
import secrets
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import FileImport, LicenceGrant
from licences.personal.upload_search import text_names_any

VERSION = 1
PENDING, COMPLETE = ".pending", ".jsonl"
RAISES_FILE = "raised_sequences.json"  # a line of JSON per raise of the sequences
_ROLLED_BACK_AFTER = 24 * 60 * 60  # seconds; no transaction takes longer, so an older pending list has none


class Allocation(NamedTuple):
    """A purchase line and the serial that it was given.

    ``allocation_key`` and ``place`` are digests of the customer and site, as in a staged row.
    """

    purchase_reference: str
    line: int
    allocation_key: str
    place: int
    serial: str


@dataclass(frozen=True, slots=True)
class ListHead:
    """The first line of a list: what was applied, and when.

    ``first`` is the first purchase reference, line and serial, by which the list is recognised in the database; None
    where no purchase is listed. ``file_import`` is the primary key of the import, None for purchases without a file.
    ``rows`` counts the rows of the file, ``digest`` is its SHA-256 in hexadecimal; without a file, they are the number
    and a digest of the recorded lines. The fields are the keys of the JSON.
    """

    version: int
    applied_at: str
    kind: str
    file_import: int | None
    file: str
    digest: str
    rows: int
    first: list[Any] | None

    @property
    def is_on_record(self) -> bool:
        """Whether the database has the import or the purchases that the list of allocated serials is about."""
        if self.first is not None:
            reference, line, serial = self.first
            grants = LicenceGrant.objects.filter(purchase_reference=reference, line=line, serial__code=serial)
            return grants.exists()
        if self.file_import is None:
            return False
        applied = FileImport.objects.filter(pk=self.file_import, sha256=self.digest, state=FileImport.State.APPLIED)
        return applied.exists()


# --- Writing -----------------------------------------------------------------------------------------


def write_allocated_list(
    allocations: Generator[Allocation, None, None],
    *,
    kind: str,
    file_import: int | None,
    file: str,
    digest: str,
    rows: int,
) -> None:
    """Write the file that keeps, for a restore, which serial each purchase was given in the current transaction.

    The file is pending until the transaction commits; then it is complete. ``allocations`` yields a purchase line with
    its serial each, and is closed. ``file_import`` is the primary key of the import, None without one; ``kind``,
    ``file``, ``digest`` and ``rows`` are the kind, name, digest and number of rows of its file (see ``ListHead``).
    ``Refusal``: ``allocated-list-unwritable``, for which the caller has to roll back.
    """
    with closing(allocations):  # closes its cursor before the transaction ends, also after an error
        _write_pending_list(allocations, kind=kind, file_import=file_import, file=file, digest=digest, rows=rows)


def _write_pending_list(
    allocations: Iterator[Allocation], *, kind: str, file_import: int | None, file: str, digest: str, rows: int
) -> None:
    """Write the list of allocated serials under a pending name; it is renamed when the transaction commits.

    ``allocations`` yields a purchase line with its serial each; the other arguments are fields of ``ListHead``.
    ``Refusal``: ``allocated-list-unwritable``; what was written is then removed.
    """
    first = next(allocations, None)
    first_line = None if first is None else [first.purchase_reference, first.line, first.serial]
    now = timezone.now()
    head = ListHead(VERSION, now.isoformat(), kind, file_import, file, digest, rows, first_line)
    path = _folder() / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(6)}{PENDING}"
    try:
        _write_safely(path, _lines(head, first, allocations))
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise _unwritable(error) from None
    transaction.on_commit(partial(_complete, path), robust=True)


def _lines(head: ListHead, first: Allocation | None, others: Iterable[Allocation]) -> Iterator[str]:
    """The lines of a list: its head, one per purchase and serial, and an end with their number; each is JSON.

    ``first`` is the first allocation, None if there is none; ``others`` are those that follow. Lines of one purchase
    stand together, so an entry that equals the one before is left out.
    """
    yield json.dumps(asdict(head))
    count, previous = 0, None
    for allocation in chain([first] if first else [], others):
        entry = _entry(allocation)
        if entry != previous:
            previous, count = entry, count + 1
            yield json.dumps(entry)
    yield json.dumps({"end": count})


def _entry(allocation: Allocation) -> list[Any]:
    """The line of an allocation in a list, as JSON: purchase reference, allocation key, place and serial."""
    return [allocation.purchase_reference, allocation.allocation_key, allocation.place, allocation.serial]


def _folder() -> Path:
    """The folder of the lists, made if it is missing. ``Refusal``: ``allocated-list-unwritable``."""
    folder = Path(settings.ALLOCATED_SERIALS_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unwritable(error) from None
    return folder


def _unwritable(error: OSError) -> Refusal:
    """The refusal for an error of the file system: ``allocated-list-unwritable`` with ``folder`` and ``why``."""
    return Refusal("allocated-list-unwritable", folder=str(settings.ALLOCATED_SERIALS_DIR), why=error.strerror or "")


def _write_safely(path: Path, lines: Iterable[str], *, flags: int = os.O_EXCL) -> None:
    """Write lines to a file, and sync it and its folder. Only its owner can read a new file, from its first byte on.

    The file must not exist, unless other ``flags`` of ``os.open`` are passed: with ``O_APPEND`` the lines are added.
    Raises ``OSError``; a part of the lines may then be in the file.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Have the operating system write the entries of a folder to the disk, so that a new name survives a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _complete(path: Path) -> None:
    """Rename a pending list, whose path is given, to its final name. Idempotent: nothing happens if it is gone."""
    with suppress(FileNotFoundError):  # the worker has completed it
        path.rename(path.with_suffix(COMPLETE))
        _sync_folder(path.parent)


def complete_pending_lists() -> None:
    """Complete the lists of allocated serials whose process was killed between its commit and renaming them.

    Those whose transaction is not on record are removed after a day. A pending list without its rows in the database
    may be of a transaction that was rolled back, or of one that a restore took away: the two cannot be told apart, so
    ``read_all_lists`` reads pending lists too. Idempotent.
    """
    for path in Path(settings.ALLOCATED_SERIALS_DIR).glob(f"*{PENDING}"):
        with suppress(FileNotFoundError):
            pending = read_allocated_list(path)
            if pending.head is not None and pending.head.is_on_record:
                _complete(path)
            elif path.stat().st_mtime < time.time() - _ROLLED_BACK_AFTER:
                path.unlink()


def erase_file_names(values: list[str]) -> None:
    """Blank the name of the imported file in lists of allocated serials where it contains one of the values.

    ``values`` are the customer's names, compared as they are written. A list is replaced whole or not at all. Part of
    the erasure of a customer (docs/personal-data.md#a-customer-wants-to-be-forgotten). Idempotent.
    """
    for each in read_all_lists():
        if each.head is not None and text_names_any(each.head.file, values):
            new = each.path.with_suffix(".new")
            new.unlink(missing_ok=True)
            with each.path.open(encoding="utf-8") as file:
                file.readline()
                head = json.dumps({**asdict(each.head), "file": ""})
                _write_safely(new, chain([head], (line.rstrip("\n") for line in file)))
            new.replace(each.path)


# --- Reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AllocatedList:
    """A list in its file. ``head`` is None where the first line is missing, damaged or of another version."""

    path: Path
    head: ListHead | None

    @property
    def is_complete(self) -> bool:
        """Whether the transaction that wrote the list is known to have committed: its file has the final name."""
        return self.path.suffix == COMPLETE

    def serials(self) -> Iterator[list[Any]]:
        """Every entry as ``[purchase reference, allocation key, place, serial]``.

        Raises ``ValueError`` if the end is missing or a line is damaged; the entries before that have been yielded.
        """
        with self.path.open(encoding="utf-8") as file:
            next(file, None)
            for count, line in enumerate(file):
                entry = json.loads(line)
                if entry == {"end": count}:
                    return
                reference, key, place, serial = entry
                yield [str(reference), str(key), int(place), str(serial)]
        raise ValueError("the list breaks off")


def read_allocated_list(path: Path) -> AllocatedList:
    """Open the list of allocated serials in a file: its head is read now, its entries by ``AllocatedList.serials``.

    Raises ``OSError`` if the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            values = json.loads(file.readline())
        head = ListHead(**values) if values.get("version") == VERSION else None
    except (ValueError, TypeError, AttributeError):
        head = None
    return AllocatedList(path, head)


def read_all_lists() -> list[AllocatedList]:
    """All lists of allocated serials, complete and pending, the oldest first."""
    folder = Path(settings.ALLOCATED_SERIALS_DIR)
    return [read_allocated_list(path) for path in sorted([*folder.glob(f"*{COMPLETE}"), *folder.glob(f"*{PENDING}")])]


# --- Raises of sequences ------------------------------------------------------------------------------


def write_sequence_raise(raised: dict[str, Any]) -> None:
    """Append a raise of the sequences to its file, so that a restore cannot make it forgotten.

    ``raised`` holds ``mark``, ``by_how_many`` and ``by``. ``Refusal``: ``allocated-list-unwritable``.
    """
    try:
        _write_safely(_folder() / RAISES_FILE, ["", json.dumps(raised)], flags=os.O_APPEND)
    except OSError as error:
        raise _unwritable(error) from None


def read_sequence_raises() -> list[dict[str, Any]]:
    """The raises of the sequences that ``write_sequence_raise`` stored, the oldest first.

    Each has ``mark``, ``by_how_many`` and ``by``. A line that was written only in part is left out.
    """
    try:
        text = (Path(settings.ALLOCATED_SERIALS_DIR) / RAISES_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    raises = []
    for line in text.splitlines():
        with suppress(ValueError):  # empty, or not written whole: that raise was rolled back
            raises.append(json.loads(line))
    return raises
