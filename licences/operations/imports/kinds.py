"""The kinds of files that can be imported. Each is a module with the same names; this says what they mean."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, Protocol

from licences.domain.row_cells import Problem
from licences.models import Event, FileImport
from licences.operations.imports import installations, purchases


class Kind(Protocol):
    COLUMNS: Sequence[str]
    REQUIRED_COLUMNS: Sequence[str]
    MODEL: Any  # of the staged rows
    TABLE: str
    STAGED_COLUMNS: Sequence[str]
    LOOKED_AT: str  # the table and those of its columns that plans depend on: looking at all of them takes long
    SCRATCH: Mapping[str, str]  # the tables that a judgement leaves to what comes after it
    VERDICTS: str  # a query of what was judged: row key, outcome, serial number where there is one
    EVENT: Event.Kind

    def on_record(self, rows: Sequence[tuple[str, ...]]) -> Container[str]:
        """What tells ``staged`` which of these rows are on record already. It may miss some."""

    def staged(
        self, row_id: int, cells: tuple[str, ...], on_record: Container[str]
    ) -> tuple[str | None, ...] | list[Problem]:
        """The values to stage for a row, or why it cannot be read."""

    def judge(self, file_import: FileImport, *, done: Callable[[float], None] = ...) -> dict[int, int]:
        """Judge all staged rows by what is on record; returns how many have which ``RowOutcome.Outcome``.

        ``done`` is told how far it has come, from 0 to 1.
        """

    def problems(self) -> Iterator[tuple[int, tuple[str, ...], Problem]]:
        """Row key, cells and problem of the rows that were refused as they were judged."""

    def hold(self, file_import: FileImport) -> None:
        """Lock what the last judgement must find unchanged until its rows are applied."""

    def apply(self, file_import: FileImport) -> int:
        """Make what was judged good real; returns the number of rows."""

    def make_searchable(self, file_import: FileImport) -> None:
        """Let the look-up find what was applied. After the commit, which need not wait for it."""


_KINDS: dict[str, Any] = {
    FileImport.Kind.PURCHASES: purchases,
    FileImport.Kind.INSTALLATIONS: installations,
}


def kind_of(file_import: FileImport) -> Kind:
    found: Kind = _KINDS[file_import.kind]
    return found
