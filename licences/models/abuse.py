"""Abuse counts: refused calls from the open internet, counted so that they show without flooding the event log."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import SITE_ID_LENGTH
from licences.models.serials import Serial


class RefusedClaim(models.Model):
    """How often one site ID claimed a serial that it may not have. The first time is an event as well.

    When a serial has been claimed from many site IDs, one row with an empty ``site_id`` counts all further ones.
    """

    class Kind(models.TextChoices):
        """The codes of the refusals that are counted (docs/surface.md)."""

        SERIAL_IN_USE = "serial-in-use", _("in use on another installation")
        RELEASED = "relicensing-required", _("released, needs re-licensing")
        SITE_ID_IN_USE = "site-id-in-use", _("site ID belongs to another serial number")
        RELEASE_CODE = "release-code-wrong", _("wrong release code")
        NOT_PROVED = "installation-not-proved", _("installation not verified")

    serial = models.ForeignKey(
        # No index of its own: the unique constraint has one that begins with the serial.
        Serial,
        on_delete=models.PROTECT,
        related_name="refused_claims",
        db_index=False,
        verbose_name=_("serial number"),
    )
    kind = models.CharField(_("reason for refusal"), max_length=30, choices=Kind)
    site_id = models.CharField(_("site ID"), max_length=SITE_ID_LENGTH, blank=True)
    times = models.PositiveBigIntegerField(_("count"), default=1)
    first_at = models.DateTimeField(_("first time"))
    last_at = models.DateTimeField(_("last time"), db_index=True)

    class Meta:
        verbose_name = _("refused attempt")
        verbose_name_plural = _("refused attempts")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["serial", "kind", "site_id"], name="one_count_per_refused_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.serial}: {self.get_kind_display()}"


class SerialGuess(models.Model):
    """How often an address (for IPv6, its /64 network) named serials that do not exist or are not its own."""

    address = models.CharField(_("address"), max_length=45, unique=True)
    times = models.PositiveBigIntegerField(_("count"), default=1)
    first_at = models.DateTimeField(_("first time"))
    last_at = models.DateTimeField(_("last time"), db_index=True)

    class Meta:
        verbose_name = _("attempt with unknown serial number")
        verbose_name_plural = _("attempts with unknown serial numbers")
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return self.address


class RateLimit(models.Model):
    """The rate limit of an address or a serial (``operations.rate_limits``).

    ``busy_until`` is in seconds since 1970: each call moves it ahead. Rows are worth nothing after a minute, so the
    table is unlogged on PostgreSQL.
    """

    key = models.CharField(max_length=64, primary_key=True)
    busy_until = models.FloatField()

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key


class InstallationAddress(models.Model):
    """An address from which an installation called within the last days (docs/surface.md#data-quality-lists).

    ``digest`` is keyed with a secret, so that the address cannot be read from it. ``last_at`` is exact to an hour.
    ``returned_at`` is when it last called from here after it had called from elsewhere.
    """

    # The constraint is the index.
    installation = models.ForeignKey(
        "licences.Installation", on_delete=models.PROTECT, related_name="addresses", db_index=False
    )
    digest = models.CharField(max_length=32)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("address of an installation")
        verbose_name_plural = _("addresses of installations")
        indexes = [
            models.Index(fields=["returned_at"], condition=Q(returned_at__isnull=False), name="addresses_by_turns")
        ]
        constraints = [models.UniqueConstraint(fields=["installation", "digest"], name="one_row_per_address")]

    def __str__(self) -> str:
        return self.digest
