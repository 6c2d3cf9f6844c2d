"""The stored secrets of webhooks, sealed with ``MFA_ENCRYPTION_KEY`` (docs/settings.md#secrets)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from licences.domain.sealing import KeyIsGone, SealingBox, sealing_box
from licences.models import Webhook

_PURPOSE = b"xchange-webhooks-1"


def _box() -> SealingBox:
    return sealing_box(tuple(settings.MFA_ENCRYPTION_KEYS), _PURPOSE)


def seal(secret: str) -> str:
    return _box().seal(secret)


def signing_secrets(webhook: Webhook, *, now: datetime) -> list[str]:
    """The secrets that sign at this moment, the newest first. ``KeyIsGone`` if one cannot be read any more."""
    box = _box()
    sealed = [webhook.sealed_secret]
    if webhook.has_old_secret(now=now):
        sealed.append(webhook.sealed_old_secret)
    return [box.unseal(each) for each in sealed]


def unreadable_webhooks() -> list[Webhook]:
    """The webhooks whose secret none of the keys decrypts."""
    return [each for each in Webhook.objects.order_by("pk") if not _is_readable(each.sealed_secret)]


def _is_readable(sealed: str) -> bool:
    try:
        _box().unseal(sealed)
    except KeyIsGone:
        return False
    return True


@transaction.atomic
def reseal_webhook_secrets() -> int:
    """Seal every secret with the first key. Returns how many there were. Idempotent. ``KeyIsGone``."""
    box, count = _box(), 0
    for webhook in Webhook.objects.select_for_update(no_key=True).order_by("pk"):
        for name in ("sealed_secret", "sealed_old_secret"):
            if sealed := getattr(webhook, name):
                setattr(webhook, name, box.reseal(sealed))
                count += 1
        webhook.save(update_fields=["sealed_secret", "sealed_old_secret"])
    return count
