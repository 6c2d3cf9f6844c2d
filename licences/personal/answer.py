"""All that is held about a customer, to be handed out: as sections of labelled values, and as JSON.

Columns are those of the models, so that a new one is part of the answer without anybody thinking of it. Left out are
codes, which are secrets of the licences, and what was only made from other columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licences.domain.chain import RANDOM
from licences.domain.codes import grouped
from licences.models import Event
from licences.personal.holdings import Holdings
from licences.personal.inventory import INVENTORY, Says
from licences.personal.mentions import rejected_rows_naming
from licences.wording import SOURCES

_TITLES = {
    "customers": _("Customers"),
    "earlier_records": _("How the customer record read before"),
    "sites": _("Sites"),
    "earlier_sites": _("How the sites read before"),
    "serial_numbers": _("Serial numbers"),
    "purchases": _("Purchases"),
    "registrations": _("Registrations"),
    "licence_files": _("Unlock codes and licence files"),
    "checklist": _("Checklist answers"),
    "events": _("Events"),
    "rejected_rows": _("Rejected rows of purchase files"),
}
# What the history of a record is called on screen; its own names are English.
_LABELS = {
    "history_date": _("When"),
    "history_type": _("What"),
    "history_user_id": _("Who"),
    "history_change_reason": _("Reason"),
}
_SECRET = {"code", "release_code", "reported_release_code", "text", "personal_salt", "lines"}
_ROW_KEYS = {"history_id"}
_LEFT_OUT = {Says.DERIVED, Says.DIGEST}
_HASHES = {"hash", "previous_hash", "personal_digest"}


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table: of each, labels with values; ``name`` says in JSON what they are."""

    name: str
    title: str
    rows: list[list[tuple[str, str]]]
    raw: list[dict[str, Any]]


def sections(held: Holdings) -> list[Section]:
    """In the order in which people ask: who, where, what was registered, bought and said."""
    tables: list[tuple[str, Iterable[Model]]] = [
        ("customers", held.customers),
        ("earlier_records", held.past_customers.order_by("history_id")),
        ("sites", held.sites),
        ("earlier_sites", held.past_sites.order_by("history_id")),
        ("serial_numbers", held.serials),
        ("purchases", held.grants),
        ("registrations", held.registrations),
        ("licence_files", held.unlock_codes),
        ("checklist", held.checked_items),
        ("events", held.events),
        ("rejected_rows", rejected_rows_naming(held.values).order_by("pk")),
    ]
    return [_section(name, list(rows)) for name, rows in tables]


def as_json(held: Holdings) -> dict[str, Any]:
    told = {section.name: section.raw for section in sections(held)}
    return {"customer": held.customer.pk, "made_at": timezone.now().isoformat(timespec="seconds"), **told}


def reasons_naming(held: Holdings) -> list[str]:
    """Reasons in the log that name the customer: the chain covers them, and they stay."""
    reasons = {str(event.details.get("reason", "")) for event in held.events}
    return sorted(reason for reason in reasons if any(value in reason for value in held.values))


def _section(name: str, rows: list[Model]) -> Section:
    if not rows:
        return Section(name, str(_TITLES[name]), [], [])
    fields = [field for field in rows[0]._meta.concrete_fields if _is_told(rows[0], field)]
    named = {field.name: _named(rows, field) for field in fields if field.is_relation}
    shown = [[(_label(field), _shown(row, field, named)) for field in fields] for row in rows]
    raw = [{field.attname: _plain(_value(row, field)) for field in fields} for row in rows]
    return Section(name, str(_TITLES[name]), shown, raw)


def _named(rows: list[Model], field: Any) -> dict[Any, Model]:
    """The rows of other tables that these point to, which are shown by their names and not by their keys."""
    named: dict[Any, Model] = field.related_model.objects.in_bulk({getattr(row, field.attname) for row in rows})
    return named


def _label(field: Any) -> str:
    return str(_LABELS.get(field.name, field.verbose_name))


def _is_told(row: Model, field: Any) -> bool:
    says = INVENTORY.get(row._meta.label, {}).get(field.name)
    serial = field.name == "code" and row._meta.model_name == "serial"
    return says not in _LEFT_OUT and field.name not in _HASHES | _ROW_KEYS and (serial or field.name not in _SECRET)


def _value(row: Any, field: Any) -> Any:
    """As the row holds it; of an event without what only makes its digest unguessable."""
    value = getattr(row, field.attname)
    if isinstance(row, Event) and field.name == "personal":
        return {name: said for name, said in value.items() if name != RANDOM}
    return value


def _shown(row: Any, field: Any, named: dict[str, dict[Any, Model]]) -> str:
    value = _value(row, field)
    if value in (None, "", {}):
        return ""
    if field.is_relation:
        return str(named[field.name].get(value, value))
    if field.name == "history_source":
        return str(SOURCES.get(value, value))
    if field.name == "code" or (isinstance(row, Event) and field.name == "serial"):
        return grouped(value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
