"""Figures: counted by day in the portal's time zone, and computed again exactly (docs/figures.md)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from licences import operations
from licences.domain.codes import new_site_id
from licences.models import (
    Approval,
    CheckedItem,
    ChecklistCheck,
    DailyFigure,
    Emergency,
    Event,
    FigureDay,
    FileImport,
    Installation,
    LicenceGrant,
    Relicensing,
    SenderProfile,
    Serial,
)
from tests import factories
from tests.operations import emergency_calls
from tests.operations.stored_figures import BERLIN, numbers

pytestmark = pytest.mark.django_db


def compute(first: str, last: str) -> None:
    operations.compute_figures(first=date.fromisoformat(first), last=date.fromisoformat(last), now=timezone.now())


# --- Days --------------------------------------------------------------------------------------------


def test_a_call_counts_for_its_day_in_the_time_zone_of_the_portal_also_when_clocks_change(catalogue, at):
    at("2026-10-01 10:00")
    code = factories.registered()
    times = ["2026-10-24 22:30", "2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 22:30", "2026-10-25 23:30"]
    for time in times:  # in UTC; on 25 October the day in Berlin has 25 hours
        at(time, UTC)
        factories.request(code)
    at("2026-10-27 12:00")

    compute("2026-10-24", "2026-10-26")

    assert numbers("calls") == {("10-25", ""): 4, ("10-26", ""): 1}


def test_minutes_run_on_over_midnight_and_through_the_hour_that_comes_twice(catalogue, at):
    at("2026-10-01 10:00")
    code = factories.registered()
    at("2026-10-24 23:58")
    request = factories.request(code)
    at("2026-10-25 00:30", UTC)  # 02:30 in Berlin, for the first time
    second = factories.request(other := factories.registered())
    at("2026-10-25 00:03")
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=date(2026, 10, 25))
    at("2026-10-25 01:40", UTC)  # 02:40, for the second time
    operations.issue_relicensing(request_id=second.pk, by="clerk", today=date(2026, 10, 25))
    at("2026-10-27 12:00")

    compute("2026-10-24", "2026-10-26")

    assert other
    assert numbers("minutes-to-code") == {("10-25", "0005"): 1, ("10-25", "0070"): 1}
    assert numbers("call-endings") == {("10-25", "migrate/issued"): 2}
    assert numbers("calls") == {("10-24", ""): 1, ("10-25", ""): 1}


# --- What is counted -----------------------------------------------------------------------------------


def test_first_checks_count_once_with_what_did_not_match(catalogue, at):
    at("2026-11-02 09:00")
    code, other = factories.registered(), factories.registered()
    factories.request(code)
    asked = factories.request(other, customer_name="Kornblume Naturkost eG")
    at("2026-11-02 09:10")
    operations.recheck_relicensing(
        request_id=asked.pk, answers=factories.answers(other), purpose="migrate", by="clerk", today=factories.TODAY
    )
    at("2026-11-03 09:00")

    compute("2026-11-01", "2026-11-02")

    assert numbers("first-checks") == {("11-02", "passed"): 1, ("11-02", "not-passed"): 1}
    assert numbers("failed-items") == {("11-02", "customer_name/mismatch"): 1}


def test_licences_are_bought_returned_and_taken_back_and_a_return_is_no_negative_number(catalogue, at):
    at("2026-11-02 09:00")
    serial = factories.bought(quantity=5, country="Österreich")
    factories.top_up(serial, quantity=-2)
    at("2026-11-03 09:00")

    compute("2026-11-02", "2026-11-03")

    assert numbers("licences") == {("11-02", "bought"): 5, ("11-02", "returned"): 2}
    assert set(DailyFigure.objects.filter(figure="licences").values_list("country", flat=True)) == {"AT"}
    assert numbers("serials") == {("11-02", "allocated"): 1}


@pytest.mark.parametrize(
    ("actor", "way"), [("Xchange Server", "server"), ("Registration page", "web"), ("clerk", "hand")]
)
def test_registrations_are_told_apart_by_who_made_them(catalogue, at, actor, way):
    at("2026-11-02 09:00")
    operations.register_installation(
        serial=factories.bought().code, site_id=new_site_id(), versions=factories.versions(),
        details=factories.details(), by=actor, today=factories.TODAY,
    )  # fmt: skip

    compute("2026-11-02", "2026-11-02")

    assert numbers("registrations") == {("11-02", way): 1}


def test_the_names_of_registrations_are_those_of_the_api_and_the_page():
    from licences.api import routes
    from licences.queries import figure_counts
    from licences.views import public

    assert (figure_counts.SERVER, figure_counts.WEB_PAGE) == (routes.BY, public.BY)


def test_emergencies_are_open_at_the_end_of_a_day_and_overdue_after_the_last_day_of_their_code(catalogue, at):
    at("2026-11-02 09:00")
    emergency = emergency_calls.begin_emergency(factories.registered())
    Emergency.objects.filter(pk=emergency.pk).update(expires_on=date(2026, 11, 4))
    at("2026-11-06 09:00")
    emergency_calls.decide(emergency)

    compute("2026-11-01", "2026-11-06")

    assert numbers("emergencies") == {("11-02", "issued"): 1, ("11-06", "decided"): 1}
    opened = {("11-02", "open"): 1, ("11-03", "open"): 1, ("11-04", "open"): 1, ("11-05", "open"): 1}
    assert numbers("open-emergencies") == {**opened, ("11-05", "overdue"): 1}
    assert numbers("approvals") == {("11-02", "emergency"): 1, ("11-06", "for-good"): 1}


def test_imported_files_are_counted_by_the_profile_they_were_read_with(catalogue, at):
    at("2026-11-02 09:00")
    sender = SenderProfile.objects.create(kind=FileImport.Kind.PURCHASES, name="N" * 60, columns=[], titles=[])
    for profile, state in ((sender, "applied"), (sender, "taken-back"), (None, "applied"), (sender, "failed")):
        FileImport.objects.create(
            kind=FileImport.Kind.PURCHASES, state=state, profile=profile, uploaded_by="clerk", ended_at=timezone.now()
        )

    compute("2026-11-02", "2026-11-02")

    assert numbers("import-senders") == {("11-02", "N" * 50): 2, ("11-02", ""): 1}


# --- Against counting in Python ------------------------------------------------------------------------


def day_of(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%m-%d}"


def counted_in_python() -> dict[str, Counter]:
    """The figures of all days, row by row, each told in the words of docs/figures.md."""
    requests = Relicensing.objects.all()
    closed = [each for each in requests if each.closed_at]
    grants = LicenceGrant.objects.all()
    return {
        "calls": Counter((day_of(each.opened_at), "") for each in requests),
        "call-hours": Counter((day_of(each.opened_at), f"{each.opened_at.astimezone(BERLIN):%H}") for each in requests),
        "call-endings": Counter(
            (day_of(each.closed_at), f"{each.purpose}/{each.closed_because or each.outcome}") for each in closed
        ),
        "minutes-to-code": Counter(
            (day_of(each.closed_at), f"{(each.closed_at - each.opened_at) // timedelta(minutes=1):04d}")
            for each in closed
            if each.unlock_code
        ),
        "first-checks": Counter(
            (
                day_of(each.checked_at),
                "passed" if all(item.verdict == "match" for item in each.items.all()) else "not-passed",
            )
            for each in ChecklistCheck.objects.filter(number=1)
        ),
        "failed-items": Counter(
            (day_of(each.checklist.checked_at), f"{each.item}/{each.verdict}")
            for each in CheckedItem.objects.filter(checklist__number=1)
            if each.verdict != "match"
        ),
        "approvals": Counter((day_of(each.approved_at), each.subject) for each in Approval.objects.all()),
        "registrations": Counter((day_of(each.at), "hand") for each in Event.objects.filter(kind="registered")),
        "serials": Counter(
            [(day_of(each.created_at), each.origin) for each in Serial.objects.all()]
            + [(day_of(each.ended_at), "released") for each in Installation.objects.filter(end_reason="released")]
        ),
        "licences": sum(
            (
                Counter({(day_of(each.recorded_at), "bought" if each.quantity > 0 else "returned"): abs(each.quantity)})
                for each in grants
            ),
            Counter(),
        ),
        "product-licences": sum(
            (
                Counter(
                    {
                        (
                            day_of(each.recorded_at),
                            f"{each.product_id}/{'bought' if each.quantity > 0 else 'returned'}",
                        ): abs(each.quantity)
                    }
                )
                for each in grants
            ),
            Counter(),
        ),
    }


def test_figures_are_those_counted_in_python_over_midnight_and_a_daylight_saving_day(catalogue, at):
    """A call every 5 hours and 7 minutes, for three days around the night in which clocks go back, and forward."""
    for begin in ("2026-03-28 00:10", "2026-10-24 00:10"):
        moment = datetime.fromisoformat(begin).replace(tzinfo=BERLIN).astimezone(UTC)
        for number in range(14):
            at(moment.isoformat()[:19], UTC)
            code = factories.registered(
                factories.bought(quantity=number + 1, country=["DE", "Austria", ""][number % 3])
            )
            request = factories.request(code, **({"address_line1": "Hafenstr. 1"} if number % 4 == 0 else {}))
            moment += timedelta(minutes=13 * number)
            at(moment.isoformat()[:19], UTC)
            if number % 4 == 1:
                operations.withdraw_relicensing(request_id=request.pk, by="clerk")
            elif number % 4 != 0:
                operations.issue_relicensing(request_id=request.pk, by="clerk", today=factories.TODAY)
            moment += timedelta(hours=5, minutes=7)
    at("2026-11-20 12:00")

    compute("2026-03-01", "2026-11-19")

    expected = counted_in_python()
    assert {figure: numbers(figure) for figure in expected} == {name: dict(found) for name, found in expected.items()}
    assert len(expected["calls"]) >= 6
    before = list(DailyFigure.objects.order_by("day", "figure", "part", "country").values_list("day", "value"))
    for first in ("2026-03-01", "2026-03-29", "2026-10-25"):
        compute(first, "2026-11-19")  # in other chunks, the same
    assert list(DailyFigure.objects.order_by("day", "figure", "part", "country").values_list("day", "value")) == before


# --- When they are computed ----------------------------------------------------------------------------


def test_the_worker_brings_today_up_to_date_every_five_minutes(catalogue, at):
    now = at("2026-11-02 09:00")
    code = factories.registered()
    operations.refresh_figures(now=now)
    at("2026-11-02 09:04:50")
    factories.request(code)
    operations.refresh_figures(now=timezone.now())
    assert numbers("calls") == {}

    at("2026-11-02 09:05")
    operations.refresh_figures(now=timezone.now())

    assert numbers("calls") == {("11-02", ""): 1}
    assert FigureDay.objects.get().computed_at == timezone.now()


def test_after_midnight_the_day_before_is_computed_once_more_with_what_was_undone_since(catalogue, at):
    at("2026-11-02 23:50")
    request = factories.request(factories.registered())
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    operations.refresh_figures(now=timezone.now())
    at("2026-11-03 00:01")
    operations.refresh_figures(now=timezone.now())
    assert numbers("call-endings") == {("11-02", "migrate/withdrawn"): 1}
    operations.reopen_relicensing(request_id=request.pk, by="clerk")

    at("2026-11-03 01:01")
    operations.refresh_figures(now=timezone.now())

    assert numbers("call-endings") == {}
    assert numbers("calls") == {("11-02", ""): 1}


def test_days_that_nobody_computed_are_made_good_from_the_first_event_on(catalogue, at):
    at("2025-09-01 12:00")
    factories.registered()
    at("2026-11-03 12:00")
    operations.refresh_figures(now=timezone.now())
    assert FigureDay.objects.count() == 367  # a year at a time, and today
    assert numbers("registrations") == {}

    at("2026-11-03 12:06")
    operations.refresh_figures(now=timezone.now())

    assert FigureDay.objects.count() == (date(2026, 11, 3) - date(2025, 9, 1)).days + 1
    assert numbers("registrations") == {("09-01", "hand"): 1}


def test_the_command_computes_past_days_again_and_says_what_is_wrong_with_a_day(catalogue, at):
    at("2026-11-02 09:00")
    factories.registered()
    at("2026-11-05 09:00")
    out = StringIO()

    call_command("compute_figures", "--from=2026-11-01", "--to=2026-11-03", stdout=out)

    assert numbers("registrations") == {("11-02", "hand"): 1}
    assert out.getvalue().startswith("2026-11-01 to 2026-11-03: ")
    for options, said in (
        (["--from=2.11.26"], "--from is no day: 2.11.26. Write it as 2026-11-30."),
        (["--to=2026-11-06"], "--to is in the future. The last day that can be computed is 2026-11-05."),
        (["--from=2026-11-04", "--to=2026-11-03"], "--from is later than --to (2026-11-03). Give an earlier day."),
    ):
        with pytest.raises(CommandError) as refused:
            call_command("compute_figures", *options)
        assert str(refused.value) == said


def test_imports_count_by_how_they_ended_and_their_rows_by_outcome(catalogue, at):
    at("2026-11-02 23:30")
    for state, counts, taken_back_at in (
        ("applied", {"new": 3, "rejected": 1, "unchanged": 0}, None),
        ("taken-back", {"new": 2}, datetime(2026, 11, 4, 10, tzinfo=BERLIN)),
        ("failed", {}, None),
        ("preview", {"new": 7}, None),
    ):
        ended_at = None if state == "preview" else timezone.now()
        FileImport.objects.create(
            kind="purchases", state=state, counts=counts, ended_at=ended_at, taken_back_at=taken_back_at
        )

    compute("2026-11-01", "2026-11-04")

    assert numbers("imports") == {("11-02", "applied"): 2, ("11-02", "failed"): 1, ("11-04", "taken-back"): 1}
    assert numbers("import-rows") == {("11-02", "new"): 5, ("11-02", "rejected"): 1}
