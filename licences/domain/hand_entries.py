"""Rules of what is entered by hand: its references, what a correction adds, and when a second person has to agree
(docs/decisions.md#records-by-hand).

Quantities are mappings of SKU to a number of licences.
"""

from collections.abc import Mapping

PREFIX = "HAND-"
Quantities = Mapping[str, int]


def reference(number: int) -> str:
    """Return the purchase reference of an entry, such as HAND-000012."""
    return f"{PREFIX}{number:06d}"


def entry_number_in(purchase_reference: str) -> int | None:
    """Return the number of the entry that a purchase reference names; None for one that is no entry's."""
    digits = purchase_reference.removeprefix(PREFIX)
    is_entry = digits != purchase_reference and digits.isascii() and digits.isdigit()
    return int(digits) if is_entry and reference(int(digits)) == purchase_reference else None


def needs_second_person(lines: Quantities, *, recent: int, limit: int) -> bool:
    """Tell whether a second person has to agree to an entry.

    ``recent`` is the number of licences that were entered by hand for the same customer within 24 hours: several small
    entries count like one large one. ``limit`` is how many one person may enter.
    """
    return sum(map(abs, lines.values())) + recent > limit


def lines_of_correction(recorded: Quantities, wanted: Quantities) -> dict[str, int]:
    """Return what has to be added so that an entry comes to ``wanted``; products that do not change are left out."""
    skus = dict.fromkeys([*recorded, *wanted])
    differences = {sku: wanted.get(sku, 0) - recorded.get(sku, 0) for sku in skus}
    return {sku: difference for sku, difference in differences.items() if difference}
