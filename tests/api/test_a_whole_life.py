"""The whole life of a server, played from a shell against a running portal
(docs/integration.md#walk-through-a-whole-life).
"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from licences import imports, operations
from licences.domain import codes
from licences.models import Event, Installation, RefusedClaim
from tests import event_chain, factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMER = ["--name", "Müller Backwaren", "--address-line1", "Hauptstraße 12a"]
CUSTOMER += ["--contact-name", "Sabine Vogel", "--contact-phone", "07071/555 0163"]


@pytest.fixture
def shell(tmp_path):
    """``shell("old", "show")`` returns the output of the server with that state file."""

    def run(state, *arguments):
        said = StringIO()
        call_command("xchange_server", *arguments, "--state", str(tmp_path / state), stdout=said)
        return said.getvalue()

    return run


@pytest.fixture
def refused(shell):
    def run(state, *arguments):
        with pytest.raises(CommandError) as refusal:
            shell(state, *arguments)
        return str(refusal.value)

    return run


def value(said, name):
    return next(line.removeprefix(f"{name}: ") for line in said.splitlines() if line.startswith(f"{name}: "))


def test_register_top_up_update_release_refused_checklist_register_on_the_new_pc(
    catalogue, live_server, shell, refused
):
    url = ["--url", live_server.url]
    serial = factories.bought(customer_number="K-1", quantity=3)

    the_old_server_registers(serial, shell, url)
    a_purchase_tops_it_up(serial, shell, url)
    released = the_old_server_gives_it_back(shell, refused, url)

    # The new PC is refused until the licensing team has gone through the checklist.
    site_id = value(shell("new", "new"), "site ID")
    assert "relicensing-required" in refused("new", "register", serial.code, *CUSTOMER, *url)
    assert RefusedClaim.objects.get(site_id=codes.canonical(site_id)).times == 1
    issued = relicensed(serial, site_id=site_id, release_code=value(released, "release code"))

    # Then it registers by itself.
    registered = shell("new", "register", serial.code, *CUSTOMER, *url)
    assert value(registered, "unlock code accepted") == codes.grouped(issued.code)
    assert "licences: slot 1: 7" in registered

    live = Installation.objects.get(ended_at=None)
    assert live.site_id == codes.canonical(site_id)
    assert [event.kind for event in Event.objects.filter(serial=serial.code).order_by("pk")] == [
        "registered",
        "licences-updated",
        "released",
        "claim-refused",
        "claim-refused",
        "relicensing-checked",
        "re-licensed",
        "server-proved",
    ]
    assert event_chain.flaws() == []


def the_old_server_registers(serial, shell, url):
    """And again: the same answer."""
    shell("old", "new")
    first = shell("old", "register", serial.code, *CUSTOMER, *url)
    assert "licences: slot 1: 3" in first
    assert "licence file verified" in first
    assert shell("old", "register", serial.code, *CUSTOMER, *url) == first


def a_purchase_tops_it_up(serial, shell, url):
    """The server fetches it."""
    imports.record_purchase(factories.line(serial=serial.code, customer_number="K-1", quantity=4), by="tests")
    assert "licences: slot 1: 7" in shell("old", "update", *url)
    assert "allowed: yes (version-assured)" in shell("old", "upgrade-check", "2.7", *url)


def the_old_server_gives_it_back(shell, refused, url):
    """And reports it again: the same answer."""
    released = shell("old", "release", *url)
    assert "release reported" in released
    assert shell("old", "release", *url) == released
    assert "relicensing-required" in refused("old", "update", *url)
    return released


def relicensed(serial, *, site_id, release_code):
    answers = factories.answers(serial.unlock_codes.latest("sequence"), site_id=site_id, release_code=release_code)
    request = operations.open_relicensing(answers=answers, purpose="migrate", by="clerk", today=TODAY)
    return operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)


def test_what_the_portal_says_is_said_at_the_server(catalogue, live_server, shell, refused):
    url = ["--url", live_server.url]
    shell("old", "new")
    serial = factories.bought(software_assurance_until=None)

    assert "(unknown-serial)" in refused("old", "register", "AB1C-O9XZ", *CUSTOMER, *url)
    assert "Software Assurance" in refused("old", "register", serial.code, *CUSTOMER, *url)
    assert "customer.contact_name: This must not be empty." in refused(
        "old", "register", serial.code, *CUSTOMER, "--contact-name", " ", *url
    )
    assert "licences: slot 1: 1" in shell("old", "register", serial.code, *CUSTOMER, *url, "--server-version", "2.4")
    assert "allowed: no (software-assurance-required)" in shell("old", "upgrade-check", "2.5", *url)
    assert Installation.objects.get().server_version == "2.4"


def test_it_says_when_no_portal_answers(db, shell, refused):
    shell("old", "new")

    nobody = ["--url", "http://127.0.0.1:9"]
    assert "cannot be reached" in refused("old", "register", "AB1C-O9XZ", *CUSTOMER, *nobody)
    assert "no address" in refused("old", "register", "AB1C-O9XZ", *CUSTOMER, "--url", "ftp://example.com")
    assert "run 'xchange_server register' first" in refused("old", "update", *nobody)


def test_a_licence_file_that_was_signed_by_someone_else_is_not_believed(
    catalogue, live_server, shell, refused, monkeypatch
):
    shell("old", "new")
    keys = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "x"}]}
    monkeypatch.setattr("licences.management.portal_client.PortalClient.key_set", lambda portal: keys)

    said = refused("old", "register", factories.bought().code, *CUSTOMER, "--url", live_server.url)

    assert "The licence file is not valid" in said
    assert "serial" not in shell("old", "show")
