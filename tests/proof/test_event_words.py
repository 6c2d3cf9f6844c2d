"""What events say in words (docs/proof.md#the-page-of-the-log)."""

import re

import pytest
from django.utils import translation

from licences.models import Event
from licences.proof import event_words, findings
from licences.proof.case_files import facts as case_facts
from tests.operations.test_events import told  # noqa: F401  (a fixture: at least one event of every kind)
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def keys_in(value) -> set[str]:
    """The names in nested details, without those of lists of items and counts, whose names are choices."""
    if isinstance(value, list):
        return {name for each in value for name in keys_in(each)}
    if not isinstance(value, dict):
        return set()
    shown = {name: each for name, each in value.items() if name not in event_words.HIDDEN}
    choices = ("verdicts", "counted", "emptied", "problems", "defaults", "values", "decided_pairs")
    return set(shown) | {name for key, each in shown.items() if key not in choices for name in keys_in(each)}


def test_every_detail_of_every_event_has_a_label(told):  # noqa: F811
    known = {*event_words.LABELS, *case_facts.LABELS, "counted", "before", "after"}

    unknown = {(event.kind, name) for event in told for name in keys_in([event.details, event.personal]) - known}

    assert unknown == set()


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_event_shows_json(told, language):  # noqa: F811
    with translation.override(language):
        shown = [(event.kind, fact) for event in told for fact in event_words.event_details(event)]

    assert [each for each in shown if re.search(r"[{}\[\]]|None|True|False", " ".join(each[1]))] == []


def test_an_event_is_told_in_the_words_of_its_reader(told):  # noqa: F811
    closed = told.filter(kind=Event.Kind.RELICENSING_CLOSED).first()

    with translation.override("en"):
        english = dict(event_words.event_details(closed))
    with translation.override("de"):
        german = dict(event_words.event_details(closed))

    assert english["Closed because"] == "closed: nothing happened in it"
    assert german["Geschlossen, weil"] == "geschlossen: lange nicht bearbeitet"


def test_webhooks_and_reminders_are_told_in_german():
    changed = Event(
        kind=Event.Kind.WEBHOOK_CHANGED,
        details={"kinds": ["registered"], "enabled": False, "fields": ["url", "enabled"]},
    )
    marked = Event(
        kind=Event.Kind.REMINDER_MARKED,
        details={"rule": "never-registered", "did": "snooze", "number": 7, "snoozed_until": "2026-12-24"},
    )

    with translation.override("de"):
        webhook, reminder = dict(event_words.event_details(changed)), dict(event_words.event_details(marked))

    assert webhook == {
        "Arten von Ereignissen": "Registriert", "Eingeschaltet": "nein", "Felder": "Adresse, Eingeschaltet",
    }  # fmt: skip
    assert reminder["Nummer"] == "7"
    assert reminder["Zurückgestellt bis"] == "24.12.2026"
    assert "never-registered" not in reminder.values()
    assert "snooze" not in reminder.values()


@each_row(
    ("language", "expected"),
    [
        ("en", "2 × Event … was changed: its content does not match its hash."),
        ("de", "1 × Die Datei der Anker ist nicht lesbar, daher wurde das Protokoll mit keinem verglichen."),
    ],
)
def test_problems_of_the_log_are_told_in_sentences(language, expected):
    event = Event(kind=Event.Kind.LOG_VERIFIED, details={"problems": {"content-changed": 2, "anchors-unreadable": 1}})

    with translation.override(language):
        told = dict(event_words.event_details(event))["Problems" if language == "en" else "Probleme"]

    assert expected in told.split("\n")


def test_every_problem_has_a_sentence_without_its_parameters():
    assert [code for code in findings.SENTENCES if "{" in findings.problem_in_words(code)] == []


def test_the_nonce_and_digests_of_rows_are_not_shown(told):  # noqa: F811
    labels = {label for event in told for label, _value in event_words.event_details(event)}

    assert labels.isdisjoint({"Random", "Made", "random", "made"})
