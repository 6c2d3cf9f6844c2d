"""Subject access: all data about a customer, as sections of labelled values for the page and as JSON for the file.

See docs/personal-data.md#a-customer-asks-for-their-data. The columns are those of the models, so that a new one is
included by itself. Left out are codes, which are secrets of the licences, and what is only derived from other columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licences.domain.chain import NONCE
from licences.domain.codes import grouped
from licences.models import Event
from licences.personal.customer_records import CustomerRecords
from licences.personal.inventory import INVENTORY, PersonalDataCategory
from licences.personal.upload_search import rejected_rows_naming
from licences.wording.sentences import SOURCES

# The tables of records about customers, and files, by their keys in the JSON and in events.
TITLES = {
    "customers": _("Customers"),
    "earlier_records": _("Earlier versions of the customer record"),
    "sites": _("Sites"),
    "earlier_sites": _("Earlier versions of the sites"),
    "serial_numbers": _("Serial numbers"),
    "purchases": _("Purchases"),
    "hand_entries": _("Entered by hand"),
    "registrations": _("Registrations"),
    "licence_files": _("Unlock codes and licence files"),
    "code_deliveries": _("Unlock codes sent by e-mail"),
    "checklist": _("Checklist answers"),
    "calls": _("Who called"),
    "notes": _("Notes"),
    "data_quality": _("Data quality"),
    "events": _("Events"),
    "rejected_rows": _("Rejected rows of purchase files"),
    "uploads": _("Uploaded files"),
    "file_names": _("Names of uploaded files"),
}
# Labels for the columns of the history, whose own names are not translated.
_LABELS = {
    "history_date": _("When"),
    "history_type": _("What"),
    "history_user_id": _("Who"),
    "history_change_reason": _("Reason"),
}
_SECRET = {"code", "unlock_code", "release_code", "reported_release_code", "text", "personal_salt", "lines", "token"}
_NO_SECRET = {("serial", "code"), ("note", "text")}  # of these models
_ROW_KEYS = {"history_id"}
_LEFT_OUT = {PersonalDataCategory.DERIVED, PersonalDataCategory.DIGEST}
_HASHES = {"hash", "previous_hash", "personal_digest"}


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table. ``name`` is its key in the JSON.

    ``rows`` are pairs of label and text in the active language, ``raw`` the same rows as columns and JSON values.
    """

    name: str
    title: str
    rows: list[list[tuple[str, str]]]
    raw: list[dict[str, Any]]


def collect_sections(records: CustomerRecords) -> list[Section]:
    """All sections of a customer's data, in the order of interest: who, where, what was bought, registered, said.

    Sections without rows are included.
    """
    tables: list[tuple[str, Iterable[Model]]] = [
        ("customers", records.customers),
        ("earlier_records", records.past_customers.order_by("history_id")),
        ("sites", records.sites),
        ("earlier_sites", records.past_sites.order_by("history_id")),
        ("serial_numbers", records.serials),
        ("purchases", records.grants),
        ("hand_entries", records.hand_entries),
        ("registrations", records.registrations),
        ("licence_files", records.unlock_codes),
        ("code_deliveries", records.code_deliveries),
        ("checklist", records.checked_items),
        ("calls", records.calls),
        ("notes", records.notes),
        ("data_quality", records.quality_marks),
        ("events", records.events),
        ("rejected_rows", rejected_rows_naming(records.identifying_values).order_by("pk")),
    ]
    return [_section(name, list(rows)) for name, rows in tables]


def as_json(records: CustomerRecords) -> dict[str, Any]:
    """The customer's data for the downloaded file: key of the customer, time, and the raw rows of every section."""
    content = {section.name: section.raw for section in collect_sections(records)}
    return {"customer": records.customer.pk, "made_at": timezone.now().isoformat(timespec="seconds"), **content}


def reasons_naming(records: CustomerRecords) -> list[str]:
    """Reasons in the event log that name the customer, sorted: the hash chain covers them, so an erasure keeps them."""
    values = records.identifying_values
    return [reason for reason in reasons_in_log(records) if any(value in reason for value in values)]


def reasons_in_log(records: CustomerRecords) -> list[str]:
    """All reasons in the events about the customer, sorted, each once."""
    return sorted({str(event.details.get("reason", "")) for event in records.events} - {""})


def _section(name: str, rows: list[Model]) -> Section:
    if not rows:
        return Section(name, str(TITLES[name]), [], [])
    fields = [field for field in rows[0]._meta.concrete_fields if _is_disclosed(rows[0], field)]
    related = {field.name: _related_rows(rows, field) for field in fields if field.is_relation}
    shown = [[(_label(field), _shown_value(row, field, related)) for field in fields] for row in rows]
    raw = [{field.attname: _json_value(_value(row, field)) for field in fields} for row in rows]
    return Section(name, str(TITLES[name]), shown, raw)


def _related_rows(rows: list[Model], field: Any) -> dict[Any, Model]:
    """The rows that a foreign key of these rows points to, by key: they are shown by their names."""
    related: dict[Any, Model] = field.related_model.objects.in_bulk({getattr(row, field.attname) for row in rows})
    return related


def _label(field: Any) -> str:
    return str(_LABELS.get(field.name, field.verbose_name))


def _is_disclosed(row: Model, field: Any) -> bool:
    category = INVENTORY.get(row._meta.label, {}).get(field.name)
    left_out = category in _LEFT_OUT or field.name in _HASHES | _ROW_KEYS
    return not left_out and (field.name not in _SECRET or (row._meta.model_name, field.name) in _NO_SECRET)


def _value(row: Any, field: Any) -> Any:
    """The stored value; without the nonce among the personal details of an event."""
    value = getattr(row, field.attname)
    if isinstance(row, Event) and field.name == "personal":
        return {name: detail for name, detail in value.items() if name != NONCE}
    return value


def _shown_value(row: Any, field: Any, related: dict[str, dict[Any, Model]]) -> str:
    value = _value(row, field)
    if value in (None, "", {}):
        return ""
    if field.is_relation:
        return str(related[field.name].get(value, value))
    if field.name == "history_source":
        return str(SOURCES.get(value, value))
    if field.name == "code" or (isinstance(row, Event) and field.name == "serial"):
        return grouped(value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
