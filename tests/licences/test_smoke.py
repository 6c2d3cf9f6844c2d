import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_register(catalogue, clerk, as_user):
    code = factories.registered()
    c = as_user(clerk)
    assert c.get(code.serial.get_absolute_url()).status_code == 200
    assert c.get(code.get_absolute_url()).status_code == 200
    assert c.get("/").status_code == 200
    assert c.get("/relicensing/new/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_tx(catalogue):
    factories.registered()
