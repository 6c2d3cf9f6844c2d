"""House numbers with all that belongs to them as one word: 12a, 12bis, 12to14, 12over3."""

import re
from collections.abc import Callable

_DASH = "[-‐‑‒–—−]"
_AMBIGUOUS = "nseworudlyivzmq"  # 3000 W Paradise Rd., 4 r de la Paix


def _with_suffix(found: re.Match[str]) -> str:
    """12 a and 12 bis are 12a and 12bis; the letter before another word may be a direction or the kind of street."""
    suffix = found[2].casefold()
    follows = found.string[found.end() : found.end() + 2]
    a_word_follows = follows[:1] == " " and (follows[1:].isalpha() or (suffix in "nsew" and follows[1:].isalnum()))
    if found[1].endswith(" ") and len(suffix) == 1 and a_word_follows and suffix in _AMBIGUOUS:
        return found[0]
    return f"{found[1].rstrip()}{suffix}"


# How a spelling is found, and what one spelling of it is; in this order.
_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # Hauptstr.12
    (re.compile(r"(?<!\w)([^\W\d_]{3,})\.?(?=\d)"), lambda found: f"{found[1]} "),
    # N.º 12, n° 12, # 12
    (re.compile(r"(?<!\w)n\.?\s?[°º]\s?(?=\d)|#\s?(?=\d)", re.IGNORECASE), lambda found: " nr "),
    # C 4, 12: Mannheim has squares for streets
    (re.compile(r"^\s*([a-u])\s?(\d{1,2})[\s,]+(?=\d)", re.IGNORECASE), lambda found: f"{found[1]}{found[2]} "),
    # ul. 3-go Maja
    (re.compile(r"(\d)-(?:go|ego|ej)(?!\w)", re.IGNORECASE), lambda found: found[1]),
    # 00-950 Warszawa, D-01067 Dresden: a postcode
    (re.compile(r"(?<=[\s,])(\d\d)-(\d{3})(?=\s[^\W\d_])"), lambda found: f"{found[1]}{found[2]}"),
    (re.compile(r"(?<!\w)(?:d|a|ch|f|i|e|nl|b|pl|l)-(?=\d{4,5}(?!\d))", re.IGNORECASE), lambda found: ""),
    # 12 a, 12 bis
    (
        re.compile(r"(\d\s?)(?!(?:bis|m|u|a|e|o|y|i)\s\d|r\sd[\w'’])(bis|ter|quater|[a-z])(?![\w'’.])", re.IGNORECASE),
        _with_suffix,
    ),
    # 12 - 14, 12 bis 14
    (
        re.compile(
            rf"(\d[a-z]?)(?!\s{_DASH}\s\d{{4,5}}\s[^\W\d_])(?:\s?{_DASH}\s?|\s(?:bis|to|à|al|tot)\s)(\d+[a-z]?)(?!\w)",
            re.IGNORECASE,
        ),
        lambda found: f"{found[1]}to{found[2]}",
    ),
    # 12a-c, 12a+b
    (re.compile(rf"(\d[a-z])\s?{_DASH}\s?([a-z])(?!\w)", re.IGNORECASE), lambda found: f"{found[1]}to{found[2]}"),
    (re.compile(r"(\d[a-z])\s?[+&]\s?([a-z])(?!\w)", re.IGNORECASE), lambda found: f"{found[1]}und{found[2]}"),
    # 12 u. 14
    (
        re.compile(r"(\d[a-z]?)(?:\s?[+&]\s?|\s(?:u\.?|und|and|et|y|i)\s)(\d+[a-z]?)(?!\w)", re.IGNORECASE),
        lambda found: f"{found[1]}und{found[2]}",
    ),
    # 12/a
    (re.compile(r"(\d)\s?/\s?([a-z])(?![\w/])", re.IGNORECASE), lambda found: f"{found[1]}{found[2]}"),
    # 12 / 3, 12 m. 3, 12 lok. 3
    (
        re.compile(r"(\d[a-z]?)(?:\s?/\s?|\s?m\.\s?|,?\s(?:m|lok|lokal|mieszk|mieszkanie)\.?\s?)(?=\d)", re.IGNORECASE),
        lambda found: f"{found[1]}over",
    ),
)


def with_whole_numbers(text: str) -> str:
    """A clean line in which each house number is one word, whatever its spelling."""
    text = text.rstrip(" .,;")
    for spelling, one_spelling in _SPELLINGS:
        text = spelling.sub(one_spelling, text)
    return text
