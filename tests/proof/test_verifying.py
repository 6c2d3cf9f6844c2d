"""``verify_log`` and the export do what docs/proof.md says, step by step."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.models import Balance, Event, LicenceGrant, UnlockCode
from licences.proof import record_checks, verification
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests.imports import entry_points, files
from tests.proof.conftest import execute
from tests.proof.test_tampering import recorded_problems, verify


def test_it_reads_in_batches_and_neither_locks_nor_writes(story, monkeypatch):
    monkeypatch.setattr(verification, "BATCH", 7)
    monkeypatch.setattr(record_checks, "BATCH", 7)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert [*LogVerification().findings(), *record_findings()] == []

    statements = [each["sql"] for each in asked.captured_queries]
    assert sum("LIMIT 7" in sql for sql in statements) > Event.objects.count() // 7
    assert not [sql for sql in statements if "FOR UPDATE" in sql or sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_purchase_line_that_is_gone_is_missed(unguarded):
    entry_points.through_the_page(files.csv_bytes(files.row("PO-7"), files.row("PO-8")))
    assert list(record_findings()) == []
    grant = LicenceGrant.objects.latest("pk")

    execute(f"DELETE FROM licences_licencegrant WHERE id = {grant.pk}")

    found_problems = [(each.problem, each.table) for each in record_findings()]
    assert found_problems == [("grants-differ", "event"), ("balance-differs", "balance"), ("grants-changed", "event")]


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
    with pytest.raises(CommandError, match="Use --new-anchor alone to make the first anchor"):
        call_command("verify_log", *every_night)
    assert not anchors.exists()

    assert verify(capsys, "--new-anchor", str(anchors))[0] == 0
    assert verify(capsys, *every_night)[0] == 0

    assert len(anchors.read_text().splitlines()) == 2


def test_an_export_is_checked_without_the_portal_as_the_page_says(story, tmp_path):
    """With Python's standard library alone; the signature can be checked with any JOSE library."""
    path = tmp_path / "log.jsonl"
    call_command("export_log", str(path), "--with-personal")

    before = "0" * 64
    for line in path.read_text().splitlines():
        content = json.loads(line)
        own, previous = content.pop("hash"), content.pop("previous_hash")
        del content["id"], content["personal"]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert previous == before
        assert own == hashlib.sha256((previous + text).encode()).hexdigest()
        before = own
