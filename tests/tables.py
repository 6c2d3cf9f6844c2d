"""Tables of cases that one test walks: it names every row that fails, and costs far less than a test for each row."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from django.conf import settings
from django.core import mail
from django.db import connection, models, transaction
from django.test import Client, override_settings
from django.utils import translation

Test = Callable[..., None]


def each_row(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Call the test with every row of a table: names and rows are those of ``pytest.mark.parametrize``.

    What a row writes to the database is undone before the next one, and so is what it does to ``monkeypatch``,
    ``settings``, the outbox, the cookies of a ``Client`` and records of fixtures; each has an empty ``tmp_path``.
    Raises what a row raised, with the row as a note, or an ``ExceptionGroup`` of these if several rows fail.
    """
    listed = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    is_one_value = isinstance(names, str) and len(listed) == 1
    table = [ParameterSet.extract_from(row, force_tuple=is_one_value) for row in rows]
    assert table, "A table without a row tests nothing."
    assert not any(row.marks for row in table), "No row of a table is skipped or expected to fail."

    def decorate(test: Test) -> Test:
        own = inspect.signature(test).parameters

        @functools.wraps(test)
        def walk(request: pytest.FixtureRequest, **given: Any) -> None:
            wrong = []
            for number, row in enumerate(table):
                values = dict(zip(listed, row.values, strict=True))
                with _complaint(row, wrong), _afresh(given, number, uses_database=_uses_database(request)) as fresh:
                    test(**fresh, **({"request": request} if "request" in own else {}), **values)
            if len(wrong) == 1:
                raise wrong[0]
            if wrong:
                raise ExceptionGroup(f"{len(wrong)} of {len(table)} rows are wrong", wrong)

        fixtures = ["request", *(name for name in own if name not in {*listed, "request"})]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        walk.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in fixtures])
        return walk

    return decorate


@contextmanager
def _complaint(row: ParameterSet, wrong: list[Exception]) -> Iterator[None]:
    """Add what a row raises to the others. Skipping a row would skip the rows behind it, so it is a failure too."""
    try:
        yield
    except (pytest.fail.Exception, pytest.skip.Exception) as outcome:
        wrong.append(AssertionError(str(outcome)).with_traceback(outcome.__traceback__))
    except Exception as error:
        wrong.append(error)
    else:
        return
    wrong[-1].add_note(f"Row: {row.id or ''} {str(row.values)[:500]}")


def _uses_database(request: pytest.FixtureRequest) -> bool:
    if not ("db" in request.fixturenames or request.node.get_closest_marker("django_db")):
        return False
    assert connection.in_atomic_block, "What a row commits is not undone: use parametrize."
    return True


@contextmanager
def _afresh(given: dict[str, Any], number: int, *, uses_database: bool) -> Iterator[dict[str, Any]]:
    """Give a row what the fixtures gave, as they gave it, and undo what the row does with it."""
    with ExitStack() as stack:
        if uses_database:
            stack.enter_context(_undone())
        stack.callback(translation.deactivate)
        stack.callback(getattr(mail, "outbox", []).clear)
        yield {name: _of_its_own(name, value, number, stack) for name, value in given.items()}


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class _Settings:
    """The settings of one row, as the fixture ``settings`` of pytest-django; what is set here ends with the stack."""

    def __init__(self, stack: ExitStack) -> None:
        self.__dict__["stack"] = stack

    def __getattr__(self, name: str) -> Any:
        return getattr(settings, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.stack.enter_context(override_settings(**{name: value}))

    def __delattr__(self, name: str) -> None:
        self.stack.enter_context(override_settings())
        delattr(settings, name)


def _of_its_own(name: str, value: Any, number: int, stack: ExitStack) -> Any:
    """Return a fixture's value for one row."""
    if name == "monkeypatch":
        return stack.enter_context(value.context())
    if name == "settings":
        return _Settings(stack)
    if name == "tmp_path":
        folder = value / f"row-{number}"
        folder.mkdir()
        return folder
    if name in ("capsys", "caplog"):
        stack.callback(value.readouterr if name == "capsys" else value.clear)
    if isinstance(value, Client):
        stack.callback(setattr, value, "cookies", deepcopy(value.cookies))
    if isinstance(value, (list, dict, set)):
        return _in_place(value, stack)
    return deepcopy(value) if isinstance(value, models.Model) else value


def _in_place(value: Any, stack: ExitStack) -> Any:
    """The same list, with records of the row's own, as other code may add to it; afterwards it is as it was."""
    before = value.copy()
    stack.callback(value.extend if isinstance(value, list) else value.update, before)
    stack.callback(value.clear)
    if isinstance(value, list):
        value[:] = [deepcopy(one) if isinstance(one, models.Model) else one for one in before]
    return value
