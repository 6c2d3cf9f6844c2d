"""Attempts to do more than one may: every form posted by everybody else, numbers that are guessed, fields that are made
up, decisions twice. All of it is refused, and all of it is logged.
"""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction

from licences.models import Event, ItemResolution, RefusedAccess, Relicensing, UnlockCode
from tests import factories
from tests.operations.emergency_calls import dead_pc
from tests.roles.expectations import ANONYMOUS, EVERY_KIND, SUPERUSER, expected
from tests.roles.forms import Attempt
from tests.roles.pages import routes
from tests.roles.stage import Browser

pytestmark = pytest.mark.django_db

TEMPTING = {
    "is_superuser": "on", "user_permissions": "1", "is_staff": "on", "password": "x", "last_login": "2026-01-01",
    "state": "applied", "outcome": "issued", "closed_by": "somebody", "opened_by": "somebody", "by": "somebody",
    "actor": "somebody", "resolved_by": "somebody", "decided_by": "somebody", "issued_by": "somebody",
    "entered_by": "somebody", "uploaded_by": "somebody", "confirmed_by": "somebody", "blocked_by": "somebody",
    "checked_by": "somebody", "origin": "imported", "occasion": "update", "sequence": "4000", "unlock_code": "1",
    "highest_version": "9.9", "merged_into": "1", "id": "1", "pk": "1", "verdict": "match", "digest": "0" * 64,
    "hash": "0" * 64, "previous_hash": "0" * 64, "quantity": "9999", "assured_month": "400", "end_reason": "released",
}  # fmt: skip


@pytest.fixture
def security(caplog):
    """The lines of the security log."""
    caplog.set_level("CRITICAL")
    caplog.set_level("INFO", logger="security")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "security"]


@pytest.fixture
def stage(rehearsal):
    return rehearsal.stage


@pytest.fixture
def cast(rehearsal):
    return rehearsal.cast


@pytest.fixture
def forms(rehearsal):
    return rehearsal.forms


def everything():
    """How many rows each table has, and the end of the chain of events."""
    counts = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model not in (RefusedAccess, apps.get_model("sessions.Session"))
    }
    return counts, Event.objects.latest("pk").hash


def post(browser: Browser, attempt: Attempt, data):
    answer = browser("post", attempt.action, attempt.filled(data))
    answer.getvalue()  # which closes a file that is handed out
    return answer


# --- Every role posts every other role's forms ---------------------------------------------------------


def test_every_form_works_for_those_who_may(forms, cast):
    """So that what follows is not refused for another reason."""
    for attempt, data in forms:
        with transaction.atomic():
            before = _traces()
            answer = post(cast[attempt.seen_by][1], attempt, data)
            assert answer.status_code == attempt.status, f"{attempt}: {answer.status_code} {data}"
            after = _traces()
            assert before != after or attempt.status == 200 or attempt.model or attempt.name.startswith("import-"), (
                attempt
            )
            transaction.set_rollback(True)


def _traces():
    """What shows that a form did something."""
    labels = ("licences.FileImport", "licences.QualityFinding", "licences.LogCheck", "accounts.QueuedMessage")
    counted = [Event, User, *map(apps.get_model, labels)]
    choices = [
        list(apps.get_model(label).objects.order_by("user").values_list("user", "by_email"))
        for label in ("licences.DecisionAlerts", "licences.ReminderDigest")
    ]
    return [model.objects.count() for model in counted], choices


def test_every_page_that_takes_a_post_has_its_form_among_the_attempts(forms):
    """For the staff pages; the lists of the administration are all made alike, and some of each kind are here."""
    posting = {route.name for route in routes() if not route.model and ":" not in route.name and _for_some(route)}

    assert posting == {attempt.name for attempt, _data in forms if not attempt.model}


def _for_some(route):
    who = expected(route.name).post
    return bool(who) and "no role" not in who


