"""What the look-up searches: a text per serial number, and every word that stands in one.

Both are made from the records by ``operations.search`` and can be made again at any time.
"""

from django.db import models
from django.db.models import Q

from licences.models.serials import Serial


class SearchText(models.Model):
    """All words that a serial can be found by (``domain.search_words``), and its customer's name without legal form.

    The indexes for parts of the text stand in the migrations, for Django has no name for them: trigrams (GIN) on
    PostgreSQL, an FTS5 table kept by triggers on SQLite.
    """

    serial = models.OneToOneField(
        Serial, on_delete=models.PROTECT, primary_key=True, related_name="search_text", db_index=False
    )
    name_key = models.CharField(max_length=400)
    text = models.TextField()

    def __str__(self) -> str:
        return self.name_key


class SearchWord(models.Model):
    """A word that people may misspell: of a name, a contact or a town. ``sound`` finds words that sound alike."""

    word = models.CharField(max_length=60, primary_key=True)
    sound = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["sound"], name="search_word_by_sound")]

    def __str__(self) -> str:
        return self.word


class SearchMark(models.Model):
    """Serial numbers up to this one have their search text. One row, held by whoever adds more.

    Whoever makes serial numbers holds the purchase lock, so that none appears below the mark later on.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    serial_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_search_mark")]

    def __str__(self) -> str:
        return f"{self.serial_id}"
