"""What docs/proof.md says of ``verify_log`` and of exports, followed to the letter."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.models import Balance, Event, LicenceGrant, UnlockCode
from licences.proof import records, walking
from licences.proof.records import record_findings
from licences.proof.walking import Walk
from tests.licences.imports import doors, files
from tests.licences.proof.conftest import execute
from tests.licences.proof.test_tampering import recorded_problems, verify


def test_it_reads_in_batches_and_neither_locks_nor_writes(story, monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 7)
    monkeypatch.setattr(records, "BATCH", 7)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert [*Walk().findings(), *record_findings()] == []

    said = [each["sql"] for each in asked.captured_queries]
    assert sum("LIMIT 7" in sql for sql in said) > Event.objects.count() // 7
    assert not [sql for sql in said if "FOR UPDATE" in sql or sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_purchase_line_that_is_gone_is_missed(unguarded):
    doors.through_the_page(files.csv_bytes(files.row("PO-7"), files.row("PO-8")))
    assert list(record_findings()) == []
    grant = LicenceGrant.objects.latest("pk")

    execute(f"DELETE FROM licences_licencegrant WHERE id = {grant.pk}")

    found = [(each.problem, each.table) for each in record_findings()]
    assert found == [("grants-differ", "event"), ("balance-differs", "balance")]


def test_lines_that_have_lost_their_shape_are_found_out_as_well(unguarded):
    code = UnlockCode.objects.first()

    execute(f"UPDATE licences_unlockcode SET lines = '{{}}' WHERE id = {code.pk}")
    execute(f"UPDATE licences_unlockcode SET lines = '[1]' WHERE id = {code.pk}")

    assert ("code-forged", "unlockcode", code.pk) in recorded_problems()


def test_more_licences_than_were_bought_are_found_out(unguarded):
    balance = Balance.objects.latest("pk")

    execute(f"UPDATE licences_balance SET quantity = quantity + 1 WHERE id = {balance.pk}")

    assert recorded_problems() == [("balance-differs", "balance", balance.pk)]


def test_the_first_anchor_is_made_by_hand_and_a_missing_file_is_an_error(story, tmp_path, capsys):
    anchors = tmp_path / "anchors"
    every_night = ["--anchor", str(anchors), "--new-anchor", str(anchors)]
    with pytest.raises(CommandError, match="The first anchor is made by --new-anchor alone"):
        call_command("verify_log", *every_night)
    assert not anchors.exists()

    assert verify(capsys, "--new-anchor", str(anchors))[0] == 0
    assert verify(capsys, *every_night)[0] == 0

    assert len(anchors.read_text().splitlines()) == 2


def test_an_export_is_checked_without_the_portal_as_the_page_says(story, tmp_path):
    """With nothing but what Python brings along; the signature is left to any JOSE library."""
    path = tmp_path / "log.jsonl"
    call_command("export_log", str(path), "--with-personal")

    before = "0" * 64
    for line in path.read_text().splitlines():
        said = json.loads(line)
        own, previous = said.pop("hash"), said.pop("previous_hash")
        del said["id"], said["personal"]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert previous == before
        assert own == hashlib.sha256((previous + text).encode()).hexdigest()
        before = own
