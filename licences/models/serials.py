"""Products, serial numbers, the licences granted to them, and what that adds up to."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from licences.compiled import Compiled, Given
from licences.domain.codes import MAX_QUANTITY, SERIAL_LENGTH, grouped
from licences.domain.entitlements import Coverage
from licences.domain.versions import Version
from licences.models.reference import Release


class Product(models.Model):
    """An item of the catalogue. Its slot is what unlock codes call it (codes.md)."""

    sku = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    slot = models.PositiveSmallIntegerField(_("slot"), unique=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["slot"]
        constraints = [
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=31), name="product_slot_between_1_and_31"),
            models.CheckConstraint(condition=~Q(sku=""), name="product_has_a_sku"),
            models.UniqueConstraint(Lower("sku"), name="product_sku_unique_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name


class Serial(models.Model):
    """All licences a customer bought for one site. Its state follows from installations and codes."""

    class Origin(models.TextChoices):
        ALLOCATED = "allocated", _("allocated here")
        TAKEN_OVER = "taken-over", _("from an older system")

    code = models.CharField(_("serial number"), max_length=SERIAL_LENGTH)
    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="serial", verbose_name=_("site"))
    origin = models.CharField(_("origin"), max_length=20, choices=Origin, default=Origin.ALLOCATED)
    highest_version = models.CharField(_("highest version lawfully run"), max_length=32, blank=True)
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)
    blocked_by = models.CharField(_("blocked by"), max_length=150, blank=True)
    blocked_reason = models.TextField(_("reason for the block"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    allocated_by = models.ForeignKey(
        "FileImport", on_delete=models.PROTECT, related_name="serials", null=True, blank=True, verbose_name=_("import")
    )

    class Meta:
        verbose_name = _("serial number")
        verbose_name_plural = _("serial numbers")
        permissions = [
            ("register_installation", _("Can register installations and update licences by hand")),
            ("block_serial", _("Can block and unblock serial numbers")),
            ("transfer_serial", _("Can transfer serial numbers to another customer")),
        ]
        indexes = [models.Index(fields=["blocked_at"], condition=Q(blocked_at__isnull=False), name="serial_by_block")]
        constraints = [
            # No ``unique=True``: that brings a second index for LIKE on PostgreSQL.
            models.UniqueConstraint(
                fields=["code"], name="serial_code_unique", violation_error_message=_("This serial number exists.")
            ),
            models.CheckConstraint(
                condition=Q(blocked_at=None, blocked_reason="") | (Q(blocked_at__isnull=False) & ~Q(blocked_reason="")),
                name="serial_blocked_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return grouped(self.code)

    def get_absolute_url(self) -> str:
        return reverse("serial", args=[self.code])

    @property
    def customer_name(self) -> str:
        return self.site.customer.name

    def assured_until(self) -> date | None:
        """The last day that Software Assurance ever covered, over all grants."""
        latest = _LATEST_COVER.first(serial=self.pk)
        return latest.software_assurance_until if latest else None

    def coverage(self) -> Coverage:
        return self.covered(self.assured_until(), Release.objects.all())

    def covered(self, assured_until: date | None, releases: Iterable[Release]) -> Coverage:
        """Its coverage, where cover and releases are known already."""
        highest = Version.parse(self.highest_version) if self.highest_version else None
        return Coverage(assured_until, highest, Release.policy(releases))


class LicenceGrant(models.Model):
    """A quantity of one product, added to a serial by one purchase line; negative is a return. Append-only.

    ``row_digest`` and ``column_checks`` tell whether the same purchase line came again and what differs;
    ``allocation_key`` finds the serial that its purchase was given (decisions.md 9), among the grants of the same
    purchase reference.
    """

    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, related_name="grants", verbose_name=_("serial number"))
    # A handful of products: an index would find half of the table.
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("product")
    )
    quantity = models.IntegerField(_("quantity"))
    purchase_reference = models.CharField(_("purchase reference"), max_length=64)
    line = models.PositiveIntegerField(_("line"))
    purchased_on = models.DateField(_("purchased"), null=True, blank=True)
    software_assurance_until = models.DateField(_("Software Assurance until"), null=True, blank=True)
    row_digest = models.CharField(max_length=32, editable=False)
    column_checks = models.CharField(max_length=72, editable=False)
    allocation_key = models.CharField(max_length=32, editable=False)
    file_import = models.ForeignKey(
        "FileImport", on_delete=models.PROTECT, related_name="grants", null=True, blank=True, verbose_name=_("import")
    )
    file_row = models.PositiveIntegerField(_("row in the file"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("licence grant")
        verbose_name_plural = _("licence grants")
        permissions = [("import_purchases", _("Can import purchases"))]
        constraints = [
            models.UniqueConstraint(fields=["purchase_reference", "line"], name="one_grant_per_purchase_line"),
            models.CheckConstraint(
                condition=~Q(quantity=0) & Q(quantity__gte=-MAX_QUANTITY, quantity__lte=MAX_QUANTITY),
                name="grant_quantity_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_reference}/{self.line}: {self.quantity:+d}"


def _latest_cover() -> models.QuerySet[LicenceGrant]:
    covered = LicenceGrant.objects.filter(serial=Given("serial", like=0), software_assurance_until__isnull=False)
    return covered.order_by("-software_assurance_until").only("software_assurance_until")[:1]


_LATEST_COVER = Compiled(_latest_cover)


class Balance(models.Model):
    """What a serial's grants of one product add up to, written with the grants (decisions.md 7)."""

    # The unique constraint is the index of the serial number.
    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="balances", db_index=False, verbose_name=_("serial number")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("product")
    )
    quantity = models.IntegerField(_("quantity"))

    class Meta:
        verbose_name = _("licences in force")
        verbose_name_plural = _("licences in force")
        ordering = ["serial", "product__slot"]
        constraints = [
            models.UniqueConstraint(fields=["serial", "product"], name="one_balance_per_serial_and_product"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lte=MAX_QUANTITY), name="balance_between_0_and_32767"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"


class PurchaseLock(models.Model):
    """One row that whoever records purchases holds, so that two never allocate for the same site at once."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_purchase_lock")]

    def __str__(self) -> str:
        return "purchase lock"
