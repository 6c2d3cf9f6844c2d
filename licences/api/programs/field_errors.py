"""Sentences about what is missing or invalid in a call of a program, by field."""

from typing import Any

from ninja.errors import ValidationError

from licences.imports.sent_purchases import MOST_LINES
from licences.lookup.statements import CANDIDATES
from licences.wording.servers import sentence_at_the_server

_LISTED = 50  # fields; a thousand lines may all lack the same one
_SENTENCES: dict[str, tuple[str, dict[str, Any]]] = {
    "missing": ("value-missing", {}),
    "too_short": ("value-missing", {}),
    "too_long": ("too-many-lines", {"limit": MOST_LINES}),
    "string_type": ("value-not-text", {}),
    "string_unicode": ("value-not-text", {}),
    "list_type": ("value-not-list", {}),
    "bool_type": ("value-not-boolean", {}),
}
_OF_A_HEADER = ("idempotency-key-unreadable", {})
_OF_AN_OBJECT = ("value-not-object", {})


def field_errors(error: ValidationError) -> dict[str, list[str]]:
    """Field → sentences, for the first fields. ``lines.0.product`` is the product of the first line."""
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        if len(errors) < _LISTED:
            errors.setdefault(_field(each["loc"]), []).append(_sentence(each))
    return errors


def _field(location: tuple[str | int, ...]) -> str:
    """The field at a pydantic location: ``("body", "body", "lines", 0, "product")`` is ``lines.0.product``."""
    names = location[2:] if location[0] == "body" else location[-1:]
    return ".".join(str(name) for name in names) or "body"


def _sentence(error: dict[str, Any]) -> str:
    if error["type"] == "refused":
        return str(error["msg"])
    return sentence_at_the_server(*_code_and_parameters(error))


def _code_and_parameters(error: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    place = error["loc"]
    if place[0] == "header":
        return _OF_A_HEADER
    if error["type"] in _SENTENCES:
        return _SENTENCES[error["type"]]
    if error["type"] == "literal_error":
        return "value-not-among", {"known": str(error["ctx"]["expected"]).replace("'", "")}
    if place[0] == "body":
        return _OF_AN_OBJECT
    if "cursor" in place:
        return "cursor-wrong", {}
    return "number-out-of-range", {"least": 1, "most": CANDIDATES}
