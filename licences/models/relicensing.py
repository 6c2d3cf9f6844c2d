"""Re-licensing requests and every check that was run on them. All but the request itself is append-only."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licences.domain.checklist import Answers, Finding, Item, Verdict
from licences.models.installations import Installation, UnlockCode
from licences.models.serials import Serial


class ItemName(models.TextChoices):
    """What the checklist's items are called on screen."""

    SERIAL = Item.SERIAL.value, _("Serial number")
    SITE_ID = Item.SITE_ID.value, _("Site ID of the PC that is to run now")
    RELEASE_CODE = Item.RELEASE_CODE.value, _("Release code")
    SERVER_VERSION = Item.SERVER_VERSION.value, _("Xchange Server version")
    CLIENT_VERSION = Item.CLIENT_VERSION.value, _("Client software version")
    CUSTOMER_NAME = Item.CUSTOMER_NAME.value, _("Customer's name")
    ADDRESS_LINE1 = Item.ADDRESS_LINE1.value, _("First line of the address")


class VerdictName(models.TextChoices):
    MATCH = Verdict.MATCH.value, _("match")
    CLOSE = Verdict.CLOSE.value, _("close")
    MISMATCH = Verdict.MISMATCH.value, _("mismatch")
    UNPROVABLE = Verdict.UNPROVABLE.value, _("unprovable")
    MISSING = Verdict.MISSING.value, _("missing")


class Relicensing(models.Model):
    """One call: a checklist that is corrected and checked until its code is issued or it is withdrawn.

    ``serial`` is the one that the latest check recognised, if any. ``waiting_for`` names what only a supervisor can
    settle (items, limits), where nothing else stands in the way: kept for the desk, judged anew at issue.
    """

    class Purpose(models.TextChoices):
        REINSTALL = "reinstall", _("Reinstall on the renewed PC")
        MIGRATE = "migrate", _("Move to a new server")

    class Outcome(models.TextChoices):
        ISSUED = "issued", _("unlock code issued")
        EMERGENCY = "emergency", _("emergency code issued")
        WITHDRAWN = "withdrawn", _("withdrawn")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    serial = models.ForeignKey(
        Serial,
        on_delete=models.PROTECT,
        related_name="relicensings",
        null=True,
        blank=True,
        verbose_name=_("serial number"),
    )
    opened_by = models.CharField(_("opened by"), max_length=150)
    opened_at = models.DateTimeField(_("opened"))
    waiting_for = models.JSONField(_("waits for a supervisor because of"), default=list, blank=True)
    waiting_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    unlock_code = models.ForeignKey(
        UnlockCode,
        on_delete=models.PROTECT,
        related_name="relicensings",
        null=True,
        blank=True,
        verbose_name=_("unlock code"),
    )

    class Meta:
        verbose_name = _("re-licensing request")
        verbose_name_plural = _("re-licensing requests")
        ordering = ["-pk"]
        permissions = [
            ("relicense", _("Can take callers through the re-licensing checklist")),
            ("decide_checklist", _("Can accept checklist items that cannot be proved")),
        ]
        indexes = [
            models.Index(
                fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="relicensing_by_wait"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None, unlock_code=None)
                | Q(outcome="withdrawn", closed_at__isnull=False, unlock_code=None)
                | Q(outcome__in=("issued", "emergency"), closed_at__isnull=False, unlock_code__isnull=False),
                name="relicensing_outcome_is_whole",
            ),
            models.CheckConstraint(condition=Q(waiting_since=None) | Q(closed_at=None), name="only_open_requests_wait"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("relicensing", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ChecklistCheck(models.Model):
    """One run of the checklist: what was said, what was on record, the verdicts, who and when."""

    request = models.ForeignKey(Relicensing, on_delete=models.PROTECT, related_name="checks", verbose_name=_("request"))
    number = models.PositiveSmallIntegerField(_("number"))
    release_code_unavailable = models.BooleanField(_("no release code can be had"), default=False)
    digest = models.CharField(max_length=64, editable=False)
    checked_by = models.CharField(_("checked by"), max_length=150)
    checked_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="one_check_per_number")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}"

    def answers(self) -> Answers:
        """What was said in this check, as the checklist takes it."""
        said = {checked.item: checked.said for checked in self.items.all()}
        return Answers(**said, release_code_unavailable=self.release_code_unavailable)


class CheckedItem(models.Model):
    """One row of the checklist as it stood in one check."""

    checklist = models.ForeignKey(
        ChecklistCheck, on_delete=models.PROTECT, related_name="items", verbose_name=_("check")
    )
    item = models.CharField(_("item"), max_length=20, choices=ItemName)
    said = models.CharField(_("said"), max_length=400, blank=True)
    on_record = models.CharField(_("on record"), max_length=400, blank=True)
    verdict = models.CharField(_("verdict"), max_length=20, choices=VerdictName)
    reason = models.CharField(_("reason"), max_length=40)
    parameters = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("checked item")
        verbose_name_plural = _("checked items")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["checklist", "item"], name="each_item_once_per_check")]

    def __str__(self) -> str:
        return f"{self.get_item_display()}: {self.get_verdict_display()}"

    def finding(self) -> Finding:
        return Finding(Item(self.item), self.said, self.on_record, Verdict(self.verdict), self.reason, self.parameters)


class ItemResolution(models.Model):
    """How an item that did not simply match was settled: the clerk asked again, or someone accepted it."""

    class Kind(models.TextChoices):
        ASKED_AGAIN = "asked-again", _("asked again")
        ACCEPTED = "accepted", _("accepted")

    checked_item = models.OneToOneField(
        CheckedItem, on_delete=models.PROTECT, related_name="resolution", verbose_name=_("checked item")
    )
    kind = models.CharField(_("how"), max_length=20, choices=Kind)
    reason = models.TextField(_("reason"), blank=True)
    resolved_by = models.CharField(_("by"), max_length=150)
    resolved_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("settled item")
        verbose_name_plural = _("settled items")
        constraints = [
            models.CheckConstraint(condition=Q(kind="asked-again") | ~Q(reason=""), name="acceptance_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.checked_item_id}: {self.get_kind_display()}"


class ReleaseCodeUse(models.Model):
    """That an installation's release was used to prove a re-licensing, and by which request (decisions.md 3)."""

    installation = models.OneToOneField(
        Installation, on_delete=models.PROTECT, related_name="release_use", verbose_name=_("installation")
    )
    request = models.OneToOneField(
        Relicensing, on_delete=models.PROTECT, related_name="release_use", verbose_name=_("request")
    )
    release_code = models.CharField(_("release code"), max_length=10)
    used_at = models.DateTimeField(_("used"))

    class Meta:
        verbose_name = _("used release code")
        verbose_name_plural = _("used release codes")

    def __str__(self) -> str:
        return f"{self.installation_id} → {self.request_id}"
