"""Emergencies (the old PC is dead), approvals of supervisors, and wrong release codes."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licences.domain.approvals import LimitKind
from licences.domain.checklist import Item
from licences.domain.codes import RELEASE_CODE_LENGTH, grouped
from licences.models.installations import Installation, UnlockCode
from licences.models.relicensing import ChecklistCheck, Relicensing, user_number
from licences.models.serials import Serial
from licences.wording.checklist import ITEM_NAMES


class Emergency(models.Model):
    """A serial that runs with a code that expires, because nothing proves the release of the ``earlier`` installation
    (docs/decisions.md#dead-pc-and-emergency-codes).

    It is open until the old PC's release code or a supervisor settles it, or it is withdrawn. That may be long after
    the code has expired. ``permanent_code`` is the code that replaced it, unless no licences were left.
    """

    class Outcome(models.TextChoices):
        RELEASE_CODE = "release-code", _("confirmed by the release code")
        DECIDED = "decided", _("made permanent by decision")
        WITHDRAWN = "withdrawn", _("withdrawn")

    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="emergencies", verbose_name=_("serial number")
    )
    request = models.OneToOneField(
        Relicensing, on_delete=models.PROTECT, related_name="emergency", verbose_name=_("request")
    )
    earlier = models.ForeignKey(
        Installation, on_delete=models.PROTECT, related_name="+", verbose_name=_("earlier installation")
    )
    installation = models.OneToOneField(
        Installation, on_delete=models.PROTECT, related_name="emergency", verbose_name=_("installation")
    )
    expires_on = models.DateField(_("valid until"))
    reason = models.TextField(_("reason"))
    issued_by = models.CharField(_("issued by"), max_length=150)
    issued_at = models.DateTimeField(_("issued"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    settled_by = models.CharField(_("closed by"), max_length=150, blank=True)
    settled_at = models.DateTimeField(_("closed"), null=True, blank=True)
    settled_reason = models.TextField(_("reason for closing"), blank=True)
    permanent_code = models.OneToOneField(
        UnlockCode,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("permanent unlock code"),
    )

    class Meta:
        verbose_name = _("emergency")
        verbose_name_plural = _("emergencies")
        ordering = ["-pk"]
        permissions = [
            ("issue_emergency", _("Can issue emergency codes, decide their follow-ups and withdraw them")),
        ]
        indexes = [models.Index(fields=["expires_on"], condition=Q(settled_at=None), name="open_emergency_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["serial"], condition=Q(settled_at=None), name="one_open_emergency_per_serial"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="", permanent_code=None)
                | Q(settled_at__isnull=False, outcome="release-code")
                | (Q(settled_at__isnull=False, outcome="decided") & ~Q(settled_reason=""))
                | (Q(settled_at__isnull=False, outcome="withdrawn", permanent_code=None) & ~Q(settled_reason="")),
                name="emergency_outcome_is_whole",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{grouped(self.serial.code)}: {self.expires_on}"

    def get_absolute_url(self) -> str:
        return reverse("emergency", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether nothing has settled it yet."""
        return self.settled_at is None


class Approval(models.Model):
    """One supervisor's agreement, with a reason, to an item or limit of a check, or to settling an emergency.

    It is valid for the answers and record of that check only (docs/decisions.md#approvals-are-bound-to-answers).
    ``counted`` is the count at that time, if a limit was exceeded: above it, supervisors have to agree again.
    Append-only.
    """

    class Subject(models.TextChoices):
        RELEASE_CODE = Item.RELEASE_CODE.value, ITEM_NAMES[Item.RELEASE_CODE]
        CUSTOMER_NAME = Item.CUSTOMER_NAME.value, ITEM_NAMES[Item.CUSTOMER_NAME]
        ADDRESS_LINE1 = Item.ADDRESS_LINE1.value, ITEM_NAMES[Item.ADDRESS_LINE1]
        RELICENSINGS = LimitKind.RELICENSINGS.value, _("Many re-licensings")
        WRONG_CODES = LimitKind.WRONG_CODES.value, _("Many wrong release codes")
        EMERGENCY = "emergency", _("Emergency code")
        FOR_GOOD = "for-good", _("Permanent code without the release code")

    checklist = models.ForeignKey(
        ChecklistCheck,
        on_delete=models.PROTECT,
        related_name="approvals",
        null=True,
        blank=True,
        verbose_name=_("check"),
    )
    emergency = models.ForeignKey(
        Emergency,
        on_delete=models.PROTECT,
        related_name="approvals",
        null=True,
        blank=True,
        verbose_name=_("emergency"),
    )
    subject = models.CharField(_("what"), max_length=20, choices=Subject)
    counted = models.PositiveIntegerField(_("count"), default=0)
    reason = models.TextField(_("reason"))
    approved_by = models.CharField(_("by"), max_length=150)
    approved_by_number = user_number()
    approved_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(checklist__isnull=False, emergency=None) | Q(checklist=None, emergency__isnull=False),
                name="approval_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="approval_has_a_reason"),
            models.UniqueConstraint(
                fields=["emergency", "subject", "approved_by"],
                condition=Q(emergency__isnull=False, approved_by_number=None),
                name="one_approval_per_name",
            ),
            models.UniqueConstraint(
                fields=["emergency", "subject", "approved_by_number"],
                condition=Q(emergency__isnull=False, approved_by_number__isnull=False),
                name="one_approval_per_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {self.approved_by}"


class WrongReleaseCode(models.Model):
    """A release code that was given for a serial and does not prove its release.

    Checklist, emergency page and API all write here, so that wrong codes are counted together. The same code again
    within a day does not count as another guess, and at most fifty are kept.
    """

    serial = models.ForeignKey(
        # The index on serial and time serves this key too.
        Serial,
        on_delete=models.PROTECT,
        related_name="wrong_release_codes",
        db_index=False,
        verbose_name=_("serial number"),
    )
    code = models.CharField(_("release code"), max_length=RELEASE_CODE_LENGTH + 1)
    given_by = models.CharField(_("entered by"), max_length=150)
    given_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("wrong release code")
        verbose_name_plural = _("wrong release codes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["serial", "given_at"], name="wrong_code_by_serial")]

    def __str__(self) -> str:
        return f"{self.serial_id}: {self.given_at}"
