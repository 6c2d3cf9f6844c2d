"""The code page in which a CSV is read: what was detected, what a person chose, and what may be chosen.

The rule is docs/imports.md#what-a-file-may-look-like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import FileImport
from licences.spreadsheets.encodings import ENCODINGS
from licences.spreadsheets.reading import TableFile
from licences.wording.tables import encoding_label

_SAMPLES = "encoding_samples"


def encoding_format(table: TableFile, before: Mapping[str, Any]) -> dict[str, Any]:
    """What ``FileImport.format`` keeps of the encoding of a file, by key: which it is, if that is sure, and samples.

    ``table`` is the file as it was opened, ``before`` what was kept until now. The samples of the first reading stay,
    so that another code page can be chosen once more.
    """
    samples = {**before.get(_SAMPLES, {}), **{name: list(lines) for name, lines in table.encoding_samples.items()}}
    return {
        "encoding": table.encoding,
        "encoding_chosen": before.get("encoding_chosen", ""),
        "encoding_is_sure": table.encoding_is_sure,
        _SAMPLES: samples,
    }


def forget_samples(file_import: FileImport) -> None:
    """Remove the sample lines, which have names of customers, from an import that ends. The caller saves it."""
    file_import.format.pop(_SAMPLES, None)


def refuse_unsure_encoding(file_import: FileImport) -> None:
    """Refuse to go on with an import whose encoding a person has to choose.

    ``Refusal``: ``encoding-unsure``, with the ``encodings`` to choose from and ``samples`` of lines in each.
    """
    if not file_import.format.get("encoding_is_sure", True):
        samples = file_import.format.get(_SAMPLES, {})
        raise Refusal("encoding-unsure", encodings=list(samples), samples=samples)


@transaction.atomic
def choose_encoding(*, file_import_id: int, encoding: str) -> FileImport:
    """Have a file that waits for confirmation read again in another encoding, one of ``ENCODINGS``.

    Returns the import, now ``WAITING``; a worker makes the next preview. ``Refusal``: ``import-not-waiting``,
    ``encoding-unknown`` (also for a workbook, which needs none).
    """
    file_import = FileImport.objects.select_for_update(no_key=True).get(pk=file_import_id)
    if file_import.state != FileImport.State.PREVIEW:
        raise Refusal("import-not-waiting")
    if encoding not in ENCODINGS or file_import.format.get("format") != "csv":
        raise Refusal("encoding-unknown", encodings=list(ENCODINGS))
    file_import.format["encoding_chosen"] = encoding
    file_import.state, file_import.heartbeat_at = FileImport.State.WAITING, timezone.now()
    file_import.rows_read = file_import.rows_checked = 0
    file_import.save(update_fields=["format", "state", "heartbeat_at", "rows_read", "rows_checked"])
    return file_import


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """What a page shows of the encoding of a CSV: the one that is assumed, sample lines, and what may be chosen.

    ``samples``: label and lines of each encoding that is possible; ``choices``: name and label of all.
    """

    encoding: str
    label: str
    is_sure: bool
    is_chosen: bool
    samples: Sequence[tuple[str, Sequence[str]]]
    choices: Sequence[tuple[str, str]]


def encoding_choice(file_import: FileImport) -> EncodingChoice | None:
    """The encoding of an import's file; None for a workbook, or where it is not known yet."""
    kept = file_import.format
    encoding = kept.get("encoding", "")
    if not encoding:
        return None
    possible: dict[str, list[str]] = kept.get(_SAMPLES, {})
    order = [*possible, *(each for each in ENCODINGS if each not in possible)]
    return EncodingChoice(
        encoding=encoding,
        label=encoding_label(encoding),
        is_sure=kept.get("encoding_is_sure", True),
        is_chosen=bool(kept.get("encoding_chosen")),
        samples=[(encoding_label(each), lines) for each, lines in possible.items()],
        choices=[(each, encoding_label(each)) for each in order],
    )
