"""The event log: what happened, in words that read the same in ten years. Append-only and hash-chained."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.chain import GENESIS


class Event(models.Model):
    """One thing that happened. Names are copied as text; ``personal`` may be erased, its digest stays.

    ``hash`` covers every other column but ``personal`` itself, and the hash of the event before.
    """

    class Kind(models.TextChoices):
        PURCHASES_RECORDED = "purchases-recorded", _("Purchases recorded")
        INSTALLATIONS_TAKEN_OVER = "installations-taken-over", _("Installations taken over")
        REGISTERED = "registered", _("Registered")
        REGISTRATION_RENEWED = "registration-renewed", _("New registration details")
        LICENCES_UPDATED = "licences-updated", _("Licences updated")
        RELEASED = "released", _("Serial released")
        RELICENSING_CHECKED = "relicensing-checked", _("Checklist checked")
        RELICENSING_CONFIRMED = "relicensing-confirmed", _("Asked again")
        RELICENSING_DECIDED = "relicensing-decided", _("Checklist item accepted")
        RELICENSING_AGREED = "relicensing-agreed", _("One of two supervisors agreed")
        RELICENSING_WITHDRAWN = "relicensing-withdrawn", _("Re-licensing withdrawn")
        RELICENSED = "re-licensed", _("Re-licensed")
        EMERGENCY_ISSUED = "emergency-issued", _("Emergency code issued")
        EMERGENCY_CODE_WRONG = "emergency-code-wrong", _("Wrong release code for an emergency")
        EMERGENCY_CODE_REPORTED = "emergency-code-reported", _("Release code reported, not yet accepted")
        EMERGENCY_SETTLED = "emergency-settled", _("Emergency settled by the release code")
        EMERGENCY_DECIDED = "emergency-decided", _("Emergency decided for good")
        EMERGENCY_WITHDRAWN = "emergency-withdrawn", _("Emergency code withdrawn")
        BLOCKED = "blocked", _("Serial blocked")
        UNBLOCKED = "unblocked", _("Serial unblocked")
        TRANSFERRED = "transferred", _("Serial transferred to another customer")
        CLAIM_REFUSED = "claim-refused", _("Claim refused")
        CUSTOMER_CORRECTED = "customer-corrected", _("Customer corrected")
        CATALOGUE_CHANGED = "catalogue-changed", _("Catalogue changed")
        REFERENCE_CHANGED = "reference-changed", _("Reference facts changed")
        CUSTOMERS_MERGED = "customers-merged", _("Customers merged")
        CUSTOMER_ERASED = "customer-erased", _("Personal data erased")
        CUSTOMER_EXPORTED = "customer-exported", _("Personal data handed out")
        CASE_FILE_MADE = "case-file-made", _("Case file made as PDF")
        LOG_EXPORTED = "log-exported", _("Event log exported")

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

    def __str__(self) -> str:
        return self.get_kind_display()


class EventChain(models.Model):
    """The end of the chain: one row, locked by whoever adds an event, and proof against a cut-off tail."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    length = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_event_chain")]

    def __str__(self) -> str:
        return f"{self.length}"
