"""Reference facts: maintained in the administration, found by the look-up, and used by the version rule."""

from datetime import date

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from licences import operations
from licences.domain.errors import Refusal
from licences.lookup import look_up
from licences.management.demo_facts import load_facts
from licences.models import CrmApplication, Event, Release, SupportContact
from licences.queries import reference
from tests import factories
from tests.administration.admin_imports import FORM, confirmation, digest
from tests.questions import why_refused
from tests.tables import each_row

pytestmark = pytest.mark.django_db
SAMPLES = settings.BASE_DIR / "docs" / "samples"


@pytest.fixture
def facts(db):
    load_facts(SAMPLES, by="tests")


@pytest.mark.parametrize("typed", ["CRM applications", "CRM-Anwendungen", "Support contacts", "Supportkontakte"])
def test_what_the_page_calls_a_kind_of_facts_finds_all_of_it(facts, typed):
    kinds = {fact.kind.value for fact in look_up(typed, with_codes=False).facts}

    assert kinds == {"application" if typed.startswith("CRM") else "contact"}


def titles(text: str) -> list[str]:
    return [str(fact.values.get("version") or fact.values.get("name") or fact.values.get("country"))
            for fact in look_up(text, with_codes=False).facts]  # fmt: skip


@each_row(
    ("typed", "expected"),
    [
        ("2.6", ["2.6"]),
        ("2.6.1", ["2.6"]),
        ("2", ["2.6", "2.5", "2.4", "2.3", "2.2"]),
        ("download", ["2.6", "2.5", "2.4", "2.3", "2.2"]),
        ("release 2.6", ["2.6"]),
        ("Systemvoraussetzungen 2.5", ["2.5"]),
        ("outlook", ["Microsoft Outlook"]),
        ("Läuft Xchange mit Outlook?", ["Microsoft Outlook"]),
        ("support austria", ["Austria"]),
        ("Support Österreich", ["Austria"]),
        ("Hilfe Schweiz", ["Switzerland"]),
        ("wie erreiche ich den Support in Österreich?", ["Austria"]),
        ("who do I call in Austria", ["Austria"]),
        ("E-Mail Support Österreich", ["Austria"]),
        ("Öffnungszeiten Support Schweiz", ["Switzerland"]),
        ("Is Outlook supported?", ["Microsoft Outlook"]),
        ("2.6 supported?", ["2.6"]),
        ("Xchange 2.6 runterladen", ["2.6"]),
        ("settings 2.6", ["2.6"]),
        ("latest version", ["2.6", "2.5", "2.4", "2.3", "2.2"]),
        ("hilfe", []),
        ("support at", ["Austria"]),
        ("Hotline Schweiz", ["Switzerland"]),
        ("england", ["United Kingdom"]),
        ("salesforce", ["Salesforce Sales Cloud"]),
        ("Salesfroce", ["Salesforce Sales Cloud"]),
        ("sales cloud", ["Salesforce Sales Cloud", "SAP Sales Cloud"]),
        ("microsoft", ["Microsoft Dynamics 365", "Microsoft Outlook"]),
        ("poland", ["Poland"]),
        ("united kingdom", ["United Kingdom"]),
        ("support poland", ["Poland"]),
        ("2.6 download", ["2.6"]),
        ("Xchange 2.6", ["2.6"]),
        ("crm salesforce", ["Salesforce Sales Cloud"]),
        ("poland warehouse", []),
        ("nonsense", []),
        ("Contact Center GmbH", []),
        ("Guide Michelin", []),
    ],
)
def test_the_look_up_finds_facts(facts, typed, expected):
    assert titles(typed) == expected


