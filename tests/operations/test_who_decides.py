"""Staff who took part in the call never decide it, and two supervisors are two users, whatever their names are or were
(docs/decisions.md#people-are-numbers).
"""

import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from licences import operations
from licences.database import append_only
from licences.domain.errors import Refusal
from licences.domain.staff_identity import StaffIdentity
from licences.models import Approval, ChecklistCheck, Emergency, ItemResolution, Relicensing
from licences.queries import approvals
from tests import factories
from tests.factories import TODAY
from tests.operations.emergency_calls import WHY, dead_pc
from tests.operations.relicensing_calls import issue
from tests.questions import columns_of

A_LOT = 250
DEAD_PC = {"purpose": "reinstall", "release_code": "", "release_code_unavailable": "on"}
pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def person(db):
    """``person("anna")`` is a new supervisor of that name."""

    def join(username):
        user = User.objects.create_user(username, password="a long test password", is_staff=True)
        user.groups.add(Group.objects.get(name="Supervisor"))
        return user

    return join


def as_person(user):
    return StaffIdentity(user.username, user.pk)


def rename(user, username):
    user.username = username
    user.save()


def call_answered_by(user, as_user, *, quantity=10):
    """A request for a dead PC, entered on the page by this person."""
    old = factories.registered(factories.bought(quantity=quantity))
    said = factories.answers(old, release_code="", release_code_unavailable=True)
    form = {name: getattr(said, name) for name in said.__dataclass_fields__} | DEAD_PC
    answer = as_user(user).post("/relicensing/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    return Relicensing.objects.latest("pk")


def decides(user, request, as_user):
    """Whether this person may accept, on the page, what cannot be verified."""
    data = {"items": ["release_code"], "reason": WHY, "check_number": "1"}
    return as_user(user).post(f"{request.get_absolute_url()}decide/", data).status_code == 302


# --- Who took part in the call ---------------------------------------------------------------------------------------


def test_who_asked_and_was_renamed_since_does_not_decide(person, as_user):
    anna = person("anna")
    request = call_answered_by(anna, as_user)
    rename(anna, "anne")

    assert not decides(anna, request, as_user)
    assert "you took this call" in as_user(anna).get(request.get_absolute_url()).content.decode().lower()
    assert list(approvals.requests_decidable_by(as_person(anna))) == []


def test_who_takes_over_the_name_of_the_person_who_asked_may_decide(person, as_user):
    anna = person("anna")
    request = call_answered_by(anna, as_user)
    rename(anna, "anne")
    other = person("anna")
    operations.hand_over_request(request_id=request.pk, by=as_person(anna))

    assert list(approvals.requests_decidable_by(as_person(other))) == [request]
    assert decides(other, request, as_user)


def test_who_checked_or_asked_again_is_known_by_their_number_as_well(person):
    anna, old = as_person(person("anna")), factories.registered()
    request = factories.request(old, customer_name="Bäckerei Müller & Söhne")
    answers = factories.answers(old, customer_name="Bäckerei Mueller & Söhne")
    operations.recheck_relicensing(request_id=request.pk, answers=answers, purpose="migrate", by=anna, today=TODAY)
    operations.confirm_asked_again(request_id=request.pk, items=["customer_name"], by=anna)

    assert ChecklistCheck.objects.latest("pk").checked_by_number == anna.number
    assert ItemResolution.objects.get().resolved_by_number == anna.number
    assert anna.number in [asker.number for asker in approvals.call_takers(request)]


def test_records_without_a_number_compare_by_name(person, as_user):
    request = dead_pc(factories.registered())  # by name alone, as in older records
    asker, other = person(request.opened_by), person("other")
    operations.hand_over_request(request_id=request.pk, by=request.opened_by)

    assert list(approvals.requests_decidable_by(as_person(asker))) == []
    assert list(approvals.requests_decidable_by(as_person(other))) == [request]
    assert not decides(asker, request, as_user)
    assert decides(other, request, as_user)


def test_records_stay_when_their_user_is_removed(person, as_user):
    anna = person("anna")
    number = anna.pk
    request = call_answered_by(anna, as_user)

    anna.delete()

    request.refresh_from_db()
    assert (request.opened_by, request.opened_by_number) == ("anna", number)
    assert decides(person("anna"), request, as_user)


# --- Two supervisors ---------------------------------------------------------------------------------


def test_one_person_under_two_names_is_not_two_supervisors(person, as_user):
    anna, request = person("anna"), dead_pc(factories.registered(factories.bought(quantity=A_LOT)))
    assert decides(anna, request, as_user)
    rename(anna, "anne")

    assert not decides(anna, request, as_user)
    assert list(approvals.requests_decidable_by(as_person(anna))) == []
    with pytest.raises(Refusal, match="checklist-not-passed"):
        issue(request)


def test_two_people_who_had_one_name_after_each_other_are_two_supervisors(person, as_user):
    anna, request = person("anna"), dead_pc(factories.registered(factories.bought(quantity=A_LOT)))
    assert decides(anna, request, as_user)
    rename(anna, "anne")

    assert decides(person("anna"), request, as_user)
    assert issue(request)


def emergency_code(user, request):
    return operations.issue_emergency(request_id=request.pk, reason=WHY, by=as_person(user), today=TODAY)


def test_an_emergency_code_needs_two_people_and_not_two_names(person):
    anna, request = person("anna"), dead_pc(factories.registered(factories.bought(quantity=A_LOT)))
    assert emergency_code(anna, request) is None
    rename(anna, "anne")

    with pytest.raises(Refusal, match="agreed-already"):
        emergency_code(anna, request)
    assert emergency_code(person("anna"), request) is not None


def test_settling_it_for_good_needs_two_people_as_well(person):
    old = factories.registered(factories.bought(quantity=A_LOT))
    anna, bert, request = person("anna"), person("bert"), dead_pc(old)
    emergency_code(anna, request)
    emergency = emergency_code(bert, request)
    for_good = {"emergency_id": emergency.pk, "reason": WHY}
    assert operations.decide_emergency(**for_good, by=as_person(anna)) is False
    rename(anna, "anne")

    with pytest.raises(Refusal, match="agreed-already"):
        operations.decide_emergency(**for_good, by=as_person(anna))
    assert operations.decide_emergency(**for_good, by=as_person(person("anna"))) is True


def test_agreements_without_a_number_compare_by_name(person):
    anna, request = person("anna"), dead_pc(factories.registered(factories.bought(quantity=A_LOT)))
    operations.issue_emergency(request_id=request.pk, reason=WHY, by="anna", today=TODAY)

    with pytest.raises(Refusal, match="agreed-already"):
        emergency_code(anna, request)


# --- The migration -----------------------------------------------------------------------------------

NAME = ("licences", "0018_who_as_user")


@pytest.mark.django_db(transaction=True)
def test_the_columns_come_and_go_and_no_record_changes():
    old = factories.registered(factories.bought(quantity=A_LOT))
    request = dead_pc(old)
    for name in ("anna", "bert"):
        operations.issue_emergency(request_id=request.pk, reason=WHY, by=name, today=TODAY)
    emergency = Emergency.objects.get()
    operations.decide_emergency(emergency_id=emergency.pk, reason=WHY, by="anna")
    models = (Relicensing, ChecklistCheck, ItemResolution, Approval)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*NAME)
    parents = [key for key in migration.dependencies if key[0] == "licences"]

    try:
        with connection.schema_editor() as editor:
            migration.unapply(loader.project_state(parents), editor)
        without = [columns_of(model._meta.db_table) for model in models]
    finally:
        with connection.schema_editor() as editor:
            migration.apply(loader.project_state(parents), editor)
        append_only.install_triggers(connection)  # as after every migrate

    added = {"opened_by_number", "checked_by_number", "resolved_by_number", "approved_by_number"}
    assert not any(name in added for names in without for name in names)
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert Approval.objects.filter(approved_by_number=None).count() == Approval.objects.count() == 3
    with pytest.raises(DatabaseError, match="append-only"):
        Approval.objects.update(approved_by_number=1)
