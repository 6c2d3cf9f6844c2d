"""Writing calls of programs that may be sent again: each is answered once (docs/integration.md#sent-again)."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import ProgramCall, ProgramKey

KEPT = timedelta(days=30)  # longer than a program tries again; after it the natural key still finds what was recorded


def first_key(key: ProgramKey) -> ProgramKey:
    """The key that a program had before all rotations, so that a call sent again with the next key is the same."""
    while key.replaces is not None:
        key = key.replaces
    return key


def call_digest(program: ProgramKey, idempotency_key: str) -> str:
    """The SHA-256 of a program and an ``Idempotency-Key``, in hexadecimal."""
    return hashlib.sha256(f"{program.pk} {idempotency_key}".encode()).hexdigest()


def earlier_answer(*, program: ProgramKey, digest: str, content: str) -> Any | None:
    """What the same call was answered earlier; None if it is the first. ``program`` is what ``first_key`` returns.

    ``digest`` is what ``call_digest`` returns, ``content`` a SHA-256 of what is sent. ``Refusal``:
    ``idempotency-key-reused``, if something else was sent with the same ``Idempotency-Key``.
    """
    call = ProgramCall.objects.filter(program=program, key_digest=digest).first()
    if call is None:
        return None
    if call.content != content:
        raise Refusal("idempotency-key-reused")
    return call.answer


def keep_answer(*, program: ProgramKey, digest: str, content: str, answer: Any) -> None:
    """Keep the answer of a call, in the transaction that does what it answers. ``answer`` is JSON.

    The arguments are those of ``earlier_answer``. A second answer to the same call is an ``IntegrityError``.
    """
    ProgramCall.objects.create(
        program=program, key_digest=digest, content=content, answer=answer, answered_at=timezone.now()
    )


def delete_old_calls(now: datetime) -> int:
    """Delete calls that were answered longer than ``KEPT`` before ``now``; returns how many. Idempotent."""
    return ProgramCall.objects.filter(answered_at__lt=now - KEPT).delete()[0]
