"""The record of processing: which data about people is stored, why, and how long, made from the inventory
(docs/personal-data.md#record-of-processing).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from licences.personal.inventory import INVENTORY, PROCESSING, PersonalDataCategory, ProcessingPurpose

LANGUAGES = ("en", "de")


@dataclass(frozen=True, slots=True)
class ProcessingEntry:
    """An entry of the record as text in one language, with the columns that it covers, as ``app.Model.column``."""

    key: str
    title: str
    data: str
    people: str
    purpose: str
    kept: str
    columns: tuple[str, ...]


def processing_entries() -> list[ProcessingEntry]:
    """All entries, in the active language, with the days of the settings."""
    columns: dict[str, list[str]] = {purpose.key: [] for purpose in PROCESSING}
    for column, purpose in columns_by_purpose():
        columns[purpose.key].append(column)
    return [_entry(purpose, tuple(columns[purpose.key])) for purpose in PROCESSING]


def columns_by_purpose() -> Iterator[tuple[str, ProcessingPurpose]]:
    """Every column of the inventory that is about people, with its entry. Raises ``LookupError`` if it has none."""
    for label, classified in INVENTORY.items():
        for column, category in classified.items():
            if category is not PersonalDataCategory.NOTHING:
                yield f"{label}.{column}", purpose_of(label, category)


def purpose_of(label: str, category: PersonalDataCategory) -> ProcessingPurpose:
    """The entry for a model's columns of a category: the one that names the model, or else the one for all models.

    ``label`` is as in ``INVENTORY``. Raises ``LookupError`` if there is none.
    """
    of_category = [purpose for purpose in PROCESSING if category in purpose.categories]
    named = (purpose for purpose in of_category if label in purpose.models)
    general = (purpose for purpose in of_category if not purpose.models)
    found = next(named, None) or next(general, None)
    if found is None:
        raise LookupError(f"{label}: {category}")
    return found


def as_json() -> dict[str, list[dict[str, object]]]:
    """The record in each of ``LANGUAGES``, as JSON values."""
    record = {}
    for language in LANGUAGES:
        with translation.override(language):
            record[language] = [
                {name: getattr(entry, name) for name in ProcessingEntry.__dataclass_fields__}
                for entry in processing_entries()
            ]
    return record


def as_markdown() -> str:
    """The record as a table in the active language, without the columns."""
    head = [_("Group of data"), _("Which data"), _("About whom"), _("Why"), _("How long")]
    rows = [
        [entry.title, capfirst(entry.data), capfirst(entry.people), capfirst(entry.purpose), capfirst(entry.kept)]
        for entry in processing_entries()
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _entry(purpose: ProcessingPurpose, columns: tuple[str, ...]) -> ProcessingEntry:
    kept = str(purpose.kept)
    if purpose.setting:
        kept %= {"days": getattr(settings, purpose.setting)}
    texts = (str(purpose.title), str(purpose.data), str(purpose.people), str(purpose.purpose))
    return ProcessingEntry(purpose.key, *texts, kept, columns)
