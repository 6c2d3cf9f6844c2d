"""The signed licence file that belongs to an unlock code."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from licences.models.installations import UnlockCode


class LicenceFile(models.Model):
    """A licence file as it was signed, which never changes (docs/decisions.md#licence-files-are-fixed). Append-only.

    ``text`` may be erased, since it names the customer.
    """

    unlock_code = models.OneToOneField(
        UnlockCode, on_delete=models.PROTECT, related_name="licence_file", verbose_name=_("unlock code")
    )
    key_id = models.CharField(_("key"), max_length=64)
    text = models.TextField(_("licence file"))

    class Meta:
        verbose_name = _("licence file")
        verbose_name_plural = _("licence files")

    def __str__(self) -> str:
        return str(self.unlock_code)
