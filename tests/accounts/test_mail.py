"""E-mail is sent by the worker alone: no page waits, nothing is lost in silence, nothing personal stays."""

import re
import socket
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from licences import operations as business
from licensing_portal.accounts.models import QueuedMessage
from licensing_portal.accounts.operations import messages
from tests.accounts.people import is_signed_in, log_in

RESET = "/accounts/password/reset/"
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
ADDRESS = "clerk@example.com"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def with_address(clerk):
    clerk.email = ADDRESS
    clerk.save()
    return clerk


@pytest.fixture
def down(monkeypatch):
    """A mail server that refuses, and names whom."""
    tries = []

    def refuse(self, *args):
        tries.append(self)
        raise SMTPRecipientsRefused({ADDRESS: (550, b"no such user")})

    monkeypatch.setattr(f"{LOCMEM}.send_messages", refuse)
    return tries


@pytest.fixture
def hanging(settings):
    """A mail server that takes connections and never says a word; ``hanging()`` is how many have come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        settings.MAIL_TRANSPORT, settings.EMAIL_TIMEOUT = SMTP, 0.2
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        held = []

        def come():
            try:
                while True:
                    held.append(server.accept())
            except BlockingIOError:
                return len(held)

        yield come
        for connected, _address in held:
            connected.close()


def later(**time):
    """Let time pass for what waits."""
    for row in QueuedMessage.objects.all():
        row.due_at -= timedelta(**time)
        row.save()
    for each in DBTaskResult.objects.filter(status=TaskResultStatus.READY, run_after__lt=timezone.now() + 2 * DAY):
        each.run_after -= timedelta(**time)
        each.save()


DAY = timedelta(days=1)


# --- No page waits -----------------------------------------------------------------------------------


def test_a_login_speaks_to_no_mail_server(with_address, queued, hanging):
    client, _answer = log_in("clerk")

    assert is_signed_in(client)
    assert hanging() == 0
    assert QueuedMessage.objects.count() == 1

    queued()

    assert hanging() == 1


def test_the_worker_sends_what_was_queued(with_address, queued):
    log_in("clerk")
    assert mail.outbox == []

    queued()

    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert "Your account was used on a new device" in mail.outbox[0].subject
    assert not QueuedMessage.objects.exists()


def test_a_link_for_a_new_password_works(with_address, queued, client):
    client.post(RESET, {"email": "Clerk@Example.com"}, headers={"Accept-Language": "de"})
    queued()

    (message,) = mail.outbox
    link = next(line for line in message.body.splitlines() if line.startswith("http://testserver/"))
    assert "ein neues Passwort" in message.body or "neues Passwort" in message.subject
    assert message.to == [ADDRESS]
    assert "password1" in client.get(link.removeprefix("http://testserver"), follow=True).content.decode()


@pytest.mark.parametrize("email", ["nobody@example.com", "off@example.com"])
def test_asking_for_one_is_the_same_work_for_every_address(email, with_address, queued, client):
    User.objects.create_user("off", "off@example.com", is_active=False)
    client.get(RESET)
    queries = []
    for asked in (ADDRESS, email):
        cache.clear()  # which counts by address
        with CaptureQueriesContext(connection) as captured:
            assert client.post(RESET, {"email": asked}).status_code == 302
        queries.append([re.sub(r'"s\d+_x\d+"', "", query["sql"]).split()[:3] for query in captured])  # savepoints count

    assert queries[0] == queries[1]
    assert QueuedMessage.objects.count() == 2
    queued()
    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert not QueuedMessage.objects.exists()


def test_what_is_rolled_back_sends_nothing(queued, with_address):
    with transaction.atomic():
        EmailMessage("Subject", "Body", None, [ADDRESS]).send()
        transaction.set_rollback(True)
    queued()

    assert mail.outbox == []


# --- Whatever is sent --------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_made(queued):
    made = EmailMultiAlternatives(
        "Schöne Grüße",
        "Text",
        "from@example.com",
        ["to@example.com"],
        ["bcc@example.com"],
        headers={"X-Kind": "test"},
        cc=["cc@example.com"],
        reply_to=["reply@example.com"],
    )
    made.attach_alternative("<p>Text</p>", "text/html")
    made.attach("code.txt", "ÄÖÜ", "text/plain")
    made.attach("sheet.bin", b"\x00\xff", "application/octet-stream")
    made.send()
    queued()

    (arrived,) = mail.outbox
    for name in ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "extra_headers", "alternatives"):
        assert getattr(arrived, name) == getattr(made, name)
    assert [tuple(each) for each in arrived.attachments] == [tuple(each) for each in made.attachments]


def test_a_message_to_nobody_is_not_queued(queued):
    assert EmailMessage("Subject", "Body", None, []).send() == 0
    assert not QueuedMessage.objects.exists()


def test_where_mail_is_switched_off_nothing_waits(queued, settings, with_address, client):
    settings.MAIL_TRANSPORT = messages.NOWHERE
    log_in("clerk")
    client.post(RESET, {"email": ADDRESS})

    assert not QueuedMessage.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_production_queues_and_knows_its_transport():
    from licensing_portal import settings as real

    assert real.EMAIL_BACKEND == "licensing_portal.accounts.mail.QueueBackend"
    assert real.EMAIL_CONFIG["EMAIL_BACKEND"] == real.MAIL_TRANSPORT
    assert 0 < real.EMAIL_TIMEOUT <= 10


# --- Nothing personal stays --------------------------------------------------------------------------


def test_what_waits_is_sealed_and_the_task_has_its_number_only(with_address, queued, client):
    client.post(RESET, {"email": ADDRESS})
    log_in("clerk")

    rows = list(QueuedMessage.objects.all())
    assert len(rows) == 2
    assert not any(word in row.sealed for row in rows for word in ("clerk", "example", "reset", "subject"))
    assert [each.args_kwargs for each in DBTaskResult.objects.order_by("enqueued_at")] == [
        {"args": [row.pk], "kwargs": {}} for row in rows
    ]


def test_a_mail_server_that_refuses_is_asked_again_and_in_the_end_no_more(with_address, queued, down, caplog):
    log_in("clerk")
    for tried in range(1, len(messages.RETRY_AFTER) + 1):
        queued()
        assert (len(down), QueuedMessage.objects.get().attempts) == (tried, tried)
        queued()
        assert len(down) == tried  # not before its time
        later(minutes=31)
    queued()

    assert len(down) == len(messages.RETRY_AFTER) + 1
    assert not QueuedMessage.objects.exists()
    assert "given up: SMTPRecipientsRefused" in caplog.text
    assert ADDRESS not in caplog.text
    finished = DBTaskResult.objects.filter(task_path=messages.deliver.module_path)
    assert not any(ADDRESS in f"{each.args_kwargs} {each.traceback} {each.return_value}" for each in finished)


def test_all_attempts_come_while_a_link_is_good(settings):
    assert sum(messages.RETRY_AFTER, timedelta()) < timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def test_a_message_whose_key_is_gone_is_given_up(queued, settings, caplog):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    settings.MFA_ENCRYPTION_KEYS = ["another-" + "k" * 40]
    for _attempt in range(len(messages.RETRY_AFTER) + 1):
        queued()
        later(minutes=31)

    assert not QueuedMessage.objects.exists()
    assert "given up: ImproperlyConfigured" in caplog.text


def test_without_a_worker_a_message_is_kept_for_a_day(queued):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    now = timezone.now()

    assert business.apply_retention(now=now + timedelta(hours=23))["messages that were not sent"] == 0
    assert business.apply_retention(now=now + timedelta(hours=25))["messages that were not sent"] == 1


def test_it_is_in_no_list_of_the_administration(administrator, as_user, queued):
    administrator.is_superuser = True
    administrator.save()

    assert as_user(administrator).get("/admin/accounts/queuedmessage/").status_code == 404


# --- Workers that are killed, and clocks -------------------------------------------------------------


def test_a_message_that_a_killed_worker_had_taken_is_sent_by_the_next(queued):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    pk = QueuedMessage.objects.get().pk
    assert messages._take(pk, now=timezone.now()) is not None
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now())

    queued()
    assert mail.outbox == []
    later(minutes=2, seconds=1)
    queued()

    assert len(mail.outbox) == 1


def test_it_is_queued_once_however_often_is_looked(queued):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    later(hours=1)
    DBTaskResult.objects.all().delete()
    for _time in range(3):
        messages.requeue_overdue_messages(now=timezone.now())

    assert DBTaskResult.objects.count() == 1


def test_of_two_workers_one_sends(queued):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    pk, now = QueuedMessage.objects.get().pk, timezone.now()

    assert [messages._take(pk, now=now) is not None for _worker in range(2)] == [True, False]


def test_a_message_of_a_clock_that_was_ahead_is_sent_now(queued, down, monkeypatch):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    QueuedMessage.objects.update(due_at=timezone.now() + DAY)
    DBTaskResult.objects.update(run_after=timezone.now() + DAY)

    queued()

    assert len(down) == 1
    assert QueuedMessage.objects.get().due_at <= timezone.now() + max(messages.RETRY_AFTER)


# --- The migration -----------------------------------------------------------------------------------


def test_the_table_comes_and_goes_with_its_migration(queued):
    EmailMessage("Subject", "Body", None, [ADDRESS]).send()
    loader = MigrationLoader(connection)
    migration = loader.get_migration("accounts", "0003_queued_messages")
    before = loader.project_state([("accounts", "0002_logging_in")])
    table = QueuedMessage._meta.db_table
    try:
        with connection.schema_editor() as editor:
            migration.unapply(before, editor)
        without = connection.introspection.table_names()
    finally:
        with connection.schema_editor() as editor:
            migration.apply(loader.project_state([("accounts", "0002_logging_in")]), editor)

    assert table not in without
    assert table in connection.introspection.table_names()
    assert not QueuedMessage.objects.exists()