@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind != SUPERUSER])
@pytest.mark.usefixtures("no_text")
def test_nobody_gets_through_with_a_form_of_others(kind, forms, cast, security):
    user, browser = cast[kind]
    before, tried = everything(), []

    for attempt, data in forms:
        who = expected(attempt.name, attempt.model).post
        if kind not in who:
            outcome = browser.outcome("post", attempt.action, attempt.filled(data))
            assert outcome == ("login" if kind == ANONYMOUS else "403"), attempt
            tried.append(attempt.action)

    assert tried
    assert everything() == before
    if user is not None:
        assert [line for line in security() if "permission" in line] == [
            line for line in security() if f"user={user.pk} " in line
        ]
        assert len(security()) == len(tried)
        assert all(line.endswith(f"POST {action}") for line, action in zip(security(), tried, strict=True))
        assert sum(RefusedAccess.objects.filter(username=user.username).values_list("times", flat=True)) == len(tried)


# --- Numbers of other objects ---------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind not in (ANONYMOUS, SUPERUSER)])
@pytest.mark.usefixtures("no_text")
def test_who_may_not_open_a_page_does_not_learn_from_it_which_numbers_exist(kind, stage, cast, security):
    """A number that exists is refused in the same way: test_matrix.py asks for those."""
    _user, browser = cast[kind]
    asked = 0
    for route in routes():
        page = expected(route.name, route.model)
        exists = stage.address(route)
        guessed = re.sub(r"/\d+(?=/|$)", "/987654", exists)
        for method, who in (("get", page.get), ("post", page.post)):
            if guessed != exists and who and kind not in who | (page.get or who):
                assert browser(method, guessed).status_code == 403, f"{route} {method}"
                asked += 1

    assert asked > 3
    assert len(security()) == asked


# --- Fields that no form has ------------------------------------------------------------------------------


@pytest.mark.long
def test_fields_that_are_not_in_the_form_change_nothing(forms, cast):
    for attempt, data in forms:
        made_up = {name: value for name, value in TEMPTING.items() if name not in data}
        browser = cast[attempt.seen_by][1]
        assert _what_is_kept(browser, attempt, data | made_up) == _what_is_kept(browser, attempt, data), attempt


def _what_is_kept(browser, attempt, data):
    """Every value of every column of these names, after the form was posted; then it is taken back."""
    with transaction.atomic():
        answer = post(browser, attempt, data)
        assert answer.status_code == attempt.status, attempt
        kept = {model._meta.label: _values(model) for model in apps.get_models()}
        transaction.set_rollback(True)
    return kept


def _values(model):
    """Keys count on after a rollback on PostgreSQL, and hashes have the time in them: these only count as there."""
    names = [field.name for field in model._meta.concrete_fields if field.name in TEMPTING]
    if not names:
        return model._default_manager.count()
    moving = {"id", "pk", "unlock_code", "hash", "previous_hash", "last_login", "password", "digest"}
    return sorted(
        tuple(bool(row[name]) if name in moving else repr(row[name]) for name in names)
        for row in model._default_manager.values(*names)
    )


# --- Decisions twice ------------------------------------------------------------------------------------


def of(forms, name):
    return next((attempt, data) for attempt, data in forms if str(attempt) == name)


@pytest.mark.parametrize(
    "name",
    [
        "relicensing-decide", "relicensing-withdraw", "relicensing-emergency", "emergency-settle", "emergency-decide",
        "emergency-withdraw", "import-withdraw", "serial-block", "customer-erase",
    ],
)  # fmt: skip
def test_a_decision_that_is_sent_again_is_refused_and_logged(name, forms, cast, security):
    attempt, data = of(forms, name)
    user, browser = cast[attempt.seen_by]
    post(browser, attempt, data)
    before = everything()

    replayed = {name: "Once more, please." if name.endswith("reason") else value for name, value in data.items()}
    replayed.pop("form_token", None)  # with it, the form would lead to what it began
    if name == "serial-block":
        replayed = {}  # the same address lifts the block, which needs a reason of its own
    again = post(browser, attempt, replayed)

    assert again.status_code in (302, 422)
    if name != "serial-block":
        assert [line for line in security() if f"user={user.pk} " in line and attempt.action in line]
    assert everything() == before


