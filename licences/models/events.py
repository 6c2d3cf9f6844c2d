"""The event log: what happened, with names copied as text, so that it reads the same in ten years.

It is append-only and hash-chained (docs/decisions.md#the-event-log).
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.chain import GENESIS


class RequestNumber(models.Func):
    """The number of the re-licensing request in the details of an event, as text; null if they name none.

    Both databases find the index of this expression only if it is written the same in the index and in a query.
    """

    template = "(%(expressions)s ->> 'request')"
    output_field = models.TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(json_extract(%(expressions)s, '$.request') AS TEXT)", **options
        )


class Event(models.Model):
    """One thing that happened. ``personal`` may be erased later; its digest stays.

    ``hash`` covers all other columns except ``personal``, and so the hash of the event before (``domain.chain``).
    """

    class Kind(models.TextChoices):
        PURCHASES_RECORDED = "purchases-recorded", _("Purchases recorded")
        INSTALLATIONS_TAKEN_OVER = "installations-taken-over", _("Installations taken over")
        REGISTERED = "registered", _("Registered")
        REGISTRATION_RENEWED = "registration-renewed", _("New registration details")
        LICENCES_UPDATED = "licences-updated", _("Licences updated")
        RELEASED = "released", _("Serial released")
        SERVER_PROVED = "server-proved", _("Server verified")
        CONNECTION_ALLOWED = "connection-allowed", _("Server allowed to connect")
        RELICENSING_CHECKED = "relicensing-checked", _("Checklist checked")
        RELICENSING_CONFIRMED = "relicensing-confirmed", _("Asked again")
        RELICENSING_DECIDED = "relicensing-decided", _("Checklist item accepted")
        RELICENSING_AGREED = "relicensing-agreed", _("First of two approvals")
        RELICENSING_HANDED_OVER = "relicensing-handed-over", _("Handed over to a supervisor")
        RELICENSING_WITHDRAWN = "relicensing-withdrawn", _("Re-licensing withdrawn")
        RELICENSING_CLOSED = "relicensing-closed", _("Re-licensing request closed")
        RELICENSING_REOPENED = "relicensing-reopened", _("Withdrawal undone")
        RELICENSED = "re-licensed", _("Re-licensed")
        EMERGENCY_ISSUED = "emergency-issued", _("Emergency code issued")
        EMERGENCY_CODE_WRONG = "emergency-code-wrong", _("Wrong release code for an emergency")
        EMERGENCY_CODE_REPORTED = "emergency-code-reported", _("Release code reported, not yet accepted")
        EMERGENCY_SETTLED = "emergency-settled", _("Emergency closed with the release code")
        EMERGENCY_DECIDED = "emergency-decided", _("Emergency code made permanent by decision")
        EMERGENCY_WITHDRAWN = "emergency-withdrawn", _("Emergency code withdrawn")
        BLOCKED = "blocked", _("Serial blocked")
        UNBLOCKED = "unblocked", _("Serial unblocked")
        TRANSFERRED = "transferred", _("Serial transferred to another customer")
        CLAIM_REFUSED = "claim-refused", _("Attempt refused")
        CUSTOMER_CORRECTED = "customer-corrected", _("Customer corrected")
        CATALOGUE_CHANGED = "catalogue-changed", _("Catalogue changed")
        REFERENCE_CHANGED = "reference-changed", _("Product facts changed")
        PROFILE_CHANGED = "profile-changed", _("Sender profile changed")
        CUSTOMERS_MERGED = "customers-merged", _("Customers merged")
        CUSTOMER_ERASED = "customer-erased", _("Personal data erased")
        CONTACT_FORGOTTEN = "contact-forgotten", _("Contact person forgotten")
        CUSTOMER_EXPORTED = "customer-exported", _("Personal data exported")
        CASE_FILE_MADE = "case-file-made", _("Case file downloaded as PDF")
        LOG_EXPORTED = "log-exported", _("Event log exported")
        LOG_VERIFIED = "log-verified", _("Event log verified")
        CUSTOMER_ENTERED = "customer-entered", _("Customer entered by hand")
        HAND_ENTERED = "hand-entered", _("Purchase entered by hand")
        HAND_DECIDED = "hand-decided", _("Entry by hand decided")
        SEQUENCES_RAISED = "sequences-raised", _("Sequences raised after a restore")
        FILE_BEGUN = "file-begun", _("Export of a long list started")
        FILE_TAKEN = "file-taken", _("List or licence file downloaded")
        CODE_MAILED = "code-mailed", _("Unlock code sent by e-mail")
        CALLER_NOTED = "caller-noted", _("Who called noted")
        NOTE_WRITTEN = "note-written", _("Note written")
        IMPORT_TAKEN_BACK = "import-taken-back", _("Import taken back")
        QUALITY_MARKED = "quality-marked", _("Data quality entries worked on")
        QUALITY_FILTER_CHANGED = "quality-filter-changed", _("Filter of a data quality list changed")
        REMINDER_RULE_CHANGED = "reminder-rule-changed", _("Reminder rule changed")
        REMINDER_MARKED = "reminder-marked", _("Reminder ticked off or snoozed")
        KEY_CREATED = "key-created", _("Key for a program created")
        KEY_ROTATED = "key-rotated", _("Key for a program rotated")
        KEY_REVOKED = "key-revoked", _("Key for a program revoked")
        WEBHOOK_CREATED = "webhook-created", _("Webhook created")
        WEBHOOK_CHANGED = "webhook-changed", _("Webhook changed")
        WEBHOOK_ROTATED = "webhook-rotated", _("Secret of a webhook rotated")
        WEBHOOK_TESTED = "webhook-tested", _("Webhook tested")
        WEBHOOK_REPLAYED = "webhook-replayed", _("Events sent again to a webhook")
        BASELINE_MADE = "baseline-made", _("Baseline of older records")

    at = models.DateTimeField(_("when"), db_index=True)
    kind = models.CharField(_("what"), max_length=40, choices=Kind)
    actor = models.CharField(_("who"), max_length=150)
    serial = models.CharField(_("serial number"), max_length=8, blank=True, db_index=True)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="events",
        null=True,
        blank=True,
        verbose_name=_("customer"),
    )
    details = models.JSONField(_("details"), default=dict)
    personal = models.JSONField(_("personal details"), default=dict)
    personal_salt = models.CharField(max_length=32, editable=False)
    personal_digest = models.CharField(max_length=64, editable=False)
    previous_hash = models.CharField(max_length=64, unique=True, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        permissions = [
            ("read_case_file", _("Can read the case file of a serial number")),
            ("export_log", _("Can export the event log with a signature")),
        ]
        indexes = [  # for queries.event_search, newest first; the columns serial and customer have one of their own
            models.Index(fields=["kind", "at", "id"], name="event_by_kind"),
            models.Index(fields=["actor", "at", "id"], name="event_by_actor"),
            models.Index(RequestNumber("details"), name="event_by_request"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class EventChain(models.Model):
    """The end of the chain, in one row. Adding an event locks it, and it shows if the latest events are cut off."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    length = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_event_chain")]

    def __str__(self) -> str:
        return f"{self.length}"
