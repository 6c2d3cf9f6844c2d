"""Versions as products print them are taken and kept word for word wherever one is given."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from licences import operations
from licences.models import Installation, Serial
from tests import factories
from tests.api.conftest import is_problem
from tests.api.test_a_whole_life import CUSTOMER
from tests.factories import TODAY

pytestmark = pytest.mark.usefixtures("catalogue")

PRINTED = pytest.mark.parametrize(
    "version", ["2.6.1 (Build 16321-4323)", "2.6.1-16321", "2.6.1 Build 4", "2,6", "2.6.1b"]
)
FIELDS = {
    "site_id": "4K7M-PO2W-QZ8R", "name": "Müller Backwaren", "address_line1": "Hauptstraße 12a",
    "contact_name": "Sabine Vogel", "contact_phone": "07071/555 0163",
}  # fmt: skip


@pytest.fixture
def code(server):
    return factories.connected(site_id=server.site_id)


def running() -> tuple[str, str]:
    live = Installation.objects.get(ended_at=None)
    return live.server_version, live.client_version


@PRINTED
def test_a_server_registers_with_it(new_server, version):
    assert new_server(version=version).register(factories.bought().code).status_code == 201
    assert running() == (version, version)


@PRINTED
def test_a_server_updates_to_it(new_server, server, code, version):
    assert new_server(server.site_id, version=version).update(code.serial.code).status_code == 200
    assert running() == (version, version)


@PRINTED
def test_a_server_may_ask_about_it(server, code, version):
    assert server.upgrade_check(code.serial.code, to=version).json()["allowed"] is True


@PRINTED
def test_the_page_for_customers_takes_it(client, version):
    serial = factories.bought()

    client.post("/register/", {"serial": serial.code, **FIELDS, "server_version": version, "client_version": version})

    assert running() == (version, version)


@PRINTED
def test_staff_register_with_it(staff, version):
    serial = factories.bought()
    data = {"serial": serial.code, **FIELDS, "server_version": version, "client_version": version}

    staff.post(reverse("register"), data)

    assert running() == (version, version)


@PRINTED
def test_a_call_goes_through_with_it(version):
    code = factories.registered()
    request = factories.request(code, server_version=version, client_version=version)

    operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)

    assert running() == (version, version)


def test_after_cover_ended_the_maintenance_release_is_taken_and_the_next_is_not(new_server):
    bought = factories.bought(software_assurance_until=None)
    code = factories.connected(bought, versions=factories.versions("2.4"))
    Serial.objects.filter(pk=bought.pk).update(highest_version="2.6")  # while it was covered

    maintained = new_server(code.installation.site_id, version="2.6.1").update(bought.code)
    stepped_up = new_server(code.installation.site_id, version="2.7").update(bought.code)

    assert maintained.status_code == 200
    assert is_problem(stepped_up, "software-assurance-required", 403)
    assert "up to version 2.6." in stepped_up.json()["detail"]


@PRINTED
def test_the_command_that_plays_a_server_takes_it(live_server, tmp_path, version):
    def shell(*arguments: str) -> str:
        out = StringIO()
        call_command("xchange_server", *arguments, "--state", str(tmp_path / "state"), stdout=out)
        return out.getvalue()

    serial, url = factories.bought(), ["--url", live_server.url]
    shell("new")

    shell("register", serial.code, *CUSTOMER, *url, "--server-version", version)

    assert running() == (version, version)
    assert "allowed: yes" in shell("upgrade-check", version, *url)


# --- Ten symbols where a serial is asked for -----------------------------------------------------------------


def test_a_server_is_told_what_ten_symbols_are(server):
    refused = server.register("7TYU3-MKLAA")

    assert "Ten characters: a release code, or a serial of version 2.4 or older" in refused.content.decode()


def test_pages_tell_it_as_well(client, staff):
    data = {"serial": "7TYU3-MKLAA", **FIELDS, "server_version": "2.6", "client_version": "2.6"}

    for page in (client.post("/register/", data), staff.post(reverse("register"), data)):
        assert "Ten characters: a release code, or a serial of version 2.4 or older" in page.content.decode()
