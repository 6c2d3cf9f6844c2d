"""Files that were uploaded or imported, and their rows while they wait to be applied.

Staged rows are made and read by the statements of ``operations/imports``; nothing refers to them, and they go when
their import has ended.
"""

from pathlib import PurePath

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

ROW_BITS = 32


def row_id(file_import_id: int, row: int) -> int:
    """The key of a staged row: import and row number in one integer, in the order of the file."""
    return (file_import_id << ROW_BITS) + row


def row_of(staged_id: int) -> int:
    """The row number in the file of a staged row, by its key."""
    return staged_id & ((1 << ROW_BITS) - 1)


class FileImport(models.Model):
    """One file, from upload to result. Its rows become grants or installations in one transaction."""

    class Kind(models.TextChoices):
        PURCHASES = "purchases", _("Purchases")
        INSTALLATIONS = "installations", _("Installations of an older system")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be read")
        READING = "reading", _("being read")
        CHECKING = "checking", _("being checked")
        PREVIEW = "preview", _("to be confirmed")
        CONFIRMED = "confirmed", _("waiting to be applied")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("imported")
        WITHDRAWN = "withdrawn", _("withdrawn")
        FAILED = "failed", _("not readable")

    AT_WORK = (State.WAITING, State.READING, State.CHECKING, State.CONFIRMED, State.APPLYING)
    ENDED = (State.APPLIED, State.WITHDRAWN, State.FAILED)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    upload = models.FileField(upload_to="imports/", blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, db_index=True)
    format = models.JSONField(_("format"), default=dict, blank=True)
    uploaded_by = models.CharField(_("uploaded by"), max_length=150)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=150, blank=True)
    ended_at = models.DateTimeField(_("finished"), null=True, blank=True)
    accept_valid = models.BooleanField(_("the valid rows only"), default=False)
    accept_similar = models.BooleanField(_("similar serial numbers are new"), default=False)
    failure = models.JSONField(_("failure"), default=dict, blank=True)
    # Progress and outcome
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    began_at = models.DateTimeField(_("present step begun"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fraction_read = models.FloatField(_("read"), default=0)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_checked = models.PositiveIntegerField(_("rows checked"), default=0)
    rows_applied = models.PositiveIntegerField(_("rows applied"), default=0)
    counts = models.JSONField(_("outcome"), default=dict, blank=True)
    changed_since_preview = models.PositiveIntegerField(_("rows changed since the preview"), default=0)
    previews = models.PositiveSmallIntegerField(_("previews"), default=0)
    holds_rows = models.BooleanField(_("holds staged rows"), default=False, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name or str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def is_to_be_decided(self) -> bool:
        return self.state == self.State.PREVIEW

    @property
    def has_ended(self) -> bool:
        return self.state in self.ENDED

    def has_news(self, counts: dict[str, int] | None = None) -> bool:
        """Whether applying it would change anything, by its outcome or by the ``counts`` that it will have."""
        counted = self.counts if counts is None else counts
        return any(count for name, count in counted.items() if name not in ("unchanged", "rejected"))

    @property
    def row_ids(self) -> tuple[int, int]:
        """The range of keys of its staged rows, both ends included."""
        return row_id(self.pk, 0), row_id(self.pk + 1, 0) - 1

    @property
    def stem(self) -> str:
        return PurePath(self.file_name).stem or str(self.pk)


class RowKey(models.BigIntegerField):
    """SQLite keeps rows by a key of exactly this type, and needs no index beside the table."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class StagedRow(models.Model):
    """``id`` is import × 2^32 + row number in the file: a cheap key that keeps the order of the file."""

    id = RowKey(primary_key=True)

    class Meta:
        abstract = True

    @property
    def row(self) -> int:
        return row_of(self.pk)


class StagedPurchase(StagedRow):
    """A readable purchase line. ``buyer`` and ``place`` are hashes: of the customer, and of the customer's site.

    ``match_key`` is empty where the row names a customer number.
    """

    purchase_reference = models.CharField(max_length=64)
    line = models.PositiveIntegerField()
    purchased_on = models.DateField(null=True)
    serial = models.CharField(max_length=8)
    product = models.CharField(max_length=64)
    quantity = models.IntegerField()
    software_assurance_until = models.DateField(null=True)
    customer_number = models.CharField(max_length=64)
    customer_name = models.CharField(max_length=200)
    address_line1 = models.CharField(max_length=200)
    address_line2 = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=100)
    contact_name = models.CharField(max_length=200)
    contact_phone = models.CharField(max_length=100)
    contact_email = models.CharField(max_length=254)
    site_name = models.CharField(max_length=200)
    product_key = models.CharField(max_length=192)  # folding makes three letters of some
    buyer = models.BigIntegerField()
    place = models.BigIntegerField()
    match_key = models.CharField(max_length=32)
    site_key = models.CharField(max_length=400)
    allocation_key = models.CharField(max_length=32)
    row_digest = models.CharField(max_length=32)
    column_checks = models.CharField(max_length=72)

    def __str__(self) -> str:
        return f"{self.purchase_reference}/{self.line}"


class StagedInstallation(StagedRow):
    """A readable row of a file of installations that an older system registered."""

    serial = models.CharField(max_length=8)
    site_id = models.CharField(max_length=12)
    registered_on = models.DateField(null=True)
    name = models.CharField(max_length=200)
    address_line1 = models.CharField(max_length=200)
    address_line2 = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=100)
    contact_name = models.CharField(max_length=200)
    contact_phone = models.CharField(max_length=100)
    contact_email = models.CharField(max_length=254)
    server_version = models.CharField(max_length=32)
    client_version = models.CharField(max_length=32)
    highest_version = models.CharField(max_length=32)
    began_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.serial


class RowOutcome(StagedRow):
    """What a preview said of a row. ``before`` is what the one before it had said, where that was something else."""

    class Outcome(models.IntegerChoices):
        NEW = 1, _("new serial number")
        TOP_UP = 2, _("top-up of a serial number")
        RETURN = 3, _("return")
        TAKEN_OVER = 4, _("taken over")
        UNCHANGED = 5, _("unchanged")
        REJECTED = 6, _("rejected")

    outcome = models.PositiveSmallIntegerField(choices=Outcome)
    before = models.PositiveSmallIntegerField(choices=Outcome, null=True)
    serial = models.CharField(max_length=8)

    def __str__(self) -> str:
        return str(self.get_outcome_display())


class RejectedRow(StagedRow):
    """Why a row cannot be imported: ``problems`` as a list of column, value, reason and parameters.

    ``cells`` holds its cells as they were, in the order of the kind's columns. Kept until the import is cleared away.
    """

    problems = models.JSONField()
    cells = models.JSONField()
    readable = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.row}"
