"""Codes in groups, as they are shown, and codes that are drawn at random."""

from hypothesis import given
from hypothesis import strategies as st

from licences.domain import codes
from tests.tables import each_row


@each_row(
    ("code", "shown"),
    [
        ("AB1CO9XZ", "AB1C-O9XZ"),
        ("4K7MPO2WQZ8R", "4K7M-PO2W-QZ8R"),
        ("ECQQEGZO56", "ECQQE-GZO56"),
        ("FWHYSTSEOZF6A3AZDKEUMV1HA", "FWHYS-TSEOZ-F6A3A-ZDKEU-MV1HA"),
        ("A" * 29, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAA"),
    ],
)
def test_serials_and_site_ids_show_in_fours_and_the_others_in_fives(code, shown):
    assert codes.grouped(code) == shown
    assert codes.groups(code) == shown.split("-")


@given(st.text(codes.ALPHABET, max_size=60))
def test_groups_lose_no_symbol(code):
    assert "".join(codes.groups(code)) == code


def test_a_drawn_serial_is_canonical():
    serial = codes.new_serial()
    assert codes.canonical_serial(serial) == serial


def test_a_drawn_site_id_is_canonical():
    site_id = codes.new_site_id()
    assert codes.canonical_site_id(site_id) == site_id


def test_drawn_serials_use_the_whole_alphabet_and_do_not_repeat():
    drawn = {codes.new_serial() for _ in range(500)}
    assert len(drawn) == 500
    assert set("".join(drawn)) == set(codes.ALPHABET)


def test_serials_are_drawn_by_the_generator_for_secrets(monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda limit: 0 if limit == 35**8 else 1)
    assert codes.new_serial() == "11111111"
