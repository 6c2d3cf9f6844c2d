"""The code page of a text file that is not Unicode, judged by the words in it that have letters beyond ASCII.

A code page is possible where these words are words: letters of one script, capitals where capitals stand, and all
within the alphabet of one language. If several are possible and read differently, chardetng, the detector of Firefox,
decides, provided there are some words to decide by; else the answer is not sure. On its own it takes Polish for Western
European in a tenth of the samples of twenty words, knows no code page of Macs and DOS, and does not say when it is not
sure; chardet 7.7 and charset-normalizer 3.5 misread more Western European samples.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

UNICODE = ("utf-8", "utf-16-le", "utf-16-be")

_GERMAN = frozenset("äöüß")
_WEST = {
    "German": "é",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Italian": "àèéìíîòóùú",
    "Spanish": "áéíñóúü",
    "Catalan": "àçèéíïòóúü",
    "Portuguese": "áâãàçéêíóôõúü",
    "Dutch": "áèéêëíïóöúü",
    "Nordic": "åäöæøéèêòóôüáíúýðþš",
}
_CENTRAL = {
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Croatian": "čćđšž",
    "Romanian": "ăâîşţ",
    "Albanian": "çë",
}
_TURKISH = {"Turkish": "çğıİöşüâîû"}
_BALTIC = {"Lithuanian": "ąčęėįšųūž", "Latvian": "āčēģīķļņšūž", "Estonian": "äõöüšž", "Polish": "ąćęłńóśźż"}
_GREEK = {"Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"}
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_CYRILLIC = {
    "Russian": _RUSSIAN,
    "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Belarusian": "абвгдежзійклмнопрстуўфхцчшыьэюяё",
    "Serbian": "абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ",
}

# Python's name → the alphabets that are written in it. Where nothing else tells, the first ones are more likely.
CODE_PAGES: dict[str, dict[str, str]] = {
    "cp1252": _WEST,
    "cp1250": _CENTRAL,
    "cp1254": _TURKISH,
    "cp1251": _CYRILLIC,
    "cp1253": _GREEK,
    "cp1257": _BALTIC,
    "iso8859-15": _WEST,
    "iso8859-2": _CENTRAL,
    "iso8859-7": _GREEK,
    "iso8859-5": _CYRILLIC,
    "koi8-u": _CYRILLIC,
    "mac-roman": _WEST,
    "cp850": _WEST,
    "mac-latin2": _CENTRAL,
    "cp852": _CENTRAL,
    "cp866": _CYRILLIC,
}
_USUAL = "cp1252"
ENCODINGS = (*UNICODE, *CODE_PAGES)

_ORDER = {encoding: place for place, encoding in enumerate(CODE_PAGES)}
_OLD = ("mac-roman", "cp850", "mac-latin2", "cp852")  # of Macs and of DOS, with letters among the first bytes
_FIRST_BYTES = re.compile(rb"[\x80-\x9f]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_SHARE_OF_FIRST = 0.3
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MARKS = "\u00a0\u00ad‐‑–—‘’‚‛“”„‟«»‹›…•·€£§©®™°ªº²³¹½¼¾±×´¨¿¡†‡‰µ¦¬¶¸"  # around words
_INNER = re.compile("[\u00a0\u00ad‐‑–—‘’·]+")  # marks within words
_CONTROL = re.compile("[\x80-\x9f]")
_NO_LETTERS = frozenset("ªºƒˆ˜ˇˉ")
_NEUTRAL = re.compile(rb"[A-Za-z\xe4\xf6\xfc\xdf\xc4\xd6\xdc]+")  # ä, ö, ü, ß, alike in most code pages
_SIGNS = re.compile(rb"[\x80\x82-\x87\x8b\x91-\x97\x99\x9b\xa0\xa7\xab\xb0\xb4\xb7\xbb]+")  # they tell nothing
_LINE = 1 << 16  # bytes
_MAX_NEUTRAL = 500  # words
_MAX_WORDS = 5_000
_MAX_LINES = 500
_WORDS_PER_STRANGER = 12  # one word in so many may be of another language
_MARGIN = 2  # words that only the best code page explains, or a quarter of all; else the detector has to agree
_WORDS_TO_DECIDE = 5  # by which the detector decides
_SHOWN_LINES = 3
_SHOWN = 120  # characters


@dataclass(frozen=True, slots=True)
class EncodingGuess:
    """The most likely code page, and whether no other one is possible.

    ``samples``: each code page that is possible → lines of the file as they read in it; those that read alike once.
    """

    encoding: str
    is_sure: bool
    samples: dict[str, tuple[str, ...]]


def guess_encoding(path: Path, start: int = 0) -> EncodingGuess:
    """The code page of a file that is not Unicode, from byte ``start`` on. Always the same for the same file."""
    words, lines = _sample(path, start)
    if not words:
        return EncodingGuess(_USUAL, is_sure=True, samples=_read_in(lines, [_USUAL]))
    strangers = {each: _strangers(words, each) for each in CODE_PAGES if _is_asked(words, each)}
    least = _most_strangers(words, strangers)
    detected = _detected(words)
    ranked = sorted(strangers, key=lambda each: (each != detected, strangers[each]))
    possible = _different(words, [each for each in ranked if strangers[each] <= least])
    is_possible = detected in strangers and strangers[detected] <= least
    if len(possible) == 1:
        is_sure = is_possible or _stands_out(words, strangers, possible[0], detected)
    else:
        is_sure = is_possible and all(_deciding(words, detected, each) >= _WORDS_TO_DECIDE for each in possible[1:])
    offered = possible if is_sure or len(possible) > 1 else _different(words, [*possible, *ranked])
    return EncodingGuess(possible[0], is_sure, _read_in(lines, offered))


def _most_strangers(words: Sequence[bytes], strangers: dict[str, int]) -> int:
    """With how many strangers a code page is still possible; at least one where the best is not the usual one."""
    least = min(strangers.values())
    unusual = strangers[_USUAL] > least and len(words) > 2
    return least + max(len(words) // _WORDS_PER_STRANGER, int(unusual))


def _stands_out(words: Sequence[bytes], strangers: dict[str, int], best: str, detected: str) -> bool:
    """Whether a code page is the only one that explains the words, so that the detector need not agree."""
    text = b" ".join(words)
    others = [each for each in strangers if text.decode(each, "replace") != text.decode(best, "replace")]
    least = min((strangers[each] for each in others), default=len(words))
    enough = strangers[best] + max(_MARGIN, len(words) // 4)
    is_impossible = strangers.get(detected, len(words)) * 3 >= len(words)
    return strangers[best] * 2 <= len(words) and (least >= enough or is_impossible)


def _detected(words: Sequence[bytes]) -> str:
    """The code page that the detector sees in the words, one of ``CODE_PAGES`` or empty."""
    from chardetng_py import detect  # only files that are not Unicode need it

    name = detect(b" ".join(words)).casefold()
    return encoding_name(name)


def _deciding(words: Sequence[bytes], one: str, other: str) -> int:
    """The number of words that read differently in two code pages."""
    return sum(word.decode(one, "replace") != word.decode(other, "replace") for word in words)


def encoding_name(text: str) -> str:
    """The name in ``ENCODINGS`` of an encoding as people or programs write it, empty for an unknown one."""
    key = re.sub(r"[^a-z0-9]", "", text.casefold())
    return _SPELLINGS.get(key, "")


def sample_lines(path: Path, start: int, encodings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each encoding → some lines of the file with letters beyond ASCII, as they read in it."""
    return _read_in(_sample(path, start)[1], encodings)


