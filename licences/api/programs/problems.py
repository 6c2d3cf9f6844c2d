"""The problem documents of calls with a key (docs/integration.md#problems-of-calls-with-a-key)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from licences.api.problems import PROBLEMS, ApiProblem, as_response, new_document
from licences.domain.errors import Refusal
from licences.wording.problem_titles import PROBLEM_TITLES
from licences.wording.servers import sentence_at_the_server

PROGRAM_PROBLEMS = {
    "key-missing": ApiProblem(HTTPStatus.UNAUTHORIZED, PROBLEM_TITLES["key-missing"]),
    "key-wrong": ApiProblem(HTTPStatus.UNAUTHORIZED, PROBLEM_TITLES["key-wrong"]),
    "key-expired": ApiProblem(HTTPStatus.UNAUTHORIZED, PROBLEM_TITLES["key-expired"]),
    "key-revoked": ApiProblem(HTTPStatus.UNAUTHORIZED, PROBLEM_TITLES["key-revoked"]),
    "address-not-allowed": ApiProblem(HTTPStatus.FORBIDDEN, PROBLEM_TITLES["address-not-allowed"]),
    "scope-missing": ApiProblem(HTTPStatus.FORBIDDEN, PROBLEM_TITLES["scope-missing"]),
    "after-beyond-end": ApiProblem(HTTPStatus.CONFLICT, PROBLEM_TITLES["after-beyond-end"]),
    **{
        name: PROBLEMS[name]
        for name in ("invalid-request", "unknown-serial", "too-many-requests", "bad-request", "unavailable")
    },
    "lines-rejected": ApiProblem(HTTPStatus.CONFLICT, PROBLEM_TITLES["lines-rejected"]),
    "call-in-progress": ApiProblem(HTTPStatus.CONFLICT, PROBLEM_TITLES["call-in-progress"]),
    "idempotency-key-reused": ApiProblem(HTTPStatus.CONFLICT, PROBLEM_TITLES["idempotency-key-reused"]),
    "purchases-busy": ApiProblem(HTTPStatus.SERVICE_UNAVAILABLE, PROBLEM_TITLES["purchases-busy"]),
    **{name: PROBLEMS[name] for name in ("body-too-large", "unsupported-media-type")},
    "internal-error": PROBLEMS["internal-error"],
}
# A server may be at another site ID; a program names none, and is told in other words.
_SENTENCE_OF_PROBLEM = {"unknown-serial": "program-unknown-serial", "purchases-busy": "program-purchases-busy"}
_PROBLEM_OF_REFUSAL = {
    **{code: problem for problem, code in _SENTENCE_OF_PROBLEM.items()},
    "charset-not-utf-8": "unsupported-media-type",
    "transfer-coding-unknown": "bad-request",
    "allocated-list-unwritable": "unavailable",
    "file-unreadable": "unavailable",
}
# Seconds to wait where nothing says how long.
_RETRY_AFTER = {"call-in-progress": 1, "purchases-busy": 30, "unavailable": 30}


def program_problem_document(
    name: str, parameters: Mapping[str, Any] | None = None, *, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """A problem document as a JSON object. ``name`` is a key of ``PROGRAM_PROBLEMS``; ``errors`` are by field."""
    detail = sentence_at_the_server(_SENTENCE_OF_PROBLEM.get(name, name), parameters)
    return new_document(PROGRAM_PROBLEMS[name], f"/api/programs/docs#{name}", detail, errors)


def program_problem(
    name: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    errors: Mapping[str, list[str]] | None = None,
    detail: str = "",
    **members: Any,
) -> HttpResponse:
    """The response with a problem document, and the headers that belong to it.

    ``detail`` replaces its sentence; ``members`` are added to the document.
    """
    document = program_problem_document(name, parameters, errors=errors) | members
    if detail:
        document["detail"] = detail
    return as_response(name, document, _headers(name, parameters or {}))


def program_refusal(refusal: Refusal) -> HttpResponse:
    """The response to a ``Refusal``: its problem, or ``invalid-request`` with its field."""
    name = _PROBLEM_OF_REFUSAL.get(refusal.code, refusal.code)
    if name in PROGRAM_PROBLEMS:
        code = _SENTENCE_OF_PROBLEM.get(name, refusal.code)
        detail = sentence_at_the_server(name if name == "unavailable" else code, refusal.parameters)
        return program_problem(name, refusal.parameters, detail=detail)
    sentence = sentence_at_the_server(refusal.code, refusal.parameters)
    return program_problem("invalid-request", errors={refusal.field or "query": [sentence]})


def _headers(name: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """``Retry-After``, and what RFC 6750 asks for where a key will not do."""
    if name == "too-many-requests":
        return {"Retry-After": str(parameters["seconds"])}
    if name in _RETRY_AFTER:
        return {"Retry-After": str(_RETRY_AFTER[name])}
    if name == "scope-missing":
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{parameters["scope"]}"'}
    if PROGRAM_PROBLEMS[name].status is HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer" if name == "key-missing" else 'Bearer error="invalid_token"'}
    return {}
