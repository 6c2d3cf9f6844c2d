"""Anchors: signed notes of how long the log was and which hash it ended with, to be kept where the database is not.

Whoever has all rights on the database can make the whole chain anew, from any row on. Then only what was noted
elsewhere before still knows what the log said; the signature shows that the note is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from licences import licence_files
from licences.licence_files import Key
from licences.models import EventChain

TYPE = "xchange-log-anchor+jwt"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The log had ``length`` events, the last of which has this hash, when the anchor was made (``at``, ISO)."""

    length: int
    last_hash: str
    at: str


def new_anchor() -> str:
    """A signed anchor of the log as it ends now, as one line."""
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
    """The anchors of a file, one a line, and the numbers of those lines that no key of ours has signed."""
    anchors, unsigned = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        claims = licence_files.verified(line.strip(), type=TYPE, keys=keys)
        if claims is None:
            unsigned.append(number)
        else:
            anchors.append(Anchor(int(claims["length"]), str(claims["last_hash"]), str(claims["at"])))
    return anchors, unsigned
