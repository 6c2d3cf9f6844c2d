"""The sample that verifies a licence file is taken from docs/integration.md and run, on clocks that differ."""

import textwrap
from datetime import UTC, datetime
from io import BytesIO
from unittest import mock

import jwt
import pytest
from django.conf import settings

from licences import licence_files
from tests import factories

pytestmark = pytest.mark.usefixtures("catalogue")

PORTAL = "https://licensing.example.com"


@pytest.fixture
def verified_claims(client):
    """The function of the sample; the key set that it asks for is the portal's."""
    page = (settings.BASE_DIR / "docs" / "integration.md").read_text()
    begin = page.index("    import json, urllib.request\n    import jwt")
    sample = textwrap.dedent(page[begin : page.index("\n\n`software_assurance_until`", begin)])
    names: dict = {}
    exec(compile(sample, "docs/integration.md", "exec"), names)  # noqa: S102
    fetched = client.get("/.well-known/jwks.json").content

    def run(*arguments):
        with mock.patch("urllib.request.urlopen", return_value=BytesIO(fetched)):
            return names["verified_claims"](*arguments, PORTAL)

    return run


def signed(changed=None, **options):
    """A licence file that was signed this very moment, with some claims changed."""
    serial = factories.bought()
    code = factories.registered(serial)
    claims = licence_files.verify_signature(code.licence_file.text)
    own = (code.serial.code, code.installation.site_id)
    return licence_files.sign({**claims, **(changed or {})}, **options), own


@pytest.mark.parametrize("slow", [0, 2, 86_400, -86_400])
def test_it_works_on_a_pc_whose_clock_differs(slow, verified_claims):
    now = 1_800_000_000
    licence_file, own = signed({"iat": now})

    with mock.patch("jwt.api_jwt.datetime", wraps=jwt.api_jwt.datetime) as clock:
        clock.now.return_value = datetime.fromtimestamp(now - slow, tz=UTC)
        claims = verified_claims(licence_file, *own)

    assert (claims["serial"], claims["site_id"]) == own


def test_what_the_same_keys_signed_for_something_else_is_no_licence_file(verified_claims):
    licence_file, own = signed(type="xchange-proof+jwt")

    with pytest.raises(ValueError, match="no licence file"):
        verified_claims(licence_file, *own)


@pytest.mark.parametrize("claim", ["serial", "site_id"])
def test_a_licence_file_of_another_installation_is_refused(claim, verified_claims):
    licence_file, own = signed({claim: "AAAAAAAA"})

    with pytest.raises(ValueError, match="another serial number or site ID"):
        verified_claims(licence_file, *own)


def test_a_forged_one_is_refused(verified_claims):
    licence_file, own = signed()
    head, body, signature = licence_file.split(".")

    with pytest.raises(jwt.InvalidSignatureError):
        verified_claims(f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}", *own)
