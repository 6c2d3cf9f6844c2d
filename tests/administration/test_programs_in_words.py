"""The administration names programs in the reader's language, as the pages of staff do."""

from django.db import transaction
from django.urls import reverse

from licences.models import Event
from licences.operations.events import record_event


def test_an_event_of_a_program_is_told_in_german(as_user, auditor, catalogue):
    with transaction.atomic():
        event = record_event(Event.Kind.NOTE_WRITTEN, by="program ERP")
    browser = as_user(auditor)
    told = {"HTTP_ACCEPT_LANGUAGE": "de"}

    shown = [
        browser.get(reverse("admin:licences_event_changelist"), **told).content.decode(),
        browser.get(reverse("admin:licences_event_change", args=[event.pk]), **told).content.decode(),
    ]

    assert [("Programm ERP" in page, "program ERP" in page) for page in shown] == [(True, False)] * 2
