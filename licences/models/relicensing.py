"""Re-licensing requests, their checks and how items were settled. All but the request itself is append-only."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licences.domain.checklist import Answers, Item, ItemFinding, Verdict
from licences.models.installations import Installation, UnlockCode
from licences.models.serials import Serial
from licences.wording.checklist import ITEM_NAMES, VERDICT_NAMES


def user_number() -> models.BigIntegerField:
    """Return a column for the number of the user beside their name, by which rules tell people apart
    (docs/decisions.md#people-are-numbers). It is null in rows from before it.

    It is no foreign key: removing a user must neither change nor be blocked by append-only records. Numbers of users
    are never used again.
    """
    return models.BigIntegerField(null=True, blank=True, editable=False)


class Relicensing(models.Model):
    """One call: its checklist is corrected and checked until a code is issued or the request is withdrawn.

    ``serial`` is the one that the answers of the latest check name, if they name one. ``waiting_for`` are the items and
    limits that only a supervisor can settle, ``waiting_since`` is set once they were handed over
    (docs/decisions.md#handing-over-is-an-act). Both are kept for the desk, and everything is checked again before a
    code is issued. A request that nobody withdrew and that was closed without a code has the outcome ``withdrawn`` too,
    and ``closed_because``.
    """

    class Purpose(models.TextChoices):
        REINSTALL = "reinstall", _("Reinstall on the renewed PC")
        MIGRATE = "migrate", _("Move to a new server")
        SAME_PC = "same_pc", _("Same PC, new site ID (hardware or operating system changed)")

    class Outcome(models.TextChoices):
        ISSUED = "issued", _("unlock code issued")
        EMERGENCY = "emergency", _("emergency code issued")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class ClosedBecause(models.TextChoices):
        SUPERSEDED = "superseded", _("closed: a code was issued in another request")
        IDLE = "idle", _("closed: nothing happened in it")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    serial = models.ForeignKey(
        Serial,
        on_delete=models.PROTECT,
        related_name="relicensings",
        null=True,
        blank=True,
        verbose_name=_("serial number"),
    )
    # Who is on the line, for the next call. Optional and never checked (docs/domain.md#who-called).
    caller_name = models.CharField(_("caller"), max_length=200, blank=True, db_default="")
    callback_number = models.CharField(_("call-back number"), max_length=100, blank=True, db_default="")
    ticket_reference = models.CharField(_("ticket reference"), max_length=100, blank=True, db_default="")
    opened_by = models.CharField(_("opened by"), max_length=150)
    opened_by_number = user_number()
    opened_at = models.DateTimeField(_("opened"))
    waiting_for = models.JSONField(_("needs a supervisor because of"), default=list, blank=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    handed_over_by = models.CharField(  # noqa: DJ001  (null: never handed over)
        _("handed over by"), max_length=150, null=True, blank=True
    )
    handed_over_by_number = user_number()
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    alerted_at = models.DateTimeField(_("supervisors told by e-mail"), null=True, blank=True, editable=False)
    reopened_at = models.DateTimeField(_("reopened"), null=True, blank=True, editable=False)
    closed_because = models.CharField(  # noqa: DJ001  (null: somebody closed it, or it is open)
        _("closed because"), max_length=20, choices=ClosedBecause, null=True, blank=True, editable=False
    )
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
        """Whether it is neither issued nor withdrawn."""
        return self.closed_at is None

    @property
    def outcome_label(self) -> str:
        """The outcome as it reads on screen; what closed the request if nobody withdrew it."""
        return str(self.get_closed_because_display() or self.get_outcome_display())


class ChecklistCheck(models.Model):
    """One run of the checklist: the answers, what was on record, the verdicts, who ran it and when.

    ``digest`` is that of ``domain.checklist.checklist_digest``.
    """

    request = models.ForeignKey(Relicensing, on_delete=models.PROTECT, related_name="checks", verbose_name=_("request"))
    number = models.PositiveSmallIntegerField(_("number"))
    release_code_unavailable = models.BooleanField(_("no release code available"), default=False)
    digest = models.CharField(max_length=64, editable=False)
    checked_by = models.CharField(_("checked by"), max_length=150)
    checked_by_number = user_number()
    checked_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="one_check_per_number")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}"

    def answers(self) -> Answers:
        """Return the caller's answers in this check, as the checklist takes them."""
        by_item = {checked.item: checked.said for checked in self.items.all()}
        return Answers(**by_item, release_code_unavailable=self.release_code_unavailable)


class CheckedItem(models.Model):
    """One item of one check: the answer (``said``), what was on record, and the verdict."""

    checklist = models.ForeignKey(
        ChecklistCheck, on_delete=models.PROTECT, related_name="items", verbose_name=_("check")
    )
    item = models.CharField(_("item"), max_length=20, choices=ITEM_NAMES)
    said = models.CharField(_("caller’s answer"), max_length=400, blank=True)
    on_record = models.CharField(_("on record"), max_length=400, blank=True)
    verdict = models.CharField(_("result"), max_length=20, choices=VERDICT_NAMES)
    reason = models.CharField(_("reason"), max_length=40)
    parameters = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("checked item")
        verbose_name_plural = _("checked items")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["checklist", "item"], name="each_item_once_per_check")]

    def __str__(self) -> str:
        return f"{self.get_item_display()}: {self.get_verdict_display()}"

    def finding(self) -> ItemFinding:
        """Return it as the checklist returned it."""
        return ItemFinding(
            Item(self.item), self.said, self.on_record, Verdict(self.verdict), self.reason, self.parameters
        )


class ItemResolution(models.Model):
    """How an item that did not match was settled: a clerk asked the caller again, or a supervisor accepted it."""

    class Kind(models.TextChoices):
        ASKED_AGAIN = "asked-again", _("asked again")
        ACCEPTED = "accepted", _("accepted")

    checked_item = models.OneToOneField(
        CheckedItem, on_delete=models.PROTECT, related_name="resolution", verbose_name=_("checked item")
    )
    kind = models.CharField(_("how"), max_length=20, choices=Kind)
    reason = models.TextField(_("reason"), blank=True)
    resolved_by = models.CharField(_("by"), max_length=150)
    resolved_by_number = user_number()
    resolved_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("resolved item")
        verbose_name_plural = _("resolved items")
        constraints = [
            models.CheckConstraint(condition=Q(kind="asked-again") | ~Q(reason=""), name="acceptance_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.checked_item_id}: {self.get_kind_display()}"


class ReleaseCodeUse(models.Model):
    """The request that an installation's release has proved. A release proves one re-licensing only
    (docs/decisions.md#how-an-installation-ends)."""

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
