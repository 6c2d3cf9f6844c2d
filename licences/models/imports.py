"""Imports: uploaded files, and their staged rows until they are applied.

Staged rows are written and read by the statements in ``licences/imports``. Nothing refers to them, and they are deleted
when their import has ended.
"""

from pathlib import PurePath

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.contact import CONTACT_LENGTHS

ROW_BITS = 32


def row_id(file_import_id: int, row: int) -> int:
    """Return the primary key of a staged row: import × 2^32 + row number, so that keys are in the order of the file."""
    return (file_import_id << ROW_BITS) + row


def row_number_of(staged_id: int) -> int:
    """Return the row number in the file from the primary key of a staged row."""
    return staged_id & ((1 << ROW_BITS) - 1)


class FileImport(models.Model):
    """One uploaded file, from upload to result. Its rows become grants or installations in one transaction.

    ``inbox_key`` and ``inbox_sender`` are those of a file in a watched folder (``imports.inbox``).
    """

    class Kind(models.TextChoices):
        PURCHASES = "purchases", _("Purchases")
        INSTALLATIONS = "installations", _("Installations of an older system")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be read")
        READING = "reading", _("being read")
        COLUMNS = "columns", _("waiting for its columns")
        CHECKING = "checking", _("being checked")
        PREVIEW = "preview", _("awaiting confirmation")
        CONFIRMED = "confirmed", _("waiting to be imported")
        APPLYING = "applying", _("being imported")
        APPLIED = "applied", _("imported")
        WITHDRAWN = "withdrawn", _("discarded")
        FAILED = "failed", _("not readable")
        TAKEN_BACK = "taken-back", _("taken back")

    RUNNING = (State.WAITING, State.READING, State.CHECKING, State.CONFIRMED, State.APPLYING)
    ENDED = (State.APPLIED, State.WITHDRAWN, State.FAILED, State.TAKEN_BACK)

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
    accept_valid = models.BooleanField(_("valid rows only"), default=False)
    profile = models.ForeignKey(
        "licences.SenderProfile",
        on_delete=models.SET_NULL,
        related_name="imports",
        null=True,
        blank=True,
        verbose_name=_("sender profile"),
    )
    accept_similar = models.BooleanField(_("similar serial numbers accepted as new"), default=False)
    failure = models.JSONField(_("failure"), default=dict, blank=True)
    # Progress and outcome
    heartbeat_at = models.DateTimeField(_("last activity"), null=True, blank=True)
    began_at = models.DateTimeField(_("current step started"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fraction_read = models.FloatField(_("read"), default=0)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_checked = models.PositiveIntegerField(_("rows checked"), default=0)
    rows_applied = models.PositiveIntegerField(_("rows imported"), default=0)
    counts = models.JSONField(_("outcome"), default=dict, blank=True)
    changed_since_preview = models.PositiveIntegerField(_("rows changed since the preview"), default=0)
    previews = models.PositiveSmallIntegerField(_("previews"), default=0)
    holds_rows = models.BooleanField(_("holds staged rows"), default=False, editable=False)
    # What the judgement found besides outcomes. ``to_confirm``: kind of ``RecordPair`` → rows that wait for a decision.
    new_serials = models.PositiveIntegerField(_("new serial numbers"), default=0, db_default=0)
    new_customers = models.PositiveIntegerField(_("new customers"), default=0, db_default=0)
    to_confirm = models.JSONField(_("to be decided"), null=True, blank=True, editable=False)
    # Decisions of a command, by ``RecordPair.pair``; those on the page are on the pairs.
    decisions = models.JSONField(null=True, blank=True, editable=False)
    # The next columns are null in older rows, and where they do not apply.
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True, editable=False)
    taken_back_by = models.CharField(_("taken back by"), max_length=150, null=True, blank=True, editable=False)  # noqa: DJ001
    taken_back_reason = models.TextField(_("reason for taking back"), null=True, blank=True, editable=False)  # noqa: DJ001
    inbox_key = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001
    inbox_sender = models.CharField(_("sender"), max_length=100, null=True, blank=True, editable=False)  # noqa: DJ001
    # The key of the program that sent the rows over the API.
    program_key = models.ForeignKey(
        "licences.ProgramKey",
        on_delete=models.PROTECT,
        related_name="imports",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("key of the program"),
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inbox_key"], condition=Q(inbox_key__isnull=False), name="one_import_per_inbox_file"
            )
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @property
    def sender(self) -> str:
        """Who sent it: the profile it was read with, else the folder or the program it came from; empty if nobody."""
        if self.profile:
            return self.profile.name
        return self.inbox_sender or (self.program_key.name if self.program_key else "")

    @property
    def is_running(self) -> bool:
        """Whether a worker works on it, or has to."""
        return self.state in self.RUNNING

    @property
    def awaits_confirmation(self) -> bool:
        """Whether its preview is ready, and a person has to confirm or discard it."""
        return self.state == self.State.PREVIEW

    @property
    def rows_to_decide(self) -> int:
        """How many rows count as rejected only until a person has decided about them."""
        return min(sum((self.to_confirm or {}).values()), int(self.counts.get("rejected", 0)))

    @property
    def rows_with_problems(self) -> int:
        """How many rows are rejected whatever anybody decides."""
        return int(self.counts.get("rejected", 0)) - self.rows_to_decide

    @property
    def awaits_columns(self) -> bool:
        """Whether a person has to say which of its columns is what."""
        return self.state == self.State.COLUMNS

    @property
    def has_ended(self) -> bool:
        """Whether it was applied or withdrawn, or has failed."""
        return self.state in self.ENDED

    def changes_anything(self, counts: dict[str, int] | None = None) -> bool:
        """Tell whether applying it would change anything: whether any row is neither unchanged nor rejected.

        ``counts`` are rows by outcome; without them, those of the latest preview.
        """
        counts = self.counts if counts is None else counts
        return any(count for name, count in counts.items() if name not in ("unchanged", "rejected"))

    @property
    def row_ids(self) -> tuple[int, int]:
        """The first and the last primary key that its staged rows can have."""
        return row_id(self.pk, 0), row_id(self.pk + 1, 0) - 1

    @property
    def stem(self) -> str:
        """The file's name without its ending; the number of the import if it has no name."""
        return PurePath(self.file_name).stem or str(self.pk)


class RowKey(models.BigIntegerField):
    """A primary key that SQLite uses as the row ID, so that it needs no index beside the table."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class StagedRow(models.Model):
    """A row of a file. ``id`` is what ``row_id`` returns."""

    id = RowKey(primary_key=True)

    class Meta:
        abstract = True

    @property
    def row(self) -> int:
        """The row number in the file."""
        return row_number_of(self.pk)


class StagedContact(StagedRow):
    """A readable row with ``CONTACT_COLUMNS`` among its columns."""

    class Meta:
        abstract = True


for column, length in CONTACT_LENGTHS.items():
    StagedContact.add_to_class(column, models.CharField(max_length=length))


class StagedPurchase(StagedContact):
    """A readable purchase line. ``buyer`` is a hash of the customer, ``place`` one of the customer and the site.

    The other keys are those of ``customer_keys`` and ``record_keys``; ``reference_key`` is empty where the reference is
    its own key. ``raw_reference`` and ``raw_digest`` are those of the row with what cannot be seen, as it was recorded
    formerly; empty where that makes no difference.
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
    site_name = models.CharField(max_length=200)
    product_key = models.CharField(max_length=192)  # three times ``product``: folding turns some letters into three
    buyer = models.BigIntegerField()
    place = models.BigIntegerField()
    match_key = models.CharField(max_length=32)
    details_key = models.CharField(max_length=32, db_default="")
    number_key = models.CharField(max_length=192, db_default="")
    country_key = models.CharField(max_length=100, db_default="")
    street_block = models.BigIntegerField(db_default=0)
    postcode_block = models.BigIntegerField(db_default=0)
    phone_block = models.BigIntegerField(db_default=0)
    reference_key = models.CharField(max_length=192, db_default="")
    raw_reference = models.CharField(max_length=64, db_default="")
    raw_digest = models.CharField(max_length=32, db_default="")
    site_key = models.CharField(max_length=400)
    allocation_key = models.CharField(max_length=32)
    row_digest = models.CharField(max_length=32)
    column_checks = models.CharField(max_length=72)

    def __str__(self) -> str:
        return f"{self.purchase_reference}/{self.line}"


class StagedInstallation(StagedContact):
    """A readable row of a file of installations from an older system."""

    serial = models.CharField(max_length=8)
    site_id = models.CharField(max_length=12)
    registered_on = models.DateField(null=True)
    name = models.CharField(max_length=200)
    server_version = models.CharField(max_length=32)
    client_version = models.CharField(max_length=32)
    highest_version = models.CharField(max_length=32)
    began_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.serial


class RowOutcome(StagedRow):
    """What becomes of a row, by the latest preview. ``before`` is what the preview before it showed, if it differs."""

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
    """A row that cannot be imported. ``problems`` is a list of column, value, reason and parameters.

    ``cells`` are its cells as they were read, in the order of the columns of its kind. It is kept as long as the
    import.
    """

    problems = models.JSONField()
    cells = models.JSONField()
    readable = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.row}"
