"""The telephone number in what a telephone system sends: plain, as ``tel:`` or as ``sip:``."""

import re

from licences.domain.search_words import is_telephone, telephone_part

SHORTEST_CALLER = 7  # digits that name a customer (docs/look-up.md#when-it-is-sure)
_SCHEME = re.compile(r"^\s*(?:tel|sips?|callto):", re.IGNORECASE)


def dialled_number(text: str) -> str:
    """Return the number in a text, without scheme, host and parameters; empty where there is none of seven digits.

    ``sip:+4970715550163@pbx.example;user=phone`` has the number ``+4970715550163``.
    """
    number = re.split(r"[@;?]", _SCHEME.sub("", text), maxsplit=1)[0].strip()
    return number if is_telephone(number) and len(telephone_part(number)) >= SHORTEST_CALLER else ""
