"""Where records name a contact person: what a supervisor may choose from, and what forgetting that person empties.

A column for a name, a telephone number or an e-mail address is about the person if it holds one of the values and
nothing else; so a second person of the same customer is left alone. Texts are about the person if they contain one of
the values in whole words (docs/personal-data.md#a-contact-person-wants-to-be-forgotten).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from licences.domain.chain import canonical_json
from licences.domain.contact_person import ContactPart, ContactPerson, contact_key
from licences.models import CheckedItem, FileImport, QualityMark, Relicensing
from licences.personal.customer_records import SHORTEST_VALUE, CustomerRecords
from licences.personal.subject_access import TITLES, reasons_in_log
from licences.personal.unkeyed_records import (
    calls_without_serial,
    disclosures_naming,
    events_of_imports,
    file_names_naming,
    items_without_serial,
)
from licences.personal.upload_search import imports_naming, rejected_rows_naming

PART_OF_COLUMN = {
    "contact_name": ContactPart.NAME,
    "caller_name": ContactPart.NAME,
    "contact_phone": ContactPart.PHONE,
    "callback_number": ContactPart.PHONE,
    "contact_email": ContactPart.EMAIL,
    "address": ContactPart.EMAIL,  # of an unlock code that was sent by e-mail
}
# Lines of text beside them: emptied if they contain a value, as in “c/o” and “for the attention of”.
_LINES = ("address_line2", "ticket_reference")
_LINES_OF_EVENTS = (*_LINES, "site", "file")
ColumnKeys = Mapping[str, list[int]]  # column → primary keys of the rows in which it names the person


# --- What there is to choose from ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferedValue:
    """A name, telephone number or e-mail address on record. ``tables`` says where, by keys of ``TITLES``."""

    value: str
    tables: tuple[str, ...]


def offered_values(records: CustomerRecords) -> dict[ContactPart, list[OfferedValue]]:
    """The values on record, sorted; of several spellings of one value the first that was found."""
    found: dict[tuple[ContactPart, str], tuple[str, dict[str, None]]] = {}
    for table, rows in _contact_tables(records):
        for row in rows:
            for part, value in _contacts_of(row):
                _spelling, tables = found.setdefault((part, contact_key(part, value)), (value, {}))
                tables[table] = None
    offered: dict[ContactPart, list[OfferedValue]] = {part: [] for part in ContactPart}
    for (part, _key), (value, tables) in sorted(found.items(), key=lambda each: each[1][0].casefold()):
        offered[part].append(OfferedValue(value, tuple(tables)))
    return offered


def _contact_tables(records: CustomerRecords) -> list[tuple[str, Iterable[Model]]]:
    """The rows with columns for a contact, by table."""
    return [
        ("customers", records.customers),
        ("earlier_records", records.past_customers.order_by("history_id")),
        ("registrations", records.registrations),
        ("calls", _calls(records)),
        ("code_deliveries", records.code_deliveries),
    ]


def _calls(records: CustomerRecords) -> list[Relicensing]:
    """Requests that say who called, also those without a serial in which a name like the customer's was given."""
    unknown = Relicensing.objects.filter(pk__in=calls_without_serial(records.identifying_values)).order_by("pk")
    return [*records.calls, *unknown]


def _contacts_of(row: Model) -> Iterable[tuple[ContactPart, str]]:
    for column, part in PART_OF_COLUMN.items():
        value = str(getattr(row, column, ""))
        if value.strip():
            yield part, value


