"""What the worker found for the lists of data quality, what the team noted about it, and saved filters.

Rules: docs/surface.md#data-quality-lists.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.quality_findings import QualityAct
from licences.models.relicensing import user_number
from licences.models.serials import Serial


class QualityFinding(models.Model):
    """An entry of a list as of its latest count: an index of the list, by which its pages are read.

    ``subject`` and ``second`` are the key of the entry: primary keys of a serial and 0, of two customers, or of two
    purchase lines. Rows are replaced by each count; what an entry says is read again when it is shown.
    """

    list = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    second = models.BigIntegerField(default=0)
    since = models.DateField()
    fingerprint = models.CharField(max_length=16)
    serial = models.ForeignKey(Serial, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        verbose_name = _("data quality entry")
        verbose_name_plural = _("data quality entries")
        indexes = [models.Index(fields=["list", "since", "subject", "second"], name="quality_finding_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["list", "subject", "second"], name="one_quality_finding_per_entry")
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.subject} {self.second}"


class QualityCount(models.Model):
    """How many open entries a list had when it was last counted. ``more``: or more than that.

    ``begun_at`` is when a count began that may still run, ``by_worker`` whether a worker made the latest one.
    """

    list = models.CharField(max_length=40, unique=True)
    entries = models.PositiveIntegerField(default=0)
    more = models.BooleanField(default=False)
    oldest = models.DateField(null=True)
    counted_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    by_worker = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("data quality count")
        verbose_name_plural = _("data quality counts")

    def __str__(self) -> str:
        return f"{self.list}: {self.entries}"


class QualityMark(models.Model):
    """What the team decided about an entry: its state, who cares for it, and a note.

    An entry without a row is open. ``fingerprint`` is that of the finding when it was ticked off: if the finding has
    another one, the entry is open again. ``act`` names the act that changed the row last, which may have changed others
    too; ``before`` holds the columns from before it, null if there was no row. ``version`` counts the acts.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SNOOZED = "snoozed", _("snoozed")
        DONE = "done", _("ticked off")

    class Act(models.TextChoices):
        TICK_OFF = QualityAct.TICK_OFF.value, _("ticked off")
        SNOOZE = QualityAct.SNOOZE.value, _("snoozed")
        ASSIGN = QualityAct.ASSIGN.value, _("assigned")
        PUT_BACK = QualityAct.PUT_BACK.value, _("put back on the list")

    list = models.CharField(_("list"), max_length=40)
    subject = models.BigIntegerField()
    second = models.BigIntegerField(default=0)
    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("serial number")
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("customer"))
    other = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("other customer")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    fingerprint = models.CharField(max_length=16, blank=True)
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("assigned to"),
    )
    did = models.CharField(_("what"), max_length=10, choices=Act)
    changed_by = models.CharField(_("changed by"), max_length=150)
    changed_by_number = user_number()
    changed_at = models.DateTimeField(_("when"), db_index=True)
    act = models.CharField(max_length=32, db_index=True)
    before = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("state of a data quality entry")
        verbose_name_plural = _("states of data quality entries")
        constraints = [
            models.UniqueConstraint(fields=["list", "subject", "second"], name="one_quality_mark_per_entry"),
            models.CheckConstraint(
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | (~Q(state="snoozed") & Q(snoozed_until__isnull=True)),
                name="quality_mark_snoozed_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.subject} {self.second}"


class QualityFilter(models.Model):
    """A filter of a list under a name: of one user, or shared with the team.

    ``values`` are the parameters of the address. ``name_key`` is the name in any case.
    """

    list = models.CharField(_("list"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=180, editable=False)
    is_shared = models.BooleanField(_("shared with the team"), default=False)
    values = models.JSONField(_("filter"), default=dict)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name_key", "pk"]
        permissions = [("share_qualityfilter", _("Can share filters of data quality lists"))]
        constraints = [
            models.UniqueConstraint(fields=["list", "owner", "name_key"], name="one_quality_filter_per_name")
        ]

    def __str__(self) -> str:
        return self.name
