"""Webhooks: where events are sent, and what became of every message (docs/integration.md#webhooks)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licences.domain.webhook_addresses import LONGEST_URL
from licences.models.events import Event

EXCERPT_LENGTH = 300


class Webhook(models.Model):
    """One receiver of events. Rows are kept; a webhook that is not wanted any more is switched off.

    ``kinds`` are kinds of events. ``position`` is the event up to which its messages were made; the worker goes on from
    there, so recording an event costs nothing. The secrets are sealed; the old one also signs until
    ``old_secret_until``. ``failures`` counts tries in a row that found nobody there, and after each the webhook rests.
    A worker that sends holds a lease, and another takes over once that has ended. ``gone_at`` is when the receiver said
    that the address is gone for good, which switched the webhook off; ``gone_told_at`` when administrators were told by
    e-mail.
    """

    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    kinds = models.JSONField(_("kinds of events"), default=list)
    enabled = models.BooleanField(_("switched on"), default=True)
    sealed_secret = models.TextField(editable=False)
    sealed_old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(_("old secret signs until"), null=True, blank=True)
    position = models.PositiveBigIntegerField(_("messages made up to event"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.CharField(_("created by"), max_length=150)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_failure_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True, editable=False)
    gone_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_old_secret="", old_secret_until=None)
                | (~Q(sealed_old_secret="") & Q(old_secret_until__isnull=False)),
                name="webhook_old_secret_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(lease="", leased_until=None) | (~Q(lease="") & Q(leased_until__isnull=False)),
                name="webhook_lease_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_old_secret(self, *, now: datetime) -> bool:
        """Whether the secret before the present one still signs."""
        return self.old_secret_until is not None and self.old_secret_until > now


class WebhookDelivery(models.Model):
    """One message to one webhook: an event, or a test, which has none.

    The message keeps its id when it is tried or replayed again. ``failure`` is the kind of the latest error
    (``licences.wording.webhooks``), ``excerpt`` the beginning of the latest answer. ``body`` and ``excerpt`` are
    emptied some days after the end. ``queued_at`` is when it was made or replayed: it is given up three days later.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        PARKED = "parked", _("parked")

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("webhook"))
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("event")
    )
    message = models.CharField(_("message"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    serial = models.CharField(_("serial number"), max_length=8, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    queued_at = models.DateTimeField(_("queued"))
    due_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    failure = models.CharField(_("error"), max_length=40, blank=True)
    excerpt = models.CharField(_("answer"), max_length=EXCERPT_LENGTH, blank=True)
    body = models.TextField(_("body"), blank=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["webhook", "serial", "event"], condition=Q(state="waiting"), name="webhook_message_that_waits"
            ),
            models.Index(fields=["webhook", "event"], condition=Q(state="waiting"), name="webhook_message_next"),
            models.Index(fields=["webhook", "id"], condition=Q(state="parked"), name="webhook_message_parked"),
            models.Index(fields=["ended_at"], condition=~Q(body=""), name="webhook_message_with_body"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="webhook_message_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="webhook_message_ends_with_its_state",
            ),
        ]

    def __str__(self) -> str:
        return self.message
