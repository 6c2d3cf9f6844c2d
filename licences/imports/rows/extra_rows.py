"""Rows of a file that are no data: totals, repeated headers and ruled lines (docs/imports.md#rows-that-are-skipped)."""

import re
from collections.abc import Sequence
from operator import itemgetter

from licences.spreadsheets.headers import folded_title

TOTALS, HEADERS, RULES = "totals", "headers", "rules"

_TOTALS_WORDS = (
    "summe|summen|endsumme|zwischensumme|gesamtsumme|gesamt|gesamtergebnis|gesamtmenge|gesamtanzahl|insgesamt|übertrag|"
    "saldo|anzahl|total|totals|totale|sum|sums|subtotal|sub-total|grand total|carried forward|total général|"
    "anzahl datensätze|anzahl zeilen|anzahl positionen|number of rows|number of lines|records"
)
_AROUND = r"[\s*#=Σ∑:.\-–]*"
_FIGURES = re.compile(r"[\d\s.,'’+\-−–*#%€$£]*(?:EUR|CHF|USD|GBP|Stk\.?|St\.?|Stück|pcs\.?)?[\s*]*", re.IGNORECASE)
_RULE = re.compile(r"[\s\-=_*+|–—]*[\-=_*–—][\s\-=_*+|–—]*")


class ExtraRows:
    """Tells the rows of a file that are no data, and keeps their numbers.

    ``columns`` and ``required`` are those of the kind of file. ``titles`` is its header in the file's order, and
    ``named`` has the column that each title means, empty for an unknown one. ``totals_words`` are further words with
    which a row of totals begins. ``rows`` maps each kind of skipped row to row numbers.
    """

    def __init__(
        self,
        *,
        columns: Sequence[str],
        required: Sequence[str],
        named: Sequence[str],
        titles: Sequence[str],
        totals_words: Sequence[str] = (),
    ) -> None:
        """Prepare to recognise the rows of one file that are no data; the arguments are described at the class."""
        self.rows: dict[str, list[int]] = {}
        # Two positions at least, for which itemgetter returns a tuple.
        keys = [columns.index(column) for column in required if column in named]
        self._keys_of = itemgetter(*keys, keys[0]) if keys else itemgetter(0, 0)
        titled = {column: title for column, title in zip(named, titles, strict=False) if column}
        self._titles = [(columns.index(column), folded_title(title)) for column, title in titled.items()]
        first = next((column for column in required if column in titled), "")
        self._first, self._first_title = columns.index(first or columns[0]), titled.get(first)
        self._totals = _totals_pattern(totals_words)
        self._name = columns.index("customer_name") if "customer_name" in columns else -1

    def skips(self, number: int, row: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether a row is no data; its number is kept if so.

        ``row`` has the cells in the order of the columns, ``cells`` as they are in the file.
        """
        if row[self._first] != self._first_title and all(self._keys_of(row)):  # nearly every row
            return False
        kind = self._kind(row, cells)
        if kind:
            self.rows.setdefault(kind, []).append(number)
        return bool(kind)

    def _kind(self, row: Sequence[str], cells: Sequence[str]) -> str:
        """The kind of a row that is no data (``TOTALS``, ``HEADERS`` or ``RULES``), else empty.

        ``row`` has the cells in the order of the columns, ``cells`` as they are in the file.
        """
        if self._titles and all(folded_title(row[position]) == title for position, title in self._titles):
            return HEADERS
        filled = [cell.strip() for cell in cells if cell.strip()]
        if all(map(_RULE.fullmatch, filled)):
            return RULES
        if all(map(str.strip, self._keys_of(row))):
            return ""
        if self._name >= 0 and (name := row[self._name].strip()) and not self._is_total(name, alone=True):
            return ""
        words = [cell for cell in filled if not _FIGURES.fullmatch(cell)]
        return TOTALS if words and all(map(self._is_total, words)) else ""

    def _is_total(self, cell: str, *, alone: bool = False) -> bool:
        """Whether a cell begins with a word for totals; ``alone``: and has no other word."""
        match = self._totals.match(cell)
        return match is not None and (not alone or _FIGURES.fullmatch(cell[match.end() :].strip(" *:")) is not None)


def _totals_pattern(further: Sequence[str]) -> re.Pattern[str]:
    """The pattern of cells that begin with a word for totals: a known one, or one of ``further``."""
    words = [re.escape(word.strip()) for word in further if word.strip()]
    return re.compile(rf"{_AROUND}(?:{'|'.join([_TOTALS_WORDS, *words])})(?!\w){_AROUND}", re.IGNORECASE)
