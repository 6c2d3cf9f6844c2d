"""The index of the look-up: a text for each serial number, and every word in these texts.

``operations.search`` builds both from the records, and can build them again at any time.
"""

from django.db import models
from django.db.models import Q

from licences.models.serials import Serial


class SearchText(models.Model):
    """All words that a serial can be found by (``domain.search_words``), and its customer's name without legal form.

    ``former_names`` are names that customer, seller and registration had before, ``ticket_references`` those noted
    about calls: one in each line, as written. The look-up names them as what was found.

    The indexes for parts of the text are in ``licences.database.search_index``, as Django cannot declare them: trigrams
    (GIN) on PostgreSQL, an FTS5 table that triggers maintain on SQLite.
    """

    serial = models.OneToOneField(
        Serial, on_delete=models.PROTECT, primary_key=True, related_name="search_text", db_index=False
    )
    name_key = models.CharField(max_length=400)
    text = models.TextField()
    former_names = models.TextField(blank=True, null=True)  # noqa: DJ001  (older code leaves it out)
    ticket_references = models.TextField(blank=True, null=True)  # noqa: DJ001

    def __str__(self) -> str:
        return self.name_key


class SearchWord(models.Model):
    """A word of a name, a contact or a town, which people may misspell. Words of one ``sound`` sound alike."""

    word = models.CharField(max_length=60, primary_key=True)
    sound = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["sound"], name="search_word_by_sound")]

    def __str__(self) -> str:
        return self.word


class SearchMark(models.Model):
    """The last serial number that has its search text, in one row, which indexing locks.

    Serials are only allocated under the purchase lock, so none can appear below the mark later. Up to
    ``renewed_serial_id`` the texts have the content of ``version``; the others are made again in batches.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    serial_id = models.BigIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    renewed_serial_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_search_mark")]

    def __str__(self) -> str:
        return f"{self.serial_id}"
