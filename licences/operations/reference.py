"""The reference facts: releases, CRM applications, support contacts."""

from django.db import transaction

from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import CrmApplication, Event, Release, SupportContact
from licences.operations.events import record_event


@transaction.atomic
def save_release(release: Release, *, by: str) -> Release:
    """Save a new or changed release, with an event. ``Refusal``: ``not-a-version``, ``release-twice``.

    2.6 and 2.6.0 are one version. What needs Software Assurance follows from the releases from then on.
    """
    try:
        version = Version.parse(release.version)
    except Refusal as refusal:
        raise Refusal(refusal.code, field="version", **refusal.parameters) from None
    others = Release.objects.select_for_update(no_key=True).exclude(pk=release.pk)
    same = next((other for other in others if other.parsed() == version), None)
    if same is not None:
        raise Refusal("release-twice", field="version", version=same.version)
    release.version = str(version)
    release.save()
    details = {
        "release": release.version,
        "supported": release.is_supported,
        "needs_software_assurance": release.needs_software_assurance,
    }
    record_event(Event.Kind.REFERENCE_CHANGED, by=by, details=details)
    return release


@transaction.atomic
def save_application(application: CrmApplication, *, by: str) -> CrmApplication:
    """Save a new or changed CRM application, with an event."""
    application.save()
    details = {"application": application.name, "works": application.works}
    record_event(Event.Kind.REFERENCE_CHANGED, by=by, details=details)
    return application


@transaction.atomic
def save_contact(contact: SupportContact, *, by: str) -> SupportContact:
    """Save a new or changed support contact, with an event."""
    contact.save()
    record_event(Event.Kind.REFERENCE_CHANGED, by=by, details={"country": contact.country})
    return contact
