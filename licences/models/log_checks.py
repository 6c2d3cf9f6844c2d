"""Verifications of the event log that were begun in the browser (docs/proof.md#the-event-log)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LogCheck(models.Model):
    """One verification by the worker: how far it is, and what it found. Its result is an event as well.

    ``started_at`` is when a worker took it, null while it waits; ``heartbeat_at`` is when that worker last reported.
    ``anchors`` counts the anchors that the log was compared with, the last of them made at ``last_anchor_at``.
    ``findings`` counts what is wrong; ``listed`` holds the first of them as ``{problem, table, row, parameters}``.
    ``failure`` is the kind of the error that stopped it, empty if its worker was killed.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("finished")
        STOPPED = "stopped", _("stopped")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    begun_by = models.CharField(_("begun by"), max_length=150)
    begun_by_number = models.BigIntegerField(null=True, blank=True, editable=False)
    begun_at = models.DateTimeField(_("begun"))
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    events_total = models.PositiveBigIntegerField(default=0, editable=False)
    events_checked = models.PositiveBigIntegerField(_("events"), default=0)
    records_checked = models.PositiveBigIntegerField(_("records"), default=0)
    anchors = models.PositiveIntegerField(_("anchors"), default=0)
    last_anchor_at = models.DateTimeField(_("last anchor"), null=True, blank=True)
    last_hash = models.CharField(max_length=64, blank=True, editable=False)
    findings = models.PositiveIntegerField(_("findings"), default=0)
    listed = models.JSONField(default=list, editable=False)
    failure = models.CharField(_("error"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("verification of the log")
        verbose_name_plural = _("verifications of the log")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_log_check_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None) | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="log_check_ends_with_its_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether it waits for a worker or a worker is at it."""
        return self.state == self.State.RUNNING

    @property
    def percent(self) -> int:
        """How many percent of the events were verified; the records come after them."""
        if not self.events_total:
            return 0
        return min(100, 100 * self.events_checked // self.events_total)
