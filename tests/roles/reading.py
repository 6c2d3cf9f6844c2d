"""Everything that somebody can get to read: every page, every export in every column that is offered."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User

from tests.administration.admin_lists import columns_of
from tests.roles.pages import Route, routes
from tests.roles.stage import Browser, Stage

_TAGS, _BESIDE = re.compile(r"<[^>]*>"), re.compile(r"[^0-9A-Za-z]+")


def plain(text: str) -> str:
    """Letters and digits alone, so that a code is found however it is grouped and marked up."""
    return _BESIDE.sub("", _TAGS.sub("", text))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def text_of(answer: Any) -> str:
    """What an answer says, out of a workbook too."""
    content = body(answer)
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


BOTH = ("csv", "xlsx")


def answers(
    stage: Stage, browser: Browser, user: User | None, formats: tuple[str, ...] = BOTH
) -> Iterator[tuple[str, Any]]:
    """(what it is, the answer) of every page that opens, its JSON, and every export in these formats."""
    for route in routes():
        address = stage.address(route)
        yield str(route), browser("get", address)
        if route.name in ("lookup", "import"):
            query = {"q": stage.serial.code, "format": "json"}
            yield f"{route} as JSON", browser("get", address, query)
        if route.name == "export" and user is not None:
            yield from _exports(route, address, browser, user, formats)
        if route.name in ("quality-list", "renewals"):
            yield from ((f"{route} as {kind}", browser("get", address, {"format": kind})) for kind in formats)


def _exports(
    route: Route, address: str, browser: Browser, user: User, formats: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    columns = columns_of(apps.get_model(route.model), user)
    for kind in formats:
        yield f"{route} as {kind}", browser("post", address, {"format": kind, "columns": columns})
