"""Questions that tests of every package ask: was this refused, and what does the database hold?"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection, models

from licences.domain.errors import Refusal


def refusal_of(act: Callable[..., Any], *arguments: Any, unchanged: Iterable[type[models.Model]] = (), **values: Any):
    """Call ``act`` with the other arguments, and return the ``Refusal`` that it must raise.

    Fails if it raises none, or if it changes rows of the models in ``unchanged``.
    """
    before = stored(unchanged)
    with pytest.raises(Refusal) as raised:
        act(*arguments, **values)
    assert stored(unchanged) == before
    return raised.value


def why_refused(act: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Return the code of the refusal that ``refusal_of`` returns for the same arguments."""
    return refusal_of(act, *arguments, **options).code


def stored(models_: Iterable[type[models.Model]]) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of some models, by the name of the model."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models_}


def columns_of(table: str) -> set[str]:
    """Return the names of the columns that a table has in the database, whatever the models say."""
    with connection.cursor() as cursor:
        return {each.name for each in connection.introspection.get_table_description(cursor, table)}
