"""``manage.py xchange_server``: a customer's server that accepts only codes made for it (docs/codes.md#unlock-code and
docs/surface.md#commands).
"""

import json
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from licences import licence_files, operations
from licences.domain import codes
from licences.domain.codes import grouped
from licences.management.commands import xchange_server
from tests import factories
from tests.domain.test_code_vectors import KEYS, VECTORS
from tests.factories import TODAY

PERMANENT, OTHER = [vector for vector in VECTORS if vector["expires_on"] is None][:2]
EMERGENCY = next(vector for vector in VECTORS if vector["expires_on"])


@pytest.fixture(autouse=True)
def the_keys_that_ship_with_the_product(settings, request):
    if "catalogue" not in request.fixturenames:
        settings.UNLOCK_KEYS = KEYS


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    """``the_day(date)`` sets the server's clock."""

    def becomes(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda: day)

    becomes(TODAY)
    return becomes


@pytest.fixture
def state(tmp_path):
    return tmp_path / "server" / "state.json"


@pytest.fixture
def server(state):
    """``server("release")`` returns the output of the server with the state file."""

    def act(action, *arguments):
        said = StringIO()
        call_command("xchange_server", action, *arguments, "--state", str(state), stdout=said)
        return said.getvalue()

    return act


@pytest.fixture
def refused(server, state):
    """``refused("apply", …)`` returns the error message; asserts that the state file has not changed."""

    def act(action, *arguments):
        before = state.read_bytes() if state.exists() else None
        with pytest.raises(CommandError) as refusal:
            server(action, *arguments)
        assert (state.read_bytes() if state.exists() else None) == before
        assert len(str(refusal.value).splitlines()) == 1
        return str(refusal.value)

    return act


def install(server, vector):
    server("new", "--site-id", vector["site_id"])


def apply(server, vector):
    return server("apply", vector["serial"], vector["unlock_code"])


# --- new -------------------------------------------------------------------------------------------


def test_a_new_server_shows_its_site_id_in_groups(server):
    said = server("new")

    assert re.fullmatch(r"site ID: ([1-9A-Z]{4}-){2}[1-9A-Z]{4}\n", said)
    assert server("show") == said


def test_two_servers_have_two_site_ids(server):
    assert server("new") != server("new", "--force")


def test_a_site_id_may_be_given_in_any_spelling(server):
    assert server("new", "--site-id", "4k7m p02w qz8r") == "site ID: 4K7M-PO2W-QZ8R\n"


@pytest.mark.parametrize("site_id", ["4K7M", "4K7M-PO2W-QZ8R-4K7M", "4K7M-PO2W-QZ8?"])
def test_it_refuses_what_is_no_site_id(refused, state, site_id):
    refused("new", "--site-id", site_id)

    assert not state.exists()


def test_it_refuses_to_install_over_a_server_unless_forced(server, refused, state):
    server("new")

    assert str(state) in refused("new")
    assert "--force" in refused("new")


# --- apply -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["unlock_code"][:11])
def test_it_accepts_every_worked_example_shows_what_it_says_and_releases_with_its_release_code(server, the_day, vector):
    the_day(date.fromisoformat(vector["expires_on"] or "2026-11-24"))
    install(server, vector)

    said = apply(server, vector)

    assert "unlock code accepted" in said
    assert f"serial: {grouped(vector['serial'])}" in said
    for slot, quantity in vector["lines"]:
        assert f"slot {slot}: {quantity}\n" in said
    assert (f"expires on: {vector['expires_on']}" in said) is bool(vector["expires_on"])
    assert server("release") == f"release code: {vector['release_code']}\n"


def test_it_shows_until_when_software_assurance_lasts(server):
    install(server, PERMANENT)
    year, month = divmod(PERMANENT["sa_month"] - 1, 12)

    said = apply(server, PERMANENT)

    assert f"Software Assurance until: {2000 + year}-{month + 1:02d}-" in said


def test_a_code_may_be_typed_in_any_spelling(server):
    install(server, PERMANENT)
    typed = PERMANENT["unlock_code"].lower().replace("o", "0").split("-")

    assert "unlock code accepted" in server("apply", PERMANENT["serial"].lower(), *typed)


