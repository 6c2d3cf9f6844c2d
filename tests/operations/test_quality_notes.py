"""Notes at entries of data quality lists are emptied in time (docs/personal-data.md#how-long-things-are-kept)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.domain.quality_findings import QualityAct
from licences.models import QualityMark
from tests import factories
from tests.questions import why_refused

pytestmark = pytest.mark.usefixtures("catalogue")


def test_notes_of_entries_are_emptied_in_time_with_what_was_before(settings):
    settings.KEEP_NOTES_DAYS = 20
    serial = factories.bought()
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    chosen = operations.ChosenEntries("never-registered", [(serial.pk, 0)])
    for note in ("Calls back.", "Has called."):
        wanted = operations.EntryAct(QualityAct.TICK_OFF, note)
        result = operations.work_on_entries(chosen=chosen, wanted=wanted, today=timezone.localdate(), by="clerk")

    def after(days):
        return operations.apply_retention(now=timezone.now() + timedelta(days=days))["notes of data quality"]

    assert (after(19), QualityMark.objects.get().note) == (0, "Has called.")
    assert (after(21), after(22)) == (1, 0)
    mark = QualityMark.objects.get()
    assert (mark.note, mark.before, mark.state, mark.changed_by) == ("", None, "done", "clerk")
    undoing = why_refused(lambda: operations.undo_quality_act(act=result.act, by="clerk"))
    assert undoing == "quality-nothing-to-undo"
