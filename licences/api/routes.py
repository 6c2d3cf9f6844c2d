"""The calls of the API. Each reads like a sentence: let in, do, answer."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query, Router, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError, ValidationError

from licences import gate, operations
from licences.api.bodies import JSONParser, with_json_body
from licences.api.openapi import completed
from licences.api.problems import problem_response, refusal_response
from licences.api.schemas import (
    LicenceOut,
    LicencesOut,
    RegistrationIn,
    ReleasedOut,
    ReleaseIn,
    UpdateIn,
    UpgradeOut,
    UpgradeQuery,
)
from licences.domain.codes import last_day_of_month
from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.gate import Visitor, passing
from licences.operations import Answer, Versions
from licences.operations.codes import licence_file
from licences.server_wording import sentence_at_the_server

BY = "Xchange Server"
log = logging.getLogger(__name__)
router = Router(tags=["Licences"])


@router.post("/registrations", response={200: LicencesOut, 201: LicencesOut})
@decorate_view(with_json_body)
def register(request: HttpRequest, body: RegistrationIn) -> Status:
    """Register a serial number's first installation, or ask again for what it was answered."""
    with passing(_server(request), serial=body.serial, site_id=body.site_id):
        answer = operations.register(
            serial=body.serial,
            site_id=body.site_id,
            versions=_versions(body),
            details=body.customer.details(),
            by=BY,
            today=timezone.localdate(),
        )
    return Status(HTTPStatus.CREATED if answer.began else HTTPStatus.OK, _licences(answer))


@router.post("/updates", response={200: LicencesOut})
@decorate_view(with_json_body)
def update(request: HttpRequest, body: UpdateIn) -> LicencesOut:
    """Fetch the licences that the serial number is worth now; the same as before where nothing changed."""
    with passing(_server(request), serial=body.serial, site_id=body.site_id):
        answer = operations.update(
            serial=body.serial,
            site_id=body.site_id,
            versions=_versions(body),
            by=BY,
            today=timezone.localdate(),
        )
    return _licences(answer)


@router.post("/releases", response={200: ReleasedOut})
@decorate_view(with_json_body)
def release(request: HttpRequest, body: ReleaseIn) -> ReleasedOut:
    """Give the serial number back. It registers nowhere until the licensing team has licensed it again."""
    with passing(_server(request), serial=body.serial, site_id=body.site_id, release_code=body.release_code):
        operations.release(serial=body.serial, site_id=body.site_id, release_code=body.release_code, by=BY)
    return ReleasedOut(serial=body.serial, site_id=body.site_id, released=True)


@router.get("/upgrade-check", response={200: UpgradeOut})
def upgrade_check(request: HttpRequest, query: Query[UpgradeQuery]) -> UpgradeOut:
    """Ask whether an installation may step up to a version, before it is installed."""
    with passing(_server(request), serial=query.serial, site_id=query.site_id):
        ruling = operations.judge_upgrade(
            serial=query.serial, site_id=query.site_id, to=Version.parse(query.to), today=timezone.localdate()
        )
    detail = sentence_at_the_server(ruling.reason, ruling.parameters)
    return UpgradeOut(allowed=ruling.allowed, reason=ruling.reason, detail=detail)


def _server(request: HttpRequest) -> Visitor:
    return gate.visitor(request, by=BY)


def _versions(body: UpdateIn) -> Versions:
    return Versions.parse(server=body.server_version, client=body.client_version)


def _licences(answer: Answer) -> LicencesOut:
    code = answer.unlock_code
    return LicencesOut(
        serial=code.serial.code,
        site_id=code.installation.site_id,
        sequence=code.sequence,
        unlock_code=code.code,
        licence_file=licence_file(code),
        licences=[LicenceOut(name=answer.product_names[line["slot"]], **line) for line in code.lines],
        software_assurance_until=last_day_of_month(code.assured_month),
        expires_on=code.expires_on,
    )


# --- The API around them -----------------------------------------------------------------------------


class ServerAPI(NinjaAPI):
    """The API, with a schema that tells of every status and of problems as they are answered."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return completed(super().get_openapi_schema(**options))


api = ServerAPI(
    title="Xchange licensing portal",
    version="1",
    description="What Xchange Servers call to register, to update their licences and to give them back.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    parser=JSONParser(),
)
api.add_router("/v1", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refusal_response(refusal)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        errors.setdefault(_field_of(each["loc"]), []).append(_sentence_of(each))
    return _invalid(request, errors)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja raises it where the body cannot be parsed."""
    return _invalid(request, {"body": [sentence_at_the_server("body-not-json")]})


def _invalid(request: HttpRequest, errors: dict[str, list[str]]) -> HttpResponse:
    """What does not even reach an operation counts against its address all the same."""
    try:
        gate.admit(_server(request))
    except Refusal as refusal:
        return refusal_response(refusal)
    return problem_response("invalid-request", errors=errors)


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("%s %s failed", request.method, request.path)
    return problem_response("internal-error")


def _field_of(location: tuple[str | int, ...]) -> str:
    """``("body", "body", "customer", "name")`` is ``customer.name``; the body itself is ``body``."""
    names = location[2:] if location[0] == "body" else location[-1:]
    return ".".join(str(name) for name in names) or "body"


_SENTENCES = {
    "missing": "value-missing",
    "string_type": "value-not-text",
    "string_unicode": "value-not-text",
    "extra_forbidden": "field-unknown",
}


def _sentence_of(error: dict[str, Any]) -> str:
    if error["type"] == "refused":
        return str(error["msg"])
    return sentence_at_the_server(_SENTENCES.get(error["type"], "value-not-object"))
