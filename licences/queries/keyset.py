"""Keyset pagination: pages of a table of any size, in an order that an index has.

Page 5,000 takes no longer than the first one, because a page begins at a row's values and not at a count of rows.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet


def page(
    rows: QuerySet[Any], order: Sequence[str], *, size: int, position: Sequence[Any] | None, backwards: bool
) -> tuple[list[Any], bool]:
    """Return at most ``size`` rows after a position (before it, if ``backwards``), and whether there are more that way.

    ``order`` are columns as ``order_by`` takes them; the last one is unique. ``position`` holds the values of a row in
    these columns; None begins at the first row (the last one, if ``backwards``). The rows come in ``order`` either way.
    ``ValueError``: the position has another number of values.
    """
    direction = [_reversed_column(name) for name in order] if backwards else order
    rows = rows.order_by(*direction)
    if position is not None:
        rows = rows.filter(_beyond(direction, position))
    result = list(rows[: size + 1])
    more, result = len(result) > size, result[:size]
    return (result[::-1] if backwards else result), more


def _reversed_column(name: str) -> str:
    """A column of ``order_by`` in the other direction."""
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows after the one with these values: those that are greater in the first column that differs."""
    if len(values) != len(order):
        raise ValueError("a position has a value for each column of the order")
    beyond, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{column}__{comparison}": value})
        same &= Q(**{column: value})
    first, comparison = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{comparison}": values[0]}) & beyond  # with this condition, databases begin within the index
