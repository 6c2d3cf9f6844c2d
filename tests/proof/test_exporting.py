"""The exported event log: it verifies with the public keys alone, and any change is found."""

import hashlib
import io
import json
import warnings
import zipfile

import pytest
from django.core.management import call_command
from joserfc import jws
from joserfc.jwk import KeySet

from licences import licence_files
from licences.models import Event
from tests.proof.test_tampering import verify
from tests.tables import each_row


@pytest.fixture
def exported(story, tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    call_command("export_log", str(path))
    capsys.readouterr()
    return path


def before_the_export():
    return Event.objects.filter(pk__lt=Event.objects.filter(kind=Event.Kind.LOG_EXPORTED).latest("pk").pk)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_event_is_a_line_without_personal_details(exported):
    exported_lines = lines(exported)

    assert [each["id"] for each in exported_lines] == list(
        before_the_export().order_by("pk").values_list("pk", flat=True)
    )
    assert all("personal" not in each and len(each["personal_digest"]) == 64 for each in exported_lines)
    assert "Nordlicht" not in exported.read_text()


def test_the_file_is_checked_with_the_public_keys_alone(exported, tmp_path, settings, capsys):
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps(licence_files.key_set()))
    settings.LICENCE_KEYS = {}
    Event.objects.none()

    status, output = verify(capsys, "--export", str(exported), "--jwks", str(keys))

    assert status == 0
    assert f"{before_the_export().count()} events in " in output


def test_any_jose_library_reads_the_signature(exported):
    keys = KeySet.import_key_set(licence_files.key_set())

    text = exported.with_name("log.jsonl.jws").read_text().strip()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # RFC 9864 has another name for EdDSA; docs/codes.md keeps this one
        signature = jws.deserialize_compact(text, keys, algorithms=["EdDSA"])

    claims = json.loads(signature.payload)
    assert claims["length"] == before_the_export().count()
    assert claims["personal"] is False
    assert signature.headers()["typ"] == "xchange-log+jwt"


def test_names_are_part_of_it_only_where_they_are_asked_for(story, tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    call_command("export_log", str(path), "--with-personal")

    assert "Nordlicht" in path.read_text()
    assert verify(capsys, "--export", str(path))[0] == 0


CHANGES = {
    "another actor": lambda log: log[3].update(actor="nobody"),
    "a line less": lambda log: log.pop(4),
    "the first line less": lambda log: log.pop(0),
    "the last line less": lambda log: log.pop(),
    "a line twice": lambda log: log.insert(2, log[2]),
    "two lines swapped": lambda log: log.insert(2, log.pop(3)),
    "another hash": lambda log: log[3].update(hash="0" * 64),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_found_out(exported, capsys, change):
    exported_lines = lines(exported)
    CHANGES[change](exported_lines)
    exported.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in exported_lines))

    status, output = verify(capsys, "--export", str(exported), "--json")

    assert status == 1
    assert len(json.loads(output)["findings"]) == 1


def test_what_is_no_event_is_said_with_its_line(exported, capsys):
    exported.write_text("no json\n")

    assert verify(capsys, "--export", str(exported))[1].startswith("Line 1 is no event.")


def test_a_signature_by_another_key_is_refused(exported, capsys, settings):
    settings.LICENCE_KEYS = licence_files.parse_keys(licence_files.new_key())

    status, output = verify(capsys, "--export", str(exported))

    assert status == 1
    assert "The signature was not made by one of the known keys." in output


def test_an_anchor_is_no_signature_of_an_export(exported, tmp_path, capsys):
    verify(capsys, "--new-anchor", str(tmp_path / "anchors"))

    assert verify(capsys, "--export", str(exported), "--signature", str(tmp_path / "anchors"))[0] == 1


# --- Who took it -----------------------------------------------------------------------------------


@each_row("personal", [[], ["--with-personal"]])
def test_the_log_says_who_took_it_and_up_to_where(story, tmp_path, capsys, personal):
    last = Event.objects.latest("pk")
    path = tmp_path / "log.jsonl"

    call_command("export_log", str(path), *personal)

    event = Event.objects.latest("pk")
    assert (event.kind, event.actor) == (Event.Kind.LOG_EXPORTED, "manage.py export_log")
    assert event.details == {
        "length": len(lines(path)),
        "last_hash": last.hash,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "personal": bool(personal),
    }
    assert verify(capsys)[0] == 0


def test_the_log_names_the_auditor_who_pressed_the_button(story, auditor, as_user):
    as_user(auditor).post("/events/export/").getvalue()

    event = Event.objects.latest("pk")
    assert (event.kind, event.actor) == (Event.Kind.LOG_EXPORTED, auditor.username)


# --- The button ------------------------------------------------------------------------------------


def test_auditors_download_log_and_signature_in_one_archive(story, auditor, as_user, tmp_path, capsys):
    client = as_user(auditor)
    assert 'action="/events/export/"' in client.get("/admin/licences/event/").text

    response = client.post("/events/export/")

    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        archive.extractall(tmp_path)
        name = next(each for each in archive.namelist() if each.endswith(".jsonl"))
    assert verify(capsys, "--export", str(tmp_path / name))[0] == 0
    assert "Nordlicht" not in (tmp_path / name).read_text()


@pytest.mark.parametrize("other", ["clerk", "supervisor", "support_agent", "importer", "administrator", "stranger"])
def test_nobody_else_does(story, request, as_user, other):
    assert as_user(request.getfixturevalue(other)).post("/events/export/").status_code == 403


def test_it_is_no_page_to_be_opened(auditor, as_user):
    assert as_user(auditor).get("/events/export/").status_code == 405
