import pytest
from tests.licences.imports.doors import *
from tests.licences.imports.files import *
pytestmark = pytest.mark.usefixtures("catalogue")
def test_nul_header():
    c = csv_bytes(row()).replace(b"site_name", b"site_name,co\0lour")
    f = preview(c)
    print(f.state, f.failure, f.format, problems(f))
def test_long_sku():
    f = preview(csv_bytes(row(product="ΐ"*64)))
    print(f.state, f.failure, problems(f))
def test_long_all():
    for ch in "ΐßﬃ\u0390İ":
        f = preview(csv_bytes(row(product=ch*60, customer_name=ch*200, site_name=ch*200, address_line1=ch*200, postcode=ch*20)))
        print(f.state, f.failure, problems(f))
        f = preview(csv_bytes(row(f"PO-{ord(ch)}",customer_number="", customer_name=ch*200, site_name=ch*200, address_line1=ch*200, postcode=ch*20)))
        print(f.state, f.failure, problems(f))
        confirmed(f)
        print(f.state)
