"""What a person says beforehand about an import without a preview."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of an import without a preview.

    ``dry_run`` writes nothing. ``accept_valid`` imports the valid rows although others are rejected. ``accept_similar``
    takes serial numbers similar to known ones as new ones (docs/decisions.md#which-serial-a-row-means). ``decisions``
    says of pairs whether they are the same: ``RecordPair.pair`` → ``RecordPair.Decision``. ``profile`` is the name of
    the sender's profile, empty to find it by the titles of the file. ``encoding`` is the code page of a CSV, one of
    ``spreadsheets.encodings.ENCODINGS``; empty to have it detected. ``keeps_rows`` leaves the staged
    rows until ``delete_staged_rows`` or ``discard_import`` is called: pairs of two rows are shown with both.
    """

    dry_run: bool = False
    accept_valid: bool = False
    accept_similar: bool = False
    decisions: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    encoding: str = ""
    keeps_rows: bool = False
