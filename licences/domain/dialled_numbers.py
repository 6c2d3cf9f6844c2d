"""The telephone number in what telephone systems send and signatures have: plain, ``tel:``, ``sip:``, or labelled."""

import re

from licences.domain.record_keys import with_plain_dashes
from licences.domain.search_words import is_telephone, telephone_part

SHORTEST_CALLER = 7  # digits that name a customer (docs/look-up.md#when-it-is-sure)
# tel:+49-911-5550190;ext=3, "Wagner" <sip:09115550190@pbx.example>, "Tel. 0911 5550190", "T +49 911 5550190"
_SCHEME = r"(?:[^<>]{0,80}<)?(?:tel|sips?|callto):(?://)?\s*"
_LABEL = (
    r"(?:tel(?:efon|ephone)?|phone|mobile?|mobiltelefon|handy|r(?:ü|ue)ckruf)(?:\s?(?:nummer|number|no|nr))?|fon|fax|"
    r"durchwahl|call(?:back|er)?(?:\s+from)?|anruf(?:er)?(?:\s+von)?"
)
_LABELLED = re.compile(
    rf"[<\"\s]*(?:{_SCHEME}|(?:{_LABEL})(?:\.?:|\.|\s)\s*|[tmf](?:[.:]+\s*|\s+)(?=\+|00?[1-9]|\(0))"
    r"(?P<number>(?:\+|%2b)?[\d(][\d()/.\s-]*)(?:[@;?>\"].*)?",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"(?<=\d)[\s,;]*(?:ext(?:ension)?|x|durchwahl|dw|nebenstelle|nst|app(?:arat)?)[.:\s]*(?=\d{1,5}\s*$)", re.IGNORECASE
)


def labelled_number(text: str) -> str:
    """Return the number of a text that is one with a scheme or label: ``tel:``, ``sip:``, ``Tel.``; else empty.

    Host and parameters are left out. An extension that is said to be one (``ext. 15``, ``DW 15``) is written with a
    hyphen. Numbers have four digits or more.
    """
    plain = with_plain_dashes(text).strip()
    hyphened = _EXTENSION.sub("-", plain)
    found = _LABELLED.fullmatch(hyphened)
    if not found:
        return hyphened if hyphened != plain and is_telephone(hyphened) else ""
    number = re.sub("%2b", "+", found["number"], flags=re.IGNORECASE).strip()
    return number if is_telephone(number) else ""


def dialled_number(text: str) -> str:
    """Return the number in a text, without scheme, host and parameters; empty where there is none of seven digits.

    ``sip:+4970715550163@pbx.example;user=phone`` has the number ``+4970715550163``.
    """
    number = labelled_number(text) or re.split(r"[@;?]", text, maxsplit=1)[0].strip()
    return number if is_telephone(number) and len(telephone_part(number)) >= SHORTEST_CALLER else ""
