"""What must never be stored about keys for programs, refused by the database even from a raw save."""

import pytest
from django.utils import timezone

from licences.models import InstallationAddress, ProgramCall
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


@pytest.mark.django_db
def test_a_call_is_answered_once_for_each_program():
    call = ProgramCall(
        program=factories.program_key().record, key_digest="k" * 64, content="c" * 64, answer={}, answered_at=NOW
    )
    call.save()

    assert refused(copy(call, content="d" * 64), "one_call_per_idempotency_key")
    assert stored(copy(call, key_digest="l" * 64))
    assert stored(copy(call, program_id=factories.program_key().record.pk))


@pytest.mark.django_db
def test_an_address_of_an_installation_is_one_row(catalogue):
    first, second = factories.registered().installation, factories.registered().installation
    address = InstallationAddress(installation=first, digest="d" * 32, first_at=NOW, last_at=NOW)
    address.save()

    assert refused(copy(address, last_at=NOW), "one_row_per_address")
    assert stored(copy(address, digest="e" * 32))
    assert stored(copy(address, installation_id=second.pk))
