"""Restores of older backups: by how much sequences were raised, and which serials come back
(docs/decisions.md#restored-backups)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import MAX_SEQUENCE, SERIAL_LENGTH


class SequenceRaise(models.Model):
    """One restore: how many sequence numbers are skipped, since the lost records may have used them. Append-only.

    It applies to a serial whose latest code is older than the restore, which primary keys tell and not a clock:
    ``last_code`` and ``last_serial`` are the highest keys of codes and serials when it was written. ``mark`` identifies
    it in the list of restores that is kept outside the database.
    """

    mark = models.CharField(max_length=32, unique=True, editable=False)
    by_how_many = models.PositiveSmallIntegerField(_("numbers skipped"))
    last_code = models.PositiveBigIntegerField(editable=False)
    last_serial = models.PositiveBigIntegerField(editable=False)
    raised_at = models.DateTimeField(_("when"))
    raised_by = models.CharField(_("who"), max_length=150)

    class Meta:
        verbose_name = _("raise of sequences")
        verbose_name_plural = _("raises of sequences")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by_how_many__gte=1, by_how_many__lt=MAX_SEQUENCE), name="sequences_raised_within_range"
            )
        ]

    def __str__(self) -> str:
        return f"+{self.by_how_many}"


class ReturningSerial(models.Model):
    """A serial that a restore lost and that the same purchase gets again.

    It is read from the lists of allocated serials. ``allocation_key`` is that of ``LicenceGrant``. ``place`` is that of
    ``StagedPurchase``, a hash of customer and site, by which another purchase for the same site finds it.
    """

    purchase_reference = models.CharField(_("purchase reference"), max_length=64)
    allocation_key = models.CharField(max_length=32, editable=False)
    place = models.BigIntegerField(editable=False)
    code = models.CharField(_("serial number"), max_length=SERIAL_LENGTH)

    class Meta:
        verbose_name = _("serial number to recover")
        verbose_name_plural = _("serial numbers to recover")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["place"], name="returning_serial_by_place"),
            models.Index(fields=["code"], name="returning_serial_by_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase_reference", "allocation_key", "code"], name="one_returning_serial_per_purchase"
            )
        ]

    def __str__(self) -> str:
        return self.code
