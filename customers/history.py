"""The field history of customers and sites: how each row read after each change, who changed it, when, why and how.

django-simple-history defines the tables and reads them, but the rows are written here. Its signals miss statements that
change many rows, and its bulk writer loads every row into Python.

A row without changes has no history. Its first change also writes down how it read before.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, models
from django.utils import timezone

from customers.models import Customer, Site

FIRST_SOURCE = "recorded"  # the source of the state before the first change
_BLOCK = 500  # values in one statement: every build of SQLite takes that many


@contextmanager
def recording_changes(
    model: type[Customer] | type[Site], ids: Collection[int], *, by: str, source: str, reason: str = ""
) -> Iterator[None]:
    """Write the history of the rows that the block changes. Use it within the transaction of the change.

    ``ids`` are the primary keys of the rows, ``by`` is who changes them, ``source`` the operation, at most 40
    characters. If the block raises an exception, the transaction has to be rolled back.
    """
    _write_first_states(model, ids)
    yield
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = {"history_date": now, "history_type": "~", "history_user_id": by}
    _copy(model, ids, {**values, "history_change_reason": reason, "history_source": source})


def _write_first_states(model: type[models.Model], ids: Collection[int]) -> None:
    """Write the state of rows without a history, dated to when they were created."""
    fixed = {
        "history_type": "+",
        "history_user_id": None,
        "history_change_reason": None,
        "history_source": FIRST_SOURCE,
    }
    history = model.history.model._meta.db_table  # type: ignore[attr-defined]  # simple_history adds it
    unwritten = f"AND NOT EXISTS (SELECT 1 FROM {history} h WHERE h.id = c.id)"  # noqa: S608  (a name of ours)
    _copy(model, ids, fixed, also=unwritten, expressions={"history_date": "c.created_at"})


def _copy(
    model: type[models.Model],
    ids: Collection[int],
    fixed: dict[str, Any],
    *,
    also: str = "",
    expressions: dict[str, str] | None = None,
) -> None:
    """Copy rows as they are into the history (``INSERT … SELECT``).

    ``fixed`` are values for further columns, ``expressions`` are SQL for others, and ``also`` is a further condition.
    """
    table, history = model._meta.db_table, model.history.model._meta.db_table  # type: ignore[attr-defined]
    columns, computed = _columns(model), expressions or {}
    names = ", ".join([*columns, *fixed, *computed])
    selected = ", ".join([*(f"c.{column}" for column in columns), *["%s"] * len(fixed), *computed.values()])
    keys = sorted(ids)
    with connection.cursor() as cursor:
        for start in range(0, len(keys), _BLOCK):
            block = keys[start : start + _BLOCK]
            placeholders = ", ".join(["%s"] * len(block))
            cursor.execute(
                f"INSERT INTO {history} ({names}) SELECT {selected} FROM {table} c "  # noqa: S608  (names of ours)
                f"WHERE c.id IN ({placeholders}) {also} ORDER BY c.id",
                [*fixed.values(), *block],
            )


def _columns(model: type[models.Model]) -> list[str]:
    """The columns of a model that its history has too."""
    in_history = {field.name for field in model.history.model._meta.concrete_fields}  # type: ignore[attr-defined]
    return [str(field.column) for field in model._meta.concrete_fields if field.name in in_history]


# --- Reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that one operation changed.

    ``field`` is its label, ``before`` and ``after`` are its values as text. ``about`` is the name of the site, if the
    field is one of a site.
    """

    at: datetime
    by: str
    source: str
    reason: str
    field: str
    before: str
    after: str
    about: str = ""


def changes_of(customer: Customer) -> list[FieldChange]:
    """Return every change of a customer's fields, and of those of all sites that it ever had, the newest first."""
    changes = _changes(customer.history.all())
    site_ids = Site.history.filter(customer_id=customer.pk).values_list("id", flat=True)
    sites: dict[int, list[Any]] = {}
    for row in Site.history.filter(id__in=set(site_ids)).order_by("history_id"):
        sites.setdefault(row.id, []).append(row)
    for rows in sites.values():
        changes += _changes(rows, of_site=True)
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _changes(rows: Any, *, of_site: bool = False) -> list[FieldChange]:
    """The changes between successive rows of one history."""
    ordered = sorted(rows, key=lambda row: row.history_id)
    return [change for before, after in pairwise(ordered) for change in _between(before, after, of_site)]


def _between(before: Any, after: Any, of_site: bool) -> Iterator[FieldChange]:
    """The fields that differ between two rows of a history."""
    for field in (Site if of_site else Customer)._meta.concrete_fields:
        if field.name == "id" or not hasattr(after, field.attname):
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new:
            continue
        yield FieldChange(
            at=after.history_date,
            by=after.history_user_id or "",
            source=after.history_source,
            reason=after.history_change_reason or "",
            field=str(field.verbose_name),
            before=_shown(field, old),
            after=_shown(field, new),
            about=after.name if of_site else "",
        )


def _shown(field: Any, value: Any) -> str:
    """A value as text. A reference to a customer shows the name that the customer has now."""
    if value is None or value == "":
        return ""
    if field.is_relation:
        name = Customer.objects.filter(pk=value).values_list("name", flat=True).first()
        return f"{name} ({value})"
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)