def test_the_page_and_the_json_show_them(facts, support_agent, as_user):
    browser = as_user(support_agent)

    page = browser.get(reverse("lookup"), {"q": "2.6"}).content.decode()
    assert "https://www.example.com/xchange/2.6/download" in page
    assert "needs Software Assurance" in page
    response = browser.get(reverse("lookup"), {"q": "lotus notes", "format": "json"}).json()
    (fact,) = response["facts"]
    assert (fact["title"], fact["label"]) == ("Lotus Notes: does not work with Xchange", "CRM application")
    assert fact["about"] == "Supported up to 2.3."
    anchor = fact["url"].removeprefix(reverse("facts") + "#")
    assert f'<h3 id="{anchor}"><bdi>Lotus Notes</bdi></h3>' in browser.get(reverse("facts")).content.decode()
    assert response["status"] == "No site found, but product facts that match."


def test_they_read_german_on_a_german_page(facts, support_agent, as_user):
    for typed in ("support austria", "Support Österreich"):
        answer = as_user(support_agent).get(
            reverse("lookup"), {"q": typed, "format": "json"}, headers={"Accept-Language": "de"}
        )
        (fact,) = answer.json()["facts"]
        assert (fact["title"], fact["label"]) == ("Support Österreich: +43 1 99 00 55 20", "Supportkontakt")


def test_they_come_before_the_sites_only_when_they_are_asked_for(facts, catalogue, support_agent, as_user):
    factories.bought(customer_name="Support Austria KG")
    factories.bought(customer_name="Outlook Optik GmbH")
    browser = as_user(support_agent)

    for typed, first in (("support austria", True), ("outlook", False)):
        page = browser.get(reverse("lookup"), {"q": typed}).content.decode()
        assert (page.index("facts-found") < page.index('<table class="data stack">')) is first
        answer = browser.get(reverse("lookup"), {"q": typed, "format": "json"}).json()
        assert (answer["facts_first"], len(answer["results"]), len(answer["facts"])) == (first, 1, 1)


def test_all_of_them_are_on_one_page(facts, support_agent, as_user):
    page = as_user(support_agent).get(reverse("facts")).content.decode()

    for words in ("Xchange 2.4", "HubSpot", "works with limits", "Support contacts", "+48 22 555 01 60"):
        assert words in page
    assert page.index("Xchange 2.6") < page.index("Xchange 2.2")


# --- The version rule --------------------------------------------------------------------------------------


def test_while_no_release_is_on_record_the_rule_of_old_holds(catalogue):
    serial = factories.bought(software_assurance_until=None)

    assert refused_code(serial, "2.5") == "software-assurance-required"
    factories.registered(serial, versions=factories.versions("2.4"))


def test_releases_say_from_which_version_on_cover_is_needed(catalogue):
    operations.save_releases([Release(version="2.7")], by="tests")
    operations.save_releases([Release(version="3.0", needs_software_assurance=True)], by="tests")
    serial = factories.bought(software_assurance_until=None)

    assert refused_code(serial, "3.1") == "software-assurance-required"
    factories.registered(serial, versions=factories.versions("2.9"))


def refused_code(serial, version: str) -> str:
    return why_refused(factories.registered, serial, versions=factories.versions(version))


def test_the_checklist_names_what_may_run_instead(catalogue):
    operations.save_releases([Release(version="2.7")], by="tests")
    operations.save_releases([Release(version="3.0", needs_software_assurance=True)], by="tests")
    code = factories.registered(factories.bought(software_assurance_until=None), versions=factories.versions("2.6"))

    request = factories.request(code, server_version="3.0", client_version="2.6")

    item = request.checks.get().items.get(item="server_version")
    assert (item.verdict, item.parameters["ceiling"]) == ("mismatch", "2.7")


# --- The sheet for a new server -----------------------------------------------------------------------------


def test_the_sheet_leads_to_how_the_settings_are_carried_over(catalogue, facts, clerk, as_user):
    code = factories.relicensed(factories.registered())

    page = as_user(clerk).get(code.get_absolute_url()).content.decode()

    assert "https://www.example.com/xchange/2.6/carry-over-settings" in page


@each_row(("version", "expected"), [("2.6.1", "2.6"), ("2.5", "2.5"), ("2.2", "2.6"), ("3.0", "2.6"), ("?", "2.6")])
def test_the_guide_is_that_of_the_version_or_the_newest(facts, version, expected):
    assert reference.settings_guide(version) == f"https://www.example.com/xchange/{expected}/carry-over-settings"


