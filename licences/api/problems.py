"""Refusals as problem documents (RFC 9457): every answer of the API that is no success."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.domain.errors import Refusal
from licences.server_wording import sentence_at_the_server

MEDIA_TYPE = "application/problem+json"
BODY_LIMIT = 64 * 1024  # bytes; the longest registration, every letter escaped, has a fifth of that


@dataclass(frozen=True, slots=True)
class Problem:
    """A type of problem: its status, and what it is called."""

    status: HTTPStatus
    title: Promise


# surface.md lists the first ten; the others say what is wrong with the call itself.
PROBLEMS = {
    "invalid-request": Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _("The request is not complete or not readable")),
    "unknown-serial": Problem(HTTPStatus.NOT_FOUND, _("Unknown serial number")),
    "serial-in-use": Problem(HTTPStatus.CONFLICT, _("The serial number is in use")),
    "relicensing-required": Problem(HTTPStatus.CONFLICT, _("Re-licensing is required")),
    "site-id-in-use": Problem(HTTPStatus.CONFLICT, _("The site ID is in use")),
    "serial-blocked": Problem(HTTPStatus.FORBIDDEN, _("The serial number is blocked")),
    "nothing-licensed": Problem(HTTPStatus.CONFLICT, _("There is nothing to license")),
    "software-assurance-required": Problem(HTTPStatus.FORBIDDEN, _("Software Assurance is required")),
    "release-code-wrong": Problem(HTTPStatus.CONFLICT, _("The release code is wrong")),
    "too-many-requests": Problem(HTTPStatus.TOO_MANY_REQUESTS, _("Too many requests")),
    "codes-exhausted": Problem(HTTPStatus.CONFLICT, _("No unlock code is left")),
    "bad-request": Problem(HTTPStatus.BAD_REQUEST, _("The request cannot be understood")),
    "not-found": Problem(HTTPStatus.NOT_FOUND, _("There is nothing at this address")),
    "method-not-allowed": Problem(HTTPStatus.METHOD_NOT_ALLOWED, _("This method is not allowed here")),
    "body-too-large": Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("The body is too large")),
    "unsupported-media-type": Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("The body is not JSON")),
    "internal-error": Problem(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong here")),
}
_SHOWN_AS = {"emergency-expired": "relicensing-required"}  # what surface.md calls it; the sentence says more
_BY_STATUS = {
    problem.status.value: name
    for name, problem in PROBLEMS.items()
    if name in ("bad-request", "not-found", "method-not-allowed", "body-too-large", "internal-error")
}


def problem_document(
    name: str, parameters: Mapping[str, Any] | None = None, *, errors: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """``errors`` are sentences by field, such as ``customer.contact_phone``."""
    problem = PROBLEMS[name]
    document: dict[str, Any] = {
        "type": problem_type(name),
        "title": str(problem.title),
        "status": problem.status.value,
        "detail": sentence_at_the_server(name, parameters or {"limit": BODY_LIMIT}),
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
    document = problem_document(name, parameters, errors=errors)
    if detail:
        document["detail"] = detail
    return JsonResponse(document, status=PROBLEMS[name].status, content_type=MEDIA_TYPE, headers=headers)


def problem_type(name: str) -> str:
    """The address of what the docs page says about it."""
    return f"{settings.PORTAL_URL.rstrip('/')}/api/docs#{name}"


def refusal_response(refusal: Refusal) -> HttpResponse:
    """A refusal of the domain. What the domain cannot read is an invalid request, with the field that it is about."""
    name = _SHOWN_AS.get(refusal.code, refusal.code)
    if name not in PROBLEMS:
        sentence = sentence_at_the_server(refusal.code, refusal.parameters)
        return problem_response("invalid-request", errors={refusal.field or "body": [sentence]})
    headers = {"Retry-After": str(refusal.parameters["seconds"])} if refusal.code == "too-many-requests" else None
    said = sentence_at_the_server(refusal.code, refusal.parameters)
    return problem_response(name, refusal.parameters, detail=said, headers=headers)


def problems_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whatever else answers with an error under ``/api/`` becomes a problem document, and no page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith("/api/") or response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        return _as_problem(response)

    return middleware


def _as_problem(response: HttpResponse) -> HttpResponse:
    fallback = "internal-error" if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad-request"
    kept = {name: response.headers[name] for name in ("Allow", "Vary") if name in response.headers}
    return problem_response(_BY_STATUS.get(response.status_code, fallback), headers=kept)
