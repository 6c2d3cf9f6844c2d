"""Release codes (docs/codes.md#release-code)."""

import hashlib
import hmac

from hypothesis import given

from licences.domain import codes
from tests.domain.unlock_statements import INSTALLATION, SERIAL, SITE_ID, base_35, code_texts, signed


def test_it_is_the_hmac_that_the_page_describes():
    unlock_code = signed([(3, 10)])
    message = f"xchange-release-1\0{SERIAL}{SITE_ID}".encode()
    number = int.from_bytes(hmac.new(unlock_code.encode(), message, hashlib.sha256).digest()[:16], "big") % 35**10
    assert codes.release_code(unlock_code, **INSTALLATION) == base_35(number, 10)


@given(code_texts(25))
def test_it_always_has_ten_symbols(unlock_code):
    derived = codes.release_code(unlock_code, **INSTALLATION)
    assert codes.canonical_release_code(derived) == derived


def test_it_differs_with_unlock_code_serial_and_site_id():
    unlock_code = signed([(3, 10)])
    derived = {
        codes.release_code(unlock_code, **INSTALLATION),
        codes.release_code(signed([(3, 11)]), **INSTALLATION),
        codes.release_code(unlock_code, serial="11111111", site_id=SITE_ID),
        codes.release_code(unlock_code, serial=SERIAL, site_id="111111111111"),
    }
    assert len(derived) == 4