# --- Where a person is named ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContactTraces:
    """What forgetting a person empties or deletes.

    ``person`` has all spellings on record. ``columns``: the columns to empty, by table. ``rows``: the primary keys of
    rows that are emptied or deleted whole, by table. ``stays``: names of the company and lines of its address that
    contain one of the values, and reasons in the log.
    """

    person: ContactPerson
    columns: Mapping[str, ColumnKeys]
    rows: Mapping[str, list[int]]
    stays: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each table; tables without any are left out."""
        emptied = {table: {key for keys in columns.values() for key in keys} for table, columns in self.columns.items()}
        counts = {table: len(keys) for table, keys in [*emptied.items(), *self.rows.items()]}
        return {table: count for table, count in counts.items() if count}

    @property
    def titled_counts(self) -> list[tuple[str, int]]:
        """The counts with the titles of the tables, in the active language, in the order of ``TITLES``."""
        return [(str(title), self.counts[table]) for table, title in TITLES.items() if table in self.counts]

    @property
    def digest(self) -> str:
        """A digest of the person and the counts: whether what a page showed is still what there is."""
        return hashlib.sha256(canonical_json([sorted(self.person.values), self.counts]).encode()).hexdigest()


def find_contact(records: CustomerRecords, person: ContactPerson) -> ContactTraces:
    """Find everything that names a person in a customer's records, and in files. Reads all uploaded files."""
    person = _with_all_spellings(records, person)
    values = searched_values(person)
    file_names = file_names_naming(values)
    events = [each.pk for each in records.events.exclude(personal={}) if _event_names(each.personal, person)]
    events = sorted({*events, *events_of_imports(file_names), *disclosures_naming(values)})
    columns = {table: columns_naming(rows, person) for table, rows in _contact_tables(records)}
    emails = columns.pop("code_deliveries")
    ended = FileImport.objects.filter(state__in=FileImport.ENDED).exclude(upload="").order_by("pk")
    rows = {
        "code_deliveries": emails.get("address", []),
        "sites": [each.pk for each in records.sites if person.is_named_in(each.name)],
        "earlier_sites": [each.pk for each in records.past_sites if person.is_named_in(each.name)],
        "hand_entries": [each.pk for each in records.hand_entries if person.is_named_in(each.site_name)],
        "checklist": _answers_naming(records, person),
        "notes": [each.pk for each in records.notes if person.is_named_in(each.text)],
        "data_quality": [each.pk for each in records.quality_marks if person.is_named_in(_noted(each))],
        "events": events,
        "rejected_rows": list(rejected_rows_naming(values).values_list("pk", flat=True)),
        "uploads": [each.pk for each in imports_naming(values, ended)],
        "file_names": file_names,
    }
    return ContactTraces(person, columns, rows, _what_stays(records, person))


def columns_naming(rows: Iterable[Model], person: ContactPerson) -> ColumnKeys:
    """The columns of these rows that are about a person, with the primary keys of the rows."""
    found: dict[str, list[int]] = {}
    for row in rows:
        for column, part in PART_OF_COLUMN.items():
            if person.is_named_by(part, str(getattr(row, column, ""))):
                found.setdefault(column, []).append(row.pk)
        for column in _LINES:
            if person.is_named_in(str(getattr(row, column, ""))):
                found.setdefault(column, []).append(row.pk)
    return found


def searched_values(person: ContactPerson) -> list[str]:
    """The values to look for in files, sorted; those of fewer than ``SHORTEST_VALUE`` characters are left out."""
    return sorted(value for value in person.values if len(value.strip()) >= SHORTEST_VALUE)


def _with_all_spellings(records: CustomerRecords, person: ContactPerson) -> ContactPerson:
    """The person with the values as given, and in every spelling that is on record."""
    found: dict[ContactPart, set[str]] = {part: set() for part in ContactPart}
    for _table, rows in _contact_tables(records):
        for row in rows:
            for part, value in _contacts_of(row):
                if person.is_named_by(part, value):
                    found[part].add(value)
    return ContactPerson(
        names=tuple(sorted({*person.names, *found[ContactPart.NAME]})),
        phones=tuple(sorted({*person.phones, *found[ContactPart.PHONE]})),
        emails=tuple(sorted({*person.emails, *found[ContactPart.EMAIL]})),
    )


def _event_names(personal: Mapping[str, Any], person: ContactPerson) -> bool:
    """Whether the personal details of an event name a person; those that name the company do not count."""
    for name, value in personal.items():
        texts = [str(each) for each in (value.values() if isinstance(value, dict) else [value])]
        part = PART_OF_COLUMN.get(name)
        if part is not None and any(person.is_named_by(part, text) for text in texts):
            return True
        if name in _LINES_OF_EVENTS and any(person.is_named_in(text) for text in texts):
            return True
    return False


def _noted(mark: QualityMark) -> str:
    """The note about an entry of a data quality list, and the one from before the latest act."""
    return f"{mark.note}\n{(mark.before or {}).get('note', '')}"


def _answers_naming(records: CustomerRecords, person: ContactPerson) -> list[int]:
    """The checklist items whose texts name a person. A value that is part of the company's name does not count."""
    alone = person.without_values_in(_company_texts(records))
    unknown = CheckedItem.objects.filter(pk__in=items_without_serial(records.identifying_values)).order_by("pk")
    return [
        each.pk
        for each in [*records.checked_items, *unknown]
        if alone.is_named_in("\n".join([each.said, each.on_record, *map(str, each.parameters.values())]))
    ]


def _company_texts(records: CustomerRecords) -> list[str]:
    """Names of the company and first lines of its address, as they are now and in registrations, each once."""
    parties = [(each.name, each.address_line1) for each in records.customers]
    parties += [(each.name, each.address_line1) for each in records.registrations]
    return list(dict.fromkeys(text for texts in parties for text in texts if text))


def _what_stays(records: CustomerRecords, person: ContactPerson) -> tuple[str, ...]:
    texts = [*_company_texts(records), *reasons_in_log(records)]
    return tuple(text for text in texts if person.is_named_in(text))
