"""Figures that were computed: how often something happened on a day (docs/figures.md)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FigureDay(models.Model):
    """A day whose figures were computed, and when; writing the figures of a day locks its row.

    ``snapshot_at``: when the figures were computed that say what is on record, null if they were not on this day.
    """

    day = models.DateField(_("day"), primary_key=True)
    computed_at = models.DateTimeField(_("computed"))
    snapshot_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("day with figures")
        verbose_name_plural = _("days with figures")

    def __str__(self) -> str:
        return f"{self.day}"


class DailyFigure(models.Model):
    """The number of one part of one figure on one day, in one country. Numbers of 0 are not stored.

    ``figure`` and ``part`` are those of ``domain.figures.Figure``, ``country`` is a code of two letters, empty if none
    is known. It can be computed again at any time, so nothing refers to it.
    """

    day = models.DateField(_("day"))
    figure = models.CharField(_("figure"), max_length=20)
    part = models.CharField(_("part"), max_length=50, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    value = models.BigIntegerField(_("count"))

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(fields=["day", "figure", "part", "country"], name="one_number_per_day_and_figure"),
            models.CheckConstraint(condition=~Q(value=0), name="figure_is_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.figure} {self.part} {self.country}: {self.value}"
