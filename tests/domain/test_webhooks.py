"""Webhooks: signatures as the public library verifies them, pauses, and places that a setting allows
(docs/integration.md#webhooks)."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from licences.domain.sealing import KeyIsGone, SealingBox
from licences.domain.webhook_addresses import AllowedPlace, is_public, literal_address, parse_place, parse_url
from licences.domain.webhooks import (
    KEEP_TRYING,
    LONGEST_REST,
    new_message,
    new_secret,
    pause_after,
    rest_after,
    signature_of,
    signed_headers,
)
from tests.tables import each_row


def now() -> datetime:
    """This moment: the public library refuses what is older than five minutes."""
    return datetime.now(UTC)


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_the_public_library_verifies_what_is_signed(content):
    secret, body = new_secret(), json.dumps(content, ensure_ascii=True).encode()

    headers = signed_headers([secret], message=new_message(), at=now(), body=body)

    assert Webhook(secret).verify(body, headers) == content


def test_while_a_secret_is_rotated_both_verify_and_a_third_does_not():
    old, new, other = new_secret(), new_secret(), new_secret()
    headers = signed_headers([new, old], message="msg_1", at=now(), body=b"{}")

    assert Webhook(old).verify(b"{}", headers) == Webhook(new).verify(b"{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(b"{}", headers)


@each_row("changed", ["webhook-id", "webhook-timestamp"])
def test_another_id_or_time_is_another_signature(changed):
    secret, at = new_secret(), now()
    headers = signed_headers([secret], message="msg_1", at=at, body=b"{}")
    change = {changed: {"webhook-id": "msg_2", "webhook-timestamp": str(int(at.timestamp()) + 1)}[changed]}

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b"{}", headers | change)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b"[]", headers)


def test_a_known_signature_stays_the_same():
    """The example of the specification's own test vectors, made with its published secret."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    made = signature_of(
        secret, message="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=b'{"test": 2432232314}'
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_has_256_bits_and_no_two_are_alike():
    secrets = {new_secret() for _each in range(100)}

    assert len(secrets) == 100
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in secrets} == {32}


def test_pauses_grow_and_fill_three_days():
    pauses = [pause_after(attempts) for attempts in range(1, 30)]

    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=5)
    assert sum(pauses[:20], timedelta()) > KEEP_TRYING > sum(pauses[:10], timedelta())
    assert max(rest_after(failures) for failures in range(1, 100)) == LONGEST_REST


# --- Addresses ---------------------------------------------------------------------------------------


@each_row("text", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "2a00:1450::5"])
def test_addresses_of_the_internet_are_public(text):
    assert is_public(literal_address(text))


@given(st.ip_addresses())
def test_nothing_is_public_that_python_knows_to_be_special(address):
    if is_public(address):
        assert address.is_global
        assert not (address.is_private)
        assert not (address.is_multicast)
        assert not (address.is_reserved)
        assert not (address.is_loopback)


@each_row(
    ("text", "host", "port", "path"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("https://Example.COM:8443/a/b?c=d", "example.com", 8443, "/a/b?c=d"),
        ("https://[2606:2800:21f::1]/x", "2606:2800:21f::1", 443, "/x"),
        ("https://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example", 443, "/%C3%BC"),
        ("https://hooks_1.example.com./", "hooks_1.example.com.", 443, "/"),
    ],
)
def test_usual_addresses_are_read(text, host, port, path):
    target = parse_url(text)

    assert (target.host, target.port, target.path) == (host, port, path)


@each_row(
    ("text", "network", "port"),
    [
        ("10.1.2.3", "10.1.2.3/32", None),
        ("10.1.2.0/24", "10.1.2.0/24", None),
        ("10.1.2.3:9443", "10.1.2.3/32", 9443),
        ("10.0.0.0/8:9443", "10.0.0.0/8", 9443),
        ("fd00::7", "fd00::7/128", None),
        ("[fd00::/8]:9443", "fd00::/8", 9443),
    ],
)
def test_places_are_read_with_and_without_a_port(text, network, port):
    place = parse_place(text)

    assert isinstance(place, AllowedPlace)
    assert (str(place.network), place.port) == (network, port)


@each_row("text", ["", "x", "10.1.2.3/24", "10.1.2.3:0", "10.1.2.3:65536", "[fd00::7]", "host:443", "*"])
def test_what_is_no_place_is_an_error(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_place(text)


# --- Sealing -----------------------------------------------------------------------------------------


def test_what_is_sealed_is_read_by_the_same_keys_and_purpose_only():
    old, new = "o" * 32, "n" * 32
    sealed = SealingBox((old,), b"webhooks").seal("whsec_x")

    assert SealingBox((new, old), b"webhooks").unseal(sealed) == "whsec_x"
    again = SealingBox((new, old), b"webhooks").reseal(sealed)
    assert SealingBox((new,), b"webhooks").unseal(again) == "whsec_x"
    for box in (SealingBox((new,), b"webhooks"), SealingBox((old,), b"factors")):
        with pytest.raises(KeyIsGone):
            box.unseal(sealed)
        with pytest.raises(KeyIsGone):
            box.reseal(sealed)
