"""Characters of a typed code that are easily taken for others (docs/codes.md#easily-confused).

Only the typed text is looked at, so what is said about it reveals nothing about codes on record.
"""

# Families of characters that look alike in print or by hand, on a screen or on paper. In a code, 0 is the letter O.
FAMILIES = ("1Il", "O0Q", "2Z", "5S", "6G", "8B", "UV")
MAX_SHOWN = 3


def easily_confused(typed: str) -> list[tuple[str, ...]]:
    """Return, for at most ``MAX_SHOWN`` families that occur in ``typed``, the character as typed and its lookalikes.

    In the order of the text; each family once. ``easily_confused("AlC5")`` is ``[("l", "1", "I"), ("5", "S")]``.
    """
    found: dict[str, tuple[str, ...]] = {}
    for symbol in typed:
        family = _family(symbol)
        if family and family not in found:
            found[family] = (symbol, *(other for other in family if other.upper() != symbol.upper()))
    return list(found.values())[:MAX_SHOWN]


def _family(symbol: str) -> str:
    """The family of a character as it is drawn: a small i or a large L is not mistaken for 1."""
    alike = symbol if symbol in "lLi" else symbol.upper()
    return next((family for family in FAMILIES if alike in family), "")
