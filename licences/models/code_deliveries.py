"""Unlock codes that were sent by e-mail."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.contact import CONTACT_LENGTHS
from licences.models.installations import UnlockCode


class CodeDelivery(models.Model):
    """The sheet of one unlock code on its way to one address (docs/domain.md#unlock-codes-by-e-mail).

    ``failure`` is the kind of the latest error (``licences.wording.deliveries``). The message itself waits in the mail
    queue; this row outlives it. ``address`` may be erased.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")

    unlock_code = models.ForeignKey(
        UnlockCode, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("unlock code")
    )
    address = models.CharField(_("e-mail address"), max_length=CONTACT_LENGTHS["contact_email"], blank=True)
    language = models.CharField(_("language"), max_length=10)
    queued_by = models.CharField(_("sent by"), max_length=150)
    queued_by_number = models.BigIntegerField(null=True, blank=True, editable=False)
    queued_at = models.DateTimeField(_("queued"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    failure = models.CharField(_("error"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("unlock code sent by e-mail")
        verbose_name_plural = _("unlock codes sent by e-mail")
        ordering = ["-pk"]
        permissions = [
            ("send_unlockcode", _("Can send unlock codes by e-mail")),
            ("send_to_new_address", _("Can send unlock codes to an address of the last 24 hours")),
        ]
        indexes = [
            models.Index(fields=["queued_at"], condition=Q(state="queued"), name="delivery_that_waits"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unlock_code", "address"], condition=Q(state="queued"), name="one_delivery_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="queued", ended_at=None) | (~Q(state="queued") & Q(ended_at__isnull=False)),
                name="delivery_ends_with_its_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unlock_code} → {self.address}"

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has still to send it."""
        return self.state == self.State.QUEUED
