"""The calls with a key, and the handlers of their errors. Function names are the operation ids of the schema."""

import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Path, Query, Router
from ninja.errors import HttpError, ValidationError

from licences.api.bodies import JSONParser
from licences.api.fields import SerialCode
from licences.api.programs import answers
from licences.api.programs.authorisation import ProgramKeyAuth, has_scope
from licences.api.programs.event_schemas import END, MOST_EVENTS, EventsOut, EventsQuery
from licences.api.programs.field_errors import field_errors
from licences.api.programs.openapi import complete_program_schema
from licences.api.programs.problems import program_problem, program_refusal
from licences.api.programs.purchase_routes import router as purchases_router
from licences.api.programs.schemas import CallersOut, CallersQuery, SiteOut, SiteQuery, SitesOut, SitesQuery
from licences.domain.errors import Refusal
from licences.domain.program_keys import Scope
from licences.lookup import Hit, LookupResult, find_callers, look_up, serial_summary
from licences.lookup.match_kinds import MatchKind
from licences.lookup.statements import CANDIDATES
from licences.queries.event_feed import end_of_log, feed_page, feed_page_of_kinds
from licences.queries.site_facts import site_facts
from licences.wording.servers import sentence_at_the_server

log = logging.getLogger(__name__)
router = Router(tags=["Sites"])
_READ_SITES = ProgramKeyAuth(Scope.SITES_READ)
_READ_EVENTS = ProgramKeyAuth(Scope.EVENTS_READ)


@router.get("/sites", auth=_READ_SITES, response={200: SitesOut})
def find_sites(request: HttpRequest, query: Query[SitesQuery]) -> HttpResponse:
    """Find sites by anything that the look-up knows. Scope: sites:read; contacts with sites:personal, and codes are
    searched with codes:read."""
    today = timezone.localdate()
    found = look_up(query.q, with_codes=has_scope(request, Scope.CODES_READ), with_facts=False)
    codes = [hit.serial.code for hit in found.hits]
    part, following = answers.page_after(query.cursor, codes, limit=query.limit)
    hits = found.hits[part]
    facts = site_facts({hit.serial.pk: hit.serial.assured for hit in hits}, today=today)
    sites = [
        answers.site_out(
            hit.serial,
            facts[hit.serial.pk],
            certainty=_certainty(hit, found),
            found_by=hit.reason.kind.value,
            today=today,
            personal=has_scope(request, Scope.SITES_PERSONAL),
        )
        for hit in hits
    ]
    content = {
        "sites": [answers.selected(site, query.fields) for site in sites],
        "answer": found.answer.serial.code if found.answer else None,
        "more": found.more,
        "next": following,
    }
    return answers.tagged(request, content)


def _certainty(hit: Hit, found: LookupResult) -> str:
    if hit is found.answer:
        return "sure"
    return "similar" if found.near or not hit.is_fit else "possible"


@router.get("/sites/{serial}", auth=_READ_SITES, response={200: SiteOut})
def read_site(request: HttpRequest, serial: Path[SerialCode], query: Query[SiteQuery]) -> HttpResponse:
    """Read the site of a serial number. Scope: sites:read; its contact with sites:personal."""
    today = timezone.localdate()
    summary = serial_summary(serial)
    if summary is None:
        raise Refusal("program-unknown-serial")
    site = answers.site_out(
        summary,
        site_facts({summary.pk: summary.assured}, today=today)[summary.pk],
        certainty="sure",
        found_by=MatchKind.SERIAL.value,
        today=today,
        personal=has_scope(request, Scope.SITES_PERSONAL),
    )
    return answers.tagged(request, answers.selected(site, query.fields))


@router.get("/callers", auth=_READ_SITES, response={200: CallersOut})
def name_callers(request: HttpRequest, query: Query[CallersQuery]) -> HttpResponse:
    """Find who calls, by their number, to show a name while it rings. Scope: sites:read."""
    found = find_callers(query.number)
    callers = [answers.caller_out(caller) for caller in found.callers]
    return answers.tagged(request, CallersOut(callers=callers, more=found.more))


@router.get("/events", auth=_READ_EVENTS, response={200: EventsOut}, tags=["Events"])
def read_events(request: HttpRequest, query: Query[EventsQuery]) -> HttpResponse:
    """Read what happened, in order and without gaps, behind a position. Scope: events:read; who acted and names with
    events:personal."""
    after = end_of_log() if query.after == END else int(query.after)
    if query.kind is None:
        page = feed_page(after=after, limit=query.limit)
    else:
        page = feed_page_of_kinds(after=after, limit=query.limit, kinds=query.kind.split(","))
    personal = has_scope(request, Scope.EVENTS_PERSONAL)
    events = [answers.event_out(event, personal=personal) for event in page.events]
    return answers.tagged(request, EventsOut(events=events, next=page.next, more=page.more))


# --- The API around them -----------------------------------------------------------------------------


class ProgramAPI(NinjaAPI):
    """The API, with a schema that is completed by ``complete_program_schema``."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return complete_program_schema(super().get_openapi_schema(**options))


programs = ProgramAPI(
    title="Xchange licensing portal, for other systems",
    version="1",
    description="What a ticket desk, a telephone system, a shop or another program does in the portal, with a key.",
    docs_url=None,
    openapi_url="/programs/openapi.json",
    urls_namespace="programs",
    parser=JSONParser(),
)
programs.add_router("/v1", router)
programs.add_router("/v1", purchases_router)


@programs.exception_handler(Refusal)
def handle_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal with its problem."""
    request.refusal_code = refusal.code  # type: ignore[attr-defined]  # counted by the metrics
    return program_refusal(refusal)


@programs.exception_handler(ValidationError)
def handle_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer ``invalid-request`` with a sentence for each field that is missing or invalid."""
    return program_problem("invalid-request", errors=field_errors(error, most=_most_on_a_page(request)))


def _most_on_a_page(request: HttpRequest) -> int:
    """The highest ``limit`` of the call."""
    called = request.resolver_match
    return MOST_EVENTS if called and called.url_name == read_events.__name__ else CANDIDATES


@programs.exception_handler(HttpError)
def handle_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja raises ``HttpError`` for a body that cannot be parsed."""
    return program_problem("bad-request", detail=sentence_at_the_server("body-not-json"))


@programs.exception_handler(SuspiciousOperation)
def handle_suspicious_request(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django refuses to read such a request, as one with thousands of parameters."""
    return program_problem("bad-request")


@programs.exception_handler(Exception)
def handle_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log an unexpected error and answer ``internal-error``; those of database and disk go on, as on all pages."""
    if isinstance(error, Error | OSError):
        raise error
    log.exception("%s %s failed", request.method, request.path)
    return program_problem("internal-error")
