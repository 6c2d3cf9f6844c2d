"""Ten faults at once: ``manage.py doctor`` names each of them, each with what to do, and nothing that is in order."""

import json
import shutil
from collections import namedtuple
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection
from django.utils import timezone, translation

from licences import licence_files
from licences.database import append_only, read_replica
from licences.database.read_replica import ReplicaState, ReplicaStatus
from licences.models import Product
from licences.operations.heartbeats import record_worker_heartbeat
from licences.proof.anchors import TYPE
from licensing_portal.accounts import sealing
from licensing_portal.doctor import database, registry
from tests.servers import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("healthy_portal")]
DiskUsage = namedtuple("DiskUsage", "total used free")
FAULTS = {
    "wrong modes": ("configuration", "media"),
    "a full disk": ("disk", "are free in"),
    "no mail server": ("mail", "does not answer: Connection refused."),
    "a missing trigger": ("schema", "licences_event"),
    "a clock that is off": ("clock", "differ by 90.0 seconds"),
    "a replica that is away": ("replica", "does not answer"),
    "a lost key of second factors": ("second-factors", "cannot be decrypted"),
    "a worker that is dead": ("worker", "A worker last reported"),
    "no products": ("catalogue", "The catalogue has no product"),
    "an old anchor": ("anchors", "The last anchor is from"),
}


@pytest.fixture
def ten_faults(settings, monkeypatch, clerk):
    settings.MEDIA_ROOT.chmod(0o755)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: DiskUsage(100_000 << 20, 0, 100 << 20))
    settings.MAIL_IS_SENT, settings.MAIL_TRANSPORT = True, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    on_table = " ON licences_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{append_only.trigger_names(connection.vendor, "licences_event")[0]}"{on_table}')
    monkeypatch.setattr(database, "database_time", lambda: timezone.now() + timedelta(seconds=90))
    monkeypatch.setitem(settings.DATABASES, "replica", dict(settings.DATABASES["default"]))
    monkeypatch.setattr(read_replica, "_ask_replica", lambda: ReplicaStatus(ReplicaState.AWAY, None))
    record_worker_heartbeat(now=timezone.now() - timedelta(minutes=6))
    Product.objects.all().delete()
    at = (timezone.now() - timedelta(days=8)).isoformat(timespec="seconds")
    claims = {"iss": settings.PORTAL_URL, "at": at, "length": 0, "last_hash": ""}
    Path(settings.ANCHOR_FILE).write_text(licence_files.sign(claims, type=TYPE))
    data = {"secret": sealing.seal("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.TOTP, data=data)
    settings.MFA_ENCRYPTION_KEYS = ["another-key-" + "x" * 40]


def test_each_is_named_with_what_to_do_and_nothing_else_is_a_problem(ten_faults):
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--json", stdout=out)

    told = json.loads(out.getvalue())
    problems = [each for each in told["findings"] if each["level"] == "problem"]
    named = {
        fault: [each for each in problems if each["check"] == check and words in each["what"]]
        for fault, (check, words) in FAULTS.items()
    }
    assert end.value.code == 1
    assert [fault for fault, found in named.items() if not found] == []
    assert [each for each in problems if not each["advice"]] == []
    assert {each["check"] for each in problems} == {check for check, _words in FAULTS.values()}
    assert told["problems"] == len(problems)


def test_the_page_names_each_in_german(ten_faults, as_user, administrator):
    page = as_user(administrator).get("/doctor/?connect=1", headers={"accept-language": "de"}).content.decode()

    titles = [check.title for check in registry.CHECKS if check.name in {name for name, _words in FAULTS.values()}]
    with translation.override("de"):
        rows = [f'<td data-label="Geprüft">{title}</td>' for title in titles]
    assert [row for row in rows if row not in page] == []
    assert page.count('<span class="badge bad">Problem</span>') >= len(FAULTS)
