"""The telephone number in what telephone systems send and signatures have: plain, ``tel:``, ``sip:``, or labelled."""

import re

from licences.domain.record_keys import with_plain_dashes
from licences.domain.search_words import is_telephone, telephone_part

SHORTEST_CALLER = 7  # digits that name a customer (docs/look-up.md#when-it-is-sure)
# tel:+49-911-5550190;ext=3, sip:09115550190@pbx.example, "Tel. 0911 5550190"
_LABELLED = re.compile(
    r"[<\"\s]*(?:(?:tel|sips?|callto):(?://)?\s*|(?:tel(?:efon|ephone)?|fon|phone|mobile?|handy|fax)(?:[.:]|\s)\s*)"
    r"(?P<number>(?:\+|%2b)?[\d(][\d()/.\s-]*)(?:[@;?>\"].*)?",
    re.IGNORECASE,
)


def labelled_number(text: str) -> str:
    """Return the number of a text that is one with a scheme or label: ``tel:``, ``sip:``, ``Tel.``; else empty.

    Host and parameters, such as an extension, are left out. Numbers have four digits or more.
    """
    found = _LABELLED.fullmatch(with_plain_dashes(text).strip())
    number = re.sub("%2b", "+", found["number"], flags=re.IGNORECASE).strip() if found else ""
    return number if is_telephone(number) else ""


def dialled_number(text: str) -> str:
    """Return the number in a text, without scheme, host and parameters; empty where there is none of seven digits.

    ``sip:+4970715550163@pbx.example;user=phone`` has the number ``+4970715550163``.
    """
    number = labelled_number(text) or re.split(r"[@;?]", text, maxsplit=1)[0].strip()
    return number if is_telephone(number) and len(telephone_part(number)) >= SHORTEST_CALLER else ""
