"""Rules that remind, what they remind of, and who gets the daily e-mail (docs/reminders.md)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licences.domain.reminders import SPELLS, TRAITS, ReminderKind, ReminderSubject, RuleTraits
from licences.models.relicensing import user_number
from licences.models.serials import Serial


class ReminderRule(models.Model):
    """The rule of one kind. A kind without a row has the values of ``domain.reminders.TRAITS``.

    ``number`` is in the unit of the kind. ``begun_at`` is when it was last computed, null if that is due at once;
    ``computed_at`` when its reminders were last stored. ``version`` counts the changes.
    """

    KINDS = (
        (ReminderKind.REQUEST_WAITS.value, _("A request waits for a decision")),
        (ReminderKind.EMERGENCY_ENDS.value, _("An emergency code ends soon")),
        (ReminderKind.FOLLOW_UP_OVERDUE.value, _("The follow-up of an emergency is overdue")),
        (ReminderKind.CONFLICTING_CLAIMS.value, _("A serial number was claimed too often")),
        (ReminderKind.IMPORT_WAITS.value, _("An import waits for a decision")),
        (ReminderKind.SUPPORT_ENDS.value, _("A release is no longer supported")),
        (ReminderKind.ASSURANCE_LAST.value, _("Software Assurance ends soon: last reminder")),
        (ReminderKind.ASSURANCE_SECOND.value, _("Software Assurance ends soon: second reminder")),
        (ReminderKind.ASSURANCE_FIRST.value, _("Software Assurance ends soon: first reminder")),
        (ReminderKind.NOT_RELICENSED.value, _("Released, and not re-licensed")),
        (ReminderKind.NEVER_REGISTERED.value, _("Bought, and not registered")),
    )

    kind = models.CharField(_("rule"), max_length=30, choices=KINDS, unique=True)
    is_on = models.BooleanField(_("switched on"), default=True)
    number = models.PositiveIntegerField(_("number"))
    role = models.CharField(_("role"), max_length=150)
    in_digest = models.BooleanField(_("in the daily e-mail"), default=True)
    begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def traits(self) -> RuleTraits:
        """What is fixed about its kind."""
        return TRAITS[ReminderKind(self.kind)]

    @property
    def is_spell(self) -> bool:
        """Whether its things have no date of their own (``domain.reminders.SPELLS``)."""
        return ReminderKind(self.kind) in SPELLS


class Reminder(models.Model):
    """A thing that a rule reminds of. A row stays when it is settled, so that nobody is told of it twice.

    ``subject`` is the primary key of what it is about, ``occurrence`` tells apart what happens to the same subject
    again, such as another last day of Software Assurance. ``told_on`` is the day of the daily e-mail that counted it.
    ``settled_on``: the rule found it to be true no more. ``fingerprint`` is that of the entry of the data quality
    list about the same thing, empty where there is no such list (docs/surface.md#data-quality-lists).
    """

    SUBJECTS = [(each.value, each.value) for each in ReminderSubject]

    rule = models.ForeignKey(
        # No index of its own: the unique constraint has one that begins with the rule.
        ReminderRule, on_delete=models.PROTECT, related_name="reminders", db_index=False, verbose_name=_("rule")
    )  # fmt: skip
    subject_kind = models.CharField(max_length=10, choices=SUBJECTS)
    subject = models.BigIntegerField()
    occurrence = models.CharField(max_length=40, blank=True)
    serial = models.ForeignKey(
        Serial, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("serial number")
    )
    fingerprint = models.CharField(max_length=16, blank=True)
    due_since = models.DateTimeField(_("due since"))
    told_on = models.DateField(_("told by e-mail"), null=True, blank=True)
    settled_on = models.DateField(_("settled"), null=True, blank=True)
    done_at = models.DateTimeField(_("ticked off"), null=True, blank=True)
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)
    changed_by_number = user_number()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(fields=["rule", "due_since", "id"], condition=Q(settled_on=None), name="open_reminder_by_rule")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_kind", "subject", "occurrence"], name="one_reminder_per_occurrence"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(snoozed_until=None), name="reminder_is_done_or_snoozed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject_kind} {self.subject}"


class ReminderDigest(models.Model):
    """Whether a user wants the daily e-mail, and in which language. A user without a row gets none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    by_email = models.BooleanField(_("by e-mail"), default=False)
    language = models.CharField(_("language"), max_length=10, blank=True)  # of the page on which it was chosen

    class Meta:
        verbose_name = _("choice of the daily e-mail")
        verbose_name_plural = _("choices of the daily e-mail")

    def __str__(self) -> str:
        return f"{self.user_id}"


class ReminderDay(models.Model):
    """A day whose e-mails are queued. Its row is written in their transaction, so that no worker queues them again."""

    day = models.DateField(_("day"), primary_key=True)
    messages = models.PositiveIntegerField(_("messages"), default=0)

    class Meta:
        verbose_name = _("day of e-mails about reminders")
        verbose_name_plural = _("days of e-mails about reminders")

    def __str__(self) -> str:
        return f"{self.day}"
