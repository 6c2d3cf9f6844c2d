"""The kinds of files that can be imported. Each is a module with the same names; this says what they mean."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from licences.domain.row_cells import Problem
from licences.models import FileImport
from licences.operations.imports import purchases


class Kind(Protocol):
    COLUMNS: Sequence[str]
    REQUIRED_COLUMNS: Sequence[str]
    MODEL: Any  # of the staged rows
    TABLE: str
    STAGED_COLUMNS: Sequence[str]

    def staged(self, row_id: int, cells: tuple[str, ...]) -> tuple[str | None, ...] | list[Problem]:
        """The values to stage for a row, or why it cannot be read."""

    def judge(self, file_import: FileImport) -> dict[int, int]:
        """Judge all staged rows by what is on record; returns how many have which ``RowOutcome.Outcome``."""

    def keep_outcomes(self, file_import: FileImport) -> None:
        """Keep what was judged, for the preview."""

    def problems(self) -> Iterator[tuple[int, tuple[str, ...], Problem]]:
        """Row key, cells and problem of the rows that were refused as they were judged."""

    def apply(self, file_import: FileImport) -> int:
        """Make what was judged good real; returns the number of rows."""


KINDS: dict[str, Any] = {FileImport.Kind.PURCHASES: purchases}
