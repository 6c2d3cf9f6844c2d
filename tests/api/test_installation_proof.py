"""An installation proves itself: by its token, its unlock code, or because staff let it connect
(docs/decisions.md#installations-prove-themselves).
"""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings as portal_settings
from django.utils import timezone

from licences import imports, operations
from licences.domain import codes
from licences.domain.codes import UnlockStatement, grouped, new_site_id
from licences.models import Event, Installation, RefusedClaim, SerialGuess, UnlockCode, WrongReleaseCode
from licences.operations.installation_proof import highest_proved_sequence
from tests import event_chain, factories
from tests.api.conftest import CUSTOMER, Server, is_problem
from tests.factories import TODAY
from tests.tables import each_row
from tests.together import together

pytestmark = pytest.mark.usefixtures("catalogue", "no_limit")
NEW_TOKEN = "drawn-when-it-was-installed-anew"


@pytest.fixture
def code(server):
    """The unlock code of a server that has registered itself."""
    return factories.connected(factories.bought(customer_number="K-1"), site_id=server.site_id)


@pytest.fixture
def by_hand(server):
    """The unlock code of an installation registered by a clerk, whose server has not called yet."""
    return factories.registered(factories.bought(customer_number="K-1"), site_id=server.site_id)


@pytest.fixture
def hours_later(monkeypatch):
    def later(hours):
        moment = timezone.now() + timedelta(hours=hours)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return later


def let_connect(serial, reason="The customer set it up again."):
    return operations.let_server_connect(serial=serial.code, reason=reason, by="clerk")


def proofs():
    """The details of the events of servers that proved themselves."""
    events = Event.objects.filter(kind=Event.Kind.SERVER_PROVED).order_by("pk")
    return [(event.details["how"], event.details["token"]) for event in events]


def genuine(code, sequence):
    """A genuine code for the same serial and site ID with another sequence."""
    key_id = next(iter(portal_settings.UNLOCK_KEYS))
    lines = tuple((line["slot"], line["quantity"]) for line in code.lines)
    statement = UnlockStatement(key_id=key_id, sequence=sequence, assured_month=code.assured_month, lines=lines)
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    return codes.encode_unlock_code(statement, key=portal_settings.UNLOCK_KEYS[key_id], **place)


def is_refused(answer):
    assert is_problem(answer, "installation-not-proved", 403)
    return "unlock_code" not in answer.json()


# --- The token ---------------------------------------------------------------------------------------


def test_the_token_of_the_first_call_is_kept_as_its_digest_alone(server):
    serial = factories.bought()

    assert server.register(serial.code).status_code == 201

    live = Installation.objects.get()
    assert len(live.token_digest) == 64
    assert server.token not in repr(vars(live))
    assert server.register(serial.code).status_code == server.update(serial.code).status_code == 200
    assert proofs() == []


@each_row("call", ["registrations", "updates", "releases"])
@each_row("token", [None, "", "x" * 21, "x" * 87, "x" * 30 + "=", 5, "ä" * 30])
def test_where_tokens_are_required_a_call_without_a_good_one_names_the_field(call, token, server, code):
    body = {**server.registration(code.serial.code), "release_code": code.release_code, "installation_token": token}
    for name in ("customer",) * (call != "registrations") + ("release_code",) * (call != "releases"):
        del body[name]
    for name in ("server_version", "client_version") * (call == "releases"):
        del body[name]

    refused = server.post(call, body)

    assert is_problem(refused, "invalid-request", 422)
    assert list(refused.json()["errors"]) == ["installation_token"]


@each_row("token", ["x" * 22, "Az09-_" * 14 + "Az"])
def test_a_token_has_22_to_86_symbols(token, new_server):
    assert new_server(token=token).register(factories.bought().code).status_code == 201


# --- Serial number and site ID alone --------------------------------------------------


