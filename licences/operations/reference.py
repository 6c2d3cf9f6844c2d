"""The reference facts: releases, CRM applications, support contacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import CrmApplication, Event, Release, SupportContact
from licences.operations.events import record_event

Source = Mapping[str, str] | None  # what the event says of where rows come from: the name and digest of a file


@transaction.atomic
def save_releases(releases: Sequence[Release], *, by: str, source: Source = None) -> None:
    """Save new and changed releases, all or none, with one event. ``Refusal``: ``not-a-version``, ``release-twice``.

    2.6 and 2.6.0 are one version. What needs Software Assurance follows from the releases from then on.
    """
    known = {release.parsed(): release for release in Release.objects.select_for_update(no_key=True)}
    for release in releases:
        version = _version(release)
        same = known.setdefault(version, release)
        if same is not release and same.pk != release.pk:
            raise Refusal("release-twice", field="version", version=same.version)
        release.save()
    said = [
        {
            "release": release.version,
            "supported": release.is_supported,
            "needs_software_assurance": release.needs_software_assurance,
        }
        for release in releases
    ]
    _record("releases", said, by=by, source=source)


def _version(release: Release) -> Version:
    try:
        return release.parsed()
    except Refusal as refusal:
        raise Refusal(refusal.code, field="version", **refusal.parameters) from None


@transaction.atomic
def save_applications(applications: Sequence[CrmApplication], *, by: str, source: Source = None) -> None:
    """Save new and changed CRM applications, all or none, with one event."""
    for application in applications:
        application.save()
    said = [{"application": application.name, "works": application.works} for application in applications]
    _record("applications", said, by=by, source=source)


@transaction.atomic
def save_contacts(contacts: Sequence[SupportContact], *, by: str, source: Source = None) -> None:
    """Save new and changed support contacts, all or none, with one event."""
    for contact in contacts:
        contact.save()
    _record("countries", [contact.country for contact in contacts], by=by, source=source)


def _record(name: str, said: list[Any], *, by: str, source: Source) -> None:
    if said:
        record_event(Event.Kind.REFERENCE_CHANGED, by=by, details={name: said, **(source or {})})