@pytest.mark.parametrize(
    "name",
    [
        "relicensing-decide", "relicensing-emergency", "emergency-settle", "emergency-decide", "emergency-withdraw",
        "import-withdraw", "customer-erase",
    ],
)  # fmt: skip
def test_a_form_of_a_decision_that_is_sent_again_leads_to_what_it_began(name, forms, cast):
    attempt, data = of(forms, name)
    _user, browser = cast[attempt.seen_by]
    began = post(browser, attempt, data)
    before = everything()

    again = post(browser, attempt, data)

    assert "form_token" in data
    assert (again.status_code, again["Location"]) == (302, began["Location"])
    assert everything() == before


def test_a_request_that_was_issued_gives_no_second_code_and_takes_no_other_decision(forms, cast, security):
    attempt, data = of(forms, "relicensing-issue")
    _user, browser = cast[attempt.seen_by]
    assert post(browser, attempt, data).status_code == 302
    before = UnlockCode.objects.count(), ItemResolution.objects.count(), Event.objects.count()

    base = attempt.action.removesuffix("issue/")
    for step, typed in (
        ("issue/", {}),
        ("withdraw/", {}),
        ("confirm/", {"asked_again": ["customer_name"]}),
        ("", {"serial": "x", "purpose": "reinstall"}),
    ):
        assert browser("post", base + step, typed).status_code == 302
    supervisor = cast["Supervisor"][1]
    decision = {"items": ["release_code"], "reason": "Because it is so.", "check_number": "1"}
    assert supervisor("post", f"{base}decide/", decision).status_code == 422

    assert (UnlockCode.objects.count(), ItemResolution.objects.count(), Event.objects.count()) == before
    assert [line.split(":")[0] for line in security()] == ["refused request-closed"] * 4


def test_a_decision_holds_for_the_request_that_it_was_made_for_and_no_other(forms, cast):
    attempt, data = of(forms, "relicensing-decide")
    _user, browser = cast[attempt.seen_by]
    other = dead_pc(factories.registered())

    post(browser, attempt, data | {"request": other.pk, "pk": other.pk, "id": other.pk})

    assert not ItemResolution.objects.filter(checked_item__checklist__request=other).exists()
    assert Relicensing.objects.get(pk=other.pk).is_open


@pytest.mark.parametrize("name", ["relicensing-decide", "relicensing-emergency", "emergency-decide"])
def test_a_supervisor_who_took_the_call_decides_nothing_about_it_and_that_is_logged(name, forms, cast, security):
    attempt, data = of(forms, name)
    user, browser = cast["Supervisor"]
    Relicensing.objects.update(opened_by=user.username)
    before = everything()

    answer = post(browser, attempt, data)

    assert answer.status_code == 422
    assert security() == [f'refused decider-asked: user={user.pk} roles="Supervisor" POST {attempt.action}']
    assert everything() == before


# --- Sessions that outlive a right ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Supervisor", "Licensing staff", "Importer", "Administrator"])
@pytest.mark.usefixtures("no_text")
def test_a_session_that_is_kept_after_the_role_was_taken_away_opens_nothing(kind, forms, cast, security):
    user, browser = cast[kind]
    own = [(attempt, data) for attempt, data in forms if kind in expected(attempt.name, attempt.model).post]
    user.groups.clear()
    user.is_staff = False
    user.save()
    before = everything()

    assert own
    for attempt, data in own:
        assert browser.outcome("post", attempt.action, attempt.filled(data)) == "403", attempt
    assert everything() == before
    assert len(security()) == len(own)
    assert all(f'user={user.pk} roles=""' in line for line in security())


def test_a_session_of_a_user_who_was_deactivated_opens_nothing(forms, cast, security):
    user, browser = cast["Supervisor"]
    User.objects.filter(pk=user.pk).update(is_active=False)
    attempt, data = of(forms, "relicensing-decide")
    before = everything()

    answer = post(browser, attempt, data)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert everything() == before
    assert security() == [f"refused session-ended: user=- POST {attempt.action}"]


def test_a_session_ends_when_the_password_is_changed_by_somebody_else(forms, cast):
    user, browser = cast["Supervisor"]
    user.set_password("another long password")
    user.save()
    attempt, data = of(forms, "relicensing-decide")

    answer = post(browser, attempt, data)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert not ItemResolution.objects.filter(kind="accepted").exists()
