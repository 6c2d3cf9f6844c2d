"""The customer whose data are looked for."""

import pytest

from tests.licences.personal.quellwasser import live_through_it_all


@pytest.fixture
def customer(catalogue, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return live_through_it_all()
