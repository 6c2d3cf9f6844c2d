"""The calls of the API, and the handlers of their errors. Function names are the operation ids of the schema."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query, Router, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError, ValidationError

from licences import operations, throttling
from licences.api.bodies import JSONParser, with_json_body
from licences.api.fields import field_name
from licences.api.openapi import complete_schema
from licences.api.problems import BODY_LIMIT, problem_response, refusal_response
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
from licences.domain.errors import Refusal
from licences.domain.versions import Version, Versions
from licences.operations import ServerLicence
from licences.operations.codes import licence_file_text
from licences.throttling import ApiClient, throttled
from licences.wording.servers import sentence_at_the_server

BY = "Xchange Server"
log = logging.getLogger(__name__)
router = Router(tags=["Licences"])
_JSON_BODY = with_json_body(limit=BODY_LIMIT, refuse=refusal_response)


@router.post("/registrations", response={200: LicencesOut, 201: LicencesOut})
@decorate_view(_JSON_BODY)
def register(request: HttpRequest, body: RegistrationIn) -> Status:
    """Register the first installation of a serial number. The same call again gets the same answer."""
    server = _calling_server(request)
    with throttled(server, serial=body.serial, site_id=body.site_id):
        licence = operations.register_installation(
            serial=body.serial,
            site_id=body.site_id,
            versions=_versions(body),
            details=body.customer.details(),
            by=BY,
            today=timezone.localdate(),
            proof=body.proof(),
        )
    _note_address(server, licence)
    return Status(HTTPStatus.CREATED if licence.began else HTTPStatus.OK, _licences_out(licence))


@router.post("/updates", response={200: LicencesOut})
@decorate_view(_JSON_BODY)
def update(request: HttpRequest, body: UpdateIn) -> LicencesOut:
    """Fetch the present licences of the serial number. While nothing has changed, the answer stays the same."""
    server = _calling_server(request)
    with throttled(server, serial=body.serial, site_id=body.site_id):
        licence = operations.update_installation(
            serial=body.serial,
            site_id=body.site_id,
            versions=_versions(body),
            by=BY,
            today=timezone.localdate(),
            proof=body.proof(),
        )
    _note_address(server, licence)
    return _licences_out(licence)


@router.post("/releases", response={200: ReleasedOut})
@decorate_view(_JSON_BODY)
def release(request: HttpRequest, body: ReleaseIn) -> ReleasedOut:
    """Give the serial number back. It registers nowhere until the licensing team has licensed it again."""
    with throttled(_calling_server(request), serial=body.serial, site_id=body.site_id, release_code=body.release_code):
        operations.release_installation(
            serial=body.serial, site_id=body.site_id, release_code=body.release_code, by=BY, proof=body.proof()
        )
    return ReleasedOut(serial=body.serial, site_id=body.site_id, released=True)


@router.get("/upgrade-check", response={200: UpgradeOut})
def upgrade_check(request: HttpRequest, query: Query[UpgradeQuery]) -> UpgradeOut:
    """Ask whether an installation may run a version, before it is installed."""
    with throttled(_calling_server(request), serial=query.serial, site_id=query.site_id):
        ruling = operations.judge_upgrade(
            serial=query.serial, site_id=query.site_id, to=Version.parse(query.to), today=timezone.localdate()
        )
    detail = sentence_at_the_server(ruling.reason, ruling.parameters)
    return UpgradeOut(allowed=ruling.allowed, reason=ruling.reason, detail=detail)


def _calling_server(request: HttpRequest) -> ApiClient:
    return throttling.api_client(request, by=BY)


def _note_address(server: ApiClient, licence: ServerLicence) -> None:
    """Count the addresses from which an installation calls after its first call; a hint, which refuses nothing."""
    if licence.began:
        return
    operations.note_address(
        installation_id=licence.unlock_code.installation_id, address=server.address, now=timezone.now()
    )


def _versions(body: UpdateIn) -> Versions:
    return Versions.parse(server=body.server_version, client=body.client_version)


def _licences_out(licence: ServerLicence) -> LicencesOut:
    code = licence.unlock_code
    return LicencesOut(
        serial=code.serial.code,
        site_id=code.installation.site_id,
        sequence=code.sequence,
        unlock_code=code.code,
        licence_file=licence_file_text(code),
        licences=[LicenceOut(name=licence.product_names[line["slot"]], **line) for line in code.lines],
        software_assurance_until=code.last_day_covered(),
        expires_on=code.expires_on,
    )


# --- The API around them -----------------------------------------------------------------------------


class ServerAPI(NinjaAPI):
    """The API, with a schema that is completed by ``complete_schema``."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return complete_schema(super().get_openapi_schema(**options))


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
def handle_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal of an operation with its problem."""
    request.refusal_code = refusal.code  # type: ignore[attr-defined]  # counted by the metrics
    return refusal_response(refusal)


@api.exception_handler(ValidationError)
def handle_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer ``invalid-request`` with a sentence for each field that is missing, unknown or unreadable."""
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        errors.setdefault(field_name(each["loc"]), []).append(_field_sentence(each))
    return _invalid_request(request, errors)


@api.exception_handler(HttpError)
def handle_unreadable_body(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja raises ``HttpError`` for a body that cannot be parsed."""
    return _invalid_request(request, {"body": [sentence_at_the_server("body-not-json")]})


@api.exception_handler(SuspiciousOperation)
def handle_suspicious_request(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django refuses to read such a request, as one with thousands of parameters."""
    return _counted(request, problem_response("bad-request"))


def _invalid_request(request: HttpRequest, errors: dict[str, list[str]]) -> HttpResponse:
    return _counted(request, problem_response("invalid-request", errors=errors))


def _counted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, unless the address of the call has reached its rate limit, against which the call counts."""
    try:
        throttling.take_request(_calling_server(request))
    except Refusal as refusal:
        request.refusal_code = refusal.code  # type: ignore[attr-defined]
        return refusal_response(refusal)
    return response


@api.exception_handler(Exception)
def handle_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log an unexpected error and answer ``internal-error``.

    Errors of database and disk go on to ``licensing_portal.views.server_error``, as on all pages.
    """
    if isinstance(error, Error | OSError):
        raise error
    log.exception("%s %s failed", request.method, request.path)
    return problem_response("internal-error")


_SENTENCES = {
    "missing": "value-missing",
    "string_type": "value-not-text",
    "string_unicode": "value-not-text",
}


def _field_sentence(error: dict[str, Any]) -> str:
    if error["type"] == "refused":
        return str(error["msg"])
    return sentence_at_the_server(_SENTENCES.get(error["type"], "value-not-object"))
