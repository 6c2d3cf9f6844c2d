"""What staff enter by hand instead of importing it, and who decided about it (docs/decisions.md#records-by-hand)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain import hand_entries
from licences.domain.staff_identity import StaffIdentity
from licences.models.relicensing import user_number
from licences.models.serials import Serial


class HandEntry(models.Model):
    """A customer, purchase, return or correction entered by hand. Append-only.

    ``number`` counts the entries without gaps and makes the purchase reference. ``serial`` is the serial number that it
    was entered for; empty for a customer, and for a purchase that is allocated one. ``lines`` maps SKUs to quantities,
    negative ones for a return. With ``needs_decision``, nothing is recorded before a second person agrees. ``token`` is
    that of the form in entries of earlier releases; nothing reads or writes it any more (``FormToken`` took its place).
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        PURCHASE = "purchase", _("Purchase")
        RETURN = "return", _("Return")
        CORRECTION = "correction", _("Correction")

    number = models.PositiveIntegerField(_("number"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="hand_entries", verbose_name=_("customer")
    )
    serial = models.ForeignKey(
        Serial,
        on_delete=models.PROTECT,
        related_name="hand_entries",
        null=True,
        blank=True,
        verbose_name=_("serial number"),
    )
    site_name = models.CharField(_("site name"), max_length=200, blank=True)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="corrections",
        null=True,
        blank=True,
        verbose_name=_("corrected entry"),
    )
    lines = models.JSONField(_("licences"), default=dict)
    purchased_on = models.DateField(_("purchased"), null=True, blank=True)
    software_assurance_until = models.DateField(_("Software Assurance until"), null=True, blank=True)
    needs_decision = models.BooleanField(_("needs a second person"), default=False)
    reason = models.TextField(_("reason"))
    entered_by = models.CharField(_("entered by"), max_length=150)
    entered_by_number = user_number()
    entered_at = models.DateTimeField(_("entered"))
    token = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("entry by hand")
        verbose_name_plural = _("entries by hand")
        ordering = ["-number"]
        permissions = [
            ("record_by_hand", _("Can enter customers, purchases and returns by hand")),
            ("agree_by_hand", _("Can agree to entries by hand of other people")),
        ]
        indexes = [models.Index(fields=["number"], condition=Q(needs_decision=True), name="hand_entry_to_decide")]
        constraints = [
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="one_hand_entry_per_form"),
            models.CheckConstraint(condition=~Q(reason=""), name="hand_entry_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="correction", corrects__isnull=False) | (~Q(kind="correction") & Q(corrects=None)),
                name="hand_entry_corrects_an_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("hand-entry", args=[self.number])

    @property
    def reference(self) -> str:
        """The purchase reference of its lines."""
        return hand_entries.reference(self.number)

    @property
    def enterer(self) -> StaffIdentity:
        """Who entered it."""
        return StaffIdentity(self.entered_by, self.entered_by_number)

    @property
    def outcome(self) -> str:
        """``recorded``, ``waiting`` or ``declined``."""
        decision = getattr(self, "decision", None)
        if decision is None:
            return "waiting" if self.needs_decision else "recorded"
        return "recorded" if decision.is_agreed else "declined"


class HandDecision(models.Model):
    """What became of an entry that needs a second person: agreed and recorded, or declined. Append-only."""

    entry = models.OneToOneField(
        HandEntry, on_delete=models.PROTECT, related_name="decision", verbose_name=_("entry by hand")
    )
    is_agreed = models.BooleanField(_("agreed"))
    reason = models.TextField(_("reason"))
    decided_by = models.CharField(_("by"), max_length=150)
    decided_by_number = user_number()
    decided_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision about an entry by hand")
        verbose_name_plural = _("decisions about entries by hand")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hand_decision_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.decided_by}"
