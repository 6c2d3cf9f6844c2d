import threading

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def the_shared_cache_is_empty(db):
    cache.clear()


class AtOnce(threading.Thread):
    """Does its work before ``start`` returns, so that a test finds it done."""

    def start(self):
        super().start()
        self.join()


@pytest.fixture(autouse=True)
def messages_are_sent_at_once(monkeypatch):
    monkeypatch.setattr("licensing_portal.accounts.adapters.Thread", AtOnce)


@pytest.fixture
def required(settings):
    """As in production."""
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def real_transactions(transactional_db):
    """Some of what allauth does waits for the end of its transaction."""
