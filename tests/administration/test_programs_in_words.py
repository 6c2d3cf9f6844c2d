"""The administration names programs, senders and pages in the reader's language, as the pages of staff do."""

from django.db import transaction
from django.urls import reverse

from licences import operations
from licences.models import Event, FileImport, Registration, Relicensing, UnlockCode
from licences.operations.events import record_event
from tests import factories
from tests.administration.admin_lists import export
from tests.factories import registered
from tests.tables import each_row

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de"}
STORED = ["program ERP", "profile Nord", "Registration page", "portal"]


def pages(browser, row):
    """The list of the row's model, and the row's page."""
    name = f"admin:licences_{row._meta.model_name}"
    lists, each = reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])
    return [browser.get(page, **GERMAN).content.decode() for page in (lists, each)]


def registered_by(who):
    """The unlock code of a new registration."""
    licence = operations.register_installation(
        serial=factories.bought().code, site_id=factories.new_site_id(), versions=factories.versions(),
        details=factories.details(), by=who, today=factories.TODAY,
    )  # fmt: skip
    return licence.unlock_code


def test_an_event_of_a_program_is_told_in_german(as_user, auditor, catalogue):
    with transaction.atomic():
        event = record_event(Event.Kind.NOTE_WRITTEN, by="program ERP")

    shown = pages(as_user(auditor), event)

    assert [("Programm ERP" in page, "program ERP" in page) for page in shown] == [(True, False)] * 2


@each_row(("stored", "told"), [("program ERP", "Programm ERP"), ("profile Nord", "Profil Nord")])
def test_who_sent_a_file_is_told_in_german(stored, told, as_user, auditor, catalogue):
    found = FileImport.objects.create(
        kind=FileImport.Kind.PURCHASES, file_name="a.csv", size=1, sha256="0" * 64,
        uploaded_by=stored, confirmed_by=stored,
    )  # fmt: skip

    shown = pages(as_user(auditor), found)

    assert [(told in page, stored in page) for page in shown] == [(True, False)] * 2


def test_the_registration_page_is_told_in_german(as_user, auditor, catalogue):
    code = registered_by("Registration page")
    browser = as_user(auditor)

    shown = pages(browser, code) + pages(browser, Registration.objects.get())
    shown += [browser.get(code.serial.get_absolute_url(), **GERMAN).content.decode()]
    shown += [browser.get(reverse("case-file", args=[code.serial.code]), **GERMAN).content.decode()]

    assert [("Registrierungsseite" in page, "Registration page" in page) for page in shown] == [(True, False)] * 6


def test_a_request_that_the_portal_closed_says_so_in_german(as_user, auditor, catalogue):
    request = factories.request(registered())
    Relicensing.objects.filter(pk=request.pk).update(closed_by="portal")

    _list, page = pages(as_user(auditor), request)

    assert ">Portal<" in page
    assert ">portal<" not in page


@each_row("stored", STORED)
def test_an_export_tells_who_in_the_language_of_the_reader(stored, as_root, catalogue):
    with transaction.atomic():
        record_event(Event.Kind.NOTE_WRITTEN, by=stored)
    told = {"program ERP": "Programm ERP", "profile Nord": "Profil Nord", "portal": "Portal"}

    as_root.defaults.update(GERMAN)
    german = b"".join(export(as_root, Event, columns=["actor"]).streaming_content).decode()
    as_root.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    english = b"".join(export(as_root, Event, columns=["actor"]).streaming_content).decode()

    assert told.get(stored, "Registrierungsseite") in german
    assert stored not in german
    assert stored in english


def test_the_name_of_a_person_is_told_as_it_is(as_root, catalogue):
    registered_by("profile")

    file = b"".join(export(as_root, UnlockCode, columns=["issued_by"]).streaming_content).decode()

    assert "profile" in file
