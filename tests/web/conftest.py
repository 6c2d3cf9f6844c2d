"""A portal as in production, and everything that there is to ask it for."""

import pytest
from django.test import Client

from tests.web import production


@pytest.fixture
def quiet(caplog):
    """Hundreds of refusals and bad requests are meant."""
    caplog.set_level("CRITICAL")


@pytest.fixture
def in_production(settings):
    """A client that comes in by HTTPS to a portal with the settings of production. Call it for another one."""
    production.put_on(settings)

    def client(*, secure: bool = True, host: str = production.HOST, **options):
        headers = {**(production.HTTPS if secure else production.HTTP), "host": host}
        return Client(headers=headers, **options)

    return client
