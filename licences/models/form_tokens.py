"""One-time tokens of forms: which were sent, and what they began (docs/decisions.md#the-same-form-twice)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormToken(models.Model):
    """The token of a form that was sent and has begun something. Deleted two days later.

    ``key`` is a digest of the token and the user, ``content`` one of the token and what was typed; ``target`` is the
    address that the form led to, or the key of what it began.
    """

    key = models.CharField(max_length=64, primary_key=True)
    content = models.CharField(max_length=64)
    target = models.CharField(max_length=500, blank=True)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("form token")
        verbose_name_plural = _("form tokens")

    def __str__(self) -> str:
        return self.target
