"""Queries that every call of a server asks, compiled once.

Measured under load, Django spent more time on making the SQL of such a query than the database on answering it. Here
the SQL is made the first time, with placeholders for what differs, and rows become the same objects as ever.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Given(Value):
    """A placeholder in a queryset for a value that is given with each call. ``like`` is any value of its kind."""

    def __init__(self, name: str, *, like: str | int) -> None:
        super().__init__(like)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class Compiled(Generic[M]):
    """A query that is compiled once per thread. ``build`` makes its queryset, with ``Given`` in it."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self.build = build
        self.local = threading.local()

    def all(self, **given: Any) -> list[M]:
        read = self._reader()
        with connection.cursor() as cursor:
            cursor.execute(read.sql, [given[each.name] if isinstance(each, Given) else each for each in read.values])
            rows = cursor.fetchall()
        return list(read.objects(rows))

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
        fields = info["select_fields"]
        self.model: type[M] = info["model"]
        self.own = slice(fields[0], fields[-1] + 1)
        self.names = [column[0].target.attname for column in select[self.own]]
        self.related = get_related_populators(info, select, queryset.db)

    def objects(self, rows: Iterable[tuple[Any, ...]]) -> Iterable[M]:
        for row in self.compiler.results_iter([rows]):
            found = self.model.from_db(self.compiler.using, self.names, row[self.own])
            for populator in self.related:
                populator.populate(row, found)
            yield found