def _read_in(lines: Sequence[bytes], encodings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each encoding → the lines that read most differently in these encodings, in the order of the file."""
    shown = _telling_lines(lines, encodings)
    return {each: tuple(_shown(line, each) for line in shown) for each in encodings}


def _sample(path: Path, start: int) -> tuple[list[bytes], list[bytes]]:
    """Different words with bytes beyond ASCII, from anywhere in the file, and lines in which they were found first."""
    words: dict[bytes, None] = {}
    neutral: dict[bytes, None] = {}
    lines: list[bytes] = []
    with path.open("rb") as file:
        file.seek(start)
        for line in iter(partial(file.readline, _LINE), b""):
            if line.isascii():
                continue
            known = len(words) + len(neutral)
            for word in _WORD.findall(line):
                if _SIGNS.fullmatch(word):
                    continue
                if not _NEUTRAL.fullmatch(word):
                    words[word] = None
                elif len(neutral) < _MAX_NEUTRAL:
                    neutral[word] = None
            if (len(words) + len(neutral) > known or not lines) and len(lines) < _MAX_LINES:
                lines.append(line)
            if len(words) >= _MAX_WORDS:
                break
    return [*words, *neutral], lines


def _is_asked(words: Sequence[bytes], encoding: str) -> bool:
    """Whether a code page comes into question at all: those of Macs and DOS have most letters among the first bytes."""
    if encoding not in _OLD:
        return True
    high = sum(len(_HIGH_BYTES.findall(word)) for word in words)
    return sum(len(_FIRST_BYTES.findall(word)) for word in words) >= _SHARE_OF_FIRST * high


def _strangers(words: Sequence[bytes], encoding: str) -> int:
    """How many words are none, in this code page, of the language that has most of them as words.

    All of them where there are control characters, which the standards of ISO have and no text.
    """
    texts = [word.decode(encoding, "replace") for word in words]
    if any(map(_CONTROL.search, texts)):
        return len(texts)
    letters = [_letters(text) for text in texts]
    known = [frozenset(alphabet) | _GERMAN for alphabet in CODE_PAGES[encoding].values()]
    return min(sum(each is None or not each <= alphabet for each in letters) for alphabet in known)


@lru_cache(maxsize=1 << 16)
def _letters(text: str) -> frozenset[str] | None:
    """The letters of a text beyond ASCII, in lower case; None if it is no word in any language.

    Typographic marks may stand around and between words.
    """
    found: set[str] = set()
    for word in filter(None, _INNER.split(text.strip(_MARKS))):
        odd = {symbol if symbol in "İı" else symbol.lower() for symbol in word if not symbol.isascii()}
        if any(symbol in _NO_LETTERS or not symbol.isalpha() for symbol in odd) or not _is_capitalised(word):
            return None
        if any(symbol >= "\u0370" for symbol in odd) and (word[:1] < "\u0370" or min(word) < "\u0370"):
            return None  # a word has letters of one script
        found |= odd
    return frozenset(found)


def _is_capitalised(word: str) -> bool:
    """Whether capitals stand only at the beginning or everywhere, as far as letters beyond ASCII are concerned."""
    capitals = [symbol for symbol in word if symbol.isupper()]
    small = [symbol for symbol in word if symbol.islower() and symbol != "ß"]
    if capitals and word[0].islower() and not word[0].isascii():
        return False
    if any(not symbol.isascii() for symbol in capitals) and (len(capitals) > 1 or word[0] != capitals[0]):
        return not small
    return len(capitals) < 2 or not small or any(symbol.isascii() for symbol in small)


def _different(words: Sequence[bytes], encodings: Sequence[str]) -> list[str]:
    """The encodings in which the words read differently; of those that read alike, the most likely one."""
    joined = b" ".join(words)
    readings: dict[str, str] = {}
    for each in encodings:
        text = joined.decode(each, "replace")
        readings[text] = min(readings.get(text, each), each, key=_ORDER.__getitem__)
    return list(readings.values())


def _telling_lines(lines: Sequence[bytes], encodings: Sequence[str]) -> list[bytes]:
    """The lines that read most differently in these encodings, in the order of the file."""
    readings = {line: len({line.decode(each, "replace") for each in encodings}) for line in lines}
    best = sorted(readings, key=lambda line: -readings[line])[:_SHOWN_LINES]
    return [line for line in lines if line in best][:_SHOWN_LINES]


def _shown(line: bytes, encoding: str) -> str:
    """A line as it is shown, from a little before its first letter beyond ASCII."""
    first = _HIGH_BYTES.search(line)
    begin = max(0, (first.start() if first else 0) - _SHOWN // 2)
    text = line[begin : begin + _SHOWN].decode(encoding, "replace")
    return " ".join("".join(each if each.isprintable() or each == "\t" else "\ufffd" for each in text.strip()).split())


def _spellings() -> Iterator[tuple[str, str]]:
    """Each spelling, of letters and digits only, with the name in ``ENCODINGS`` that it means."""
    import encodings.aliases

    for name in ENCODINGS:
        yield re.sub(r"[^a-z0-9]", "", name), name
    known = {re.sub(r"[^a-z0-9]", "", name): name for name in ENCODINGS}
    for alias, name in encodings.aliases.aliases.items():
        key = re.sub(r"[^a-z0-9]", "", name)
        if key in known:
            yield re.sub(r"[^a-z0-9]", "", alias), known[key]
    yield from (("ansi", "cp1252"), ("latin1", "cp1252"), ("iso88591", "cp1252"), ("iso88599", "cp1254"))
    yield from (("koi8r", "koi8-u"), ("utf8sig", "utf-8"), ("utf16", "utf-16-le"), ("macintosh", "mac-roman"))


_SPELLINGS = dict(_spellings())
