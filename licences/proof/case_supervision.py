"""What a case file tells of emergencies, of what supervisors agreed to, and of release codes that did not fit."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licences.domain.codes import grouped
from licences.models import Approval, Emergency, Event, ReleaseCodeUse, Serial, WrongReleaseCode
from licences.proof.supervision import SETTLING

Facts = list[tuple[str, str]]

_ISSUING = (Event.Kind.RELICENSED, Event.Kind.EMERGENCY_ISSUED)


def agreements(event: Event) -> Facts:
    """With what made or confirmed a code: everybody who agreed to it, to what, when and why."""
    return [(_("Agreed: %(what)s") % {"what": _what(each)}, _by(each)) for each in _approvals(event)]


def _approvals(event: Event) -> QuerySet[Approval]:
    """Those that an event rests on; of a check that was corrected since, no longer."""
    about = Q(pk__in=[])
    if event.kind in _ISSUING and "check" in event.details:
        about = Q(checklist__request=event.details["request"], checklist__number=event.details["check"])
    elif event.kind == Event.Kind.EMERGENCY_DECIDED:
        about = Q(emergency=event.details["emergency"])
    return Approval.objects.filter(about).order_by("pk")


def _what(approval: Approval) -> str:
    subject = str(approval.get_subject_display())
    return f"{subject} ({approval.counted})" if approval.counted else subject


def counted(limits: dict[str, dict[str, int]]) -> str:
    """How much had been counted when it was decided, and how much staff might have let pass then."""
    names = {**dict(Approval.Subject.choices), "licences": _("Licences")}
    about = [{"what": names[name], **each} for name, each in limits.items()]
    return ", ".join(_("%(what)s: %(count)s (limit %(limit)s)") % each for each in about)


def _by(approval: Approval) -> str:
    when = date_format(timezone.localtime(approval.approved_at), "DATETIME_FORMAT")
    about = {"by": approval.approved_by, "when": when, "reason": approval.reason}
    return _("by %(by)s, %(when)s: “%(reason)s”") % about


def release_used(event: Event) -> Facts:
    """Which release a re-licensing or the end of an emergency used up."""
    if event.kind == Event.Kind.RELICENSED and not event.details.get("repeated"):
        return _used(ReleaseCodeUse.objects.filter(request=event.details["request"]))
    if event.kind in (Event.Kind.EMERGENCY_SETTLED, Event.Kind.EMERGENCY_DECIDED):
        earlier = Emergency.objects.filter(pk=event.details["emergency"]).values("earlier")
        return _used(ReleaseCodeUse.objects.filter(installation__in=earlier))
    return []


def _used(uses: QuerySet[ReleaseCodeUse]) -> Facts:
    use = uses.select_related("installation").first()
    if use is None:
        return []
    about = {
        "code": grouped(use.release_code) if use.release_code else "–",
        "site_id": grouped(use.installation.site_id),
    }
    return [(_("Release used up"), _("%(code)s, of site ID %(site_id)s") % about)]


def how_it_ended(event: Event) -> Facts:
    """What the end of an emergency means for the code."""
    if event.kind not in SETTLING:
        return []
    if event.kind == Event.Kind.EMERGENCY_WITHDRAWN:
        return [(_("Thereby"), _("The installation ended; the serial number has to be re-licensed."))]
    if "sequence" not in event.details:
        return [(_("Thereby"), _("No code was made: nothing ran any more, or nothing was licensed."))]
    return [(_("Thereby"), _("The code became permanent."))]


def emergency_now(serial: Serial) -> Facts:
    """Whether the serial number runs on an emergency code that nobody has settled."""
    open_one = serial.emergencies.filter(settled_at=None).first()
    if open_one is None:
        return []
    about = {
        "until": date_format(open_one.expires_on, "DATE_FORMAT"),
        "by": open_one.issued_by,
        "reason": open_one.reason,
    }
    return [(_("Emergency, not settled"), _("until %(until)s, by %(by)s: “%(reason)s”") % about)]


def wrong_codes(serial: Serial) -> QuerySet[WrongReleaseCode]:
    return serial.wrong_release_codes.order_by("given_at", "pk")


def said_wrongly(wrong: WrongReleaseCode) -> Facts:
    return [(_("Release code that did not fit"), grouped(wrong.code))]
