"""The customer whose personal data the tests look for."""

import pytest

from tests.personal.quellwasser import make_customer_with_every_record


@pytest.fixture
def customer(catalogue, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_customer_with_every_record()
