"""Products, serial numbers, their licence grants, and the balances of these grants."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Site
from licences.database.compiled import CompiledQuery, QueryParameter
from licences.domain.codes import MAX_QUANTITY, SERIAL_LENGTH, grouped
from licences.domain.entitlements import Coverage
from licences.domain.hand_entries import entry_number_in
from licences.domain.versions import Version
from licences.models.reference import Release


class Product(models.Model):
    """An item of the catalogue. ``slot`` is its number in unlock codes (docs/codes.md#unlock-code)."""

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
    """A serial number, for all licences that a customer bought for one site (docs/domain.md#one-serial-per-site).

    Its state is not stored but follows from installations and codes (docs/domain.md#states-of-a-serial).
    """

    class Origin(models.TextChoices):
        ALLOCATED = "allocated", _("allocated here")
        TAKEN_OVER = "taken-over", _("from an older system")

    code = models.CharField(_("serial number"), max_length=SERIAL_LENGTH)
    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="serial", verbose_name=_("site"))
    origin = models.CharField(_("origin"), max_length=20, choices=Origin, default=Origin.ALLOCATED)
    highest_version = models.CharField(_("highest version entitled"), max_length=32, blank=True)
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)
    blocked_by = models.CharField(_("blocked by"), max_length=150, blank=True)
    blocked_reason = models.TextField(_("reason for blocking"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    returned_at = models.DateTimeField(_("recovered after a restore"), null=True, blank=True, editable=False)
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
            # Not ``unique=True``, which adds a second index for LIKE on PostgreSQL.
            models.UniqueConstraint(
                fields=["code"],
                name="serial_code_unique",
                violation_error_message=_("This serial number already exists."),
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
        """The name of the customer as it is on record now."""
        return self.site.customer.name

    def assured_until(self) -> date | None:
        """Return the last day that Software Assurance covers, over all grants; None if it was never bought."""
        return last_assured_day(self.pk)

    def coverage(self) -> Coverage:
        """Return what decides which versions it may run."""
        return self.coverage_from(self.assured_until(), Release.objects.all())

    def coverage_from(self, assured_until: date | None, releases: Iterable[Release]) -> Coverage:
        """Return its coverage without a query, from its last day of cover and all releases."""
        highest = Version.parse(self.highest_version) if self.highest_version else None
        return Coverage(assured_until, highest, Release.policy(releases))


class LicenceGrant(models.Model):
    """A quantity of one product that one purchase line adds to a serial; a return is negative. Append-only.

    ``row_digest`` and ``column_checks`` tell whether the same purchase line comes again and which columns differ.
    ``allocation_key`` finds the serial for further lines of a purchase, among the grants of its purchase reference
    (docs/decisions.md#digests-and-keys-of-purchases).

    A row that ``reverses`` another one has its key and the opposite quantity: its import was taken back. The same key
    may then come again. ``generation`` counts the rows of a key, and is null for the first
    (docs/decisions.md#imports-that-are-taken-back).
    """

    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, related_name="grants", verbose_name=_("serial number"))
    # No index: there are few products, so that it would find half of the table.
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
    generation = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Indexed by its constraint, which holds the few rows that reverse one.
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="reversals", null=True, blank=True, db_index=False,
        editable=False, verbose_name=_("reversed line"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("licence grant")
        verbose_name_plural = _("licence grants")
        permissions = [
            ("import_purchases", _("Can import purchases")),
            ("view_renewals", _("Can see what Software Assurance ends, by month")),
        ]
        indexes = [
            models.Index(
                fields=["software_assurance_until", "serial"],
                condition=Q(software_assurance_until__isnull=False),
                name="grant_by_end_of_cover",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                "purchase_reference", "line", Coalesce("generation", 0), name="one_grant_per_line_and_generation"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="one_reversal_per_grant"
            ),
            models.CheckConstraint(
                condition=~Q(quantity=0) & Q(quantity__gte=-MAX_QUANTITY, quantity__lte=MAX_QUANTITY),
                name="grant_quantity_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_reference}/{self.line}: {self.quantity:+d}"

    @property
    def hand_number(self) -> int | None:
        """The number of the entry by hand that it came from; None for one of a file."""
        return None if self.file_import_id else entry_number_in(self.purchase_reference)


def grants_in_force() -> models.QuerySet[LicenceGrant]:
    """The grants that were not taken back, without the rows that reverse others: at most one per purchase line."""
    reversals = LicenceGrant.objects.filter(reverses=OuterRef("pk"))
    return LicenceGrant.objects.filter(~Exists(reversals), reverses=None)


def _latest_cover() -> models.QuerySet[LicenceGrant]:
    covered = grants_in_force().filter(serial=QueryParameter("serial", like=0), software_assurance_until__isnull=False)
    return covered.order_by("-software_assurance_until").only("software_assurance_until")[:1]


_LATEST_COVER = CompiledQuery(_latest_cover)


def last_assured_day(serial_id: int) -> date | None:
    """Return the last day that Software Assurance covers, over all grants of a serial; None if it was never bought."""
    latest = _LATEST_COVER.first(serial=serial_id)
    return latest.software_assurance_until if latest else None


class Balance(models.Model):
    """The sum of a serial's grants of one product, written together with the grants (docs/decisions.md#balances)."""

    # No index of its own: the unique constraint has one that begins with the serial.
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
    """One row that recording purchases locks, so that no two purchases allocate a serial for the same site at once."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_purchase_lock")]

    def __str__(self) -> str:
        return "purchase lock"
