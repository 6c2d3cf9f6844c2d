"""``manage.py doctor`` names what is wrong: each test makes one fault, real where it can be made."""

import json
import shutil
from collections import namedtuple
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone, translation

from licences import licence_files
from licences.database import append_only, read_replica
from licences.database.read_replica import ReplicaState, ReplicaStatus
from licences.models import EventChain, Product, SearchMark
from licences.operations import allocated_lists
from licences.proof.anchors import TYPE, new_anchor
from licensing_portal.doctor import HealthLevel, configuration, database, disk, examine, proof, registry
from tests import factories
from tests.commands.doctor_findings import findings, only_finding
from tests.servers import free_port
from tests.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("healthy_portal")]
PROBLEM, WARNING = HealthLevel.PROBLEM, HealthLevel.WARNING


def doctor(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


# --- The command -------------------------------------------------------------------------------------


def test_a_healthy_portal_has_no_problem_and_every_check_says_something():
    code, out = doctor("--json")

    told = json.loads(out)
    assert [each for each in told["findings"] if each["level"] == "problem"] == []
    assert (code, told["problems"]) == (0, 0)
    assert {each["check"] for each in told["findings"]} == {check.name for check in registry.CHECKS}


def test_a_problem_ends_with_1_and_stands_beside_what_to_do():
    Product.objects.all().delete()

    code, out = doctor("--no-network")

    assert code == 1
    assert "problem  Product catalogue: The catalogue has no product" in out
    assert "→ Enter the products" in out
    assert "TLS certificate" not in out
    assert "Mail server" not in out


def test_a_check_that_fails_is_a_problem_and_the_others_go_on(monkeypatch):
    broken = registry.HealthCheck("broken", "Broken", lambda: [1 / 0])
    monkeypatch.setattr(registry, "CHECKS", (broken, *registry.CHECKS))

    assert only_finding("broken")[:2] == (PROBLEM, "This could not be checked: ZeroDivisionError.")
    assert findings("catalogue")


def test_without_a_database_that_is_the_one_problem(monkeypatch):
    def refuse(*_arguments):
        raise OperationalError("connection refused")

    monkeypatch.setattr(registry.connections["default"], "cursor", refuse)

    results = examine()

    assert results[0][0].name == "database"
    assert results[0][1][0].level is PROBLEM
    assert {check.needs for check, _found in results[1:]} == {"", "network", "mail"}


# --- Ten faults --------------------------------------------------------------------------------------


def test_wrong_modes(settings):
    settings.MEDIA_ROOT.chmod(0o755)

    found = [each for each in findings("configuration") if each[0] is PROBLEM]

    assert [(str(settings.MEDIA_ROOT) in what, advice) for _level, what, advice in found] == [
        (True, f"chmod 0700 '{settings.MEDIA_ROOT}'")
    ]


def test_wrong_modes_of_the_lists_of_allocated_serials(settings):
    settings.ALLOCATED_SERIALS_DIR.chmod(0o750)

    found = [each for each in findings("configuration") if each[0] is PROBLEM]

    assert [advice for _level, _what, advice in found] == [f"chmod 0700 '{settings.ALLOCATED_SERIALS_DIR}'"]


def test_no_mail_server_at_that_port(settings):
    settings.MAIL_IS_SENT, settings.MAIL_TRANSPORT = True, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    level, what, advice = only_finding("mail")

    assert level is PROBLEM
    assert what == f"The mail server 127.0.0.1:{settings.EMAIL_PORT} does not answer: Connection refused."
    assert "EMAIL_URL" in advice


@each_row(("days", "expected"), [(1, HealthLevel.OK), (2, WARNING), (8, PROBLEM)])
def test_an_old_anchor(settings, days, expected):
    at = (timezone.now() - timedelta(days=days)).isoformat(timespec="seconds")
    claims = {"iss": settings.PORTAL_URL, "at": at, "length": 0, "last_hash": ""}
    Path(settings.ANCHOR_FILE).write_text(licence_files.sign(claims, type=TYPE))

    level, what, _advice = only_finding("anchors")

    assert level is expected
    assert what.startswith("The last anchor is from 20")


@each_row(
    ("state", "age", "expected", "words"),
    [
        (ReplicaState.BEHIND, 75.0, WARNING, "75.0 seconds behind, more than REPLICA_MAX_AGE_SECONDS (10)"),
        (ReplicaState.AWAY, None, PROBLEM, "does not answer"),
        (ReplicaState.PROMOTED, None, PROBLEM, "a primary itself"),
        (ReplicaState.CURRENT, 0.0, HealthLevel.OK, "0.0 seconds behind"),
    ],
)
def test_a_lagging_replica(settings, monkeypatch, state, age, expected, words):
    monkeypatch.setitem(settings.DATABASES, "replica", dict(settings.DATABASES["default"]))
    monkeypatch.setattr(read_replica, "_ask_replica", lambda: ReplicaStatus(state, age))

    level, what, _advice = only_finding("replica")

    assert level is expected
    assert words in what


def test_a_promoted_replica_leads_to_the_page_about_failover(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "replica", dict(settings.DATABASES["default"]))
    monkeypatch.setattr(read_replica, "_ask_replica", lambda: ReplicaStatus(ReplicaState.PROMOTED, None))

    _level, what, advice = only_finding("replica")

    assert "diverged" not in what
    assert "docs/operations.md#failover-and-promotion" in advice


def test_versions_begin_with_that_of_the_portal(monkeypatch):
    monkeypatch.setattr(database.metadata, "version", lambda name: {"xchange-licensing-portal": "9.8.7"}[name])

    assert only_finding("versions")[1].startswith("Portal 9.8.7, Python 3.")


def test_versions_where_the_portal_was_never_installed(monkeypatch):
    def nowhere(name):
        raise database.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(database.metadata, "version", nowhere)

    assert only_finding("versions")[1].startswith("Portal –, Python 3.")


@each_row(("seconds", "expected"), [(1, HealthLevel.OK), (-3, WARNING), (90, PROBLEM)])
def test_a_clock_that_is_off(monkeypatch, seconds, expected):
    monkeypatch.setattr(database, "database_time", lambda: timezone.now() + timedelta(seconds=seconds))

    level, what, advice = only_finding("clock")

    assert level is expected
    assert f"differ by {float(abs(seconds))} seconds" in what
    assert bool(advice) is (expected is not HealthLevel.OK)


def test_an_event_of_the_future(monkeypatch):
    factories.registered()
    monkeypatch.setattr(database.timezone, "now", lambda now=timezone.now: now() - timedelta(hours=2))

    assert [what for _, what, _ in findings("clock") if what.startswith("The last event is in the future")]


def test_a_missing_trigger():
    trigger = append_only.trigger_names(connection.vendor, "licences_event")[0]
    on_table = " ON licences_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger}"{on_table}')

    level, what, advice = only_finding("schema")

    assert level is PROBLEM
    assert trigger in what
    assert "manage.py migrate" in advice


def test_a_missing_constraint():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_live_installation_per_serial")

    assert only_finding("schema")[:2] == (
        PROBLEM,
        "Constraints are missing, or were never validated: one_live_installation_per_serial.",
    )


DiskUsage = namedtuple("DiskUsage", "total used free")


@each_row(("free", "expected"), [(100, PROBLEM), (2_000, WARNING), (50_000, HealthLevel.OK)])
def test_a_full_disk(monkeypatch, settings, free, expected):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: DiskUsage(100_000 << 20, 0, free << 20))

    levels = {level for level, what, _advice in findings("disk") if "are free in" in what}

    assert levels == {expected}


