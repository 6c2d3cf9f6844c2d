"""The event log: one chain that shows every later change, with names that may be erased
(docs/decisions.md#append-only-records, docs/decisions.md#the-event-log and docs/decisions.md#what-for-good-means)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from licences import imports, operations
from licences.database.append_only import ExemptionPurpose, exemption, trigger_names
from licences.domain.chain import GENESIS, NONCE, personal_digest
from licences.domain.errors import Refusal
from licences.domain.quality_findings import QualityAct
from licences.domain.reminders import ReminderAct, ReminderKind
from licences.models import Event, EventChain, Product, QualityFinding, Reminder, SenderProfile
from licences.operations.events import record_event
from licences.proof.log_check_runs import run_log_check
from tests import event_chain, factories
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.tables import each_row
from tests.together import together


@pytest.fixture
def told(story):
    """At least one event of every kind."""
    taken_back = confirmed(preview(csv_bytes(row("PO-77", customer_number="K-77", customer_name="Huber AG"))))
    imports.take_back_import(file_import_id=taken_back.pk, reason="The wrong file.", by="tests")
    columns = ["purchase_reference", "line", "product", "quantity", "customer_name"]
    profile = SenderProfile(name="Shop", titles=["Ref", "Pos", "SKU", "Qty", "Who"], columns=columns)
    imports.save_profile(profile, by="tests")
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    finding = QualityFinding.objects.first()
    operations.work_on_entries(
        chosen=operations.ChosenEntries(finding.list, [(finding.subject, finding.second)]),
        wanted=operations.EntryAct(QualityAct.TICK_OFF),
        today=timezone.localdate(),
        by="tests",
    )
    owner = User.objects.create_user("owner").pk
    operations.save_quality_filter(
        list_slug=finding.list, owner=owner, name="North", values={"town": "Kiel"}, is_shared=False, by="owner"
    )
    key = factories.program_key().record
    later = {"expires_at": timezone.now() + timedelta(days=30), "overlap": timedelta(days=1)}
    operations.rotate_program_key(key_id=key.pk, **later, by="administrator")
    operations.revoke_program_key(key_id=key.pk, reason="Leaked in a log file.", by="administrator")
    operations.refresh_reminders(now=timezone.now() + timedelta(days=3_650))
    reminder, today = Reminder.objects.earliest("pk"), timezone.localdate()
    operations.work_on_reminder(pk=reminder.pk, act=ReminderAct.TICK_OFF, until=None, today=today, by="tests")
    values = operations.RuleValues(False, 45, "Supervisor", False)
    operations.change_reminder_rule(kind=ReminderKind.NEVER_REGISTERED, values=values, version=0, by="administrator")
    send_to_a_webhook()
    check = operations.begin_log_check(by="auditor", now=timezone.now())
    run_log_check(check.pk)
    return Event.objects.order_by("pk")


def send_to_a_webhook():
    """Create a webhook and do everything with it."""
    webhook = factories.webhook(kinds=["key-revoked"]).record
    about = {"webhook_id": webhook.pk, "by": "administrator"}
    operations.change_webhook(**about, name="ERP", url=webhook.url, kinds=["key-created"], enabled=True)
    operations.rotate_webhook_secret(**about, overlap=timedelta(days=1))
    operations.send_test_message(**about)
    now = timezone.now()
    operations.replay_span(**about, since=now - timedelta(days=365), until=now + timedelta(days=1))


# --- The chain -------------------------------------------------------------------------------------


def test_every_kind_of_event_is_written_by_an_operation(told):
    assert {event.kind for event in told} == set(Event.Kind)


def test_each_row_holds_the_hash_of_the_row_before_and_covers_what_it_says(told):
    first, second = told[:2]

    assert first.previous_hash == GENESIS
    assert second.previous_hash == first.hash
    assert event_chain.flaws() == []


def test_the_end_of_the_chain_is_known(told):
    end = EventChain.objects.get()

    assert (end.length, end.last_hash) == (told.count(), told.last().hash)


def test_what_is_refused_is_no_event(catalogue):
    code = factories.registered()
    end = EventChain.objects.values().get()

    with pytest.raises(Refusal):
        factories.registered(code.serial)
    with pytest.raises(Refusal):
        operations.block_serial(serial=code.serial.code, reason="", by="supervisor")

    assert EventChain.objects.values().get() == end


def test_what_is_rolled_back_is_no_event(catalogue):
    with transaction.atomic():
        record_event(Event.Kind.BLOCKED, by="tests")
        transaction.set_rollback(True)
    record_event(Event.Kind.UNBLOCKED, by="tests")

    assert Event.objects.first().kind == Event.Kind.UNBLOCKED
    assert event_chain.flaws() == []


# --- Names -----------------------------------------------------------------------------------------


def test_names_stand_apart_from_what_happened(told):
    for event in told:
        for name in ("Müller", "Vogel", "Petersen", "Nordlicht", "Sabine"):
            assert name not in str({**event.details, "reason": ""}), event.kind


def test_no_event_says_an_unlock_code_or_a_release_code(catalogue):
    code = factories.registered()
    new = factories.relicensed(code)

    told = str(list(Event.objects.values()))

    for secret in (code.code, code.release_code, new.code, new.release_code):
        assert secret not in told


def test_the_digest_of_the_names_has_a_salt_of_its_own(told):
    for event in told:
        assert event.personal_digest == personal_digest(event.personal_salt, event.personal)
    assert len({event.personal_salt for event in told}) == len(told)


def test_whoever_guesses_an_erased_name_cannot_confirm_it_by_the_digest(told):
    """Salt and digest stay, also in exports; the nonce that went into the digest is erased with the names."""
    event = next(event for event in told if set(event.personal) == {"customer", NONCE})

    guessed = {"customer": event.personal["customer"]}

    assert personal_digest(event.personal_salt, guessed) != event.personal_digest
    assert len({event.personal[NONCE] for event in told if event.personal}) == len(
        [event for event in told if event.personal]
    )


def test_erased_names_leave_the_chain_whole(told):
    with exemption(connection, ExemptionPurpose.ERASE_PERSONAL_COLUMNS):
        told.update(personal={})

    assert event_chain.flaws() == []


# --- Changes past the triggers are found ------------------------------------------


@pytest.fixture
def unguarded(told):
    """The log after somebody with all rights on the database has dropped the triggers."""
    for trigger in trigger_names(connection.vendor, "licences_event"):
        on_table = "" if connection.vendor == "sqlite" else " ON licences_event"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TRIGGER "{trigger}"{on_table}')
    return told


@each_row(
    "column",
    [{"actor": "nobody"}, {"serial": "ZZZZZZZZ"}, {"details": {}}, {"customer": None}, {"personal_digest": "0" * 64}],
)
def test_a_row_that_says_something_else_is_found_out(unguarded, column):
    blocked = Event.objects.get(kind=Event.Kind.BLOCKED)

    Event.objects.filter(pk=blocked.pk).update(**column)

    assert event_chain.flaws() == [f"{blocked.pk} says something else than its hash"]


def test_a_row_that_is_missing_is_found_out(unguarded):
    blocked = Event.objects.get(kind=Event.Kind.BLOCKED)
    after = unguarded.filter(pk__gt=blocked.pk).first()
    blocked.delete()

    assert event_chain.flaws() == [
        f"{after.pk} does not follow the row before it",
        "the end is not where the chain says that it is",
    ]


def test_rows_that_are_cut_off_at_the_end_are_found_out(unguarded):
    Event.objects.latest("pk").delete()

    assert event_chain.flaws() == ["the end is not where the chain says that it is"]


# --- Many writers ----------------------------------------------------------------------------------

WRITERS = 6


def adding(slot):
    product = Product(sku=f"XCH-{slot}", name=f"Product {slot}", slot=slot)
    return lambda: operations.save_product(product, by=f"writer {slot}")


@pytest.mark.django_db(transaction=True)
def test_the_very_first_events_of_many_writers_make_one_chain():
    results = together(*[adding(slot) for slot in range(1, WRITERS + 1)])

    assert not [result for result in results if not isinstance(result, Product)]
    assert Event.objects.count() == WRITERS
    assert event_chain.flaws() == []


@pytest.mark.django_db(transaction=True)
def test_many_events_of_many_writers_make_one_chain():
    def writing(writer):
        def write():
            for number in range(25):
                with transaction.atomic():
                    record_event(Event.Kind.BLOCKED, by=f"writer {writer}", details={"number": number})
            return writer

        return write

    assert together(*[writing(writer) for writer in range(WRITERS)]) == list(range(WRITERS))

    assert Event.objects.count() == 25 * WRITERS
    assert event_chain.flaws() == []
