"""Writing the reference facts: releases, CRM applications, support contacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import CrmApplication, Event, Release, SupportContact
from licences.operations.events import record_event

TableSource = Mapping[str, str] | None  # name and digest of the file that the rows come from, for the event


@transaction.atomic
def save_releases(releases: Sequence[Release], *, by: str, source: TableSource = None) -> None:
    """Save new and changed releases, all or none, with one event; no event for an empty list.

    ``source`` is added to the event. 2.6 and 2.6.0 are the same version. From then on, the releases decide which
    versions need Software Assurance (docs/domain.md#versions-and-software-assurance). ``Refusal``: ``not-a-version``,
    ``release-twice`` (another row has this version).
    """
    known = {release.parsed(): release for release in Release.objects.select_for_update(no_key=True)}
    for release in releases:
        version = _version(release)
        other = known.setdefault(version, release)
        if other is not release and other.pk != release.pk:
            raise Refusal("release-twice", field="version", version=other.version)
        release.save()
    entries = [
        {
            "release": release.version,
            "supported": release.is_supported,
            "needs_software_assurance": release.needs_software_assurance,
        }
        for release in releases
    ]
    _record_change("releases", entries, by=by, source=source)


def _version(release: Release) -> Version:
    """The version of a release. ``Refusal``: ``not-a-version``, on the field ``version``."""
    try:
        return release.parsed()
    except Refusal as refusal:
        raise Refusal(refusal.code, field="version", **refusal.parameters) from None


@transaction.atomic
def save_applications(applications: Sequence[CrmApplication], *, by: str, source: TableSource = None) -> None:
    """Save new and changed CRM applications, all or none, with one event; no event for an empty list.

    ``source`` is added to the event.
    """
    for application in applications:
        application.save()
    entries = [{"application": application.name, "works": application.works} for application in applications]
    _record_change("applications", entries, by=by, source=source)


@transaction.atomic
def save_contacts(contacts: Sequence[SupportContact], *, by: str, source: TableSource = None) -> None:
    """Save new and changed support contacts, all or none, with one event; no event for an empty list.

    ``source`` is added to the event.
    """
    for contact in contacts:
        contact.save()
    _record_change("countries", [contact.country for contact in contacts], by=by, source=source)


def _record_change(name: str, entries: list[Any], *, by: str, source: TableSource) -> None:
    """Record one event with the changed rows, under the name of their table; none if no row has changed."""
    if entries:
        record_event(Event.Kind.REFERENCE_CHANGED, by=by, details={name: entries, **(source or {})})
