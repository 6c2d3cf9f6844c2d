"""Clients that openapi-python-client generates from the OpenAPI documents: one sells, one registers a server."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from licences import licence_files
from licences.models import LicenceGrant, Registration
from tests import factories
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMS = Path(sys.executable).parent
DOCUMENTS = {"servers": "/api/openapi.json", "programs": "/api/programs/openapi.json"}
CLIENT = """
    import sys
    from programs import AuthenticatedClient
    from programs.api.purchases import record_purchases
    from programs.api.sites import find_sites, name_callers, read_site
    from programs.models import PurchaseLineIn, PurchasesIn, PurchasesOutState
    from servers import Client
    from servers.api.licences import register, release, update, upgrade_check
    from servers.models import CustomerIn, RegistrationIn, UpdateIn

    url, key = sys.argv[1:]
    # gunicorn is behind a proxy, whose headers these are.
    proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    portal = AuthenticatedClient(url, token=key, headers=proxy, raise_on_unexpected_status=True)
    line = PurchaseLineIn("WEB-1", 1, "XCH-SRV", 3, "Gärtnerei Immergrün", address_line1="Am Bach 3",
                          postcode="10115", contact_phone="030 5550101", software_assurance_until="2099-12-30")

    wrong = record_purchases.sync(client=portal, body=PurchasesIn([PurchaseLineIn("WEB-1", 1, "no", 3, "Gärtnerei")]))
    print(wrong.status, wrong.lines[0].problems[0].code)
    answer = record_purchases.sync(client=portal, body=PurchasesIn([line]), idempotency_key="WEB-1")
    assert answer.state == PurchasesOutState.RECORDED and not answer.lines[0].problems
    serial = answer.lines[0].serial

    server, place = Client(url, headers=proxy), dict(serial=serial, site_id="WO1SCS6MOIIP")
    proof, versions = dict(installation_token="t" * 43), dict(server_version="2.6", client_version="2.6")
    customer = CustomerIn("Gärtnerei Immergrün", "Am Bach 3", "Ida Grün", "030 5550101", postcode="10115")
    registered = register.sync(client=server, body=RegistrationIn(**place, **proof, **versions, customer=customer))
    updated = update.sync(client=server, body=UpdateIn(**place, **proof, **versions))
    assert updated.unlock_code == registered.unlock_code
    print(registered.licences[0].quantity, upgrade_check.sync(client=server, **place, to="2.7").allowed)

    site = read_site.sync(serial, client=portal)
    (found,) = find_sites.sync(client=portal, q="Immergrün").sites
    (caller,) = name_callers.sync(client=portal, number="+49 30 5550101").callers
    assert found.serial == caller.serials[0].serial == serial
    print(site.verdict.code, site.registration.name, site.versions.server)
"""


def generate(schema, target):
    """Generate the client of a document in a folder; its warnings are an error, as parts would be missing."""
    command = [PROGRAMS / "openapi-python-client", "generate", "--path", schema, "--output-path", target]
    done = subprocess.run(
        [*command, "--meta", "none", "--fail-on-warning"],
        env=os.environ | {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not (PROGRAMS / "openapi-python-client").exists(), reason="openapi-python-client is not installed")
def test_they_sell_and_register(catalogue, client, tmp_path):
    for name, address in DOCUMENTS.items():
        (tmp_path / f"{name}.json").write_bytes(client.get(address).content)
        generate(tmp_path / f"{name}.json", tmp_path / name)
    (tmp_path / "play.py").write_text(textwrap.dedent(CLIENT))
    key = factories.program_key("sites:read", "purchases:write").text

    signing_key = licence_files.new_key()
    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=1, signing_key=signing_key)
    with served as (port, _master):
        done = subprocess.run(
            [sys.executable, "play.py", f"http://127.0.0.1:{port}", key],
            cwd=tmp_path,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "409 product-unknown", "3 True", "registered Gärtnerei Immergrün 2.6"
    ]  # fmt: skip
    assert LicenceGrant.objects.get().purchase_reference == "WEB-1"
    assert Registration.objects.get().name == "Gärtnerei Immergrün"
