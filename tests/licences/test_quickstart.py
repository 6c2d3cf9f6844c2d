"""``manage.py quickstart``: from nothing to a call that can be played, again and again (surface.md, "Commands")."""

import re
import shlex
import socket
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from licences import operations, queries
from licences.domain.checklist import Answers
from licences.management import demo
from licences.models import Event, Installation, Product, Serial
from licences.models.relicensing import ItemName, Relicensing
from licences.roles import ROLES
from tests import event_chain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def checkout(settings, tmp_path, monkeypatch):
    """A folder that nobody ran anything in."""
    monkeypatch.setattr(demo, "SAMPLES", settings.BASE_DIR / "docs" / "samples")
    settings.BASE_DIR, settings.VAR_DIR = tmp_path, tmp_path / "var"
    return tmp_path


def quickstart(*arguments):
    said = StringIO()
    call_command("quickstart", *arguments, stdout=said)
    return said.getvalue()


def counts():
    models = [model for model in apps.get_models() if model._meta.app_label in ("auth", "customers", "licences")]
    return {model.__name__: model._default_manager.count() for model in models}


def logins(said):
    """Username → role, and the password they share."""
    password = re.search(r"with the password (\S+) as", said)[1]
    named = "|".join(ROLES)
    return dict(re.findall(rf"^  (\w+) +({named})$", said, re.MULTILINE)), password


def call(said):
    """What the caller will say, by field."""
    told = dict(re.findall(r"^  ([^:\n]+): (.+)$", said, re.MULTILINE))
    purposes = {purpose.label: purpose.value for purpose in Relicensing.Purpose}
    return {item.value: told[str(item.label)] for item in ItemName}, purposes[told["Purpose"]]


def play(said):
    """The call to its end: checked, asked again about what is close, issued."""
    items, purpose = call(said)
    today = timezone.localdate()
    request = operations.open_request(answers=Answers(**items), purpose=purpose, by="clerk", today=today)
    rows = queries.checklist_rows(queries.latest_check(request))
    close = [row.finding.item.value for row in rows if row.to_ask_again]
    operations.confirm_asked_again(request_id=request.pk, items=close, by="clerk")
    return close, operations.issue(request_id=request.pk, by="clerk", today=today)


def apply(said, unlock_code):
    """Run the command that was printed, with the code in its place."""
    command = re.search(r"manage\.py (xchange_server apply .+)$", said, re.MULTILINE)[1]
    answer = StringIO()
    call_command(*shlex.split(command.replace("UNLOCK-CODE", unlock_code)), stdout=answer)
    return answer.getvalue()


def test_a_second_run_adds_nothing_and_says_the_same():
    first = quickstart("--no-serve")
    before = counts()

    second = quickstart("--no-serve")

    assert counts() == before
    assert second == first


def test_there_is_one_login_per_role_and_each_works():
    users, password = logins(quickstart("--no-serve"))

    assert sorted(users.values()) == sorted(ROLES)
    for username, role in users.items():
        client = Client()
        page = client.post("/accounts/login/", {"username": username, "password": password}, follow=True)
        assert page.status_code == 200, role
        assert page.wsgi_request.user.get_username() == username
        assert [group.name for group in page.wsgi_request.user.groups.all()] == [role]


def test_a_login_that_was_given_another_role_or_password_keeps_it(django_user_model):
    users, _ = logins(quickstart("--no-serve"))
    someone = django_user_model.objects.get(username=next(iter(users)))
    someone.set_password("changed by hand")
    someone.save()
    someone.groups.clear()

    quickstart("--no-serve")

    someone.refresh_from_db()
    assert someone.check_password("changed by hand")
    assert not someone.groups.exists()


def test_the_call_that_is_printed_can_be_played_to_the_end():
    said = quickstart("--no-serve")

    close, code = play(said)

    assert close == ["customer_name"]
    assert code.installation.is_live
    assert "unlock code accepted" in apply(said, code.code)


def test_when_it_was_played_the_next_call_is_another_customers():
    first = quickstart("--no-serve")
    play(first)

    second = quickstart("--no-serve")

    assert call(second)[0]["serial"] != call(first)[0]["serial"]
    assert "unlock code accepted" in apply(second, play(second)[1].code)


def test_the_demo_has_something_in_every_state_and_a_whole_log():
    quickstart("--no-serve")

    assert Product.objects.exists()
    assert Installation.objects.filter(ended_at=None).count() > 20
    assert queries.awaiting_relicensing().exists()
    assert queries.bought_but_unregistered().count
    assert Serial.objects.exclude(blocked_at=None).exists()
    assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == 1
    assert event_chain.flaws() == []


def test_later_commands_in_this_folder_belong_to_the_demo(checkout):
    quickstart("--no-serve")

    assert "DEMO=1" in (checkout / ".env").read_text().splitlines()


def test_a_configuration_that_is_there_stays_as_it_is(checkout):
    (checkout / ".env").write_text("LOG_LEVEL=INFO\n")

    quickstart("--no-serve")

    assert (checkout / ".env").read_text() == "LOG_LEVEL=INFO\n"


def test_outside_the_demo_it_refuses_and_does_nothing(settings, checkout):
    settings.DEMO = False
    before = counts()

    with pytest.raises(CommandError, match="DEMO=1"):
        quickstart("--no-serve")

    assert counts() == before
    assert list(checkout.iterdir()) == []


def test_a_port_in_use_is_refused_before_anything_is_set_up():
    before = counts()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} .*--port"):
            quickstart("--port", str(port))

    assert counts() == before
