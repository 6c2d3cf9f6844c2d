"""What sites and callers look like in answers, ETags, and pages."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from pydantic import BaseModel

from licences.api.programs.event_schemas import EventOut
from licences.api.programs.schemas import (
    CallerOut,
    CallerSerialOut,
    ContactOut,
    ProductOut,
    RegistrationOut,
    SiteOut,
    UpgradeAnswerOut,
    VerdictOut,
    VersionsOut,
)
from licences.domain.entitlements import is_assured
from licences.domain.event_feed import published_event, published_personal
from licences.lookup import Caller, SerialSummary
from licences.models import Event
from licences.queries.site_facts import SiteFacts
from licences.wording.serial_verdicts import SAID

MEDIA_TYPE = "application/json; charset=utf-8"


def site_out(
    serial: SerialSummary, facts: SiteFacts, *, certainty: Any, found_by: str, today: date, personal: bool
) -> SiteOut:
    """A site as it is answered; ``personal``: whether the contact is told."""
    return SiteOut(
        serial=serial.code,
        site_id=serial.live_site_id or serial.latest_site_id,
        customer=serial.customer_name,
        customer_number=serial.number,
        town=serial.city,
        postcode=serial.postcode,
        site=serial.site_name,
        certainty=certainty,
        found_by=found_by,
        verdict=_verdict(serial),
        blocked=serial.blocked_at is not None,
        live=serial.live_site_id is not None,
        registration=_registration(serial),
        software_assurance_until=serial.assured,
        covered=is_assured(serial.assured, on=today),
        versions=_versions(facts),
        upgrade=_upgrade(facts),
        licences=[
            ProductOut(product=each.sku, name=each.name, quantity=each.quantity)
            for each in facts.products
            if each.quantity
        ],
        contact=ContactOut(name=serial.contact_name, phone=serial.contact_phone, email=serial.contact_email)
        if personal
        else None,
        url=settings.PORTAL_URL.rstrip("/") + serial.get_absolute_url(),
    )


def caller_out(caller: Caller) -> CallerOut:
    """A caller as it is answered."""
    serials = [
        CallerSerialOut(serial=each.code, site=each.site_name, verdict=_verdict(each)) for each in caller.serials
    ]
    return CallerOut(company=caller.company, town=caller.town, certainty=caller.certainty.value, serials=serials)


def event_out(event: Event, *, personal: bool) -> EventOut:
    """An event as it is answered; ``personal``: whether names are told."""
    published = published_event(
        id=event.pk,
        kind=event.kind,
        at=event.at,
        serial=event.serial,
        customer=event.customer_id,
        details=event.details,
    )
    return EventOut(
        **published,
        actor=event.actor if personal else None,
        personal=published_personal(event.personal) if personal else None,
    )


def _verdict(serial: SerialSummary) -> VerdictOut:
    return VerdictOut(code=serial.verdict.value, words=str(SAID[serial.verdict].words))


def _registration(serial: SerialSummary) -> RegistrationOut | None:
    if serial.registered_at is None:
        return None
    return RegistrationOut(name=serial.registered_name or "", registered_on=serial.registered_at.date())


def _versions(facts: SiteFacts) -> VersionsOut | None:
    found = facts.versions
    return VersionsOut(server=found.server, client=found.client) if found else None


def _upgrade(facts: SiteFacts) -> UpgradeAnswerOut | None:
    found = facts.upgrade
    if found is None:
        return None
    return UpgradeAnswerOut(
        allowed=found.allowed, refused=found.refused, reason=found.ruling.reason if found.ruling else ""
    )


# --- Answers -----------------------------------------------------------------------------------------


def selected(site: SiteOut, fields: str | None) -> dict[str, Any]:
    """The members of a site that were asked for, or all."""
    return site.model_dump(mode="json", include=set(fields.split(",")) if fields else None)


def tagged(request: HttpRequest, content: dict[str, Any] | BaseModel) -> HttpResponse:
    """The answer with an ETag of its content; 304 without content if the program has it already."""
    document = content.model_dump(mode="json") if isinstance(content, BaseModel) else content
    text = json.dumps(document, ensure_ascii=False)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type=MEDIA_TYPE, headers={"ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=response) or response
    patch_vary_headers(answer, ["Authorization", "Accept-Language"])
    return answer


def page_after(cursor: str | None, codes: Sequence[str], *, limit: int) -> tuple[slice, str | None]:
    """The part of a result that follows a cursor, and the cursor of the part after it; None behind the last.

    A cursor is the position and serial number of the last site before it. Where the result has changed meanwhile, the
    page begins after that serial number, or else at the position.
    """
    start = 0
    if cursor:
        position, _dash, code = cursor.partition("-")
        start = codes.index(code) + 1 if code in codes else int(position)
    end = start + limit
    return slice(start, end), f"{end}-{codes[end - 1]}" if end < len(codes) else None
