"""Licence files: signed once per unlock code, verified by anyone (docs/codes.md#licence-file;
docs/decisions.md#licence-files-are-fixed).

They are signed with PyJWT and verified here with joserfc, another implementation, from nothing but the key set.
"""

import json
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv
from environ.fileaware_mapping import FileAwareMapping
from joserfc import jws
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet

from licences import licence_files, operations
from licences.database.compiled import insert_row
from licences.models import LicenceFile, UnlockCode
from licences.operations import codes
from licences.operations.codes import licence_file_text
from licensing_portal import security
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def published(client):
    """The published key set."""
    return client.get("/.well-known/jwks.json").json()


def verify(text, key_set):
    """Header and claims of a licence file, as a stock JOSE library reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # RFC 9864 has another name for EdDSA; docs/codes.md keeps this one
        read = jws.deserialize_compact(text, KeySet.import_key_set(key_set), algorithms=["EdDSA"])
    return read.headers(), json.loads(read.payload)


def new_keys(*pems):
    return licence_files.parse_keys("\n".join(pems))


@pytest.fixture
def code():
    return factories.registered(factories.bought(quantity=3))


# --- Content ----------------------------------------------------------------------------------


def test_it_says_what_the_unlock_code_says(code, client, settings):
    header, claims = verify(licence_file_text(code), published(client))

    assert header["alg"] == "EdDSA"
    assert header["typ"] == "xchange-licence+jwt"
    assert header["kid"] == published(client)["keys"][0]["kid"]
    assert claims == {
        "iss": settings.PORTAL_URL,
        "iat": int(code.issued_at.timestamp()),
        "jti": f"{code.serial.code}-1",
        "serial": code.serial.code,
        "site_id": code.installation.site_id,
        "sequence": 1,
        "unlock_code": code.code,
        "customer": "Bäckerei Müller & Söhne GmbH",
        "licences": [{"product": "XCH-SRV", "slot": 1, "quantity": 3}],
        "software_assurance_until": "2027-06-30",
        "expires_on": None,
    }


def test_it_names_the_party_that_was_registered_and_not_who_is_on_record(client):
    code = factories.registered(name="Müller Backwaren")

    assert verify(licence_file_text(code), published(client))[1]["customer"] == "Müller Backwaren"


def test_without_software_assurance_it_says_null(client):
    serial = factories.bought(software_assurance_until=None)
    code = factories.registered(serial, versions=factories.versions("2.4"))

    assert verify(licence_file_text(code), published(client))[1]["software_assurance_until"] is None


def test_a_file_with_one_symbol_changed_does_not_verify(code, client):
    head, payload, signature = licence_file_text(code).split(".")
    forged = payload[:-2] + ("AA" if payload[-2:] != "AA" else "BB")

    with pytest.raises((BadSignatureError, ValueError)):
        verify(f"{head}.{forged}.{signature}", published(client))


def test_a_file_of_another_portal_does_not_verify(code, client, settings):
    text = licence_file_text(code)
    settings.LICENCE_KEYS = new_keys(licence_files.new_key())

    with pytest.raises((InvalidKeyIdError, BadSignatureError, ValueError)):
        verify(text, published(client))


# --- It never changes -----------------------------------------------------------------------------


def test_every_code_has_its_own_from_the_moment_it_is_made(code):
    relicensed = factories.relicensed(code)

    files = {made.unlock_code: made.text for made in LicenceFile.objects.all()}
    assert set(files) == {code, relicensed}
    assert files[code] != files[relicensed]


def test_it_stays_the_same_whatever_changes_around_it(code, settings):
    before = licence_file_text(code)

    customer = code.serial.site.customer
    correction = operations.Correction({"name": "Backwaren Vogel KG"}, "Renamed in October.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")
    settings.PORTAL_URL = "https://elsewhere.example.com"
    settings.LICENCE_KEYS = new_keys(licence_files.new_key())

    assert licence_file_text(UnlockCode.objects.get()) == before


@pytest.fixture
def old_code(catalogue, monkeypatch):
    """A code older than licence files."""
    with monkeypatch.context() as before_there_were_any:
        before_there_were_any.setattr(
            codes, "insert_row", lambda row: row if isinstance(row, LicenceFile) else insert_row(row)
        )
        old = factories.registered()
    assert not LicenceFile.objects.filter(unlock_code=old).exists()
    return UnlockCode.objects.get(pk=old.pk)


def test_a_code_from_before_there_were_files_gets_one_when_it_is_taken(old_code, client, clerk, as_user):
    address = f"{old_code.get_absolute_url()}licence-file/"
    assert as_user(clerk).head(address).status_code == 200
    assert not LicenceFile.objects.filter(unlock_code=old_code).exists()

    first = as_user(clerk).get(address).content.decode()

    assert licence_file_text(UnlockCode.objects.get(pk=old_code.pk)) == first == LicenceFile.objects.get().text
    assert verify(first, published(client))[1]["unlock_code"] == old_code.code


def test_a_code_from_before_there_were_files_gets_one_when_its_server_asks_again(old_code):
    again = operations.update_installation(
        serial=old_code.serial.code, site_id=None, versions=None, by="clerk", today=factories.TODAY
    ).unlock_code

    assert again == old_code
    assert licence_file_text(again) == LicenceFile.objects.get(unlock_code=old_code).text


# --- Keys ------------------------------------------------------------------------------------------


def test_the_key_set_holds_public_keys_only(client):
    answer = client.get("/.well-known/jwks.json")

    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")


def test_the_key_id_is_the_thumbprint_of_rfc_7638():
    """Key and thumbprint are from RFC 8037, appendices A.1 and A.3."""
    keys = new_keys(
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----"
    )

    assert list(keys) == ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]


def test_after_a_rotation_the_new_key_signs_and_files_of_both_verify(code, client, settings):
    old, new = next(iter(settings.LICENCE_KEYS.values())), licence_files.new_key()
    settings.LICENCE_KEYS = new_keys(new, licence_files.public_pem(old))

    later = factories.registered()

    old_header, _ = verify(licence_file_text(code), published(client))
    new_header, _ = verify(licence_file_text(later), published(client))
    assert old_header["kid"] != new_header["kid"]
    assert [key["kid"] for key in published(client)["keys"]] == [new_header["kid"], old_header["kid"]]


class Environment:
    """Variables as ``settings`` reads them."""

    def __init__(self, **variables):
        self.env = FileAwareEnv()
        self.env.ENVIRON = FileAwareMapping(env=variables)

    def keys(self):
        return security.licence_keys(self.env)


def test_keys_may_be_values_or_files_one_or_several(tmp_path):
    first, second = licence_files.new_key(), licence_files.new_key()
    (tmp_path / "second.pem").write_text(second)
    (tmp_path / "both.pem").write_text(first + second)
    wanted = list(new_keys(first, second))

    assert list(Environment(LICENCE_SIGNING_KEY=first).keys()) == wanted[:1]
    assert list(Environment(LICENCE_SIGNING_KEY=first.replace("\n", "\\n")).keys()) == wanted[:1]
    assert list(Environment(LICENCE_SIGNING_KEY_FILE=str(tmp_path / "second.pem")).keys()) == wanted[1:]
    assert list(Environment(LICENCE_SIGNING_KEYS=f"{first}, {tmp_path / 'second.pem'}").keys()) == wanted
    assert list(Environment(LICENCE_SIGNING_KEYS_FILE=str(tmp_path / "both.pem")).keys()) == wanted


@each_row("value", ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_key_that_cannot_be_read_stops_the_start_with_its_name(value):
    with pytest.raises(ImproperlyConfigured, match="LICENCE_SIGNING_KEY"):
        Environment(LICENCE_SIGNING_KEY=value).keys()


def test_a_missing_key_stops_the_start_with_its_name():
    with pytest.raises(ImproperlyConfigured, match="LICENCE_SIGNING_KEY is not set"):
        Environment().keys()


def test_keys_of_another_kind_and_public_keys_do_not_sign(tmp_path):
    public = licence_files.public_pem(next(iter(new_keys(licence_files.new_key()).values())))
    elliptic = generate_private_key(SECP256R1())
    pem = licence_files.serialization
    other = elliptic.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption()).decode()

    for value in (public, other):
        with pytest.raises(ImproperlyConfigured, match="Ed25519"):
            Environment(LICENCE_SIGNING_KEY=value).keys()


# --- Downloads -------------------------------------------------------------------------------


def test_the_read_back_sheet_leads_to_the_file(code, clerk, as_user):
    browser = as_user(clerk)
    address = f"{code.get_absolute_url()}licence-file/"
    assert f'href="{address}"' in browser.get(code.get_absolute_url()).content.decode()

    answer = browser.get(address)

    assert answer.content.decode() == licence_file_text(code)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="xchange-licence-')
    assert answer.headers["Content-Type"] == "application/jose"


def test_a_support_agent_gets_no_file(code, support_agent, as_user):
    assert as_user(support_agent).get(f"{code.get_absolute_url()}licence-file/").status_code == 403


# --- A third implementation ------------------------------------------------------------------------

NODE = """
const { createPublicKey, verify } = require("node:crypto");
const [text, keys] = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const [head, payload, signature] = text.split(".");
const { kid } = JSON.parse(Buffer.from(head, "base64url"));
const key = createPublicKey({ key: keys.keys.find((each) => each.kid === kid), format: "jwk" });
console.log(verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url")));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_verifies_it_with_what_it_brings(code, client, tmp_path):
    script = Path(tmp_path / "verify.js")
    script.write_text(NODE)
    given = json.dumps([licence_file_text(code), published(client)])

    done = subprocess.run(["node", script], input=given, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "true"