def test_a_support_agent_with_all_that_pages_show_gets_no_code_anywhere(code, support_agent, as_user, client):
    card = as_user(support_agent).get(code.serial.get_absolute_url()).content.decode()
    assert all(
        group in card for shown in (code.serial.code, code.installation.site_id) for group in codes.groups(shown)
    )
    agent = Server(code.installation.site_id, token=NEW_TOKEN)
    digest = Installation.objects.get().token_digest

    for answer in (agent.register(code.serial.code), agent.update(code.serial.code)):
        assert is_refused(answer)
    assert is_refused(agent.release(code.serial.code, code.release_code))
    form = {**CUSTOMER, "server_version": "2.6", "client_version": "2.6"}
    page = client.post("/register/", {**form, "serial": code.serial.code, "site_id": code.installation.site_id})
    checked = agent.upgrade_check(code.serial.code, "2.7")

    for answer in (page, checked):
        text = answer.content.decode()
        assert not any(shown in text for shown in (code.code, grouped(code.code), code.release_code))
    assert page.status_code == 422
    assert "could not be verified as the installation" in page.content.decode()
    live = Installation.objects.get()
    assert live.is_live
    assert live.token_digest == digest
    claim = RefusedClaim.objects.get()
    assert (claim.kind, claim.times, claim.site_id) == ("installation-not-proved", 4, code.installation.site_id)
    assert not WrongReleaseCode.objects.exists()
    assert not SerialGuess.objects.exists()


@each_row("kind", ["another serial's", "an older installation's", "changed"])
def test_an_unlock_code_that_is_not_of_this_installation_proves_nothing(kind, server, code):
    other = factories.registered()
    shown = {"another serial's": other.code, "changed": code.code[:-1] + ("A" if code.code[-1] != "A" else "B")}
    if kind == "an older installation's":
        answers = factories.answers(code, site_id=server.site_id)
        request = operations.open_relicensing(answers=answers, purpose="reinstall", by="clerk", today=TODAY)
        operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
        assert server.update(code.serial.code).status_code == 200
        shown[kind] = code.code

    assert is_refused(Server(server.site_id, token=NEW_TOKEN, unlock_code=shown[kind]).update(code.serial.code))


def test_existence_block_and_release_are_judged_before_proof(server, code):
    stranger = Server(server.site_id, token=NEW_TOKEN)
    assert is_problem(stranger.update("AB1C-O9XZ"), "unknown-serial", 404)
    operations.block_serial(serial=code.serial.code, reason="Invoice disputed.", by="supervisor")
    assert is_problem(stranger.update(code.serial.code), "serial-blocked", 403)
    operations.unblock_serial(serial=code.serial.code, reason="Paid, as told by letter.", by="supervisor")
    server.release(code.serial.code, code.release_code)
    assert is_problem(stranger.update(code.serial.code), "relicensing-required", 409)
    assert is_problem(stranger.register(code.serial.code), "relicensing-required", 409)


def test_proof_is_judged_before_versions():
    old = factories.connected(factories.bought(software_assurance_until=None), versions=factories.versions("2.4"))

    assert is_refused(Server(old.installation.site_id, token=NEW_TOKEN).update(old.serial.code))


# --- (b) The unlock code -------------------------------------------------------------------------------


def test_a_server_that_was_installed_again_on_its_site_id_gets_on_with_its_unlock_code(server, code):
    again = Server(server.site_id, token=NEW_TOKEN, unlock_code=grouped(code.code).lower())

    assert again.update(code.serial.code).json()["unlock_code"] == code.code

    assert proofs() == [("unlock-code", "replaced")]
    again.unlock_code = ""
    assert again.update(code.serial.code).status_code == 200
    assert is_refused(server.update(code.serial.code))
    assert event_chain.flaws() == []


def test_a_server_that_was_restored_from_an_image_gets_on_with_an_earlier_code_of_its_own(server, code):
    imports.record_purchase(factories.line(serial=code.serial.code, customer_number="K-1", quantity=4), by="tests")
    assert server.update(code.serial.code).json()["sequence"] == 2
    restored = Server(server.site_id, token=NEW_TOKEN, unlock_code=code.code)

    assert restored.update(code.serial.code).json()["sequence"] == 2


