"""What must never be stored about keys for programs, refused by the database even from a raw save."""

import pytest
from django.utils import timezone

from tests import factories
from tests.database.raw_saves import copy, refused, stored

NOW = timezone.now()


@pytest.mark.django_db
def test_a_revoked_key_has_a_reason_and_somebody_who_revoked_it():
    key = factories.program_key().record
    revoked = {"revoked_at": NOW, "revoked_by": "administrator", "revoked_reason": "Leaked in a log file."}

    for name in revoked:
        values = {"handle": name[:10], "digest": name, **revoked}
        blank = None if name == "revoked_at" else ""
        assert refused(copy(key, **{**values, name: blank}), "program_key_revoked_with_a_reason")
    assert stored(copy(key, handle="other", digest="other", **revoked))
