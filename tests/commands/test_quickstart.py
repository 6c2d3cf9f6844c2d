"""``manage.py quickstart``: sets up a demo with a call that can be played, any number of times
(docs/surface.md#commands).
"""

import os
import re
import shlex
import socket
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from licences import operations
from licences.domain.checklist import Answers
from licences.management import demo, demo_history
from licences.management.commands.quickstart import _serve
from licences.models import DailyFigure, Event, Installation, Product, Serial
from licences.models.relicensing import Relicensing
from licences.queries import checklist, desk
from licences.roles import ROLES
from licences.wording.checklist import ITEM_NAMES
from tests import event_chain
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def checkout(settings, tmp_path, monkeypatch):
    """A folder in which no command was run yet."""
    monkeypatch.setattr(demo, "SAMPLES", settings.BASE_DIR / "docs" / "samples")
    settings.FOLDER, settings.VAR_DIR = tmp_path, tmp_path / "var"
    return tmp_path


def quickstart(*arguments, history=False):
    said = StringIO()
    call_command("quickstart", *arguments, *([] if history else ["--no-history"]), stdout=said)
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
    """The answers of the caller, by field."""
    told = dict(re.findall(r"^  ([^:\n]+): (.+)$", said, re.MULTILINE))
    purposes = {purpose.label: purpose.value for purpose in Relicensing.Purpose}
    return {item: told[str(name)] for item, name in ITEM_NAMES.items()}, purposes[told["Purpose"]]


def play(said):
    """Play the call to its end: check, ask again about close items, issue the code."""
    items, purpose = call(said)
    today = timezone.localdate()
    request = operations.open_relicensing(answers=Answers(**items), purpose=purpose, by="clerk", today=today)
    rows = checklist.checklist_rows(checklist.latest_check(request))
    close = [row.finding.item.value for row in rows if row.to_ask_again]
    operations.confirm_asked_again(request_id=request.pk, items=close, by="clerk")
    return close, operations.issue_relicensing(request_id=request.pk, by="clerk", today=today)


def apply(said, unlock_code):
    """Run the printed command with the unlock code."""
    command = re.search(r"manage\.py (xchange_server apply .+)$", said, re.MULTILINE)[1]
    answer = StringIO()
    call_command(*shlex.split(command.replace("UNLOCK-CODE", unlock_code)), stdout=answer)
    return answer.getvalue()


def test_a_demo_has_everything_and_further_runs_add_nothing_but_the_next_call(client, checkout, settings):
    """One demo for all, because each takes a second to set up."""
    first = quickstart("--no-serve")
    assert "DEMO=1" in (checkout / ".env").read_text().splitlines()
    assert_something_in_every_state_and_a_whole_log()
    someone = someone_of_those_who_log_in(first)
    assert_serial_number_and_site_id_alone_give_the_code_of_no_server(client, settings)

    before = counts()
    assert quickstart("--no-serve") == first
    assert counts() == before

    someone.set_password("changed by hand")
    someone.save()
    someone.groups.clear()
    close, code = play(first)
    assert close == ["customer_name"]
    assert code.installation.is_live
    assert "unlock code accepted" in apply(first, code.code)

    after = quickstart("--no-serve")
    someone.refresh_from_db()
    assert someone.check_password("changed by hand")
    assert not someone.groups.exists()
    assert call(after)[0]["serial"] != call(first)[0]["serial"]
    assert "unlock code accepted" in apply(after, play(after)[1].code)


def assert_something_in_every_state_and_a_whole_log():
    assert Product.objects.exists()
    assert Installation.objects.filter(ended_at=None).count() > 20
    assert desk.awaiting_relicensing().exists()
    assert desk.bought_but_unregistered().count
    assert Serial.objects.exclude(blocked_at=None).exists()
    assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == 1
    assert event_chain.flaws() == []


def someone_of_those_who_log_in(said):
    """Assert that there is one login per role, and that each works. Returns one of the users."""
    users, password = logins(said)
    assert sorted(users.values()) == sorted(ROLES)
    for username, role in users.items():
        page = Client().post("/accounts/login/", {"username": username, "password": password}, follow=True)
        assert page.status_code == 200, role
        assert page.wsgi_request.user.get_username() == username
        assert [group.name for group in page.wsgi_request.user.groups.all()] == [role]
    return User.objects.get(username=next(iter(users)))


def assert_serial_number_and_site_id_alone_give_the_code_of_no_server(client, settings):
    settings.RATE_LIMIT_ADDRESS = settings.RATE_LIMIT_SERIAL = 100_000
    live = Installation.objects.filter(ended_at=None, emergency=None, serial__blocked_at=None)
    assert live.count() > 40
    for installation in live.select_related("serial"):
        seen = {"serial": installation.serial.code, "site_id": installation.site_id}
        versions = {"server_version": installation.server_version, "client_version": installation.client_version}
        body = {**seen, **versions, "installation_token": "drawn-by-somebody-else-on-another-PC"}
        answer = client.post("/api/v1/updates", body, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("#installation-not-proved")


def test_two_years_of_history_are_played_by_the_operations_in_the_order_of_time(monkeypatch):
    monkeypatch.setattr(demo_history, "CALLS", 40)
    began = timezone.now()

    said = quickstart("--no-serve", history=True)

    times = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)
    assert timedelta(days=729) < began - times[0] < timedelta(days=732)
    assert timezone.now() - times[-1] < timedelta(minutes=5)
    assert Relicensing.objects.count() > 30
    assert not Relicensing.objects.filter(closed_at=None).exists()
    assert {"issued", "withdrawn", "emergency"} >= set(Relicensing.objects.values_list("outcome", flat=True))
    assert event_chain.flaws() == []
    assert DailyFigure.objects.filter(figure="calls").aggregate(sum=Sum("value"))["sum"] == Relicensing.objects.count()
    assert desk.awaiting_relicensing().exists()
    assert play(said)[1].installation.is_live


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


@each_row(
    ("chosen", "address"),
    [("http://localhost:8000", "http://localhost:8123"), ("https://demo.example.com", None)],
)
def test_addresses_in_answers_lead_to_the_port_unless_another_one_was_chosen(
    chosen, address, settings, monkeypatch, tmp_path
):
    settings.PORTAL_URL, settings.FOLDER, started = chosen, tmp_path, []
    monkeypatch.chdir(tmp_path)
    for name in ("DEMO", "WORKER", "PORTAL_URL"):
        monkeypatch.setenv(name, "")  # put back afterwards
        monkeypatch.delenv(name)
    monkeypatch.setattr("os.execv", lambda program, arguments: started.append(os.environ.get("PORTAL_URL")))

    _serve(8123)

    assert started == [address]
