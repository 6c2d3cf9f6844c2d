"""Queries and insertions that every call of a server or every page needs, compiled once.

Measured under load, Django spent more time on making the SQL of such a query than the database on answering it. Here
the SQL is made the first time, with placeholders for what differs, and rows become the same objects as ever.
"""

import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model, QuerySet, Value
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from licences import prepared

M = TypeVar("M", bound=Model)


class Given(Value):
    """A placeholder in a queryset for a value that is given with each call. ``like`` is any value of its kind."""

    def __init__(self, name: str, *, like: str | int) -> None:
        super().__init__(like)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Compiled(Generic[M]):
    """A query that is compiled once per thread. ``build`` makes its queryset, with ``Given`` in it."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self.build = build
        self.local = threading.local()

    def all(self, **given: Any) -> list[M]:
        return list(self._reader().objects(self.rows(**given)))

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """As the database gives them: what a queryset of ``values_list`` is asked for."""
        read = self._reader()
        with connection.cursor() as cursor:
            values = [given[each.name] if isinstance(each, Given) else each for each in read.values]
            prepared.execute(cursor, read.sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def first(self, **given: Any) -> M | None:
        """The first of the rows; ``build`` says in which order, and cuts off the others."""
        found = self.all(**given)
        return found[0] if found else None

    def _reader(self) -> "_Reader[M]":
        held: _Reader[M] | None = getattr(self.local, "reader", None)
        if held is None:
            held = self.local.reader = _Reader(self.build())
        return held


class _Reader(Generic[M]):
    """The SQL of a queryset, and how its rows become objects: as Django's own ``ModelIterable`` does it."""

    def __init__(self, queryset: QuerySet[M]) -> None:
        self.compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.values = self.compiler.as_sql()
        select, info = self.compiler.select, self.compiler.klass_info
        if info is None:  # values, and no model
            return
        fields = info["select_fields"]
        self.model: type[M] = info["model"]
        self.own = slice(fields[0], fields[-1] + 1)
        self.names = [column[0].target.attname for column in select[self.own]]
        self.related = get_related_populators(info, select, queryset.db)  # type: ignore[call-arg]  # the stubs are ahead
        self.converters = self.compiler.get_converters([column[0] for column in select])

    def objects(self, rows: Iterable[tuple[Any, ...]]) -> Iterable[M]:
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        for row in rows:
            found = self.model.from_db(self.compiler.using, self.names, row[self.own])
            for populator in self.related:
                populator.populate(row, found)
            yield found


# --- Writing; only operations may ----------------------------------------------------------------------


def insert(row: M) -> M:
    """Insert a new row, as ``save(force_insert=True)`` does for a model without signals."""
    fields, sql = _insertion(type(row))
    with connection.cursor() as cursor:
        cursor.execute(sql, _stored(row, fields, new=True))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def change(row: Model, *names: str) -> None:
    """Store some fields of a row, as ``save(update_fields=names)`` does for a model without signals."""
    fields, sql = _changing(type(row), names)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_stored(row, fields, new=False), row.pk])


def _stored(row: Model, fields: "list[Field[Any, Any]]", *, new: bool) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, new), connection) for field in fields]


@cache
def _changing(model: type[Model], names: tuple[str, ...]) -> tuple[list["Field[Any, Any]"], str]:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    return fields, f'UPDATE "{meta.db_table}" SET {changes} WHERE "{meta.pk.column}" = %s'  # noqa: S608


@cache
def _insertion(model: type[Model]) -> tuple[list["Field[Any, Any]"], str]:
    """The columns that are written, and the statement; both databases quote names in the same way."""
    meta = model._meta
    fields = [field for field in meta.concrete_fields if field is not meta.pk]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    inserting = f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608  (names of the model)
    return fields, f'{inserting} RETURNING "{meta.pk.column}"'
