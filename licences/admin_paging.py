"""Lists of the administration over tables of any size: no count of all rows, and pages that begin at a row.

A page is asked for as "what comes after this row" in the order of the list, so that page 5,000 costs what the first
one costs. Lists are sorted by columns that have an index, and searched by whole codes or by the look-up.
"""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from licences.domain.codes import SERIAL_LENGTH
from licences.domain.recognising import recognise
from licences.lookup import look_up
from licences.models import Serial

AFTER, BEFORE = "after", "before"
SEE_CODES = "licences.view_unlockcode"
AS_IT_IS = 0


class KeysetChangeList(ChangeList):
    """A page of a list, and the addresses of its neighbours."""

    older_url = newer_url = ""
    is_keyset = True

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        for name in (AFTER, BEFORE):  # places in the list, and no filters
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        order = _order(self.queryset)
        backwards = BEFORE in request.GET
        try:
            rows, more = self._page(order, request.GET.get(BEFORE) or request.GET.get(AFTER), backwards=backwards)
        except (ValueError, TypeError, LookupError, FieldError, ValidationError) as error:
            raise IncorrectLookupParameters(error) from error
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = self.result_count  # so that the search box says nothing of results
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = Paginator(rows, self.list_per_page)
        self._link_neighbours(order, rows, more=more, backwards=backwards, placed=AFTER in request.GET)

    def _page(self, order: list[str], place: str | None, *, backwards: bool) -> tuple[list[Any], bool]:
        """The rows of the page, in the order of the list, and whether there are more in the direction of reading."""
        reading = [_turned(name) for name in order] if backwards else order
        queryset = self.queryset.order_by(*reading)
        if place:
            queryset = queryset.filter(_beyond(reading, json.loads(place)))
        rows = list(queryset[: self.list_per_page + 1])
        more = len(rows) > self.list_per_page
        rows = rows[: self.list_per_page]
        return (rows[::-1] if backwards else rows), more

    def _link_neighbours(self, order: list[str], rows: list[Any], *, more: bool, backwards: bool, placed: bool) -> None:
        if not rows:
            return
        if more or backwards:
            self.older_url = self.get_query_string({AFTER: _place(order, rows[-1])})
        if placed or (backwards and more):
            self.newer_url = self.get_query_string({BEFORE: _place(order, rows[0])})


def _order(queryset: QuerySet[Any]) -> list[str]:
    """The columns that the list is sorted by, each once, to the first that no two rows have the same in."""
    columns: list[str] = []
    for name in dict.fromkeys(str(each) for each in queryset.query.order_by):
        columns.append(name)
        if name.lstrip("-") in ("pk", "id"):
            break
    return columns


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _place(order: list[str], row: Any) -> str:
    values = []
    for name in order:
        value = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(value)
    return json.dumps(values, default=str)


def _beyond(order: list[str], values: list[Any]) -> Q:
    """Rows after the one with these values: greater in the first column that differs."""
    if len(values) != len(order):
        raise ValueError("a place has a value for each column of the order")
    beyond, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{column}__{comparison}": value})
        same &= Q(**{column: value})
    first, comparison = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{comparison}": values[0]}) & beyond  # an index finds its place by this one


class KeysetLists(admin.ModelAdmin):
    """For a ``ModelAdmin`` over a large table. ``indexed`` names the columns that the list may be sorted by."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ["-pk"]
    indexed: tuple[str, ...] = ()
    # What a search compares with: whole codes (column by their length) and a text as it is,
    codes: dict[int, str] = {}
    # and where the serial numbers that the look-up finds stand in this table.
    serials: str = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList

    def get_sortable_by(self, request: HttpRequest) -> tuple[str, ...]:
        return self.indexed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not (self.codes or self.serials):
            return super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return queryset, False
        return queryset.filter(self._search(search_term, request.user.has_perm)), False

    def _search(self, text: str, may: Callable[[str], bool]) -> Q:
        said = recognise(text)
        column = self.codes.get(len(said.code), "") if said.code else ""
        if column == "serial_id":
            return Q(serial_id__in=Serial.objects.filter(code=said.code).values("pk"))
        if column:
            return Q(**{column: said.code})
        if AS_IT_IS in self.codes:
            return Q(**{self.codes[AS_IT_IS]: said.text})
        if not self.serials:
            return Q(pk__in=[])
        found = look_up(text, codes_too=may(SEE_CODES), today=timezone.localdate())
        return Q(**{f"{self.serials}__in": [hit.serial.pk for hit in found.hits]})


OF_SERIAL = {SERIAL_LENGTH: "serial_id"}
