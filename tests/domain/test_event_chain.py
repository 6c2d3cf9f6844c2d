"""The hash chain of the event log (docs/decisions.md#the-event-log)."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from licences.domain.chain import GENESIS, canonical_json, link_hash, personal_digest
from tests.tables import each_row

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcäö", max_size=3), inner, max_size=3),
    max_leaves=10,
)
contents = st.dictionaries(st.text("abcäö", max_size=3), json_values, max_size=5)


def test_canonical_json_sorts_keys_and_writes_no_blanks():
    assert canonical_json({"b": [1, None], "a": {"ü": True}}) == '{"a":{"ü":true},"b":[1,null]}'


@given(contents)
def test_the_order_of_keys_does_not_matter(content):
    turned = dict(reversed(content.items()))
    assert canonical_json(turned) == canonical_json(content)
    assert link_hash(GENESIS, turned) == link_hash(GENESIS, content)


def test_a_link_is_the_sha_256_of_the_hash_before_and_the_content():
    expected = hashlib.sha256(("0" * 64 + '{"kind":"registered"}').encode()).hexdigest()
    assert link_hash(GENESIS, {"kind": "registered"}) == expected


@each_row("other", [{"kind": "released"}, {"kind": "registered", "by": ""}, {}, {"Kind": "registered"}])
def test_other_content_is_another_hash(other):
    assert link_hash(GENESIS, other) != link_hash(GENESIS, {"kind": "registered"})


def test_a_change_in_an_early_row_shows_in_every_later_one():
    def chain(*kinds: str) -> list[str]:
        hashes = [GENESIS]
        for kind in kinds:
            hashes.append(link_hash(hashes[-1], {"kind": kind}))
        return hashes[1:]

    told, retold = chain("purchased", "registered", "released"), chain("purchased", "blocked", "released")
    assert [one == other for one, other in zip(told, retold, strict=True)] == [True, False, False]


def test_the_same_rows_in_another_order_are_another_chain():
    one = link_hash(link_hash(GENESIS, {"n": 1}), {"n": 2})
    assert one != link_hash(link_hash(GENESIS, {"n": 2}), {"n": 1})


def test_the_digest_of_personal_fields_depends_on_its_salt():
    personal = {"customer": "Huber Elektrotechnik GmbH"}
    assert (
        personal_digest("salt", personal) == hashlib.sha256(b'salt{"customer":"Huber Elektrotechnik GmbH"}').hexdigest()
    )
    assert personal_digest("other", personal) != personal_digest("salt", personal)
    assert personal_digest("salt", {}) != personal_digest("salt", personal)
