"""Webhooks: receivers that do not answer or are gone, messages that were given up, secrets that cannot be read."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from licences.models import Webhook
from licences.operations.webhooks.secrets import unreadable_webhooks
from licences.queries.webhooks import failing_webhooks, gone_webhooks, webhooks_with_parked_messages
from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning


def find_webhooks() -> Iterator[HealthFinding]:
    """One finding for each trouble, or one that there is none."""
    found = [*_unreadable(), *_gone(), *_failing(), *_parked()]
    if found:
        yield from found
    else:
        count = Webhook.objects.filter(enabled=True).count()
        yield ok(_("Webhooks that are switched on, without trouble: %(count)s.") % {"count": count})


def _unreadable() -> Iterator[HealthFinding]:
    if lost := unreadable_webhooks():
        words = _("Webhooks whose secret cannot be decrypted with MFA_ENCRYPTION_KEY: %(names)s.")
        advice = _("Add the old key to MFA_ENCRYPTION_KEY, behind the present one, and run reseal_factors.")
        yield problem(words % {"names": _named(lost)}, advice)


def _gone() -> Iterator[HealthFinding]:
    if gone := list(gone_webhooks()):
        words = _("Webhooks that were switched off because their receiver said that it is gone (410): %(names)s.")
        advice = _(
            "Ask who runs the receiver for its new address, enter it on the page of the webhook, and switch it on."
        )
        yield warning(words % {"names": _named(gone)}, advice)


def _failing() -> Iterator[HealthFinding]:
    if failing := list(failing_webhooks(now=timezone.now())):
        words = _("Webhooks that do not answer, with messages that have waited for over an hour: %(names)s.")
        advice = _("Ask who runs the receiver. After three days its messages are given up; they can be sent again.")
        yield warning(words % {"names": _named(failing)}, advice)


def _parked() -> Iterator[HealthFinding]:
    if parked := list(webhooks_with_parked_messages()):
        words = _("Webhooks with messages that were given up: %(names)s.")
        advice = _("Open the list of webhook messages in the administration: it names the error, and sends them again.")
        yield warning(words % {"names": _named(parked)}, advice)


def _named(webhooks: list[Webhook]) -> str:
    return ", ".join(each.name for each in webhooks)
