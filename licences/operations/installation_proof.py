"""Proof that a call comes from the installation that it names (docs/decisions.md#installations-prove-themselves).

A server proves itself by a token that it made when it was installed. The token is bound to the installation by the call
that begins it, by a call with an unlock code of the installation, or by the first call after staff began the
installation or let its server connect. Callers of these functions have locked the serial.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.domain.installation_proof import InstallationProof, token_digest, token_matches
from licences.models import Event, Installation, Serial, UnlockCode
from licences.operations.events import record_customer_event
from licences.operations.locks import lock_serial
from licences.operations.reasons import require_reason
from licences.queries.server_connections import may_connect

LAST_CALL_PRECISION = timedelta(hours=1)  # so that an update with nothing new mostly writes nothing


@dataclass(frozen=True, slots=True)
class _ShownCode:
    """An unlock code that proves the installation. ``is_newer``: not on record, and higher than any that is."""

    code: str
    sequence: int
    is_newer: bool


def initial_proof_columns(serial: Serial, site_id: str, proof: InstallationProof | None) -> dict[str, Any]:
    """The values, by column, that a new installation keeps of the proof with which its server called. Refuses nothing.

    ``site_id`` is canonical. With a ``proof``, they bind its token; a shown unlock code with a higher sequence than any
    on record is kept as well. None means that staff began the installation: then the first call of its server will bind
    the token.
    """
    now = timezone.now()
    if proof is None:
        return {"connect_opened_at": now}
    shown = _verify_shown_code(serial, site_id, None, proof.unlock_code)
    return {"reached_at": now, **_proved_code_columns(shown), **(_token_columns(proof, now) if proof.token else {})}


def require_installation_proof(installation: Installation, proof: InstallationProof | None, *, by: str) -> None:
    """Refuse a call that does not prove that it comes from the installation; bind its token if it does.

    ``proof`` is what the call sent; None for staff, who need no proof. An event is recorded when a token is bound or
    replaced, and when a newer unlock code is shown; a repeated call records nothing. ``Refusal``:
    ``installation-not-proved``.
    """
    if proof is None:
        return
    now = timezone.now()
    shown = _verify_shown_code(installation.serial, installation.site_id, installation, proof.unlock_code)
    is_bound = token_matches(proof.token, installation.token_digest)
    if not (is_bound or shown or may_connect(installation, now=now)):
        raise Refusal("installation-not-proved", field="site_id")
    had_token = installation.token_digest is not None
    binds = bool(proof.token) and not is_bound
    changes = {
        **_proved_code_columns(shown),
        **(_token_columns(proof, now) if binds else {}),
        **_last_call_columns(installation, now),
    }
    for name, value in changes.items():
        setattr(installation, name, value)
    if changes:
        installation.save(update_fields=list(changes))
    if binds or (shown and shown.is_newer):
        how = "unlock-code" if shown else "token" if is_bound else "let-connect"
        about = {"how": how, "token": "replaced" if binds and had_token else "bound" if binds else "as before"}
        sequence = {"sequence": shown.sequence} if shown else {}
        record_server_event(Event.Kind.SERVER_PROVED, installation, by=by, **about, **sequence)


@transaction.atomic
def let_server_connect(*, serial: str, reason: str, by: str) -> Installation:
    """Let the server of a live installation connect: the next call within ``TOKEN_WINDOW_HOURS`` binds its token.

    Returns the installation. Every call opens the window anew, with an event. ``Refusal``: ``unknown-serial``,
    ``reason-missing``, ``reason-too-short``, ``serial-blocked``, ``serial-never-registered``, ``relicensing-required``
    (released), ``server-has-connected`` (that server shows its unlock code instead). Rule:
    docs/decisions.md#installations-prove-themselves.
    """
    locked_serial = lock_serial(serial)
    reason = require_reason(reason)
    if locked_serial.blocked_at is not None:
        raise Refusal("serial-blocked", field="serial")
    live = locked_serial.installations.filter(ended_at=None).first()
    if live is None:
        was_registered = locked_serial.installations.exists()
        raise Refusal("relicensing-required" if was_registered else "serial-never-registered", field="serial")
    live.serial = locked_serial
    if live.reached_at is not None:
        raise Refusal("server-has-connected", field="serial")
    live.connect_opened_at = timezone.now()
    live.save(update_fields=["connect_opened_at"])
    record_server_event(Event.Kind.CONNECTION_ALLOWED, live, by=by, reason=reason)
    return live


def highest_proved_sequence(serial_id: int) -> int:
    """The highest sequence among unlock codes that servers of a serial proved without their being on record; else 0.

    ``serial_id`` is a primary key.
    """
    proved = Installation.objects.filter(serial=serial_id).aggregate(highest=Max("proved_sequence"))
    return proved["highest"] or 0


def _verify_shown_code(serial: Serial, site_id: str, installation: Installation | None, code: str) -> _ShownCode | None:
    """The unlock code if it proves the installation, else None.

    It does if it verifies for this serial and site ID, and either was made for this installation or has a higher
    sequence than any on record. ``installation`` is None while it does not exist yet.
    """
    if not code:
        return None
    try:
        statement = codes.decode_unlock_code(code, serial=serial.code, site_id=site_id, keys=settings.UNLOCK_KEYS)
    except Refusal:
        return None
    if installation is not None and code == installation.proved_code:
        return _ShownCode(code, statement.sequence, is_newer=False)
    owner_id = UnlockCode.objects.filter(code=code).values_list("installation_id", flat=True).first()
    if owner_id is not None:
        is_own = installation is not None and owner_id == installation.pk
        return _ShownCode(code, statement.sequence, is_newer=False) if is_own else None
    highest = UnlockCode.objects.filter(serial=serial).aggregate(highest=Max("sequence"))["highest"] or 0
    if statement.sequence <= max(highest, highest_proved_sequence(serial.pk)):
        return None
    return _ShownCode(code, statement.sequence, is_newer=True)


def _proved_code_columns(shown: _ShownCode | None) -> dict[str, Any]:
    """The columns of the installation that store a shown code with a higher sequence than any on record; else none."""
    return {"proved_code": shown.code, "proved_sequence": shown.sequence} if shown and shown.is_newer else {}


def _token_columns(proof: InstallationProof, now: datetime) -> dict[str, Any]:
    """The columns of an installation that bind a token to it from ``now`` on."""
    return {"token_digest": token_digest(proof.token), "token_bound_at": now}


def _last_call_columns(installation: Installation, now: datetime) -> dict[str, datetime]:
    """The column with the time of the server's last call; none if the stored one is less than an hour away."""
    last = installation.reached_at
    return {"reached_at": now} if last is None or abs(now - last) >= LAST_CALL_PRECISION else {}


def record_server_event(kind: Event.Kind, installation: Installation, *, by: str, **details: object) -> None:
    """Record an event about the server of an installation; ``details`` are added to its site ID."""
    record_customer_event(kind, by=by, serial=installation.serial, details={"site_id": installation.site_id, **details})
