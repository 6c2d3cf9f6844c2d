"""Where a serial runs and ran, its registrations, and its unlock codes."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import ContactDetails
from licences.domain.codes import (
    MAX_SEQUENCE,
    SITE_ID_LENGTH,
    grouped,
    last_day_of_month,
    month_number,
    release_code,
)
from licences.models.serials import Serial, last_assured_day


class Installation(models.Model):
    """One site ID that runs a serial, or once did: a row of a history, which is ended but never overwritten
    (docs/decisions.md#how-an-installation-ends)."""

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
    # How the server proves itself. All are null in rows from before these columns.
    token_digest = models.CharField(  # noqa: DJ001  (null: no token was ever shown)
        _("checksum of the token"), max_length=64, null=True, blank=True, editable=False
    )
    token_bound_at = models.DateTimeField(_("token known since"), null=True, blank=True, editable=False)
    connect_opened_at = models.DateTimeField(_("allowed to connect since"), null=True, blank=True, editable=False)
    reached_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    proved_code = models.CharField(  # noqa: DJ001  (null: no code was shown that is not on record)
        _("unknown unlock code presented"), max_length=53, null=True, blank=True, editable=False
    )
    proved_sequence = models.PositiveSmallIntegerField(_("its number"), null=True, blank=True, editable=False)

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
        """Whether it runs the serial now."""
        return self.ended_at is None

    @property
    def proved_release_codes(self) -> tuple[tuple[int, str], ...]:
        """Sequence and release code of the unlock code that its server showed and that is not on record, if any."""
        if self.proved_code is None or self.proved_sequence is None:
            return ()
        derived = release_code(self.proved_code, serial=self.serial.code, site_id=self.site_id)
        return ((self.proved_sequence, derived),)


class Registration(ContactDetails):
    """The customer's details exactly as they were entered (docs/domain.md#registration-details).

    Append-only; the latest registration of a serial counts.
    """

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
    """An unlock code that was issued, with all that it says. Append-only.

    ``lines`` are its licences at that time. The code itself has only the month of ``assured_until``, the last day of
    Software Assurance (docs/decisions.md#days-and-months-of-software-assurance); codes from before that column have no
    day.
    """

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
    assured_until = models.DateField(_("Software Assurance until"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    lines = models.JSONField(_("licences"))
    occasion = models.CharField(_("made for"), max_length=20, choices=Occasion)
    issued_by = models.CharField(_("made by"), max_length=150)
    issued_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("unlock code")
        verbose_name_plural = _("unlock codes")
        ordering = ["-pk"]
        permissions = [("export_unlockcode", _("Can export lists with unlock codes and release codes"))]
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

    def covers(self, day: date | None) -> bool:
        """Tell whether it says that Software Assurance ends on a day (None: never had any).

        A code without a day is compared by its month.
        """
        return self.covers_month_of(day) if self.assured_until is None else self.assured_until == day

    def covers_month_of(self, day: date | None) -> bool:
        """Tell whether it says that Software Assurance ends in the month of a day (None: never had any)."""
        return self.assured_month == month_number(day)

    def last_day_covered(self, *, on_record: date | None = None) -> date | None:
        """Return the last day of Software Assurance by this code; None without any.

        For a code without a day, it is the serial's last day on record if that is in the month of the code, and else
        the end of that month. ``on_record``, the serial's last day, saves a query if the caller has it.
        """
        if self.assured_until is not None or not self.assured_month:
            return self.assured_until
        on_record = on_record or last_assured_day(self.serial_id)
        return on_record if self.covers(on_record) else last_day_of_month(self.assured_month)
