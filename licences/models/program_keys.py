"""Keys by which other systems call the portal, and their calls (docs/security.md#keys-for-programs)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licences.domain.program_keys import HANDLE_LENGTH, PREFIX, KeyFacts, Scope


class ProgramKey(models.Model):
    """One key of a program, stored as its SHA-256. Rows are kept; a key ends by expiring or by being revoked.

    ``scopes`` are values of ``Scope``; ``networks`` are networks in canonical form, empty for any address. A rotated
    key has a successor, which ``replaces`` it. ``last_used_at`` is exact to a minute.
    """

    class ScopeChoice(models.TextChoices):
        """The scopes with their labels."""

        SITES_READ = Scope.SITES_READ.value, _("sites:read – look up sites and callers, without personal data")
        SITES_PERSONAL = Scope.SITES_PERSONAL.value, _("sites:personal – also contact, telephone number and e-mail")
        CODES_READ = Scope.CODES_READ.value, _("codes:read – also find sites by unlock codes and release codes")
        PURCHASES_WRITE = Scope.PURCHASES_WRITE.value, _("purchases:write – record purchases")
        EVENTS_READ = Scope.EVENTS_READ.value, _("events:read – read the event log, without personal data")
        EVENTS_PERSONAL = Scope.EVENTS_PERSONAL.value, _("events:personal – also who acted, and names in events")

    name = models.CharField(_("program"), max_length=100)
    owner = models.CharField(_("owner"), max_length=150)
    scopes = models.JSONField(_("scopes"), default=list)
    networks = models.JSONField(_("allowed addresses"), default=list, blank=True)
    handle = models.CharField(max_length=HANDLE_LENGTH, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        editable=False,
        verbose_name=_("replaces"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.CharField(_("created by"), max_length=150)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=150, blank=True)
    revoked_reason = models.CharField(_("reason for revoking"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("key for a program")
        verbose_name_plural = _("keys for programs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by="", revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_by="") & ~Q(revoked_reason="")),
                name="program_key_revoked_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_prefix})"

    @property
    def shown_prefix(self) -> str:
        """The part of the key that is no secret, by which people recognise it."""
        return f"{PREFIX}{self.handle}…"

    @property
    def actor(self) -> str:
        """The name by which events and imports call the program."""
        return f"program {self.name}"

    def as_details(self) -> dict[str, Any]:
        """The key as the details of an event name it."""
        return {"key": self.pk, "handle": self.handle, "name": self.name}

    def facts(self) -> KeyFacts:
        """What decides whether the key may be used."""
        return KeyFacts(
            digest=self.digest,
            scopes=self.scopes,
            networks=self.networks,
            expires_at=self.expires_at,
            revoked=self.revoked_at is not None,
        )


class ProgramCall(models.Model):
    """A writing call that carried an ``Idempotency-Key``, and what it was answered. Deleted after a while.

    ``program`` is the first key of the program, which the keys that it was rotated to replace. ``key_digest`` and
    ``content`` are SHA-256 in hexadecimal, of the ``Idempotency-Key`` and of what was sent.
    """

    program = models.ForeignKey(ProgramKey, on_delete=models.PROTECT, related_name="calls", verbose_name=_("program"))
    key_digest = models.CharField(max_length=64, editable=False)
    content = models.CharField(max_length=64, editable=False)
    answer = models.JSONField(editable=False)
    answered_at = models.DateTimeField(_("answered"), db_index=True)

    class Meta:
        verbose_name = _("call of a program")
        verbose_name_plural = _("calls of programs")
        constraints = [
            models.UniqueConstraint(fields=["program", "key_digest"], name="one_call_per_idempotency_key"),
        ]

    def __str__(self) -> str:
        return f"{self.answered_at:%Y-%m-%d %H:%M}"
