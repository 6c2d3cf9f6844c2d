"""What must never be stored about verifications of the log, refused by the database even from a raw save."""

import pytest
from django.utils import timezone

from licences.models import LogCheck
from tests.database.raw_saves import copy, refused, stored
from tests.tables import each_row

NOW = timezone.now()

pytestmark = pytest.mark.django_db


def test_one_verification_runs_at_a_time():
    running = LogCheck(begun_by="auditor", begun_at=NOW)
    assert stored(running)

    assert refused(copy(running), "one_log_check_at_a_time")
    assert stored(copy(running, state="done", ended_at=NOW))
    assert stored(copy(running, state="done", ended_at=NOW))


@each_row("wrong", [{"ended_at": NOW}, {"state": "done"}, {"state": "stopped"}])
def test_a_verification_ends_with_its_state(wrong):
    assert refused(LogCheck(begun_by="auditor", begun_at=NOW, **wrong), "log_check_ends_with_its_state")
