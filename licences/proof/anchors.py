"""Anchors: signed records of the length and the last hash of the event log, to be kept outside the database.

Somebody with all rights on the database can rebuild the whole chain from any row on. Only an anchor made before shows
what the log contained; its signature shows that the portal made it
(docs/proof.md#somebody-with-all-rights-on-the-database).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from licences import licence_files
from licences.licence_files import Key
from licences.models import EventChain

TYPE = "xchange-log-anchor+jwt"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The log as it was at a time: its number of events and the hash of the last one. ``at`` is in ISO 8601."""

    length: int
    last_hash: str
    at: str

    @property
    def time(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.at)


def new_anchor() -> str:
    """A signed anchor of the log as it ends now: a JWS in compact form, on one line. Writes nothing."""
    end = EventChain.objects.filter(pk=1).first() or EventChain()
    now = timezone.now()
    claims = {
        "iss": settings.PORTAL_URL,
        "iat": int(now.timestamp()),
        "at": now.isoformat(timespec="seconds"),
        "length": end.length,
        "last_hash": end.last_hash,
    }
    return licence_files.sign(claims, type=TYPE)


def read_anchors(text: str, *, keys: Mapping[str, Key] | None = None) -> tuple[list[Anchor], list[int]]:
    """Read a file of anchors, one per line; empty lines are skipped.

    Returns the anchors, and the numbers of the lines that are not signed by a known key. ``keys``: public keys by their
    id, by default those of the settings.
    """
    anchors, unsigned = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        claims = licence_files.verify_signature(line.strip(), type=TYPE, keys=keys)
        if claims is None:
            unsigned.append(number)
        else:
            anchors.append(Anchor(int(claims["length"]), str(claims["last_hash"]), str(claims["at"])))
    return anchors, unsigned
