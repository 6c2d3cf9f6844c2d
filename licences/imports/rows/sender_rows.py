"""Rows of a sender whose profile is known: default values for empty cells, numbers in the sender's own style, and
columns that say nothing to us."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from licences.domain.cells import NumberCell

# Columns for which a profile may have a default; none of them is about people.
DEFAULT_COLUMNS = (
    "line",
    "product",
    "quantity",
    "purchased_on",
    "software_assurance_until",
    "country",
    "server_version",
    "client_version",
)
_NUMBER_COLUMNS = ("line", "quantity")
# Style → the separator of thousands, and the pattern of a whole number in that style.
_STYLES = {
    ",": re.compile(r"([+\-−]?)(\d{1,3}(?:[.' \u00a0\u202f’]\d{3})+|\d+)(?:,0*)?([-−]?)"),
    ".": re.compile(r"([+\-−]?)(\d{1,3}(?:[,' \u00a0\u202f’]\d{3})+|\d+)(?:\.0*)?([-−]?)"),
}
_NOT_DIGITS = re.compile(r"\D")


def adapted_rows(
    rows: Iterable[tuple[int, tuple[str, ...]]],
    *,
    columns: Sequence[str],
    defaults: Mapping[str, str],
    decimal_style: str,
    unread: Collection[str] = (),
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows with defaults in their empty cells, and with line numbers and quantities as plain whole numbers.

    ``decimal_style`` is the sender's sign before decimals, "," or ".", or empty: then numbers stay as they are.
    The cells of the columns in ``unread`` become empty. A row keeps its type.
    """
    emptied = [columns.index(column) for column in unread if column in columns]
    filled = [(columns.index(column), value) for column, value in defaults.items() if column in columns and value]
    style = _STYLES.get(decimal_style)
    numbers = [columns.index(column) for column in _NUMBER_COLUMNS if column in columns] if style else []
    for number, row in rows:
        cells = list(row)
        for position in emptied:
            cells[position] = ""
        for position in numbers:
            cells[position] = plain_number(cells[position], decimal_style)
        for position, value in filled:
            if not cells[position].strip():
                cells[position] = value
        yield number, type(row)(cells)


def plain_number(text: str, style: str) -> str:
    """A whole number in this style without separators and decimals; any other text as it is.

    With a comma for decimals, "1.000,00" is "1000" and "5,0-" is "-5"; "5,5" stays, to be refused.
    """
    if isinstance(text, NumberCell):
        return text
    match = _STYLES[style].fullmatch(text.strip())
    if match is None or (match[1] and match[3]):
        return text
    return ("-" if match[1] in ("-", "−") or match[3] else "") + _NOT_DIGITS.sub("", match[2])