def test_the_disk_of_the_anchors_is_looked_at_too(monkeypatch, settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings.ANCHOR_FILE = str(elsewhere / "anchors")
    monkeypatch.setattr(disk.os, "access", lambda folder, _mode: folder != elsewhere)

    assert (PROBLEM, f"The portal cannot write to {elsewhere}.") in [each[:2] for each in findings("disk")]


def test_a_folder_that_the_portal_may_not_write_to(monkeypatch, settings):
    monkeypatch.setattr(disk.os, "access", lambda folder, _mode: folder != settings.MEDIA_ROOT)

    assert (PROBLEM, f"The portal cannot write to {settings.MEDIA_ROOT}.") in [each[:2] for each in findings("disk")]


def test_a_missing_product_catalogue():
    Product.objects.all().delete()

    assert only_finding("catalogue")[0] is PROBLEM


def test_a_licence_key_that_signs_nothing(settings):
    """The key id is that of the published key, the key itself another one."""
    settings.LICENCE_KEYS = {licence_files.signing_key_id(): Ed25519PrivateKey.generate()}

    level, what, advice = only_finding("licence-keys")

    assert level is PROBLEM
    assert "signs nothing" in what
    assert "LICENCE_SIGNING_KEYS" in advice


def test_a_public_key_in_place_of_the_private_one(settings):
    settings.LICENCE_KEYS = {key: each.public_key() for key, each in settings.LICENCE_KEYS.items()}

    assert only_finding("licence-keys")[0] is PROBLEM


# --- More of the same --------------------------------------------------------------------------------


def test_an_unlock_key_that_is_not_the_one_of_the_codes_on_record(settings):
    factories.registered()
    settings.UNLOCK_KEYS = dict.fromkeys(settings.UNLOCK_KEYS, b"\x01" * 32)

    assert [(level, "cannot be verified" in what) for level, what, _ in findings("unlock-keys")] == [(PROBLEM, True)]


def test_a_licence_key_that_was_lost(settings):
    factories.registered()
    key = Ed25519PrivateKey.generate()
    settings.LICENCE_KEYS = {licence_files.key_id(key): key}

    level, what, _advice = only_finding("licence-keys")

    assert (level, "newest licence file" in what) == (PROBLEM, True)


def test_a_lost_key_of_second_factors(settings, clerk):
    from allauth.mfa.models import Authenticator

    from licensing_portal.accounts import sealing

    data = {"secret": sealing.seal("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.TOTP, data=data)
    assert only_finding("second-factors")[0] is HealthLevel.OK
    settings.MFA_ENCRYPTION_KEYS = ["another-key-" + "x" * 40]

    assert only_finding("second-factors")[:2] == (
        PROBLEM,
        "Second factors that cannot be decrypted with MFA_ENCRYPTION_KEY: 1.",
    )


def test_seconds_are_written_as_in_german():
    with translation.override("de"):
        assert "0,0 Sekunden" in only_finding("clock")[1]


def test_serial_numbers_that_the_look_up_does_not_find():
    factories.registered()
    SearchMark.objects.all().delete()

    assert only_finding("schema")[1] == "Some serial numbers have no search text yet."


@each_row(("tokens", "expected"), [("required", HealthLevel.OK), ("accepted", WARNING)])
def test_installations_without_a_token_are_counted(settings, tokens, expected):
    factories.taken_over()
    settings.INSTALLATION_TOKENS = tokens

    level, what, _advice = only_finding("installations")

    assert (level, what) == (expected, "Installations whose server has not shown a token yet: 1.")


def test_a_restore_without_raised_sequences():
    allocated_lists.write_sequence_raise({"mark": "ab" * 8, "by_how_many": 100, "by": "somebody"})

    level, what, advice = only_finding("sequences")

    assert (level, "restored from an older backup" in what) == (PROBLEM, True)
    assert "after_restore" in advice


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite gives no key twice")
def test_a_key_that_would_be_given_twice():
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM licences_product_id_seq")
        (last,) = cursor.fetchone()
        cursor.execute("SELECT setval('licences_product_id_seq', 1)")
        try:
            level, what, _advice = only_finding("sequences")
        finally:  # no rollback does
            cursor.execute("SELECT setval('licences_product_id_seq', %s)", [last])

    assert (level, "licences_product" in what) == (PROBLEM, True)


def test_a_file_of_anchors_that_somebody_changed(settings):
    path = Path(settings.ANCHOR_FILE)
    path.write_text(path.read_text() + "forged\n")

    assert [(level, what) for level, what, _advice in findings("anchors") if level is PROBLEM] == [
        (PROBLEM, "Lines of the file of anchors that the portal did not sign: 2.")
    ]


def test_an_anchor_that_saw_more_than_the_log_holds(settings):
    EventChain.objects.update_or_create(pk=1, defaults={"length": 5, "last_hash": "0" * 64})
    Path(settings.ANCHOR_FILE).write_text(new_anchor())
    EventChain.objects.update(length=3)

    assert "saw 5 events, and the log has 3" in findings("anchors")[0][1]


def test_a_file_of_anchors_that_is_not_there_is_told_with_both_reasons(settings):
    Path(settings.ANCHOR_FILE).unlink()

    level, what, advice = only_finding("anchors")

    assert (level, what) == (PROBLEM, f"ANCHOR_FILE names a file of anchors that is not there: {settings.ANCHOR_FILE}.")
    assert f"If there never was one, begin it: 'manage.py verify_log --new-anchor {settings.ANCHOR_FILE}'" in advice
    assert "put it back from its copy" in advice


def test_no_anchors_at_all(settings):
    settings.ANCHOR_FILE = ""

    assert only_finding("anchors")[0] is WARNING


def test_checks_that_are_silenced_stay_silent(settings):
    settings.SILENCED_SYSTEM_CHECKS = ["licensing_portal.W003"]

    assert "The demo is on." not in {what for _level, what, _advice in findings("configuration")}
    assert configuration.findings_of([], instead="Fine.")[0].what == "Fine."
    assert proof.OLD < proof.VERY_OLD
