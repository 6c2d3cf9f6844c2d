"""What tests of webhooks share: a receiver, and a webhook that sends to it."""

import pytest

from licences import operations
from licences.domain.webhook_addresses import parse_place
from tests.webhooks import receiver as receivers


@pytest.fixture
def receiver(tmp_path, settings, monkeypatch):
    """A receiver that the settings allow and whose certificate is trusted."""
    with receivers.running(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        settings.WEBHOOK_ALLOWED_ADDRESSES = [parse_place(f"127.0.0.1:{running.port}")]
        yield running


@pytest.fixture
def issued(catalogue, receiver):
    """A webhook for three kinds of events, with its secret."""
    kinds = ["registered", "blocked", "unblocked"]
    return operations.create_webhook(name="ERP", url=receiver.url, kinds=kinds, by="administrator")
