"""Making unlock codes, and the licence files that go with them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from licences import licence_files
from licences.compiled import Compiled, Given, insert
from licences.domain import codes
from licences.domain.errors import Refusal
from licences.models import Balance, Emergency, Installation, LicenceFile, UnlockCode


@dataclass(frozen=True, slots=True)
class Made:
    """An unlock code, whether it is new, and the names of its products by their slots."""

    code: UnlockCode
    is_new: bool
    product_names: dict[int, str]


def unlock_code_for(
    installation: Installation,
    *,
    assured_until: date | None,
    occasion: UnlockCode.Occasion,
    by: str,
    customer: str | None = None,
    expires_on: date | None = None,
) -> Made:
    """The unlock code of a live installation for what its serial is worth now.

    With nothing changed since the last one it is that one again (domain.md rule 3). The caller holds the serial, and
    says until when it is assured; ``customer`` is the party named at registration, where the caller knows it.
    ``expires_on`` begins an emergency; until that is settled, every further code has the same last valid day.
    ``Refusal``: ``nothing-licensed``, ``codes-exhausted`` after 4095 codes.
    """
    licences, names = _licences(installation)
    assured_month = codes.month_number(assured_until)
    latest = _LATEST_CODE.first(serial=installation.serial_id)
    own = latest is not None and latest.installation_id == installation.pk
    if latest and own and latest.expires_on is not None:
        expires_on = _last_valid_day(installation)
    says = (licences, assured_month, expires_on)
    if latest and own and (latest.lines, latest.assured_month, latest.expires_on) == says:
        latest.serial, latest.installation = installation.serial, installation
        return Made(latest, False, names)
    statement = codes.Statement(
        key_id=next(iter(settings.UNLOCK_KEYS)),
        sequence=_next_sequence(latest),
        assured_month=assured_month,
        lines=tuple((line["slot"], line["quantity"]) for line in licences),
        expires_on=expires_on,
    )
    code = _make(installation, statement, licences, occasion=occasion, by=by)
    insert(LicenceFile(unlock_code=code, **_signed(code, customer)))
    return Made(code, True, names)


def _last_valid_day(installation: Installation) -> date | None:
    """Of an installation that had an emergency code: None once that is settled."""
    emergency = Emergency.objects.filter(installation=installation, settled_at=None).first()
    return emergency.expires_on if emergency else None


def _licences(installation: Installation) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """The lines of a code, ascending by slot, and the names of their products."""
    held = [(each.product, each.quantity) for each in _BALANCES.all(serial=installation.serial_id)]
    if not held:
        raise Refusal("nothing-licensed", field="serial")
    lines = [{"product": product.sku, "slot": product.slot, "quantity": quantity} for product, quantity in held]
    return lines, {product.slot: product.name for product, _ in held}


def _balances() -> QuerySet[Balance]:
    balances = Balance.objects.filter(serial=Given("serial", like=0), quantity__gt=0)
    return balances.select_related("product").order_by("product__slot")


def _latest_code() -> QuerySet[UnlockCode]:
    codes_made = UnlockCode.objects.filter(serial=Given("serial", like=0)).select_related("licence_file")
    return codes_made.order_by("-sequence")[:1]


_BALANCES, _LATEST_CODE = Compiled(_balances), Compiled(_latest_code)


def _next_sequence(latest: UnlockCode | None) -> int:
    sequence = latest.sequence + 1 if latest else 1
    if sequence > codes.MAX_SEQUENCE:
        raise Refusal("codes-exhausted", field="serial", limit=codes.MAX_SEQUENCE)
    return sequence


def _make(
    installation: Installation,
    statement: codes.Statement,
    licences: list[dict],
    *,
    occasion: UnlockCode.Occasion,
    by: str,
) -> UnlockCode:
    place = {"serial": installation.serial.code, "site_id": installation.site_id}
    code = codes.encode_unlock_code(statement, key=settings.UNLOCK_KEYS[statement.key_id], **place)
    made = UnlockCode(
        serial=installation.serial,
        installation=installation,
        sequence=statement.sequence,
        code=code,
        release_code=codes.release_code(code, **place),
        key_id=statement.key_id,
        assured_month=statement.assured_month,
        expires_on=statement.expires_on,
        lines=licences,
        occasion=occasion,
        issued_by=by,
        issued_at=timezone.now(),
    )
    return insert(made)


# --- Licence files -----------------------------------------------------------------------------------


def licence_file(code: UnlockCode) -> str:
    """The licence file of an unlock code: made with it, or now, for a code from before there were any."""
    held: LicenceFile | None = getattr(code, "licence_file", None)
    if held is None:
        held, _new = LicenceFile.objects.get_or_create(unlock_code=code, defaults=_signed(code))
    return held.text


def _signed(code: UnlockCode, customer: str | None = None) -> dict[str, str]:
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
        "software_assurance_until": _iso(codes.last_day_of_month(code.assured_month)),
        "expires_on": _iso(code.expires_on),
    }
    return {"key_id": licence_files.signing_key_id(), "text": licence_files.sign(claims)}


def _registered_name(code: UnlockCode) -> str:
    """The party named at registration; before one was, who bought."""
    named = code.serial.registrations.order_by("-pk").values_list("name", flat=True).first()
    return named or code.serial.customer_name


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
