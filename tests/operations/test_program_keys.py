"""Keys for programs: created, rotated with overlap, revoked, each an event (docs/security.md#keys-for-programs)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.models import Event, ProgramKey
from licences.operations.program_keys import BETWEEN_NOTES
from tests import factories
from tests.questions import refusal_of, why_refused
from tests.tables import each_row
from tests.together import together

pytestmark = pytest.mark.django_db
SOON = timedelta(days=1)


def use(issued, address="192.0.2.7", now=None):
    return operations.use_program_key(issued.text, address=address, now=now or timezone.now())


def rotate(issued, overlap=SOON):
    later = timezone.now() + timedelta(days=365)
    return operations.rotate_program_key(key_id=issued.record.pk, expires_at=later, overlap=overlap, by="administrator")


def revoke(issued, reason="Leaked in a log file."):
    return operations.revoke_program_key(key_id=issued.record.pk, reason=reason, by="administrator")


def test_the_key_itself_is_stored_nowhere():
    issued = factories.program_key()
    revoke(rotate(issued))

    stored = str([list(model.objects.values()) for model in (ProgramKey, Event)])

    assert issued.text.rpartition("_")[2] not in stored
    assert issued.record.digest not in str(list(Event.objects.values()))


def test_events_name_the_key_and_what_it_may():
    issued = factories.program_key(networks=["192.0.2.0/24"])
    new = rotate(issued)
    revoke(new)

    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    created, rotated, revoked = Event.objects.order_by("pk")
    assert kinds == ["key-created", "key-rotated", "key-revoked"]
    assert created.details["scopes"] == ["sites:read"]
    assert created.details["networks"] == ["192.0.2.0/24"]
    assert (rotated.details["key"], rotated.details["replaces"]) == (new.record.pk, issued.record.pk)
    assert revoked.details["reason"] == "Leaked in a log file."
    assert created.personal["owner"] == "Support team"


@each_row(
    ("values", "code"),
    [
        ({"scopes": []}, "scopes-missing"),
        ({"scopes": ["all"]}, "scopes-missing"),
        ({"expires_at": timezone.now()}, "expiry-out-of-range"),
        ({"expires_at": timezone.now() + timedelta(days=732)}, "expiry-out-of-range"),
    ],
)
def test_a_key_has_a_scope_and_an_end_within_two_years(values, code):
    assert refusal_of(factories.program_key, **values, unchanged=[ProgramKey, Event]).code == code


def test_both_keys_work_for_the_overlap_and_then_only_the_new_one():
    old = factories.program_key()
    new = rotate(old)
    afterwards = timezone.now() + SOON

    assert use(old) == old.record
    assert use(new) == new.record
    assert why_refused(use, old, now=afterwards) == "key-expired"
    assert use(new, now=afterwards) == new.record
    assert new.record.scopes == old.record.scopes


def test_rotating_never_makes_a_key_work_for_longer():
    old = factories.program_key(expires_at=timezone.now() + timedelta(hours=1))
    rotate(old, overlap=timedelta(days=7))

    end = ProgramKey.objects.get(pk=old.record.pk).expires_at
    assert end == old.record.expires_at


def test_a_key_is_rotated_once_and_only_while_it_works():
    old, other = factories.program_key(), factories.program_key()
    rotate(old)
    revoke(other)

    assert why_refused(rotate, old, unchanged=[ProgramKey, Event]) == "key-rotated"
    assert why_refused(rotate, other, unchanged=[ProgramKey, Event]) == "key-revoked"


def test_a_revoked_key_ends_at_once_with_a_reason():
    issued = factories.program_key()

    assert why_refused(revoke, issued, reason="leak", unchanged=[ProgramKey, Event]) == "reason-too-short"
    revoke(issued)

    assert why_refused(use, issued) == "key-revoked"
    assert why_refused(revoke, issued, unchanged=[ProgramKey, Event]) == "key-revoked"


def test_a_use_is_noted_once_a_minute(django_assert_num_queries):
    issued, first = factories.program_key(), timezone.now()

    with django_assert_num_queries(2):
        use(issued, now=first)
    with django_assert_num_queries(1):
        use(issued, now=first + BETWEEN_NOTES - timedelta(seconds=1))
    assert ProgramKey.objects.get().last_used_at == first
    use(issued, now=first + BETWEEN_NOTES)
    assert ProgramKey.objects.get().last_used_at == first + BETWEEN_NOTES


def test_a_refused_use_is_not_noted():
    issued = factories.program_key(networks=["192.0.2.0/24"])

    assert why_refused(use, issued, address="198.51.100.7", unchanged=[ProgramKey]) == "address-not-allowed"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_rotate_at_once_make_one_successor():
    issued = factories.program_key()

    results = together(lambda: rotate(issued), lambda: rotate(issued))

    assert sorted(getattr(each, "code", "") for each in results) == ["", "key-rotated"]
    assert ProgramKey.objects.count() == 2
