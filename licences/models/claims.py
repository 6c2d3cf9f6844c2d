"""What came in from the open internet and was refused: counted, so that it shows and does not flood the log."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import SITE_ID_LENGTH
from licences.models.serials import Serial


class RefusedClaim(models.Model):
    """How often one site ID asked for a serial that it may not have. Its first time is an event as well.

    An empty ``site_id`` stands for all further ones, once a serial was tried from very many.
    """

    class Kind(models.TextChoices):
        """The codes of the refusals that are counted."""

        SERIAL_IN_USE = "serial-in-use", _("in use on another installation")
        RELEASED = "relicensing-required", _("released, needs re-licensing")
        SITE_ID_IN_USE = "site-id-in-use", _("site ID runs another serial number")
        RELEASE_CODE = "release-code-wrong", _("wrong release code")

    serial = models.ForeignKey(
        # The unique constraint is the index of the serial number.
        Serial,
        on_delete=models.PROTECT,
        related_name="refused_claims",
        db_index=False,
        verbose_name=_("serial number"),
    )
    kind = models.CharField(_("why refused"), max_length=30, choices=Kind)
    site_id = models.CharField(_("site ID"), max_length=SITE_ID_LENGTH, blank=True)
    times = models.PositiveBigIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first tried"))
    last_at = models.DateTimeField(_("last tried"), db_index=True)

    class Meta:
        verbose_name = _("refused claim")
        verbose_name_plural = _("refused claims")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["serial", "kind", "site_id"], name="one_count_per_refused_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.serial}: {self.get_kind_display()}"


class SerialGuess(models.Model):
    """How often an address (of an IPv6 network, its /64) named serials that do not exist or are not its own."""

    address = models.CharField(_("address"), max_length=45, unique=True)
    times = models.PositiveBigIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first tried"))
    last_at = models.DateTimeField(_("last tried"), db_index=True)

    class Meta:
        verbose_name = _("guessed serial number")
        verbose_name_plural = _("guessed serial numbers")
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return self.address


class RateLimit(models.Model):
    """How far ahead of the clock an address or a serial has run (``operations.limits``).

    ``busy_until`` is in seconds since 1970. Worth nothing after a minute: on PostgreSQL the table is not even logged.
    """

    key = models.CharField(max_length=64, primary_key=True)
    busy_until = models.FloatField()

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key
