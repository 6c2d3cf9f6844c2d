"""What a page brings along to a form (docs/telephone-call.md#nothing-typed-is-lost)."""

import html
import re

import pytest

pytestmark = pytest.mark.django_db


def test_relicensing_from_the_site_card_brings_the_serial_along(old, clerk, as_user):
    browser = as_user(clerk)
    address = f"/relicensing/new/?serial={old.serial.code}"

    assert f'href="{address}"' in browser.get(f"/serials/{old.serial.code}/").content.decode()
    page = browser.get(address).content.decode()

    assert f'name="serial" value="{old.serial.code}"' in page
    assert page.index("autofocus") > page.index('name="site_id"') - 10


def test_what_is_brought_along_is_cut_and_escaped(clerk, as_user):
    typed = '"><script>' + "x" * 5000
    page = as_user(clerk).get("/relicensing/new/", {"serial": typed}).content.decode()

    (shown,) = re.findall(r'name="serial" value="([^"]*)"', page)
    assert html.unescape(shown) == typed[:100]
    assert "<script>x" not in page
