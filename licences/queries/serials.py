"""Questions about a serial: its state, its site card, the versions that it may be upgraded to. Nothing here writes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from licences.domain.entitlements import Coverage, VersionRuling, is_assured, may_run
from licences.domain.serial_verdicts import SerialVerdict, verdict_on
from licences.domain.versions import Version
from licences.models import (
    Balance,
    Emergency,
    Event,
    Installation,
    LicenceGrant,
    Note,
    RefusedClaim,
    Registration,
    Release,
    Relicensing,
    SearchText,
    Serial,
    UnlockCode,
    grants_in_force,
)
from licences.queries import approvals
from licences.queries.checklist import relicensings

# --- Serials -----------------------------------------------------------------------------------------


class SerialState(StrEnum):
    """The state of a serial (docs/domain.md#states-of-a-serial). A block comes on top of any state."""

    PURCHASED = "purchased"
    LIVE = "live"
    RELEASED = "released"
    EMERGENCY = "emergency"
    TAKEN_OVER = "taken-over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PossibleUpgrade:
    """Up to which release (in two numbers) a serial may be upgraded, the first that it may not run, and why."""

    allowed: str  # the highest version that is allowed; empty if none is
    refused: str  # the lowest version that is not; empty if all are allowed
    ruling: VersionRuling | None  # why it is refused


def possible_upgrade(
    running: str, coverage: Coverage, releases: list[Release], *, today: date
) -> PossibleUpgrade | None:
    """Return which of the releases above the running version a serial may be upgraded to.

    ``running`` is the version of its server, empty if unknown. None: there is no release above it. The rule is in
    docs/domain.md#versions-and-software-assurance.
    """
    above = sorted(release.parsed() for release in releases)
    if running:
        above = [version for version in above if version > Version.parse(running)]
    rulings = [(version, may_run(version, coverage, on=today)) for version in above]
    allowed = [version.release_text for version, ruling in rulings if ruling.allowed]
    refused = next(((str(version), ruling) for version, ruling in rulings if not ruling.allowed), ("", None))
    return PossibleUpgrade(allowed[-1] if allowed else "", *refused) if rulings else None


@dataclass(frozen=True, slots=True)
class SiteCard:
    """All that the page of one serial shows. Installations, codes, registrations and events come newest first."""

    serial: Serial
    state: SerialState
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
    has_refused_claims: bool = False
    has_notes: bool = False
    possible_upgrade: PossibleUpgrade | None = None
    follow_up: approvals.FollowUp | None = None
    cover_ends_soon: bool = False
    former_names: list[str] = field(default_factory=list)  # of customer, seller and registration
    verdict: SerialVerdict = SerialVerdict.NOT_REGISTERED  # without regard to a block, which the page shows beside it

    @property
    def current(self) -> Installation | None:
        """The live installation, if there is one."""
        return next((each for each in self.installations if each.is_live), None)

    @property
    def latest(self) -> Installation | None:
        """The newest installation, live or ended."""
        return self.installations[0] if self.installations else None

    @property
    def highest_release(self) -> str:
        """The highest release, in two numbers, that the site may run today; empty if no release is known."""
        step = self.possible_upgrade
        if step and step.allowed:
            return step.allowed
        if step and step.ruling:
            return step.ruling.parameters["ceiling"]
        running = self.latest.server_version if self.latest else ""
        return Version.parse(running).release_text if running else ""

    @property
    def is_blocked(self) -> bool:
        """Whether a supervisor has blocked the serial."""
        return self.serial.blocked_at is not None

    @property
    def is_licensed(self) -> bool:
        """Whether the serial still has licences after all returns."""
        return any(balance.quantity for balance in self.balances)


GRANTS_SHOWN = 20
SOON = timedelta(days=90)
EVENTS_SHOWN = 15


def site_card(code: str, *, today: date) -> SiteCard | None:
    """Return the site card of a serial, in a fixed number of queries; None for an unknown code.

    ``code`` is in canonical form. Software Assurance, upgrades and the verdict are judged on the day ``today``.
    """
    serial = _with_counts().filter(code=code).first()
    if serial is None:
        return None
    unlock_codes = list(serial.unlock_codes.select_related("installation").order_by("-sequence"))
    registrations = list(serial.registrations.select_related("installation").order_by("-pk"))
    installations = _installations(unlock_codes, registrations)
    releases = list(Release.objects.all())
    running = installations[0].server_version if installations else ""
    coverage = serial.coverage_from(serial.assured, releases)
    emergency = approvals.open_emergency_of(serial) if any(code.expires_on for code in unlock_codes) else None
    return SiteCard(
        serial=serial,
        state=_state(installations, unlock_codes, emergency),
        follow_up=approvals.follow_up(emergency, today=today) if emergency else None,
        registration=registrations[0] if registrations else None,
        earlier_registrations=registrations[1:],
        installations=installations,
        unlock_codes=unlock_codes,
        balances=list(serial.balances.select_related("product").order_by("product__slot")),
        grants=list(serial.grants.select_related("product", "file_import").order_by("-pk")[:GRANTS_SHOWN]),
        grant_count=serial.grant_count or 0,
        assured_until=serial.assured,
        is_assured=is_assured(serial.assured, on=today),
        possible_upgrade=possible_upgrade(running, coverage, releases, today=today),
        cover_ends_soon=is_assured(serial.assured, on=today) and not is_assured(serial.assured, on=today + SOON),
        events=list(Event.objects.filter(serial=code)[:EVENTS_SHOWN]),
        requests=list(relicensings().filter(serial=serial)[:EVENTS_SHOWN]),
        former_names=(serial.former_names or "").splitlines(),
        has_refused_claims=serial.has_refused_claims,
        has_notes=serial.has_notes or serial.customer_has_notes,
        verdict=verdict_on(
            registered=bool(registrations),
            live=any(each.is_live for each in installations),
            emergency_until=emergency.expires_on if emergency else None,
            today=today,
        ),
    )


def _with_counts() -> QuerySet[Any]:
    """Serials with their customer, ``assured`` (the last day of cover), ``grant_count``, ``former_names`` (in lines),
    and whether there are refused claims and notes.
    """
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    in_force = grants_in_force().filter(serial=OuterRef("pk")).order_by().values("serial")
    return Serial.objects.select_related("site__customer").annotate(
        assured=Subquery(in_force.values(latest=Max("software_assurance_until"))),
        grant_count=Subquery(grants.values(count=Count("pk"))),
        former_names=Subquery(SearchText.objects.filter(serial=OuterRef("pk")).values("former_names")),
        has_refused_claims=Exists(RefusedClaim.objects.filter(serial=OuterRef("pk"))),
        has_notes=Exists(Note.objects.filter(serial=OuterRef("pk"))),
        customer_has_notes=Exists(Note.objects.filter(_about_customer(OuterRef("site__customer")))),
    )


def _about_customer(customer: OuterRef) -> Q:
    """Rows about a customer or one that was merged into it."""
    return Q(customer=customer) | Q(customer__merged_into=customer)


def _installations(unlock_codes: list[UnlockCode], registrations: list[Registration]) -> list[Installation]:
    """A serial's installations, newest first, without a query: each has a registration, an unlock code, or both."""
    by_key = {code.installation_id: code.installation for code in unlock_codes}
    by_key |= {registration.installation_id: registration.installation for registration in registrations}
    return [by_key[pk] for pk in sorted(by_key, reverse=True)]


def _state(
    installations: list[Installation], unlock_codes: list[UnlockCode], emergency: Emergency | None
) -> SerialState:
    """The state of a serial, without regard to a block."""
    if not installations:
        return SerialState.PURCHASED
    if emergency is not None:
        return SerialState.EMERGENCY
    live = next((each for each in installations if each.is_live), None)
    if live is not None:
        own_codes = any(code.installation_id == live.pk for code in unlock_codes)
        return SerialState.LIVE if own_codes else SerialState.TAKEN_OVER
    released = installations[0].end_reason == Installation.EndReason.RELEASED
    return SerialState.RELEASED if released else SerialState.ENDED
