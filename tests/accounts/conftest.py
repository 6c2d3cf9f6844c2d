import pytest
from django.core.cache import cache
from django.core.management import call_command

from licensing_portal.accounts.operations import messages

QUEUE = messages._queue


@pytest.fixture(autouse=True)
def the_shared_cache_is_empty(db):
    cache.clear()


@pytest.fixture(autouse=True)
def the_worker_looks_at_password_resets_at_once(settings, monkeypatch):
    """Other messages go into Django's outbox at once; ``queued`` lets them wait."""
    settings.MAIL_TRANSPORT = settings.EMAIL_BACKEND
    monkeypatch.setattr(messages, "_queue", lambda content: messages._send(content))


@pytest.fixture
def queued(settings, monkeypatch):
    """As in production: what is sent waits for ``manage.py worker``; ``queued()`` is one run of it."""
    settings.EMAIL_BACKEND = "licensing_portal.accounts.mail.QueueBackend"
    monkeypatch.setattr(messages, "_queue", QUEUE)

    def work():
        call_command("worker", batch=True, interval=0, verbosity=0, startup_delay=False)

    return work


@pytest.fixture
def required(settings):
    """As in production."""
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def real_transactions(transactional_db):
    """Some of what allauth does waits for the end of its transaction."""


@pytest.fixture
def with_address(clerk):
    clerk.email = "clerk@example.com"
    clerk.save()
    return clerk
