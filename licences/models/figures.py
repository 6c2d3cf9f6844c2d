"""Figures that were computed: how often something happened on a day (docs/figures.md)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FigureDay(models.Model):
    """A day whose figures were computed, and when; writing the figures of a day locks its row.

    ``snapshot_at``: when the figures were computed that say what is on record, null if they were not on this day.
    ``divided_at``: when they were computed by product and reseller too, null if only an earlier release computed them.
    ``totals_at``: the ``computed_at`` of the numbers that were added up to totals; the totals count if both are equal.
    ``month_at``: on the last day of a month, when the month was added up; a month counts if all its days do.
    """

    day = models.DateField(_("day"), primary_key=True)
    computed_at = models.DateTimeField(_("computed"))
    snapshot_at = models.DateTimeField(null=True, blank=True, editable=False)
    divided_at = models.DateTimeField(null=True, blank=True, editable=False)
    totals_at = models.DateTimeField(null=True, blank=True, editable=False)
    month_at = models.DateTimeField(null=True, blank=True, editable=False)

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


class DividedFigure(models.Model):
    """The number of a part of a figure, as of a ``DailyFigure``, for one product, one reseller, or both.

    ``product`` is the number of a product, 0 for all products together; ``reseller`` is the name of a sender, empty for
    all. Numbers for all products and all resellers are those of ``DailyFigure``. Of what is on record, only the latest
    day is kept.
    """

    product = models.BigIntegerField(default=0)  # no foreign key: it can be computed again at any time
    reseller = models.CharField(_("reseller"), max_length=50, blank=True)
    day = models.DateField(_("day"), db_index=True)
    figure = models.CharField(_("figure"), max_length=20)
    part = models.CharField(_("part"), max_length=50, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    value = models.BigIntegerField(_("count"))

    class Meta:
        verbose_name = _("figure of a product or reseller")
        verbose_name_plural = _("figures of products and resellers")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "reseller", "day", "figure", "part", "country"], name="one_number_per_division"
            ),
            models.CheckConstraint(
                condition=~Q(value=0) & ~Q(product=0, reseller=""), name="divided_figure_is_not_zero_or_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.figure} {self.part} {self.country} {self.product} {self.reseller}: {self.value}"


class FigureTotal(models.Model):
    """The sum of a part of a figure over a day or a month, as of ``DailyFigure`` and ``DividedFigure``.

    ``length`` is one of ``domain.figures.SumOf``, ``day`` the first day of the month. Sums of a day are of all
    countries, which is the country ``*``; months also have those of each country. Only the figures that are counted
    by day have sums. ``FigureDay`` says which sums count.
    """

    length = models.CharField(max_length=5)
    product = models.BigIntegerField(default=0)  # no foreign key: it can be computed again at any time
    reseller = models.CharField(_("reseller"), max_length=50, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    day = models.DateField(_("day"))
    figure = models.CharField(_("figure"), max_length=20)
    part = models.CharField(_("part"), max_length=50, blank=True)
    value = models.BigIntegerField(_("count"))

    class Meta:
        verbose_name = _("total of a figure")
        verbose_name_plural = _("totals of figures")
        constraints = [
            models.UniqueConstraint(
                fields=["length", "product", "reseller", "country", "day", "figure", "part"], name="one_total_of_a_part"
            ),
        ]
        indexes = [models.Index(fields=["length", "day", "figure", "product"], name="totals_of_a_day")]

    def __str__(self) -> str:
        return f"{self.length} {self.day} {self.figure} {self.part} {self.country}: {self.value}"


class ApiCallCount(models.Model):
    """How often a call of the API had an outcome on a day: counted when it is answered, and nowhere else on record.

    ``call`` is the name of the operation, ``outcome`` that of the problem, empty for success.
    """

    day = models.DateField(_("day"))
    call = models.CharField(_("call"), max_length=40)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    times = models.PositiveBigIntegerField(_("count"))
    counted_at = models.DateTimeField(_("last counted"))

    class Meta:
        verbose_name = _("calls of the API")
        verbose_name_plural = _("calls of the API")
        constraints = [models.UniqueConstraint(fields=["day", "call", "outcome"], name="one_count_per_api_call")]

    def __str__(self) -> str:
        return f"{self.day} {self.call} {self.outcome}: {self.times}"
