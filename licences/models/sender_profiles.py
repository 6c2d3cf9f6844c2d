"""Profiles of senders: what the columns of somebody's files mean, and how such files are to be read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from licences.models.imports import FileImport


class SenderProfile(models.Model):
    """How the files of one sender are read. A file with the same column titles is read by it.

    ``titles`` are the column titles of its files in their order; ``columns`` names our column for each of them, or is
    empty where the column is not used. ``shape`` is a digest by which the titles are recognised. ``defaults`` maps our
    columns to values for cells that are empty. ``has_own_numbers``: customer numbers are not read, because they are
    those of the sender. ``encoding`` and ``delimiter`` are empty where they are detected.
    """

    class Delimiter(models.TextChoices):
        COMMA = ",", _("comma")
        SEMICOLON = ";", _("semicolon")
        TAB = "\t", _("tab")
        BAR = "|", _("vertical bar")

    class DecimalStyle(models.TextChoices):
        COMMA = ",", _("1.000,00 (comma for decimals)")
        POINT = ".", _("1,000.00 (point for decimals)")

    name = models.CharField(_("sender"), max_length=100)
    name_key = models.CharField(max_length=300, unique=True, editable=False)  # the name in any case
    kind = models.CharField(_("kind"), max_length=20, choices=FileImport.Kind, default=FileImport.Kind.PURCHASES)
    titles = models.JSONField(_("column titles"), default=list)
    columns = models.JSONField(_("our columns"), default=list)
    shape = models.CharField(max_length=64, editable=False)
    encoding = models.CharField(_("code page"), max_length=30, blank=True)
    delimiter = models.CharField(_("separator"), max_length=1, choices=Delimiter, blank=True)
    decimal_style = models.CharField(_("numbers are written"), max_length=1, choices=DecimalStyle, blank=True)
    totals_words = models.CharField(_("totals rows begin with"), max_length=200, blank=True)
    defaults = models.JSONField(_("default values"), default=dict, blank=True)
    has_own_numbers = models.BooleanField(_("its customer numbers are its own"), default=False)
    changed_by = models.CharField(_("changed by"), max_length=150)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("sender profile")
        verbose_name_plural = _("sender profiles")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["kind", "shape"], name="one_profile_of_a_shape")]

    def __str__(self) -> str:
        return self.name
