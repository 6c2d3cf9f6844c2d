"""What the tests of unlock codes share: signing, all valid statements, and codes that the portal would never issue."""

import hashlib
import hmac
import math
from datetime import date, timedelta

from hypothesis import strategies as st

from licences.domain.codes import ALPHABET, UnlockStatement

SERIAL, SITE_ID = "AB1CO9XZ", "4K7MPO2WQZ8R"
KEYS = {0: b"\x00" * 32, 1: bytes(range(32)), 7: b"\xa7" * 32, 15: b"\xff" * 32}
INSTALLATION = {"serial": SERIAL, "site_id": SITE_ID}

symbols = st.sampled_from(ALPHABET)


def code_texts(length: int) -> st.SearchStrategy[str]:
    return st.text(symbols, min_size=length, max_size=length)


@st.composite
def statements(draw: st.DrawFn) -> UnlockStatement:
    """Draw any statement that docs/codes.md allows, emergency codes included."""
    days = draw(st.none() | st.integers(1, 32767))
    slots = draw(st.sets(st.integers(1, 31), min_size=1, max_size=8 if days is None else 7))
    return UnlockStatement(
        key_id=draw(st.sampled_from(sorted(KEYS))),
        sequence=draw(st.integers(1, 4095)),
        assured_month=draw(st.integers(0, 4095)),
        lines=tuple((slot, draw(st.integers(1, 32767))) for slot in sorted(slots)),
        expires_on=None if days is None else date(2020, 1, 1) + timedelta(days=days),
    )


def signed(lines: list[tuple[int, int]], *, key_id: int = 1, sequence: int = 1, month: int = 0) -> str:
    """Return a code with a valid MAC over any lines, computed after docs/codes.md and not by the code under test."""
    payload = (key_id << 24) + (sequence << 12) + month
    for slot, quantity in lines:
        payload = payload * 2**20 + slot * 2**15 + quantity
    bits = 28 + 20 * len(lines)
    message = (
        b"xchange-unlock-1\x00" + SERIAL.encode() + SITE_ID.encode() + payload.to_bytes(math.ceil(bits / 8), "big")
    )
    mac = hmac.new(KEYS[key_id], message, hashlib.sha256).digest()[:10]
    return base_35((payload << 80) + int.from_bytes(mac, "big"), math.ceil((bits + 80) / math.log2(35)))


def base_35(value: int, length: int) -> str:
    text = ""
    while value:
        text = ALPHABET[value % 35] + text
        value //= 35
    return text.rjust(length, "1")
