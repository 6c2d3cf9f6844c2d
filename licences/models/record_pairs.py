"""Pairs of a row of a file and a record that may be the same, and the keys of purchase references.

The rules are docs/decisions.md#who-is-this-customer and docs/decisions.md#a-key-typed-otherwise.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.models.imports import FileImport, row_number_of


class RecordPair(models.Model):
    """What rows of one import say, and the record that they may mean; somebody says whether it is the same.

    ``pair`` is a digest of both, the same in every import, so that a decision is remembered. ``row_id`` is the key of
    the first staged row, ``row_count`` counts them. ``customer`` or ``reference`` is what is on record; a pair of
    customers without ``customer`` means another row of the file, whose number is the ``reference``. Undecided pairs are
    replaced whenever the rows are judged, decided ones stay.
    """

    class Kind(models.TextChoices):
        NUMBER = "number", _("Customer differs from the number")
        LOOKALIKE = "lookalike", _("New customer like a known one")
        REFERENCE = "reference", _("Same purchase, written differently")

    class Decision(models.TextChoices):
        SAME = "same", _("the same")
        ANOTHER = "another", _("another")

    file_import = models.ForeignKey(
        FileImport, on_delete=models.CASCADE, related_name="pairs", verbose_name=_("import")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    pair = models.CharField(max_length=32)
    row_id = models.BigIntegerField(_("row"))
    row_count = models.PositiveIntegerField(_("rows"), default=1)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("customer")
    )
    reference = models.CharField(_("purchase reference"), max_length=64, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_by_number = models.BigIntegerField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("pair to decide")
        verbose_name_plural = _("pairs to decide")
        constraints = [
            models.UniqueConstraint(fields=["file_import", "pair"], name="one_pair_per_import"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="pair_decided_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["pair"], condition=~Q(decision=""), name="pair_decided")]

    def __str__(self) -> str:
        return self.pair

    @property
    def row_number(self) -> int:
        """The number of its first row in the file."""
        return row_number_of(self.row_id)

    @property
    def other_row_number(self) -> int | None:
        """The number of the row that is compared with, None where it is compared with a record or a purchase line."""
        return int(self.reference) if self.kind != self.Kind.REFERENCE and self.customer_id is None else None


class PurchaseReferenceKey(models.Model):
    """The key of a purchase reference on record that is not its own key (``domain.record_keys.reference_key``).

    It stands beside the grants, which are append-only. Nearly all references are their own keys and have no row here.
    """

    reference = models.CharField(max_length=64, primary_key=True)
    key = models.CharField(max_length=192)

    class Meta:
        indexes = [models.Index(fields=["key"], name="purchase_reference_by_key")]

    def __str__(self) -> str:
        return self.key


class PurchaseReferenceMark(models.Model):
    """The last grant whose purchase reference has its key, in one row. Written under the lock on purchases."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    grant_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_purchase_reference_mark")]

    def __str__(self) -> str:
        return f"{self.grant_id}"
