"""Who is told by e-mail that a webhook was switched off because its receiver is gone (docs/integration.md#webhooks).

Sending is up to ``licensing_portal.webhook_emails``, which has the mail queue.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from licences.models import Webhook
from licences.operations.webhooks.endpoints import lock_webhook
from licences.queries.webhooks import gone_webhooks

CHANGES = "licences.change_webhook"
TellAdministrators = Callable[[Webhook, Sequence[User]], None]
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def tell_of_gone_webhooks(*, now: datetime, tell: TellAdministrators) -> int:
    """Tell those who may switch webhooks on of the ones whose receiver is gone, each time once. Returns how many.

    ``tell`` gets a webhook and the active users with an address; it runs in the transaction that notes that they were
    told. Where nobody has an address, the next call tries again.
    """
    return sum(_tell(pk, now, tell) for pk in gone_webhooks().filter(gone_told_at=None).values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, now: datetime, tell: TellAdministrators) -> bool:
    webhook = lock_webhook(pk)
    if webhook.gone_at is None or webhook.gone_told_at is not None:
        return False
    able = User.objects.with_perm(CHANGES, include_superusers=True, backend=_BACKEND)
    administrators = list(able.filter(is_active=True).exclude(email="").order_by("pk"))
    if not administrators:
        return False
    tell(webhook, administrators)
    webhook.gone_told_at = now
    webhook.save(update_fields=["gone_told_at"])
    return True
