"""How customers and sites read after each change, field by field: by whom, when, why and by which operation.

What changes many rows by one statement calls this as well as what changes one. A row that nobody has changed has no
history: it reads as it was recorded. The first change writes down how it read before.
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

RECORDED = "recorded"  # the source of how a row read before its first change
_BLOCK = 500  # SQLite takes so many values in one statement on any machine


@contextmanager
def recorded(
    model: type[Customer] | type[Site], ids: Collection[int], *, by: str, source: str, reason: str = ""
) -> Iterator[None]:
    """Keep how these rows read before and after the block, in the transaction that it is part of."""
    _begin(model, ids)
    yield
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = {"history_date": now, "history_type": "~", "history_user_id": by}
    _copy(model, ids, {**values, "history_change_reason": reason, "history_source": source})


def _begin(model: type[models.Model], ids: Collection[int]) -> None:
    """Write down how rows without a history have read since they were recorded."""
    fixed = {"history_type": "+", "history_user_id": None, "history_change_reason": None, "history_source": RECORDED}
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
    """``INSERT … SELECT`` of the rows as they are into the history, with ``fixed`` values beside them."""
    table, history = model._meta.db_table, model.history.model._meta.db_table  # type: ignore[attr-defined]
    columns, given, read = _columns(model), list(fixed), expressions or {}
    names = ", ".join([*columns, *given, *read])
    selected = ", ".join([*(f"c.{column}" for column in columns), *["%s"] * len(given), *read.values()])
    wanted = sorted(ids)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _BLOCK):
            block = wanted[start : start + _BLOCK]
            places = ", ".join(["%s"] * len(block))
            cursor.execute(
                f"INSERT INTO {history} ({names}) SELECT {selected} FROM {table} c "  # noqa: S608  (names of ours)
                f"WHERE c.id IN ({places}) {also} ORDER BY c.id",
                [*fixed.values(), *block],
            )


def _columns(model: type[models.Model]) -> list[str]:
    kept = {field.name for field in model.history.model._meta.concrete_fields}  # type: ignore[attr-defined]
    return [str(field.column) for field in model._meta.concrete_fields if field.name in kept]


# --- Reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One field that one operation changed. ``about`` is the site's name for a site, else empty."""

    at: datetime
    by: str
    source: str
    reason: str
    field: str
    before: str
    after: str
    about: str = ""


def changes_of(customer: Customer) -> list[Change]:
    """Every change of a customer's fields and of its sites, the newest first."""
    found = _changes(customer.history.all())
    held = Site.history.filter(customer_id=customer.pk).values_list("id", flat=True)
    sites: dict[int, list[Any]] = {}
    for row in Site.history.filter(id__in=set(held)).order_by("history_id"):
        sites.setdefault(row.id, []).append(row)
    for rows in sites.values():
        found += _changes(rows, of_site=True)
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes(rows: Any, *, of_site: bool = False) -> list[Change]:
    ordered = sorted(rows, key=lambda row: row.history_id)
    return [change for before, after in pairwise(ordered) for change in _between(before, after, of_site)]


def _between(before: Any, after: Any, of_site: bool) -> Iterator[Change]:
    for field in (Site if of_site else Customer)._meta.concrete_fields:
        if field.name == "id" or not hasattr(after, field.attname):
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new:
            continue
        yield Change(
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
    """A customer that is pointed to is called by its name as it is now."""
    if value is None or value == "":
        return ""
    if field.is_relation:
        named = Customer.objects.filter(pk=value).values_list("name", flat=True).first()
        return f"{named} ({value})"
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)
