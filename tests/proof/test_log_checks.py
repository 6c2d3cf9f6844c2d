"""Verifying the log in the browser: one at a time, by the worker, with progress and the result on record."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from licences import operations, tasks
from licences.models import Event, LogCheck
from licences.proof import findings, log_check_runs
from licences.proof.anchors import new_anchor
from licences.proof.log_check_runs import run_log_check
from tests import event_chain, factories
from tests.proof.conftest import execute
from tests.questions import why_refused
from tests.together import together

pytestmark = pytest.mark.django_db


def begun() -> LogCheck:
    return operations.begin_log_check(by="auditor", now=timezone.now())


def result_of(check: LogCheck) -> LogCheck:
    run_log_check(check.pk)
    check.refresh_from_db()
    return check


# --- What it finds -------------------------------------------------------------------------------------


def test_an_intact_log_is_said_to_be_and_the_result_is_an_event(catalogue, settings, tmp_path):
    factories.registered()
    settings.ANCHOR_FILE = str(tmp_path / "anchors")
    (tmp_path / "anchors").write_text(new_anchor() + "\n")
    length = Event.objects.count()

    check = result_of(begun())

    assert (check.state, check.findings, check.events_checked, check.anchors) == ("done", 0, length, 1)
    assert timezone.now() - check.last_anchor_at < timedelta(minutes=1)
    event = Event.objects.first()
    assert (event.kind, event.actor) == (Event.Kind.LOG_VERIFIED, "auditor")
    assert event.details == {
        "log_check": check.pk, "length": length, "last_hash": check.last_hash, "records": check.records_checked,
        "anchors": 1, "findings": 0, "problems": {},
    }  # fmt: skip
    assert event_chain.flaws() == []


def test_a_log_that_was_tampered_with_is_found_out_in_the_readers_language(unguarded, auditor, as_user):
    execute("UPDATE licences_event SET actor = 'nobody' WHERE id = %s", [unguarded[3]])

    check = result_of(begun())

    assert (check.state, check.findings) == ("done", 1)
    assert check.listed == [{"problem": "content-changed", "table": "event", "row": unguarded[3], "parameters": {}}]
    assert Event.objects.first().details["problems"] == {"content-changed": 1}
    page = as_user(auditor).get(reverse("log-check", args=[check.pk]), headers={"accept-language": "de"})
    assert f"Ereignis {unguarded[3]} wurde geändert" in page.content.decode()


def test_a_file_of_anchors_that_cannot_be_read_is_a_finding(settings, tmp_path):
    settings.ANCHOR_FILE = str(tmp_path)  # a folder

    check = result_of(begun())

    assert [each["problem"] for each in check.listed] == ["anchors-unreadable"]


def test_a_file_of_anchors_that_is_not_there_is_a_finding_that_says_what_it_means(auditor, as_user, settings, tmp_path):
    settings.ANCHOR_FILE = str(tmp_path / "gone")

    check = result_of(begun())

    assert [each["problem"] for each in check.listed] == ["anchors-missing"]
    for address in (reverse("log-check", args=[check.pk]), reverse("events")):
        page = as_user(auditor).get(address).content.decode()
        assert "This alone does not mean that the log was changed." in page
        assert "put the file back from its copy" in page


def test_every_finding_has_german_words_with_the_same_parameters():
    import string

    def fields(text: str) -> set[str]:
        return {name for _text, name, _form, _conversion in string.Formatter().parse(text) if name}

    with translation.override("de"):
        german = {code: translation.gettext(text) for code, text in findings.SENTENCES.items()}

    assert [code for code, text in findings.SENTENCES.items() if fields(text) != fields(german[code])] == []
    assert [code for code, text in findings.SENTENCES.items() if german[code] == text and code != "export-broken"] == []


# --- One at a time, and what interrupts it -----------------------------------------------------------------


def test_there_is_one_at_a_time(auditor, as_user):
    begun()

    assert why_refused(operations.begin_log_check, by="auditor", now=timezone.now(), unchanged=[LogCheck]) == (
        "log-check-running"
    )
    answer = as_user(auditor).post(reverse("log-verify"), follow=True)
    assert "The log is being verified already." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_begin_at_the_same_moment_one_is_refused():
    results = together(begun, begun)

    assert sorted(type(each).__name__ for each in results) == ["LogCheck", "Refusal"]
    assert LogCheck.objects.count() == 1


def test_two_workers_that_take_the_same_one_verify_once(catalogue):
    check = begun()

    run_log_check(check.pk)
    run_log_check(check.pk)

    assert Event.objects.filter(kind=Event.Kind.LOG_VERIFIED).count() == 1


def test_progress_is_stored_while_it_runs(catalogue, monkeypatch):
    factories.registered()
    monkeypatch.setattr(log_check_runs, "REPORT_EVERY", timedelta(0))
    check, seen = begun(), []
    report = operations.report_log_check
    monkeypatch.setattr(operations, "report_log_check", lambda **values: seen.append(values) or report(**values))

    run_log_check(check.pk)

    check.refresh_from_db()
    assert seen[0]["events"] == check.events_total > 0
    assert [each["records"] for each in seen] == sorted(each["records"] for each in seen)


def test_one_that_was_stopped_meanwhile_ends_without_a_result(catalogue, monkeypatch):
    factories.registered()
    monkeypatch.setattr(log_check_runs, "REPORT_EVERY", timedelta(0))
    check = begun()
    verify = log_check_runs.LogVerification

    def slow(anchors, *, watch):
        operations.stop_log_check(check_id=check.pk, failure="", now=timezone.now())
        return verify(anchors, watch=watch)

    monkeypatch.setattr(log_check_runs, "LogVerification", slow)
    run_log_check(check.pk)

    check.refresh_from_db()
    assert check.state == "stopped"
    assert not Event.objects.filter(kind=Event.Kind.LOG_VERIFIED).exists()


def test_an_error_ends_it_with_its_kind_and_another_can_begin(monkeypatch):
    def failing(watch):
        raise RuntimeError("a text that may name a person")

    monkeypatch.setattr(log_check_runs, "record_findings", failing)

    check = result_of(begun())

    assert (check.state, check.failure) == ("stopped", "RuntimeError")
    assert begun().is_running


def test_one_whose_worker_was_killed_is_stopped_and_its_task_failed():
    check = begun()
    tasks.check_log.enqueue(check.pk)
    LogCheck.objects.update(started_at=timezone.now(), heartbeat_at=timezone.now() - timedelta(minutes=11))
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now() - timedelta(minutes=12))

    tasks.recover_abandoned_work()

    check.refresh_from_db()
    assert check.state == "stopped"
    assert DBTaskResult.objects.get(task_path=tasks.check_log.module_path).status == TaskResultStatus.FAILED


def test_one_that_waits_for_a_task_that_is_gone_gets_another():
    check = begun()

    tasks.recover_abandoned_work()
    tasks.recover_abandoned_work()

    waiting = DBTaskResult.objects.filter(task_path=tasks.check_log.module_path, status=TaskResultStatus.READY)
    assert [each.args_kwargs["args"] for each in waiting] == [[check.pk]]


# --- The pages ---------------------------------------------------------------------------------------------


def test_an_auditor_begins_one_and_follows_it(auditor, as_user, catalogue):
    browser = as_user(auditor)

    page = browser.post(reverse("log-verify"), follow=True)
    check = LogCheck.objects.get()
    state = browser.get(reverse("log-check-state", args=[check.pk]))

    assert page.redirect_chain[-1][0] == reverse("log-check", args=[check.pk])
    assert state.json()["running"] is True
    run_log_check(check.pk)
    state = browser.get(reverse("log-check-state", args=[check.pk]))
    assert (state.json()["running"], "The log is intact" in state.json()["html"]) == (False, True)
    assert "intact" in browser.get(reverse("events")).content.decode()


def test_one_that_runs_without_a_worker_says_that_none_reports(auditor, as_user):
    check = begun()
    operations.start_log_check(check_id=check.pk, now=timezone.now())

    page = as_user(auditor).get(reverse("log-check", args=[check.pk])).content.decode()

    assert "No worker has reported for a minute." in page
    assert "the verification continues" not in page


def test_the_page_of_the_log_names_the_last_anchors(auditor, as_user, settings, tmp_path):
    settings.ANCHOR_FILE = str(tmp_path / "anchors")
    (tmp_path / "anchors").write_text(new_anchor() + "\nnonsense\n")

    text = as_user(auditor).get(reverse("events")).content.decode()

    assert "0 events" in text
    assert "Line 2 of the anchors is not signed by a key of this portal." in text
