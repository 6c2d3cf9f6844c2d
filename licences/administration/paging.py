"""Keyset paging for admin lists of large tables: no count of all rows, and pages that begin after a row.

A page is addressed by the position of the row before it in the order of the list, so that page 5,000 is as cheap as the
first. Lists are sorted by indexed columns only, and searched by whole codes or with the look-up.
"""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from licences.domain.codes import SERIAL_LENGTH
from licences.domain.query_parsing import parse_query
from licences.lookup import look_up
from licences.lookup.labels import left_out_in_words
from licences.models import Serial
from licences.queries import keyset

AFTER, BEFORE = "after", "before"
SEE_CODES = "licences.view_unlockcode"
WHOLE_TEXT = 0
MAX_POSITION_LENGTH = 4_000  # characters of a position in an address


class KeysetChangeList(ChangeList):
    """One page of a list, with the addresses of the neighbouring pages."""

    older_url = newer_url = ""
    is_keyset = True

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The filtered rows, without the parameters of the position."""
        for name in (AFTER, BEFORE):  # positions in the list, not filters
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        """Read the page at the position in the address; ``IncorrectLookupParameters`` for an invalid one."""
        order = _order(self.queryset)
        backwards = BEFORE in request.GET
        try:
            text = request.GET.get(BEFORE) or request.GET.get(AFTER)
            position = _parse_position(text) if text else None
            rows, more = keyset.page(
                self.queryset, order, size=self.list_per_page, position=position, backwards=backwards
            )
        except (ValueError, TypeError, LookupError, ArithmeticError, FieldError, ValidationError) as error:
            raise IncorrectLookupParameters(error) from error
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = self.result_count  # so that the search box shows no number of results
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = Paginator(rows, self.list_per_page)
        self._link_neighbours(order, rows, more=more, backwards=backwards, has_position=AFTER in request.GET)

    def _link_neighbours(
        self, order: list[str], rows: list[Any], *, more: bool, backwards: bool, has_position: bool
    ) -> None:
        """Set the addresses of the older and the newer page, where there are any."""
        if not rows:
            return
        if more or backwards:
            self.older_url = self.get_query_string({AFTER: _position_text(order, rows[-1])})
        if has_position or (backwards and more):
            self.newer_url = self.get_query_string({BEFORE: _position_text(order, rows[0])})


def _order(queryset: QuerySet[Any]) -> list[str]:
    """The columns that the list is sorted by, each once, up to the first unique one."""
    columns: list[str] = []
    for name in dict.fromkeys(str(each) for each in queryset.query.order_by):
        columns.append(name)
        if name.lstrip("-") in ("pk", "id"):
            break
    return columns


def _position_text(order: list[str], row: Any) -> str:
    """The position of a row: its values in the columns of the order, as JSON."""
    values = []
    for name in order:
        value = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(value)
    return json.dumps(values, default=str)


def _parse_position(text: str) -> list[Any]:
    """The values in a text of ``_position_text``: texts and numbers. ``ValueError`` for any other text."""
    if len(text) > MAX_POSITION_LENGTH:
        raise ValueError("a position is shorter")
    try:
        values = json.loads(text)
    except RecursionError:
        raise ValueError("nested lists") from None
    if not isinstance(values, list) or any(isinstance(value, (list, dict)) for value in values):
        raise ValueError("a position is a list of texts and numbers")
    return values


class KeysetAdmin(admin.ModelAdmin):
    """The admin of a large table.

    ``sortable_columns`` are the columns that its list may be sorted by. A search compares with ``search_columns``:
    length of a code → column, and ``WHOLE_TEXT`` → the column that is compared with the text as typed. Where it finds
    none, the look-up finds serial numbers, and ``serial_path`` is the path from a row to its serial number. Without
    either, the search is Django's.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ["-pk"]
    sortable_columns: tuple[str, ...] = ()
    search_columns: dict[int, str] = {}
    serial_path: str = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList

    def get_sortable_by(self, request: HttpRequest) -> tuple[str, ...]:
        return self.sortable_columns

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows that a search text finds; see the class."""
        if not (self.search_columns or self.serial_path):
            return super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return queryset, False
        if self.serial_path and (left_out := left_out_in_words(parse_query(search_term))):
            messages.warning(request, left_out)
        return queryset.filter(self._search(search_term, request.user.has_perm)), False

    def _search(self, text: str, has_permission: Callable[[str], bool]) -> Q:
        """The condition that a search text stands for."""
        query = parse_query(text)
        column = self.search_columns.get(len(query.code), "") if query.code else ""
        if column == "serial_id":
            return Q(serial_id__in=Serial.objects.filter(code=query.code).values("pk"))
        if column:
            return Q(**{column: query.code})
        if WHOLE_TEXT in self.search_columns:
            return Q(**{self.search_columns[WHOLE_TEXT]: query.text})
        if not self.serial_path:
            return Q(pk__in=[])
        result = look_up(text, with_codes=has_permission(SEE_CODES))
        return Q(**{f"{self.serial_path}__in": [hit.serial.pk for hit in result.hits]})


BY_SERIAL = {SERIAL_LENGTH: "serial_id"}
