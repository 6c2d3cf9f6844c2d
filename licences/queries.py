"""Named questions that screens, API and reports ask. Nothing here writes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, QuerySet, Subquery

from customers.models import Customer
from licences import decisions
from licences.domain import codes
from licences.domain.checklist import (
    Answers,
    Finding,
    InstallationRecord,
    Record,
    SerialRecord,
    passes,
)
from licences.domain.decisions import Counted, supervisors_needed
from licences.domain.entitlements import Coverage, Ruling, is_assured, may_run
from licences.domain.errors import Refusal
from licences.domain.near_misses import near_misses
from licences.domain.versions import Version
from licences.models import (
    Balance,
    ChecklistCheck,
    Emergency,
    Event,
    Installation,
    ItemResolution,
    LicenceGrant,
    RefusedClaim,
    Registration,
    Release,
    Relicensing,
    Serial,
    UnlockCode,
)

SIMILAR_SERIALS_SHOWN = 5
WAITING_SHOWN = 50
COUNTED = 999

# --- What is on record about a caller's answers -----------------------------------------------------


def checklist_record(answers: Answers) -> Record:
    """All that the checklist compares these answers with."""
    code = _canonical(answers.serial)
    serial = _with_history(Serial.objects.filter(code=code)).first() if code else None
    site_id = _canonical(answers.site_id)
    release_code = _canonical(answers.release_code)
    return Record(
        serial=serial_record(serial) if serial else None,
        similar_serials=() if serial else tuple(similar_serials(code)),
        site_id_in_use_by=_live_elsewhere(site_id, serial) if site_id else None,
        release_code_of=_release_code_elsewhere(release_code, serial) if release_code else None,
    )


def serial_record(serial: Serial) -> SerialRecord:
    customer = serial.site.customer
    registration = serial.registrations.order_by("-pk").first()
    licences = decisions.licences_of(serial)
    installations = {each.pk: _installation_record(each) for each in serial.installations.all()}
    return SerialRecord(
        serial=serial.code,
        customer_name=customer.name,
        customer_address_line1=customer.address_line1,
        registered_name=registration.name if registration else "",
        registered_address_line1=registration.address_line1 if registration else "",
        blocked_reason=serial.blocked_reason if serial.blocked_at else None,
        licensed=licences > 0,
        coverage=serial.coverage(),
        installations=tuple(installations.values()),
        emergency=decisions.emergency_record(serial, installations),
        supervisors=supervisors_needed(Counted(licences=licences), decisions.limits()),
    )


def _installation_record(installation: Installation) -> InstallationRecord:
    consumed = hasattr(installation, "release_use")
    released = installation.end_reason == Installation.EndReason.RELEASED
    made = sorted(installation.unlock_codes.all(), key=lambda code: code.sequence)
    return InstallationRecord(
        site_id=installation.site_id,
        live=installation.is_live,
        awaits_relicensing=released and not consumed,
        replaced=installation.end_reason == Installation.EndReason.EMERGENCY and not consumed,
        consumed=consumed,
        taken_over=installation.origin == Installation.Origin.TAKEN_OVER,
        release_codes=tuple((code.sequence, code.release_code) for code in made),
        server_version=installation.server_version,
        client_version=installation.client_version,
    )


def _with_history(serials: QuerySet[Serial]) -> QuerySet[Serial]:
    installations = Installation.objects.select_related("release_use").prefetch_related("unlock_codes")
    return serials.select_related("site__customer").prefetch_related(
        Prefetch("installations", queryset=installations.order_by("-pk"))
    )


def _canonical(text: str) -> str:
    try:
        return codes.canonical(text)
    except Refusal:
        return ""


def similar_serials(typed: str) -> list[str]:
    """Known serials one slip away from what was typed (canonical), likeliest first."""
    if abs(len(typed) - codes.SERIAL_LENGTH) > 1:
        return []
    candidates = near_misses(typed, codes.SERIAL_LENGTH)
    known = set(Serial.objects.filter(code__in=candidates).values_list("code", flat=True))
    return [code for code in candidates if code in known][:SIMILAR_SERIALS_SHOWN]


def _live_elsewhere(site_id: str, serial: Serial | None) -> str | None:
    live = Installation.objects.filter(site_id=site_id, ended_at=None)
    if serial:
        live = live.exclude(serial=serial)
    return live.values_list("serial__code", flat=True).first()


def _release_code_elsewhere(release_code: str, serial: Serial | None) -> str | None:
    made = UnlockCode.objects.filter(release_code=release_code)
    if serial:
        made = made.exclude(serial=serial)
    return made.values_list("serial__code", flat=True).first()


# --- Re-licensing requests ---------------------------------------------------------------------------


def latest_check(request: Relicensing) -> ChecklistCheck:
    return request.checks.prefetch_related("items").latest("number")


def resolutions(check: ChecklistCheck) -> dict[str, ItemResolution]:
    """Item → how it was settled, as far as that holds for this check.

    "Asked again" holds while the item reads the same; a decision only for the very answers and record it was
    taken on (decisions.md 14).
    """
    items = {checked.item: checked for checked in check.items.all()}
    settled = ItemResolution.objects.filter(checked_item__checklist__request=check.request_id)
    holding = {}
    for resolution in settled.select_related("checked_item__checklist").order_by("pk"):
        then = resolution.checked_item
        now = items[then.item]
        if resolution.kind == ItemResolution.Kind.ACCEPTED:
            holds = then.checklist.digest == check.digest
        else:
            holds = (then.said, then.on_record, then.verdict) == (now.said, now.on_record, now.verdict)
        if holds:
            holding[then.item] = resolution
    return holding


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the checklist on screen."""

    finding: Finding
    resolution: ItemResolution | None
    passes: bool

    @property
    def to_ask_again(self) -> bool:
        return self.finding.verdict == "close" and not self.passes

    @property
    def to_decide(self) -> bool:
        return self.finding.decidable and not self.passes