def test_after_a_restore_of_the_portal_a_server_gets_on_with_a_code_that_is_not_on_record(server, code):
    Installation.objects.update(token_digest=None, token_bound_at=None, reached_at=None)
    lost = genuine(code, 7)
    server.unlock_code = lost

    said = server.update(code.serial.code).json()

    assert said["sequence"] == 8
    assert proofs() == [("unlock-code", "bound")]
    assert Event.objects.get(kind=Event.Kind.SERVER_PROVED).details["sequence"] == 7
    assert highest_proved_sequence(code.serial_id) == 7
    assert server.update(code.serial.code).json() == said  # the same code again
    assert is_refused(Server(server.site_id, token=NEW_TOKEN, unlock_code=genuine(code, 6)).update(code.serial.code))
    assert Server(server.site_id, token=NEW_TOKEN, unlock_code=lost).update(code.serial.code).json() == said


def test_a_token_that_is_known_does_not_hide_a_code_that_is_not_on_record(server, code):
    server.unlock_code = genuine(code, 7)

    assert server.update(code.serial.code).json()["sequence"] == 8
    assert proofs() == [("unlock-code", "as before")]


def test_a_registration_after_a_restore_that_lost_the_installation_goes_on_behind_its_code(server):
    fresh = factories.bought()
    place = {"serial": fresh.code, "site_id": server.site_id}
    key_id = next(iter(portal_settings.UNLOCK_KEYS))
    statement = UnlockStatement(key_id=key_id, sequence=9, assured_month=0, lines=((1, 1),))
    server.unlock_code = codes.encode_unlock_code(statement, key=portal_settings.UNLOCK_KEYS[key_id], **place)

    assert server.register(fresh.code).json()["sequence"] == 10


def test_the_release_code_of_a_proved_code_counts_for_release(server, code):
    server.unlock_code = genuine(code, 7)
    server.update(code.serial.code)
    place = {"serial": code.serial.code, "site_id": server.site_id}

    assert server.release(code.serial.code, codes.release_code(server.unlock_code, **place)).status_code == 200
    assert not Installation.objects.get().is_live


def test_the_release_code_of_a_proved_code_counts_for_relicensing(server, code):
    server.unlock_code = genuine(code, 7)
    server.update(code.serial.code)
    place = {"serial": code.serial.code, "site_id": server.site_id}
    release_code = codes.release_code(server.unlock_code, **place)

    relicensed = factories.relicensed(code, release_code=release_code)

    assert relicensed.sequence == 9


# --- (c) Staff -----------------------------------------------------------------------------------------


def test_the_first_call_after_a_registration_by_hand_binds_its_token(server, by_hand):
    assert server.update(by_hand.serial.code).status_code == 200
    assert proofs() == [("let-connect", "bound")]
    assert is_refused(Server(server.site_id, token=NEW_TOKEN).update(by_hand.serial.code))


def test_so_does_the_first_call_after_a_relicensing(server):
    code = factories.relicensed(factories.connected(), site_id=server.site_id)

    assert server.register(code.serial.code).json()["unlock_code"] == code.code
    assert server.update(code.serial.code).status_code == 200


def test_after_72_hours_staff_have_to_let_the_server_connect(server, by_hand, hours_later):
    hours_later(72.1)
    assert is_refused(server.update(by_hand.serial.code))
    imports.record_purchase(factories.line(serial=by_hand.serial.code, customer_number="K-1"), by="tests")
    operations.update_installation(serial=by_hand.serial.code, site_id=None, versions=None, by="clerk", today=TODAY)
    assert is_refused(server.update(by_hand.serial.code))  # a top-up opens nothing

    let_connect(by_hand.serial)

    assert server.update(by_hand.serial.code).status_code == 200
    event = Event.objects.get(kind=Event.Kind.CONNECTION_ALLOWED)
    assert (event.details["reason"], event.actor) == ("The customer set it up again.", "clerk")


