"""Emergencies that came before another one, and who may still agree. Nothing here writes.

A second emergency for the same serial or the same site ID within twelve months needs two supervisors, withdrawn ones
counted (docs/decisions.md#a-second-emergency).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from licences.domain.codes import canonical_or_empty
from licences.domain.staff_identity import StaffIdentity, is_among
from licences.models import ChecklistCheck, Emergency, Relicensing

TWELVE_MONTHS = timedelta(days=365)
DECIDERS_SHOWN = 12


def emergencies_before_request(request: Relicensing, check: ChecklistCheck, *, now: datetime) -> list[Emergency]:
    """Return the earlier emergencies that a request for a dead PC has to show, newest first.

    They are those of the last twelve months with its serial, the site ID that was given, or the one that runs now.
    Empty unless the caller has no release code. Rule: docs/decisions.md#a-second-emergency.
    """
    if request.serial is None or not check.release_code_unavailable:
        return []
    given = next((each.said for each in check.items.all() if each.item == "site_id"), "")
    live = request.serial.installations.filter(ended_at=None).values_list("site_id", flat=True)
    site_ids = {canonical_or_empty(given), *live} - {""}
    return list(_earlier(Q(serial=request.serial) | _of_site_ids(site_ids), before=now))


def emergencies_before(emergency: Emergency) -> list[Emergency]:
    """Return the earlier emergencies that count when an emergency is settled by decision, newest first.

    They are those of the twelve months before it with its serial or one of its two site IDs. Rule:
    docs/decisions.md#a-second-emergency.
    """
    site_ids = {emergency.installation.site_id, emergency.earlier.site_id}
    about = Q(serial=emergency.serial_id) | _of_site_ids(site_ids)
    return list(_earlier(about, before=emergency.issued_at).filter(pk__lt=emergency.pk))


def _of_site_ids(site_ids: set[str]) -> Q:
    """Emergencies in which one of the site IDs is that of the new installation or of the one it replaced."""
    return Q(installation__site_id__in=site_ids) | Q(earlier__site_id__in=site_ids)


def _earlier(about: Q, *, before: datetime) -> QuerySet[Emergency]:
    """Emergencies that ``about`` selects, issued not longer than twelve months before a time; newest first."""
    recent = Emergency.objects.filter(about, issued_at__gt=before - TWELVE_MONTHS)
    return recent.select_related("serial", "installation", "earlier").order_by("-pk")


def deciders(permission: str, *, excluded: Iterable[StaffIdentity]) -> list[str]:
    """Return the names of the active users who have a permission, sorted, without those who may not agree any more.

    ``excluded`` are who took part in the call and who has agreed already. At most ``DECIDERS_SHOWN``.
    """
    users = get_user_model()._default_manager.with_perm(permission).order_by("username")
    people = [StaffIdentity(user.get_username(), user.pk) for user in users]
    excluded = list(excluded)
    return [str(each) for each in people if not is_among(each, excluded)][:DECIDERS_SHOWN]
