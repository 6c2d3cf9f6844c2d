"""Making unlock codes."""

from django.conf import settings
from django.utils import timezone

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.models import Installation, UnlockCode


def unlock_code_for(installation: Installation, *, occasion: UnlockCode.Occasion, by: str) -> tuple[UnlockCode, bool]:
    """The unlock code of a live installation for what its serial is worth now, and whether it is new.

    With nothing changed since the last one it is that one again (domain.md rule 3). The caller holds the serial.
    ``Refusal``: ``nothing-licensed``, ``codes-exhausted`` after 4095 codes.
    """
    serial = installation.serial
    licences = _licences(installation)
    assured_month = codes.month_number(serial.assured_until())
    latest = serial.unlock_codes.order_by("-sequence").first()
    own = latest is not None and latest.installation_id == installation.pk
    if latest and own and (latest.lines, latest.assured_month) == (licences, assured_month):
        return latest, False
    statement = codes.Statement(
        key_id=next(iter(settings.UNLOCK_KEYS)),
        sequence=_next_sequence(latest),
        assured_month=assured_month,
        lines=tuple((line["slot"], line["quantity"]) for line in licences),
    )
    return _make(installation, statement, licences, occasion=occasion, by=by), True


def _licences(installation: Installation) -> list[dict]:
    balances = installation.serial.balances.filter(quantity__gt=0).select_related("product")
    licences = [
        {"product": each.product.sku, "slot": each.product.slot, "quantity": each.quantity}
        for each in balances.order_by("product__slot")
    ]
    if not licences:
        raise Refusal("nothing-licensed", field="serial")
    return licences


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
    return UnlockCode.objects.create(
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
