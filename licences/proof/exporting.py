"""The event log as a file that anyone can check with the public key alone: JSON lines, and a signature beside them.

Every line is one event with its hash. Personal details are left out unless they are asked for: their digests are
there, and the chain holds without them. The signature is a JWS that names the SHA-256 of the file.
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
from licences.proof.findings import Finding
from licences.proof.walking import BATCH, BEFORE_ALL

TYPE = "xchange-log+jwt"
FORMAT = "xchange-log-1"


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: so many events, the last with this hash, in a file with this digest; and its signature."""

    length: int
    last_hash: str
    sha256: str
    signature: str


def write_log(file: IO[bytes], *, with_personal: bool, by: str) -> Export:
    """Write the log as it is now; the signature is a JWS in compact form."""
    digest, rows, last_hash = hashlib.sha256(), 0, chain.GENESIS
    for event in _events():
        line = (json.dumps(_as_line(event, with_personal), ensure_ascii=False) + "\n").encode()
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
    return Export(rows, last_hash, digest.hexdigest(), licence_files.sign(claims, type=TYPE))


def _events() -> Iterator[Event]:
    """By their key, batch by batch: whoever writes meanwhile does not wait."""
    last_id = BEFORE_ALL
    while batch := list(Event.objects.filter(pk__gt=last_id).order_by("pk")[:BATCH]):
        yield from batch
        last_id = batch[-1].pk


def _as_line(event: Event, with_personal: bool) -> dict[str, Any]:
    said = {"id": event.pk, **hashed_content(event), "previous_hash": event.previous_hash, "hash": event.hash}
    return {**said, "personal": event.personal} if with_personal else said


# --- Checking ----------------------------------------------------------------------------------------


class BrokenExport(Exception):
    """What is wrong with an exported log, after how many rows."""

    def __init__(self, sentence: str, *, row: int = 0, rows: int = 0) -> None:
        super().__init__(sentence)
        self.rows = rows
        self.finding = Finding("export-broken", table="export", row=row, parameters={"why": sentence})


def verify_export(path: Path, signature: str, *, keys: Mapping[str, Key] | None = None) -> tuple[int, str]:
    """How many events an exported log has and the hash it ends with. ``BrokenExport`` where it does not hold."""
    claims = licence_files.verified(signature.strip(), type=TYPE, keys=keys)
    if claims is None:
        raise BrokenExport("The signature was not made by one of the known keys.")
    digest, rows, last_hash = hashlib.sha256(), 0, chain.GENESIS
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            rows += 1
            last_hash = _follow(line, last_hash, rows)
    if digest.hexdigest() != claims["sha256"]:
        raise BrokenExport("The file is not the one that was signed.", rows=rows)
    if (rows, last_hash) != (claims["length"], claims["last_hash"]):
        raise BrokenExport("The file does not end where its signature says.", rows=rows)
    return rows, last_hash


def _follow(line: bytes, before: str, number: int) -> str:
    try:
        said = json.loads(line)
        own, previous, row = said.pop("hash"), said.pop("previous_hash"), said.pop("id")
    except (ValueError, KeyError, AttributeError):
        raise BrokenExport(f"Line {number} is no event.", rows=number) from None
    personal = said.pop("personal", None)
    if previous != before:
        raise BrokenExport(f"Event {row} does not follow the line before it.", row=row, rows=number)
    if own != chain.link_hash(previous, said):
        raise BrokenExport(f"Event {row} says something else than its hash.", row=row, rows=number)
    if personal and said["personal_digest"] != chain.personal_digest(said["personal_salt"], personal):
        raise BrokenExport(f"The personal details of event {row} do not fit their digest.", row=row, rows=number)
    return str(own)
