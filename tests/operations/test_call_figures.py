"""Figures of calls of the API and of wrong release codes (docs/figures.md#how-each-number-is-counted)."""

from datetime import date

import pytest
from django.utils import timezone

from licences import operations
from licences.models import FigureDay
from licences.operations import ApiCall
from tests import factories
from tests.operations import emergency_calls
from tests.operations.stored_figures import numbers

pytestmark = pytest.mark.django_db


def test_calls_that_are_stored_after_their_day_was_computed_are_in_its_figures(catalogue, at):
    at("2026-11-02 12:00")
    factories.registered()
    at("2026-11-03 12:00")
    operations.refresh_figures(now=timezone.now())
    at("2026-11-03 12:03")
    unknown = ApiCall(date(2026, 11, 2), "register", "unknown-serial")
    operations.store_api_calls({unknown: 2, unknown._replace(outcome=""): 1}, now=timezone.now())
    at("2026-11-03 12:06")

    operations.refresh_figures(now=timezone.now())

    assert numbers("api-calls") == {("11-02", "register"): 3}
    assert numbers("api-refusals") == {("11-02", "unknown-serial"): 2}
    assert FigureDay.objects.get(day="2026-11-02").computed_at == timezone.now()


def test_wrong_release_codes_count_for_each_check_and_each_report_for_an_emergency(catalogue, at):
    at("2026-11-02 09:00")
    code = factories.registered()
    request = factories.request(code, release_code="AAAAA-AAAAA")
    operations.recheck_relicensing(
        request_id=request.pk, answers=factories.answers(code, release_code="BBBBB-BBBBB"), purpose="migrate",
        by="clerk", today=factories.TODAY,
    )  # fmt: skip
    emergency = emergency_calls.begin_emergency(factories.registered())
    assert emergency_calls.refused(emergency_calls.settle, emergency, "AAAAA-AAAAA")

    operations.refresh_figures(now=timezone.now())

    assert numbers("wrong-release-codes") == {("11-02", "checklist"): 2, ("11-02", "emergency"): 1}
