"""Issuing unlock codes and their licence files (docs/codes.md#unlock-code and docs/codes.md#licence-file)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from licences import licence_files
from licences.database.compiled import CompiledQuery, QueryParameter, insert_row
from licences.domain import codes
from licences.domain.errors import Refusal
from licences.models import Balance, Emergency, Installation, LicenceFile, Serial, UnlockCode
from licences.operations import digests
from licences.operations.installation_proof import highest_proved_sequence
from licences.operations.sequences import numbers_to_skip


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """An unlock code, whether this call made it, and the names of its products by slot."""

    code: UnlockCode
    is_new: bool
    product_names: dict[int, str]

    def digests(self) -> dict[str, Any]:
        """Digests of a new code, for the details of its event; empty otherwise, because an older event has them."""
        return {"made": digests.digest_issued_code(self.code)} if self.is_new else {}


def issue_unlock_code(
    installation: Installation,
    *,
    assured_until: date | None,
    occasion: UnlockCode.Occasion,
    by: str,
    customer: str | None = None,
    expires_on: date | None = None,
) -> IssuedCode:
    """Return the unlock code of a live installation for the present licences of its serial; make one if needed.

    The caller has locked the serial. ``assured_until`` is the last day of its Software Assurance, None without any.
    ``occasion`` says what a new code is issued for, such as an update; it is stored with the code. ``customer`` is the
    name for the licence file; None takes it from the registration. ``expires_on`` is the last valid day of a new
    emergency code; as long as that emergency is open, all further codes get the same day, whatever is passed here.

    Idempotent: while nothing has changed, the latest code is returned again (docs/domain.md#asking-again). ``Refusal``:
    ``nothing-licensed``, ``codes-exhausted`` (4095 is the last sequence).
    """
    licences, product_names = _licences(installation)
    latest = _LATEST_CODE.first(serial=installation.serial_id)
    is_own = latest is not None and latest.installation_id == installation.pk
    if latest and is_own and latest.expires_on is not None:
        expires_on = _last_valid_day(installation)
    is_newest = latest and latest.sequence >= (installation.proved_sequence or 0)  # the server may have a newer one
    has_same_content = latest and (latest.lines, latest.expires_on) == (licences, expires_on)
    if latest and is_own and is_newest and latest.covers(assured_until) and has_same_content:
        latest.serial, latest.installation = installation.serial, installation
        ensure_licence_file(latest)
        return IssuedCode(latest, False, product_names)
    statement = codes.UnlockStatement(
        key_id=next(iter(settings.UNLOCK_KEYS)),
        sequence=_next_sequence(installation.serial, latest),
        assured_month=codes.month_number(assured_until),
        lines=tuple((line["slot"], line["quantity"]) for line in licences),
        expires_on=expires_on,
    )
    code = _insert_unlock_code(installation, statement, licences, assured_until=assured_until, occasion=occasion, by=by)
    insert_row(LicenceFile(unlock_code=code, **_signed_licence_file(code, customer)))
    return IssuedCode(code, True, product_names)


def _last_valid_day(installation: Installation) -> date | None:
    """The last valid day of an installation with an emergency code; None once its emergency is settled."""
    emergency = Emergency.objects.filter(installation=installation, settled_at=None).first()
    return emergency.expires_on if emergency else None


def _licences(installation: Installation) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Product, slot and quantity per line of a code, ascending by slot; and the product names by slot.

    ``Refusal``: ``nothing-licensed``.
    """
    balances = [(each.product, each.quantity) for each in _BALANCES.all(serial=installation.serial_id)]
    if not balances:
        raise Refusal("nothing-licensed", field="serial")
    lines = [{"product": product.sku, "slot": product.slot, "quantity": quantity} for product, quantity in balances]
    return lines, {product.slot: product.name for product, _ in balances}


def _balances() -> QuerySet[Balance]:
    """A query for the positive balances of one serial, with their products, ascending by slot.

    It is compiled once; its parameter ``serial`` is the primary key of the serial.
    """
    balances = Balance.objects.filter(serial=QueryParameter("serial", like=0), quantity__gt=0)
    return balances.select_related("product").order_by("product__slot")


def _latest_code() -> QuerySet[UnlockCode]:
    """A query for the unlock code with the highest sequence of one serial, with its licence file.

    It is compiled once; its parameter ``serial`` is the primary key of the serial.
    """
    unlock_codes = UnlockCode.objects.filter(serial=QueryParameter("serial", like=0)).select_related("licence_file")
    return unlock_codes.order_by("-sequence")[:1]


_BALANCES, _LATEST_CODE = CompiledQuery(_balances), CompiledQuery(_latest_code)


def _next_sequence(serial: Serial, latest: UnlockCode | None) -> int:
    """The first sequence after all codes that may have been issued for a serial, whose latest code is ``latest``.

    It skips the numbers of codes that a restore may have lost (docs/decisions.md#sequences and docs/restore.md), and
    those that a server has proved. ``Refusal``: ``codes-exhausted``.
    """
    on_record = (latest.sequence if latest else 0) + numbers_to_skip(serial, latest)
    sequence = max(on_record, highest_proved_sequence(serial.pk)) + 1
    if sequence > codes.MAX_SEQUENCE:
        raise Refusal("codes-exhausted", field="serial", limit=codes.MAX_SEQUENCE)
    return sequence


def _insert_unlock_code(
    installation: Installation,
    statement: codes.UnlockStatement,
    licences: list[dict],
    *,
    assured_until: date | None,
    occasion: UnlockCode.Occasion,
    by: str,
) -> UnlockCode:
    """Encode what an unlock code states, with its release code, and store both as one row; returns it.

    ``statement`` is what the code states, ``licences`` its lines as they are stored: product, slot and quantity.
    ``assured_until`` is the last day of Software Assurance, ``occasion`` what the code is issued for.
    """
    identity = {"serial": installation.serial.code, "site_id": installation.site_id}
    code = codes.encode_unlock_code(statement, key=settings.UNLOCK_KEYS[statement.key_id], **identity)
    unlock_code = UnlockCode(
        serial=installation.serial,
        installation=installation,
        sequence=statement.sequence,
        code=code,
        release_code=codes.release_code(code, **identity),
        key_id=statement.key_id,
        assured_month=statement.assured_month,
        assured_until=assured_until,
        expires_on=statement.expires_on,
        lines=licences,
        occasion=occasion,
        issued_by=by,
        issued_at=timezone.now(),
    )
    return insert_row(unlock_code)


# --- Licence files -----------------------------------------------------------------------------------


def licence_file_text(code: UnlockCode) -> str:
    """The licence file of an unlock code, a JWS in compact form.

    For a code older than licence files it is signed now and not stored.
    """
    stored: LicenceFile | None = getattr(code, "licence_file", None)
    return _signed_licence_file(code)["text"] if stored is None else stored.text


def ensure_licence_file(code: UnlockCode) -> None:
    """Sign and store the licence file of a code older than licence files. Idempotent: a stored file stays as it is."""
    if not hasattr(code, "licence_file"):
        code.licence_file, _new = LicenceFile.objects.get_or_create(
            unlock_code=code, defaults=_signed_licence_file(code)
        )


def _signed_licence_file(code: UnlockCode, customer: str | None = None) -> dict[str, str]:
    """Sign the licence file of an unlock code; returns ``key_id`` and ``text`` of a ``LicenceFile``. Stores nothing.

    ``customer`` is the name in the file; None takes that of the latest registration, else the buyer's.
    """
    claims = {
        "iss": settings.PORTAL_URL,
        "iat": int(code.issued_at.timestamp()),
        "jti": f"{code.serial.code}-{code.sequence}",
        "serial": code.serial.code,
        "site_id": code.installation.site_id,
        "sequence": code.sequence,
        "unlock_code": code.code,
        "customer": _registered_name(code) if customer is None else customer,
        "licences": code.lines,
        "software_assurance_until": _iso(code.last_day_covered()),
        "expires_on": _iso(code.expires_on),
    }
    return {"key_id": licence_files.signing_key_id(), "text": licence_files.sign(claims)}


def _registered_name(code: UnlockCode) -> str:
    """The customer name in the latest registration; without one, the name of the buyer."""
    registered = code.serial.registrations.order_by("-pk").values_list("name", flat=True).first()
    return registered or code.serial.customer_name


def _iso(day: date | None) -> str | None:
    """A day as YYYY-MM-DD; None without one."""
    return day.isoformat() if day else None