def test_without_releases_there_is_no_guide(db):
    assert reference.settings_guide("2.6") == ""


# --- Keeping them --------------------------------------------------------------------------------------------


@each_row("version", ["2.6", "2.6.0", "v2.6"])
def test_one_version_is_on_record_once(facts, version):
    with pytest.raises(Refusal) as refusal:
        operations.save_releases([Release(version=version)], by="tests")
    assert (refusal.value.code, refusal.value.field) == ("release-twice", "version")


def test_what_is_no_version_is_refused(db):
    with pytest.raises(Refusal) as refusal:
        operations.save_releases([Release(version="newest")], by="tests")
    assert (refusal.value.code, refusal.value.field) == ("not-a-version", "version")


def test_the_administration_saves_with_an_event_and_explains_a_refusal(facts, administrator, as_user):
    browser = as_user(administrator)

    response = browser.post("/admin/licences/release/add/", {"version": "2.6.0", "is_supported": "on"})
    assert "Release 2.6 already exists." in response.content.decode()
    assert browser.post("/admin/licences/release/add/", {"version": "2.7", "is_supported": "on"}).status_code == 302
    event = Event.objects.order_by("-pk")[0]
    assert (event.kind, event.actor, event.details["releases"][0]["release"]) == ("reference-changed", "admin", "2.7")


@each_row(
    ("name", "model", "file"),
    [
        ("release", Release, "releases.csv"),
        ("crmapplication", CrmApplication, "crm_applications.csv"),
        ("supportcontact", SupportContact, "support_contacts.csv"),
    ],
)
def test_a_table_is_imported_and_comes_out_again_the_same(name, model, file, administrator, as_user):
    browser = as_user(administrator)
    content = (SAMPLES / file).read_bytes()
    rows = len(content.decode().splitlines()) - 1

    _import(browser, name, content)
    assert model.objects.count() == rows
    exported = browser.post(f"/admin/licences/{name}/export/", {"format": "csv", "columns": _columns(model)})
    text = b"".join(exported.streaming_content)
    counted = _upload(browser, name, text).context["result"].totals
    assert [counted[outcome] for outcome in ("skip", "new", "update", "invalid")] == [rows, 0, 0, 0]


def _columns(model) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name != "id"]


def _upload(browser, name: str, content: bytes):
    upload = SimpleUploadedFile("table.csv", content, content_type="text/csv")
    return browser.post(f"/admin/licences/{name}/import/", {**FORM, "import_file": upload})


def _import(browser, name: str, content: bytes) -> None:
    preview = _upload(browser, name, content)
    assert digest(preview), preview.content.decode()
    assert browser.post(f"/admin/licences/{name}/process_import/", confirmation(preview)).status_code == 302


@each_row(
    ("column", "value", "sentence"),
    [
        ("version", "newest", "is not a version"),
        ("released_on", "soon", "Not a date"),
        ("is_supported", "perhaps", "Enter yes or no."),
        ("download_url", "javascript:alert(1)", "Enter a valid URL."),
    ],
)
def test_a_cell_that_makes_no_sense_is_named(administrator, as_user, column, value, sentence):
    row = {"version": "2.6", "released_on": "2025-06-02", "is_supported": "yes", "needs_software_assurance": "yes"}
    row |= {"requirements_url": "", "download_url": "", "guide_url": "", "settings_url": "", column: value}
    content = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    upload = SimpleUploadedFile("table.csv", content.encode(), content_type="text/csv")

    response = as_user(administrator).post("/admin/licences/release/import/", {**FORM, "import_file": upload})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Release.objects.count() == 0


def test_only_administrators_keep_them(facts, clerk, support_agent, as_user):
    for person in (clerk, support_agent):
        assert as_user(person).get("/admin/licences/release/add/").status_code in (302, 403)


def test_loading_the_samples_twice_changes_nothing(facts):
    load_facts(SAMPLES, by="tests")

    assert Release.objects.count() == 5
    assert Release.objects.get(version="2.6").released_on == date(2025, 6, 2)