@pytest.mark.parametrize("position", range(25))
def test_it_refuses_a_code_with_one_wrong_symbol(server, refused, position):
    install(server, PERMANENT)
    right = codes.canonical(PERMANENT["unlock_code"])
    wrong = right[:position] + ("A" if right[position] != "A" else "B") + right[position + 1 :]

    assert refused("apply", PERMANENT["serial"], wrong)


def test_it_refuses_the_code_of_another_serial_or_server_in_words(server, refused):
    install(server, PERMANENT)

    for arguments in (
        [OTHER["serial"], PERMANENT["unlock_code"]],
        [PERMANENT["serial"], OTHER["unlock_code"]],
        [OTHER["serial"], OTHER["unlock_code"]],
    ):
        assert " code" in refused("apply", *arguments)


def test_it_names_the_symbol_that_no_code_has(server, refused):
    install(server, PERMANENT)

    sentence = refused("apply", PERMANENT["serial"], "ABCDÜ" * 5)

    assert "Ü" in sentence
    assert "position 5" in sentence


@pytest.mark.parametrize("code", ["ABCDE", "A" * 26, "A" * 100])
def test_it_names_the_number_of_symbols_of_what_is_no_code(server, refused, code):
    install(server, PERMANENT)

    assert str(len(code)) in refused("apply", PERMANENT["serial"], code)


def test_it_refuses_a_code_of_a_key_that_it_does_not_have(server, refused, settings):
    settings.UNLOCK_KEYS = {key_id: key for key_id, key in KEYS.items() if key_id != PERMANENT["key_id"]}
    install(server, PERMANENT)

    assert f"key {PERMANENT['key_id']}" in refused("apply", PERMANENT["serial"], PERMANENT["unlock_code"])


def test_it_refuses_what_is_no_serial(server, refused):
    install(server, PERMANENT)

    assert refused("apply", "AB1C", PERMANENT["unlock_code"])


def test_an_emergency_code_is_good_on_its_last_day_and_refused_on_the_next(server, refused, the_day):
    install(server, EMERGENCY)
    last_day = date.fromisoformat(EMERGENCY["expires_on"])

    the_day(date.fromordinal(last_day.toordinal() + 1))
    assert str(last_day.year) in refused("apply", EMERGENCY["serial"], EMERGENCY["unlock_code"])

    the_day(last_day)
    assert "unlock code accepted" in apply(server, EMERGENCY)


def test_a_server_says_that_its_emergency_code_is_over(server, the_day):
    last_day = date.fromisoformat(EMERGENCY["expires_on"])
    the_day(last_day)
    server("new", "--site-id", EMERGENCY["site_id"])
    assert "over" not in server("apply", EMERGENCY["serial"], EMERGENCY["unlock_code"])

    the_day(last_day + timedelta(days=1))

    assert f"expires on: {last_day} (over: no licence runs any more)" in server("show")


# --- The state file --------------------------------------------------------------------------------


def test_what_the_server_knows_outlives_the_command_and_a_refusal(server, refused):
    install(server, PERMANENT)
    apply(server, PERMANENT)
    before = server("show")

    refused("apply", PERMANENT["serial"], OTHER["unlock_code"])

    assert f"serial: {grouped(PERMANENT['serial'])}" in before
    assert server("show") == before


@pytest.mark.parametrize("action", [["show"], ["release"], ["apply", "AB1CO9XZ", "ABCDE"]], ids=lambda each: each[0])
def test_without_a_server_it_says_what_to_do(refused, action):
    assert "xchange_server new" in refused(*action)


@pytest.mark.parametrize("content", [b"not json", b"\xff\xfe", b"[]", b"{}", b'"text"', b'{"serial": "AB1CO9XZ"}'])
@pytest.mark.parametrize("action", [["show"], ["release"], ["apply", "AB1CO9XZ", "ABCDE"]], ids=lambda each: each[0])
def test_a_file_that_is_no_state_file_is_left_alone(refused, state, action, content):
    state.parent.mkdir()
    state.write_bytes(content)

    assert "not the state file" in refused(*action)


# --- The token ---------------------------------------------------------------------------------------