def test_the_setting_says_how_long(server, by_hand, hours_later, settings):
    settings.TOKEN_WINDOW_HOURS = 1
    hours_later(1.1)

    assert is_refused(server.update(by_hand.serial.code))


def test_a_call_that_was_refused_has_not_reached_the_installation():
    held = factories.registered(factories.bought(software_assurance_until=None), versions=factories.versions("2.4"))
    newer = Server(held.installation.site_id, version="2.6", token=NEW_TOKEN)
    assert is_problem(newer.update(held.serial.code), "software-assurance-required", 403)
    assert Server(held.installation.site_id, version="2.4").update(held.serial.code).status_code == 200


@each_row("way", ["unlock code", "button"])
def test_an_installation_that_was_taken_over_needs_its_code_or_staff(way, new_server):
    live = factories.taken_over()
    server = new_server(live.site_id, version="2.4")
    assert is_refused(server.update(live.serial.code))

    if way == "button":
        let_connect(live.serial)
    else:
        made = operations.update_installation(
            serial=live.serial.code, site_id=None, versions=None, by="clerk", today=TODAY
        )
        server.unlock_code = made.unlock_code.code

    assert server.update(live.serial.code).json()["sequence"] == 1


# --- Servers older than tokens ---------------------------------------------------------------


@pytest.fixture
def accepted(settings):
    settings.INSTALLATION_TOKENS = "accepted"


@pytest.fixture
def old_server(accepted):
    return Server(token=None)


def test_an_old_server_registers_and_updates_with_its_unlock_code_and_is_not_bound(old_server):
    serial = factories.bought()
    old_server.unlock_code = old_server.register(serial.code).json()["unlock_code"]

    assert old_server.update(serial.code).status_code == 200

    assert Installation.objects.get().token_digest is None
    assert proofs() == []
    release_code = UnlockCode.objects.get().release_code
    assert old_server.release(serial.code, release_code).status_code == 200


def test_serial_and_site_id_alone_give_nothing_where_tokens_are_accepted_either(old_server, new_server):
    without = factories.registered(site_id=old_server.site_id)
    assert old_server.update(without.serial.code).status_code == 200  # the first call after staff began it
    assert is_refused(old_server.update(without.serial.code))

    bound = factories.connected()
    asker = new_server(bound.installation.site_id, token=None)
    assert is_refused(asker.update(bound.serial.code))
    asker.unlock_code = bound.code
    assert asker.update(bound.serial.code).status_code == 200
    assert Installation.objects.get(serial=bound.serial).token_digest is not None


def test_an_old_server_that_has_a_token_after_its_update_is_bound_by_its_unlock_code(old_server, new_server):
    serial = factories.bought()
    code = old_server.register(serial.code).json()["unlock_code"]

    updated = new_server(old_server.site_id, unlock_code=code)

    assert updated.update(serial.code).status_code == 200
    assert proofs() == [("unlock-code", "bound")]


@each_row("setting", ["required", "accepted"])
def test_the_description_says_whether_a_token_is_required(setting, settings, client):
    settings.INSTALLATION_TOKENS = setting

    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]

    for body in ("RegistrationIn", "UpdateIn", "ReleaseIn"):
        assert ("installation_token" in schemas[body]["required"]) is (setting == "required")


# --- At the same moment ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun_by", ["server", "clerk"])
def test_of_two_first_calls_with_different_tokens_one_is_bound(begun_by):
    for _ in range(10):
        site_id, serial = new_site_id(), factories.bought()
        if begun_by == "clerk":
            factories.registered(serial, site_id=site_id)
        servers = [Server(site_id), Server(site_id, token=NEW_TOKEN)]

        answers = together(*[partial(server.register, serial.code) for server in servers])

        first, second = sorted(answers, key=lambda answer: answer.status_code)
        assert first.status_code == (201 if begun_by == "server" else 200)
        assert is_refused(second)
        winner = servers[answers.index(first)]
        assert winner.update(serial.code).status_code == 200
    assert event_chain.flaws() == []
