"""Whether supervisors are told by e-mail that a request waits for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DecisionAlerts(models.Model):
    """One user's choice about these e-mails, and when and in which language they last had a page open that follows.

    A user without a row gets them (docs/telephone-call.md#while-a-request-waits).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    by_email = models.BooleanField(_("by e-mail"), default=True)
    page_open_at = models.DateTimeField(_("page last open"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, db_default="")  # of that page; empty: unknown

    class Meta:
        verbose_name = _("choice of e-mails")
        verbose_name_plural = _("choices of e-mails")

    def __str__(self) -> str:
        return f"{self.user_id}"
