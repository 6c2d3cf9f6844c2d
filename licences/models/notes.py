"""Notes of staff about a serial or a customer. Append-only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.models.relicensing import user_number
from licences.models.serials import Serial


class Note(models.Model):
    """What staff wrote about a serial or a customer, for the next call (docs/domain.md#notes).

    It stays as written. An erasure or the end of its retention empties ``text``; an empty note is shown nowhere.
    """

    serial = models.ForeignKey(
        Serial,
        on_delete=models.PROTECT,
        related_name="notes",
        null=True,
        blank=True,
        verbose_name=_("serial number"),
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="notes", null=True, blank=True, verbose_name=_("customer")
    )
    text = models.TextField(_("note"))
    written_by = models.CharField(_("written by"), max_length=150)
    written_by_number = user_number()
    written_at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        verbose_name = _("call note")
        verbose_name_plural = _("call notes")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(serial__isnull=False, customer=None) | Q(serial=None, customer__isnull=False),
                name="note_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.written_by}, {self.written_at}"
