"""Where a serial runs and ran, who registered it, and the unlock codes made for it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import ContactDetails
from licences.domain.codes import MAX_SEQUENCE, SITE_ID_LENGTH, grouped
from licences.models.serials import Serial


class Installation(models.Model):
    """One site ID that holds, or once held, a serial: a row of a history, ended but never overwritten."""

    class Origin(models.TextChoices):
        REGISTERED = "registered", _("registered")
        RELICENSED = "re-licensed", _("re-licensed")
        TAKEN_OVER = "taken-over", _("taken over from an older system")

    class EndReason(models.TextChoices):
        RELEASED = "released", _("released by the server")
        RELICENSED = "re-licensed", _("re-licensed")
        EMERGENCY = "emergency", _("replaced in an emergency")
        BY_HAND = "by-hand", _("taken over by hand")
        WITHDRAWN = "emergency-withdrawn", _("emergency code withdrawn")

    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="installations", verbose_name=_("serial number")
    )
    site_id = models.CharField(_("site ID"), max_length=SITE_ID_LENGTH, db_index=True)
    origin = models.CharField(_("origin"), max_length=20, choices=Origin)
    server_version = models.CharField(_("server version"), max_length=32, blank=True)
    client_version = models.CharField(_("client version"), max_length=32, blank=True)
    began_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("how it ended"), max_length=20, choices=EndReason, blank=True)
    reported_release_code = models.CharField(_("release code reported"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["reported_release_code"],
                condition=~Q(reported_release_code=""),
                name="installation_by_release_code",
            ),
            models.Index(fields=["ended_at"], condition=Q(end_reason="released"), name="installation_by_release"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["serial"], condition=Q(ended_at=None), name="one_live_installation_per_serial"
            ),
            models.UniqueConstraint(
                fields=["site_id"], condition=Q(ended_at=None), name="one_live_installation_per_site_id"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="installation_ended_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return grouped(self.site_id)

    @property
    def is_live(self) -> bool:
        return self.ended_at is None


class Registration(ContactDetails):
    """The customer's details, word for word as they were entered. Append-only; the latest counts."""

    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("serial number")
    )
    installation = models.ForeignKey(
        Installation, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("installation")
    )
    name = models.CharField(_("customer name"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    entered_by = models.CharField(_("entered by"), max_length=150)
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class UnlockCode(models.Model):
    """A code that was made, with all it says. Append-only; ``lines`` are its licences as they were then."""

    class Occasion(models.TextChoices):
        REGISTRATION = "registration", _("registration")
        UPDATE = "update", _("licences updated")
        RELICENSING = "re-licensing", _("re-licensing")
        EMERGENCY = "emergency", _("emergency")
        PERMANENT = "permanent", _("made permanent after an emergency")

    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="unlock_codes", verbose_name=_("serial number")
    )
    installation = models.ForeignKey(
        Installation, on_delete=models.PROTECT, related_name="unlock_codes", verbose_name=_("installation")
    )
    sequence = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("unlock code"), max_length=53, unique=True)
    release_code = models.CharField(_("release code"), max_length=10, db_index=True)
    key_id = models.PositiveSmallIntegerField(_("key"))
    assured_month = models.PositiveSmallIntegerField(_("Software Assurance month"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    lines = models.JSONField(_("licences"))
    occasion = models.CharField(_("made for"), max_length=20, choices=Occasion)
    issued_by = models.CharField(_("made by"), max_length=150)
    issued_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("unlock code")
        verbose_name_plural = _("unlock codes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["serial", "sequence"], name="one_unlock_code_per_sequence"),
            models.CheckConstraint(
                condition=Q(sequence__gte=1, sequence__lte=MAX_SEQUENCE), name="unlock_code_sequence_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{grouped(self.serial.code)} #{self.sequence}"

    def get_absolute_url(self) -> str:
        return reverse("unlock-code", args=[self.pk])
