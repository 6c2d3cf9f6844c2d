import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def the_shared_cache_is_empty(db):
    cache.clear()


@pytest.fixture
def required(settings):
    """As in production."""
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def real_transactions(transactional_db):
    """Some of what allauth does waits for the end of its transaction."""
