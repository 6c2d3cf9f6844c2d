"""Other spellings of purchase references and customer numbers: without prefix or dashes, and with O for 0.

Each makes a few references that an index finds one by one, instead of comparing all that are on record.
"""

import re
from itertools import combinations

# Prefixes that purchase references have and callers leave out.
REFERENCE_PREFIXES = ("PO-", "PO", "PO ", "BE-", "B-", "RE-", "AB-")
LONGEST_WITHOUT_DASHES = 20  # letters and digits; of these, 191 references with up to two dashes
_SHORTEST = 5  # letters and digits of a reference that is found without its dashes
_MOST_DASHES = 2
_IN_GROUPS = re.compile(r"[A-Z0-9]{1,12}(?:(?: ?[._/-] ?| )[A-Z0-9]{1,12}){1,4}", re.IGNORECASE)
_SEPARATOR = re.compile(r" ?[._/-] ?| ")


def reference_spellings(reference: str) -> list[str]:
    """How a reference that was typed may stand on record: as typed, in capitals, and with a prefix left out."""
    upper = reference.upper()
    prefixed = [prefix + upper for prefix in REFERENCE_PREFIXES] if reference[:1].isdigit() else []
    return list(dict.fromkeys((reference, upper, *prefixed)))


def misheard_references(reference: str) -> list[str]:
    """References that differ from a typed one by O for 0 or 0 for O, with and without a prefix."""
    upper = reference.upper()
    digits = re.sub(r"O(?=[\dO-]*\d|$)|(?<=\d)O", "0", upper)
    all_digits = "".join("0" if symbol == "O" and index > 1 else symbol for index, symbol in enumerate(upper))
    letters = re.sub(r"^P0", "PO", upper)
    readings = [digits, all_digits, letters, re.sub(r"^P0", "PO", all_digits)]
    known = reference_spellings(reference)
    return [each for reading in dict.fromkeys(readings) for each in reference_spellings(reading) if each not in known]


def with_dashes_for_blanks(text: str) -> tuple[str, ...]:
    """References in capitals that a text of several groups may be, with dashes or nothing between them: ugly 07.

    None where the text is written so already, or cannot be a reference: it needs a letter, and a digit at its end.
    """
    upper = text.upper()
    if not _IN_GROUPS.fullmatch(text) or not _has_both(upper) or not upper[-1].isdigit():
        return ()
    spellings = (_SEPARATOR.sub("-", upper), _SEPARATOR.sub("", upper))
    return tuple(each for each in dict.fromkeys(spellings) if each != upper)


def with_dashes_anywhere(text: str) -> list[str]:
    """References in capitals with the letters and digits of a text and up to two dashes: UG-2026-004 for ug2026004.

    None where the text has blanks or is too short or too long to be one, and none that is the text itself.
    """
    upper = text.upper()
    joined = _SEPARATOR.sub("", upper)
    if " " in upper and not with_dashes_for_blanks(text):
        return []
    if not (joined.isascii() and joined.isalnum() and _has_both(joined)):
        return []
    if not _SHORTEST <= len(joined) <= LONGEST_WITHOUT_DASHES:
        return []
    places = [each for count in range(_MOST_DASHES + 1) for each in combinations(range(1, len(joined)), count)]
    return [each for each in (_with_dashes(joined, at) for at in places) if each != upper]


def _with_dashes(joined: str, places: tuple[int, ...]) -> str:
    """The text with a dash before each of the places."""
    starts = (0, *places)
    return "-".join(joined[start:end] for start, end in zip(starts, (*places, None), strict=True))


def _has_both(text: str) -> bool:
    """Whether a text has a letter and a digit."""
    return any(map(str.isalpha, text)) and any(map(str.isdigit, text))