def checklist_rows(check: ChecklistCheck) -> list[Row]:
    settled = resolutions(check)
    asked, accepted = (
        _names(settled, ItemResolution.Kind.ASKED_AGAIN),
        _names(settled, ItemResolution.Kind.ACCEPTED),
    )
    findings = [checked.finding() for checked in check.items.all()]
    return [
        Row(finding, settled.get(finding.item), passes(finding, asked_again=asked, accepted=accepted))
        for finding in findings
    ]


def _names(settled: dict[str, ItemResolution], kind: ItemResolution.Kind) -> set[str]:
    return {item for item, resolution in settled.items() if resolution.kind == kind}


def open_relicensings() -> QuerySet[Relicensing]:
    return relicensings().filter(closed_at=None)


def relicensings() -> QuerySet[Relicensing]:
    """Requests with how often they were checked, the newest first."""
    related = Relicensing.objects.select_related("serial__site__customer", "unlock_code")
    return related.annotate(check_count=Count("checks")).order_by("-pk")


def later_unlock_code(code: UnlockCode) -> UnlockCode | None:
    """The newest code of the serial, where that is not this one."""
    later = UnlockCode.objects.filter(serial=code.serial_id, sequence__gt=code.sequence)
    return later.order_by("-sequence").first()


# --- The desk ----------------------------------------------------------------------------------------


def awaiting_relicensing() -> QuerySet[Installation]:
    """Installations that reported their release, with nothing live on the serial since; the oldest first."""
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    released = Installation.objects.filter(end_reason=Installation.EndReason.RELEASED, release_use=None)
    related = released.exclude(Exists(live)).select_related("serial__site__customer")
    return related.order_by("ended_at")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list on the desk: how many there are (counted to ``COUNTED`` and one more), and the first of them."""

    count: int
    first: list[Serial]


def bought_but_unregistered() -> Waiting:
    """Serials that hold licences and were never registered; the newest first."""
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    waiting = Serial.objects.filter(Exists(licensed)).exclude(Exists(registered))
    return Waiting(
        waiting.order_by()[: COUNTED + 1].count(), list(waiting.select_related("site__customer").order_by("-pk")[:10])
    )


def recent_events() -> QuerySet[Event]:
    return Event.objects.select_related("customer")[:EVENTS_SHOWN]


# --- Customers ---------------------------------------------------------------------------------------


def customer_named(text: str) -> Customer | None:
    """The customer of this number, or of a site with this serial number; the kept one where it was merged."""
    found = Customer.objects.filter(number=text.strip()).exclude(number="").select_related("merged_into").first()
    if found is None and (code := _canonical(text)):
        serial = Serial.objects.filter(code=code).select_related("site__customer").first()
        found = serial.site.customer if serial else None
    return (found.merged_into or found) if found else None


# --- Serials -----------------------------------------------------------------------------------------


class State(StrEnum):
    """A serial's place in its life (domain.md, "A serial's life"); blocked comes on top of any."""

    PURCHASED = "purchased"
    LIVE = "live"
    RELEASED = "released"
    EMERGENCY = "emergency"
    TAKEN_OVER = "taken-over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class StepUp:
    """What may follow on the version that runs: the highest release that may, the first that may not, and why not."""

    allowed: str
    refused: str
    ruling: Ruling | None


