"""Keys for programs: their form, their addresses, and who may use one (docs/security.md#keys-for-programs)."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from licences.domain.dialled_numbers import dialled_number
from licences.domain.program_keys import KeyFacts, Scope, digest_of, handle_of, judge_key, new_key, parse_networks
from tests.questions import refusal_of, why_refused
from tests.tables import each_row

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KEY = new_key()
FACTS = KeyFacts(KEY.digest, [Scope.SITES_READ], [], NOW + timedelta(seconds=1), revoked=False)


def test_a_key_has_a_prefix_that_scanners_find_a_handle_and_256_random_bits():
    assert re.fullmatch(r"xlp_[a-z2-9]{10}_[\w-]{43}", KEY.text)
    assert handle_of(KEY.text) == KEY.handle
    assert KEY.digest == digest_of(KEY.text) != digest_of(new_key().text)


def test_what_has_another_form_has_no_handle():
    for text in ("", "xlp_", KEY.text[:-1], f"{KEY.text}A", f" {KEY.text}", f"{KEY.text}\n", "é" * 58):
        assert handle_of(text) == "", text


def test_a_usable_key_is_not_refused():
    assert judge_key(KEY.text, FACTS, address="192.0.2.7", now=NOW) is None


@each_row(
    ("change", "code"),
    [
        ({"digest": new_key().digest}, "key-wrong"),
        ({"revoked": True}, "key-revoked"),
        ({"expires_at": NOW}, "key-expired"),
        ({"networks": ["192.0.2.8/32", "2001:db8::/32"]}, "address-not-allowed"),
        ({"digest": new_key().digest, "revoked": True, "expires_at": NOW}, "key-wrong"),
    ],
)
def test_a_key_is_refused_and_only_its_holder_learns_why(change, code):
    assert why_refused(judge_key, KEY.text, replace(FACTS, **change), address="192.0.2.7", now=NOW) == code


def test_a_key_that_nobody_has_is_wrong():
    assert why_refused(judge_key, KEY.text, None, address="192.0.2.7", now=NOW) == "key-wrong"
    assert why_refused(judge_key, "", None, address="192.0.2.7", now=NOW) == "key-wrong"


@each_row(
    ("address", "networks"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.0/24, 192.0.2.9/24"),
        ("2001:db8:1:2::/64", "2001:db8:1:2:3:4:5:6"),
        ("2001:db8:1:2::/64", "2001:db8::/32"),
    ],
)
def test_an_address_lies_in_its_networks(address, networks):
    facts = replace(FACTS, networks=parse_networks(networks))

    assert judge_key(KEY.text, facts, address=address, now=NOW) is None


@each_row("address", ["198.51.100.7", "2001:db9::/64", "unknown", "::ffff:0:0/96"])
def test_any_other_address_is_outside(address):
    facts = replace(FACTS, networks=["192.0.2.0/24", "2001:db8::/32"])

    assert why_refused(judge_key, KEY.text, facts, address=address, now=NOW) == "address-not-allowed"


def test_addresses_are_read_from_lines_and_each_is_kept_once():
    assert parse_networks(" 192.0.2.7\n192.0.2.7/32; 10.0.0.1/8 ") == ["192.0.2.7/32", "10.0.0.0/8"]


def test_what_is_no_address_is_named():
    refusal = refusal_of(parse_networks, "192.0.2.7 192.0.2.300")

    assert (refusal.code, refusal.field, refusal.parameters["text"]) == ("not-a-network", "networks", "192.0.2.300")
    assert why_refused(parse_networks, " ".join(f"10.0.0.{each}" for each in range(21))) == "too-many-networks"


def test_the_number_is_taken_out_of_what_telephone_systems_send():
    sent = {
        "+49 7071 5550163": "+49 7071 5550163",
        "tel:+49-7071-555-0163;phone-context=example.com": "+49-7071-555-0163",
        "sip:004970715550163@pbx.example;user=phone": "004970715550163",
        "SIPS:07071/5550163": "07071/5550163",
        "anonymous": "",
        "sip:anonymous@anonymous.invalid": "",
        "555016": "",
        "0000555016": "",
    }
    assert {each: dialled_number(each) for each in sent} == sent