def test_a_new_server_draws_a_token_keeps_it_and_shows_it_to_nobody(server, state):
    said = server("new")

    token = json.loads(state.read_text())["installation_token"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token not in said + server("show")
    assert state.stat().st_mode & 0o077 == 0
    server("new", "--force")
    assert json.loads(state.read_text())["installation_token"] != token


def test_it_sends_its_token_and_the_code_that_it_holds(catalogue, server, state, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "licences.management.portal_client.PortalClient.release", lambda portal, **body: sent.append(body)
    )
    server("new")
    code = code_for(server, factories.bought())
    server("apply", code.serial.code, code.code)
    older = json.loads(state.read_text())
    del older["installation_token"]  # a server older than tokens makes one now
    state.write_text(json.dumps(older))

    for _ in range(2):
        server("release", "--url", "http://portal.example")

    token = json.loads(state.read_text())["installation_token"]
    assert [(body["installation_token"], body["unlock_code"]) for body in sent] == [(token, code.code)] * 2


# --- release ---------------------------------------------------------------------------------------


def test_a_released_server_no_longer_has_its_serial_and_shows_the_same_release_code_again(server, state):
    install(server, PERMANENT)
    apply(server, PERMANENT)

    first = server("release")

    assert server("release") == first
    assert "serial" not in server("show")
    assert "unlock_code" not in json.loads(state.read_text())


def test_a_server_without_a_serial_has_nothing_to_release(server, refused):
    server("new")

    assert "nothing to release" in refused("release")


def test_a_released_server_does_not_take_its_old_code_again(server, refused):
    install(server, PERMANENT)
    apply(server, PERMANENT)
    server("release")

    assert "older" in refused("apply", PERMANENT["serial"], PERMANENT["unlock_code"])


# --- With the portal at the other end --------------------------------------------------------------


def code_for(server, serial):
    site_id = codes.canonical(server("show").removeprefix("site ID: "))
    return factories.registered(serial, site_id=site_id)


def top_up(serial):
    factories.top_up(serial, quantity=4)
    return operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="clerk", today=TODAY
    ).unlock_code


def test_it_takes_the_code_of_the_portal_and_the_portal_takes_its_release_code(catalogue, server):
    server("new")
    code = code_for(server, factories.bought(quantity=3))

    assert "slot 1: 3" in server("apply", code.serial.code, grouped(code.code))
    assert server("release") == f"release code: {grouped(code.release_code)}\n"


def test_after_a_top_up_it_takes_the_newer_code_and_refuses_the_older(catalogue, server, refused):
    server("new")
    first = code_for(server, factories.bought())
    server("apply", first.serial.code, first.code)
    second = top_up(first.serial)

    assert "slot 1: 5" in server("apply", first.serial.code, second.code)
    assert "older" in refused("apply", first.serial.code, first.code)
    assert "unlock code accepted" in server("apply", first.serial.code, second.code)


def test_while_one_serial_runs_no_other_is_taken(catalogue, server, refused):
    server("new")
    running = code_for(server, factories.bought())
    server("apply", running.serial.code, running.code)
    operations.release_installation(
        serial=running.serial.code,
        site_id=running.installation.site_id,
        release_code=running.release_code,
        by="Xchange Server",
    )
    other = factories.registered(site_id=running.installation.site_id)

    assert "Release it first" in refused("apply", other.serial.code, other.code)
    server("release")
    assert "unlock code accepted" in server("apply", other.serial.code, other.code)


def test_the_renewed_pc_takes_the_code_of_its_re_licensing(catalogue, server):
    server("new")
    first = code_for(server, factories.bought())
    server("apply", first.serial.code, first.code)
    server("release")

    second = factories.relicensed(first, site_id=first.installation.site_id)

    assert "unlock code accepted" in server("apply", second.serial.code, second.code)
    assert server("release") == f"release code: {grouped(second.release_code)}\n"


def test_it_refuses_what_the_portal_signed_for_something_else(client):
    key_set = client.get("/.well-known/jwks.json").json()

    with pytest.raises(CommandError, match="something else"):
        xchange_server._verified_claims(licence_files.sign({"serial": "AB1CO9XZ"}, type="xchange-proof+jwt"), key_set)
