"""The exported event log: JSON lines with a signature beside them, which anyone can check with the public keys alone.

Every line is one event with its hash. Personal details are included only on request: the chain holds without them,
because it covers their digests. The signature is a JWS that states the SHA-256 of the file. The format is described in
docs/proof.md#the-log-as-a-file.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from licences import licence_files
from licences.domain import chain
from licences.licence_files import Key
from licences.models import Event
from licences.operations.events import hashed_content
from licences.proof.findings import LogFinding
from licences.proof.verification import BATCH, BEFORE_FIRST_KEY

TYPE = "xchange-log+jwt"
FORMAT = "xchange-log-1"


@dataclass(frozen=True, slots=True)
class LogExport:
    """What was written: the number of events, the hash of the last one, the SHA-256 of the file (hex), and the JWS."""

    length: int
    last_hash: str
    sha256: str
    signature: str


def write_log(file: IO[bytes], *, with_personal: bool, by: str) -> LogExport:
    """Write the event log as it is now to a file, and sign it. Reads in batches; others can write meanwhile.

    ``with_personal``: include the personal details of events. ``by``: who exports it. That it was exported is an event
    of its own, which the caller records.
    """
    digest, rows, last_hash = hashlib.sha256(), 0, chain.GENESIS
    for event in _events():
        line = (json.dumps(_exported_event(event, with_personal), ensure_ascii=False) + "\n").encode()
        file.write(line)
        digest.update(line)
        rows, last_hash = rows + 1, event.hash
    claims = {
        "iss": settings.PORTAL_URL,
        "iat": int(timezone.now().timestamp()),
        "format": FORMAT,
        "exported_by": by,
        "personal": with_personal,
        "sha256": digest.hexdigest(),
        "length": rows,
        "last_hash": last_hash,
    }
    return LogExport(rows, last_hash, digest.hexdigest(), licence_files.sign(claims, type=TYPE))


def _events() -> Iterator[Event]:
    """All events in the order of their keys, read in batches, so that nobody who writes has to wait."""
    last_id = BEFORE_FIRST_KEY
    while batch := list(Event.objects.filter(pk__gt=last_id).order_by("pk")[:BATCH]):
        yield from batch
        last_id = batch[-1].pk


def _exported_event(event: Event, with_personal: bool) -> dict[str, Any]:
    line = {"id": event.pk, **hashed_content(event), "previous_hash": event.previous_hash, "hash": event.hash}
    return {**line, "personal": event.personal} if with_personal else line


# --- Checking ----------------------------------------------------------------------------------------


class BrokenExport(Exception):
    """An exported log does not verify. ``finding`` says why, ``rows`` how many lines had been read."""

    def __init__(self, sentence: str, *, row: int = 0, rows: int = 0) -> None:
        super().__init__(sentence)
        self.rows = rows
        self.finding = LogFinding("export-broken", table="export", row=row, parameters={"why": sentence})


def verify_export(path: Path, signature: str, *, keys: Mapping[str, Key] | None = None) -> tuple[int, str]:
    """Verify an exported log against its signature; returns the number of events and the hash of the last one.

    ``signature``: the JWS beside the file. ``keys``: public keys by their id, by default those of the settings. Raises
    ``BrokenExport`` for a wrong signature, a changed file, and at the first line that breaks the chain.
    """
    claims = licence_files.verify_signature(signature.strip(), type=TYPE, keys=keys)
    if claims is None:
        raise BrokenExport("The signature was not made by one of the known keys.")
    digest, rows, last_hash = hashlib.sha256(), 0, chain.GENESIS
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            rows += 1
            last_hash = _check_line(line, last_hash, rows)
    if digest.hexdigest() != claims["sha256"]:
        raise BrokenExport("The file is not the one that was signed.", rows=rows)
    if (rows, last_hash) != (claims["length"], claims["last_hash"]):
        raise BrokenExport("The file does not end where its signature says.", rows=rows)
    return rows, last_hash


def _check_line(line: bytes, expected_previous: str, number: int) -> str:
    """Check one line against the hash of the line before; returns its own hash."""
    try:
        content = json.loads(line)
        stated_hash, previous, row = content.pop("hash"), content.pop("previous_hash"), content.pop("id")
    except (ValueError, KeyError, AttributeError):
        raise BrokenExport(f"Line {number} is no event.", rows=number) from None
    personal = content.pop("personal", None)
    if previous != expected_previous:
        raise BrokenExport(f"Event {row} does not follow the line before it.", row=row, rows=number)
    if stated_hash != chain.link_hash(previous, content):
        raise BrokenExport(f"Event {row} says something else than its hash.", row=row, rows=number)
    if personal and content["personal_digest"] != chain.personal_digest(content["personal_salt"], personal):
        raise BrokenExport(f"The personal details of event {row} do not fit their digest.", row=row, rows=number)
    return str(stated_hash)
