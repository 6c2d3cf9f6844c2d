"""Sentences about what is missing or invalid in a call of a program, by field."""

from typing import Any

from ninja.errors import ValidationError

from licences.api.fields import field_name
from licences.domain.errors import Refusal
from licences.imports.sent_purchases import MOST_LINES
from licences.wording.servers import sentence_at_the_server

_LISTED = 50  # fields; a thousand lines may all lack the same one


def field_errors(error: ValidationError, *, most: int) -> dict[str, list[str]]:
    """Field → sentences, for the first fields. ``lines.0.product`` is the product of the first line.

    ``most`` is the highest ``limit`` of the call.
    """
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        if len(errors) < _LISTED:
            errors.setdefault(field_name(each["loc"]), []).append(_sentence(each, most=most))
    return errors


def _sentence(error: dict[str, Any], *, most: int) -> str:
    if error["type"] == "refused":
        return str(error["msg"])
    refusal = _refusal_of(error, most=most)
    return sentence_at_the_server(refusal.code, refusal.parameters)


def _refusal_of(error: dict[str, Any], *, most: int) -> Refusal:
    place, kind = error["loc"], error["type"]
    if place[0] == "header":
        return Refusal("idempotency-key-unreadable")
    if kind == "literal_error":
        return Refusal("value-not-among", known=str(error["ctx"]["expected"]).replace("'", ""))
    if kind in (known := _known()):
        return known[kind]
    if place[0] == "body":
        return Refusal("value-not-object")
    return Refusal("cursor-wrong") if "cursor" in place else Refusal("number-out-of-range", least=1, most=most)


def _known() -> dict[str, Refusal]:
    """What pydantic calls an error, as a refusal."""
    return {
        "missing": Refusal("value-missing"),
        "too_short": Refusal("value-missing"),
        "too_long": Refusal("too-many-lines", limit=MOST_LINES),
        "string_type": Refusal("value-not-text"),
        "string_unicode": Refusal("value-not-text"),
        "list_type": Refusal("value-not-list"),
        "bool_type": Refusal("value-not-boolean"),
    }