def step_up(running: str, coverage: Coverage, releases: list[Release], *, today: date) -> StepUp | None:
    """None where no release above the running version is on record."""
    above = sorted(release.parsed() for release in releases)
    if running:
        above = [version for version in above if version > Version.parse(running)]
    rulings = [(version, may_run(version, coverage, on=today)) for version in above]
    allowed = [str(version) for version, ruling in rulings if ruling.allowed]
    refused = next(((str(version), ruling) for version, ruling in rulings if not ruling.allowed), ("", None))
    return StepUp(allowed[-1] if allowed else "", *refused) if rulings else None


@dataclass(frozen=True, slots=True)
class SiteCard:
    """Everything the page of one serial shows."""

    serial: Serial
    state: State
    registration: Registration | None
    installations: list[Installation]
    unlock_codes: list[UnlockCode]
    balances: list[Balance]
    grants: list[LicenceGrant]
    grant_count: int
    assured_until: date | None
    is_assured: bool
    events: list[Event]
    requests: list[Relicensing]
    earlier_registrations: list[Registration] = field(default_factory=list)
    has_claims: bool = False
    step_up: StepUp | None = None
    follow_up: decisions.FollowUp | None = None
    cover_ends_soon: bool = False

    @property
    def current(self) -> Installation | None:
        return next((each for each in self.installations if each.is_live), None)

    @property
    def latest(self) -> Installation | None:
        return self.installations[0] if self.installations else None

    @property
    def is_registered(self) -> bool:
        return self.registration is not None

    @property
    def is_blocked(self) -> bool:
        return self.serial.blocked_at is not None

    @property
    def is_licensed(self) -> bool:
        return any(balance.quantity for balance in self.balances)


GRANTS_SHOWN = 20
SOON = timedelta(days=90)
EVENTS_SHOWN = 15


def site_card(code: str, *, today: date) -> SiteCard | None:
    """What is known about a serial, in a fixed number of queries; None for an unknown code."""
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    found = Serial.objects.select_related("site__customer").annotate(
        assured=Subquery(grants.values(latest=Max("software_assurance_until"))),
        grant_count=Subquery(grants.values(count=Count("pk"))),
        has_claims=Exists(RefusedClaim.objects.filter(serial=OuterRef("pk"))),
    )
    serial = found.filter(code=code).first()
    if serial is None:
        return None
    unlock_codes = list(serial.unlock_codes.select_related("installation").order_by("-sequence"))
    registrations = list(serial.registrations.select_related("installation").order_by("-pk"))
    installations = _installations(unlock_codes, registrations)
    releases = list(Release.objects.all())
    running = installations[0].server_version if installations else ""
    coverage = serial.covered(serial.assured, releases)
    emergency = decisions.open_emergency_of(serial) if any(code.expires_on for code in unlock_codes) else None
    return SiteCard(
        serial=serial,
        state=_state(installations, unlock_codes, emergency),
        follow_up=decisions.follow_up(emergency, today=today) if emergency else None,
        registration=registrations[0] if registrations else None,
        earlier_registrations=registrations[1:],
        installations=installations,
        unlock_codes=unlock_codes,
        balances=list(serial.balances.select_related("product").order_by("product__slot")),
        grants=list(serial.grants.select_related("product", "file_import").order_by("-pk")[:GRANTS_SHOWN]),
        grant_count=serial.grant_count or 0,
        assured_until=serial.assured,
        is_assured=is_assured(serial.assured, on=today),
        step_up=step_up(running, coverage, releases, today=today),
        cover_ends_soon=is_assured(serial.assured, on=today) and not is_assured(serial.assured, on=today + SOON),
        events=list(Event.objects.filter(serial=code)[:EVENTS_SHOWN]),
        requests=list(relicensings().filter(serial=serial)[:EVENTS_SHOWN]),
        has_claims=serial.has_claims,
    )


def _installations(unlock_codes: list[UnlockCode], registrations: list[Registration]) -> list[Installation]:
    """A serial's installations, newest first: each began with a registration, a code, or both."""
    found = {code.installation_id: code.installation for code in unlock_codes}
    found |= {registration.installation_id: registration.installation for registration in registrations}
    return [found[pk] for pk in sorted(found, reverse=True)]


def _state(installations: list[Installation], unlock_codes: list[UnlockCode], emergency: Emergency | None) -> State:
    if not installations:
        return State.PURCHASED
    if emergency is not None:
        return State.EMERGENCY
    live = next((each for each in installations if each.is_live), None)
    if live is not None:
        own_codes = any(code.installation_id == live.pk for code in unlock_codes)
        return State.LIVE if own_codes else State.TAKEN_OVER
    released = installations[0].end_reason == Installation.EndReason.RELEASED
    return State.RELEASED if released else State.ENDED
