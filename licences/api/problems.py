"""Problem documents (RFC 9457): every answer of the API that is not a success
(docs/integration.md#what-to-do-with-a-problem).
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise

from licences.domain.errors import Refusal
from licences.wording.problem_titles import PROBLEM_TITLES
from licences.wording.servers import sentence_at_the_server

MEDIA_TYPE = "application/problem+json"
BODY_LIMIT = 64 * 1024  # bytes; the longest registration with every letter escaped takes a fifth of it


@dataclass(frozen=True, slots=True)
class ApiProblem:
    """A type of problem: its HTTP status and its title."""

    status: HTTPStatus
    title: Promise


# The first twelve are listed in docs/surface.md; the others are about the call itself.
_STATUSES = {
    "invalid-request": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unknown-serial": HTTPStatus.NOT_FOUND,
    "serial-in-use": HTTPStatus.CONFLICT,
    "relicensing-required": HTTPStatus.CONFLICT,
    "site-id-in-use": HTTPStatus.CONFLICT,
    "serial-blocked": HTTPStatus.FORBIDDEN,
    "nothing-licensed": HTTPStatus.CONFLICT,
    "software-assurance-required": HTTPStatus.FORBIDDEN,
    "release-code-wrong": HTTPStatus.CONFLICT,
    "installation-not-proved": HTTPStatus.FORBIDDEN,
    "registration-required": HTTPStatus.CONFLICT,
    "too-many-requests": HTTPStatus.TOO_MANY_REQUESTS,
    "codes-exhausted": HTTPStatus.CONFLICT,
    "bad-request": HTTPStatus.BAD_REQUEST,
    "not-found": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal-error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
PROBLEMS = {name: ApiProblem(status, PROBLEM_TITLES[name]) for name, status in _STATUSES.items()}
# An expired emergency has no problem of its own in docs/surface.md; the sentence of the refusal says more.
_PROBLEM_OF_REFUSAL = {
    "emergency-expired": "relicensing-required",
    "charset-not-utf-8": "unsupported-media-type",
    "transfer-coding-unknown": "bad-request",
}
_BY_STATUS = {
    problem.status.value: name
    for name, problem in PROBLEMS.items()
    if name in ("bad-request", "not-found", "method-not-allowed", "body-too-large", "internal-error")
}


def problem_document(
    name: str, parameters: Mapping[str, Any] | None = None, *, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """A new problem document as a JSON object.

    ``name`` is a key of ``PROBLEMS``, ``parameters`` fill its sentence, ``errors`` are lists of sentences by field,
    such as ``customer.contact_phone``.
    """
    detail = sentence_at_the_server(name, parameters or {"limit": BODY_LIMIT})
    return new_document(PROBLEMS[name], f"/api/docs#{name}", detail, errors)


def new_document(
    problem: ApiProblem, documented_at: str, detail: str, errors: Mapping[str, list[str]] | None
) -> dict[str, Any]:
    """A problem document of either API; its place on a documentation page, a path of the portal, identifies it."""
    document: dict[str, Any] = {
        "type": settings.PORTAL_URL.rstrip("/") + documented_at,
        "title": str(problem.title),
        "status": problem.status.value,
        "detail": detail,
        "instance": uuid.uuid4().urn,
    }
    return document if errors is None else document | {"errors": errors}


def problem_response(
    name: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    errors: Mapping[str, list[str]] | None = None,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The response with a problem document; ``detail`` replaces its sentence. See ``problem_document``."""
    document = problem_document(name, parameters, errors=errors)
    if detail:
        document["detail"] = detail
    return as_response(name, document, headers)


def as_response(name: str, document: dict[str, Any], headers: Mapping[str, str] | None) -> HttpResponse:
    """The response with the document of the problem ``name``."""
    response = JsonResponse(document, status=document["status"], content_type=MEDIA_TYPE, headers=headers)
    response.problem = name  # type: ignore[attr-defined]  # counted by ``api.call_counts``
    return response


def refusal_response(refusal: Refusal) -> HttpResponse:
    """The response to a ``Refusal``: its problem, or ``invalid-request`` with its field if it has none of its own."""
    name = _PROBLEM_OF_REFUSAL.get(refusal.code, refusal.code)
    if name not in PROBLEMS:
        sentence = sentence_at_the_server(refusal.code, refusal.parameters)
        return problem_response("invalid-request", errors={refusal.field or "body": [sentence]})
    headers = {"Retry-After": str(refusal.parameters["seconds"])} if refusal.code == "too-many-requests" else None
    sentence = sentence_at_the_server(refusal.code, refusal.parameters)
    return problem_response(name, refusal.parameters, detail=sentence, headers=headers)


def problems_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: turns every error page under ``/api/`` into a problem document."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith("/api/") or response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        return _problem_instead_of(response)

    return middleware


def _problem_instead_of(response: HttpResponse) -> HttpResponse:
    fallback = "internal-error" if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad-request"
    kept = {name: response.headers[name] for name in ("Allow", "Vary") if name in response.headers}
    return problem_response(_BY_STATUS.get(response.status_code, fallback), headers=kept)
