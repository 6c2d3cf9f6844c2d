"""Access denials: what people who are logged in were not allowed to do, counted so that nothing floods a log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefusedAccess(models.Model):
    """How often one user was denied one page: a permission was missing, or the request was forged."""

    username = models.CharField(_("user"), max_length=150)  # as text: it outlives the user
    method = models.CharField(_("method"), max_length=10)
    page = models.CharField(_("page"), max_length=200)  # the URL pattern, without serial numbers and names
    why = models.CharField(_("reason for refusal"), max_length=60)
    times = models.PositiveBigIntegerField(_("count"), default=1)
    first_at = models.DateTimeField(_("first time"))
    last_at = models.DateTimeField(_("last time"), db_index=True)

    class Meta:
        verbose_name = _("access denial")
        verbose_name_plural = _("access denials")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["username", "method", "page", "why"], name="one_count_per_refused_access"),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.method} {self.page}"
