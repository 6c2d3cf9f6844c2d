"""Webhooks: created, changed, and their secrets rotated, each an event (docs/security.md#webhooks)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.webhook_addresses import parse_url, require_possible
from licences.domain.webhooks import new_secret
from licences.models import Event, Webhook
from licences.operations.events import record_event
from licences.operations.webhooks.secrets import seal
from licences.queries.event_feed import end_of_log

COMPARED = ("name", "url", "kinds", "enabled")
BY = "Webhooks"  # who switches one off whose receiver is gone


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A new secret of a webhook, in clear: it is shown once."""

    record: Webhook
    text: str


@transaction.atomic
def create_webhook(*, name: str, url: str, kinds: Sequence[str], by: str) -> IssuedSecret:
    """Create a webhook, which gets what happens from now on. Every call creates another one.

    ``kinds`` are kinds of events. ``Refusal``: ``webhook-kinds-missing``, ``webhook-url-wrong``, ``webhook-port``,
    ``webhook-inside``.
    """
    require_webhook_url(url)
    secret = new_secret()
    webhook = Webhook.objects.create(
        name=name,
        url=url,
        kinds=_known_kinds(kinds),
        sealed_secret=seal(secret),
        position=end_of_log(),
        created_by=str(by),
    )
    record_webhook_event(Event.Kind.WEBHOOK_CREATED, webhook, by=by, kinds=webhook.kinds)
    return IssuedSecret(webhook, secret)


@transaction.atomic
def change_webhook(*, webhook_id: int, name: str, url: str, kinds: Sequence[str], enabled: bool, by: str) -> list[str]:
    """Change a webhook; return the names of the fields that changed. Nothing changed is no event.

    Messages that wait go to the new address. What happens while a webhook is switched off is not sent, unless it is
    replayed. ``Refusal``: as ``create_webhook``.
    """
    require_webhook_url(url)
    webhook = lock_webhook(webhook_id)
    wanted = {"name": name, "url": url, "kinds": _known_kinds(kinds), "enabled": enabled}
    changed = [each for each in COMPARED if getattr(webhook, each) != wanted[each]]
    if not changed:
        return []
    more: dict[str, Any] = {"resting_until": None, "failures": 0}  # whatever was wrong may be mended
    if enabled and not webhook.enabled:
        more |= {"position": end_of_log(), "gone_at": None, "gone_told_at": None}
    for field, value in {**wanted, **more}.items():
        setattr(webhook, field, value)
    webhook.save(update_fields=[*wanted, *more])
    about = {"kinds": webhook.kinds, "enabled": webhook.enabled, "fields": changed}
    record_webhook_event(Event.Kind.WEBHOOK_CHANGED, webhook, by=by, **about)
    return changed


def switch_off_gone(webhook: Webhook, *, now: datetime) -> None:
    """Switch off a webhook whose receiver answered a message with 410; it has to be locked.

    Its messages wait until somebody switches it on again. Nothing is done for one that is switched off already.
    """
    if not webhook.enabled:
        return
    webhook.enabled, webhook.gone_at, webhook.gone_told_at = False, now, None
    webhook.save(update_fields=["enabled", "gone_at", "gone_told_at"])
    about = {"kinds": webhook.kinds, "enabled": False, "fields": ["enabled"], "because": "gone"}
    record_webhook_event(Event.Kind.WEBHOOK_CHANGED, webhook, by=BY, **about)


@transaction.atomic
def rotate_webhook_secret(*, webhook_id: int, overlap: timedelta, by: str) -> IssuedSecret:
    """Give a webhook a new secret. For ``overlap``, messages have a signature by the old one as well.

    ``Refusal``: ``webhook-secret-rotated`` while the secret before still signs.
    """
    webhook, now = require_one_secret(webhook_id), timezone.now()
    secret = new_secret()
    webhook.sealed_old_secret, webhook.old_secret_until = webhook.sealed_secret, now + overlap
    webhook.sealed_secret = seal(secret)
    webhook.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    until = webhook.old_secret_until.isoformat(timespec="seconds")
    record_webhook_event(Event.Kind.WEBHOOK_ROTATED, webhook, by=by, old_secret_until=until)
    return IssuedSecret(webhook, secret)


def require_one_secret(webhook_id: int) -> Webhook:
    """Lock a webhook until the transaction ends, and return it. ``Refusal``: ``webhook-secret-rotated``."""
    webhook = lock_webhook(webhook_id)
    if webhook.has_old_secret(now=timezone.now()):
        raise Refusal("webhook-secret-rotated")
    return webhook


def require_webhook_url(url: str) -> None:
    """``Refusal`` ``webhook-url-wrong``, ``webhook-port`` or ``webhook-inside`` for an address that is never reached.

    No name is resolved here; that is done before every try.
    """
    require_possible(parse_url(url), allowed=settings.WEBHOOK_ALLOWED_ADDRESSES)


def lock_webhook(webhook_id: int) -> Webhook:
    """Lock a webhook until the transaction ends, and return it."""
    return Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)


def record_webhook_event(kind: Event.Kind, webhook: Webhook, *, by: str, **details: Any) -> None:
    """Record what was done with a webhook. Of its address only the host: the rest may hold a secret."""
    about = {"webhook": webhook.pk, "name": webhook.name, "host": parse_url(webhook.url).host}
    record_event(kind, by=by, details={**about, **details})


def _known_kinds(kinds: Sequence[str]) -> list[str]:
    known = [kind for kind in Event.Kind.values if kind in kinds]
    if not known:
        raise Refusal("webhook-kinds-missing", field="kinds")
    return known
