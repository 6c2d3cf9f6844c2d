"""What was refused to people who are logged in, and what browsers refused to pages: counted, so that nothing floods."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefusedAccess(models.Model):
    """How often one user was refused one page: a permission that is lacking, or a request that was forged."""

    username = models.CharField(_("user"), max_length=150)  # as text: users may be removed, what they tried stays
    method = models.CharField(_("method"), max_length=10)
    page = models.CharField(_("page"), max_length=200)  # the pattern of its address: no serial number, no name
    why = models.CharField(_("why refused"), max_length=60)
    times = models.PositiveBigIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first tried"))
    last_at = models.DateTimeField(_("last tried"), db_index=True)

    class Meta:
        verbose_name = _("refused access")
        verbose_name_plural = _("refused accesses")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["username", "method", "page", "why"], name="one_count_per_refused_access"),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.method} {self.page}"


class PolicyViolation(models.Model):
    """How often browsers kept a page from loading something that the Content-Security-Policy does not allow.

    An empty ``blocked`` stands for all further ones, once a directive was broken in very many ways.
    """

    directive = models.CharField(_("directive"), max_length=40)
    blocked = models.CharField(_("what was blocked"), max_length=120, blank=True)  # a host, or a word such as inline
    times = models.PositiveBigIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first reported"))
    last_at = models.DateTimeField(_("last reported"), db_index=True)

    class Meta:
        verbose_name = _("policy violation")
        verbose_name_plural = _("policy violations")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["directive", "blocked"], name="one_count_per_policy_violation"),
        ]

    def __str__(self) -> str:
        return f"{self.directive}: {self.blocked}"
