"""Query parsing: what a text typed into the look-up could be, judged by its form alone."""

import re
from dataclasses import dataclass
from enum import StrEnum

from licences.domain import codes
from licences.domain.code_extraction import extract_fields, plain_text
from licences.domain.code_kinds import CodeKind
from licences.domain.dialled_numbers import labelled_number
from licences.domain.errors import Refusal
from licences.domain.labelled_values import ValueLabel, without_label
from licences.domain.little_words import TITLES, telling
from licences.domain.matching import name_key
from licences.domain.number_words import digits_of, words_for
from licences.domain.pasted_patterns import VALUE_PATTERNS
from licences.domain.reference_spellings import with_dashes_for_blanks
from licences.domain.search_words import (
    house_number_words,
    is_telephone,
    telephone_readings,
    with_plain_dashes,
    words_of,
)
from licences.domain.street_spellings import (
    other_spellings,
    spelled_out,
    with_apostrophes,
    with_number_apart,
    with_short_forms_joined,
    without_elision,
)
from licences.domain.town_names import other_names, with_names_of_one_word
from licences.domain.versions import Version

LONGEST_QUERY = 200
SHORTEST_CODE_PART = 4
MOST_WORDS = 8  # are searched; the page says that those after them were left out
MOST_NAME_WORDS = 12  # words of a name that are compared one by one or may be misspelled

_COUNTRY_CODE = re.compile(r"(?<!\S)(\+\d{1,3}|00[34]\d)\s*(?:\(0\)\s*)?(?=\d)")  # Europe with 00 as well
_NUMBER_SIGN = re.compile(r"(?<!\S)(?:nr|no|hnr|hausnr|hausnummer|number)(?:\.\s*|\s+)(?=\d)", re.IGNORECASE)
# A telephone number of several groups beside other words, with its label.
_NUMBER_RUN = re.compile(
    r"(?<!\S)(?:(?:tel(?:efon)?|fon|phone|mobile?)[.:]*\s*)?(?P<number>(?:\+|\(?0)(?:[\s()/.-]{0,3}\d){8,14})(?![\w-])",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\+?\(?\d[\d()/.-]{3,}")
_REFERENCE = re.compile(r"(?=[^\s]*\d)[^\s]{2,64}")
CONNECTIVE = "und"  # what "&", "and" and "et" are folded to
AROUND = " .,;:!?*#=`\"'„“”‚‘’«»‹›<>()[]{}|"  # what stands around something that was pasted
_EMAIL = re.compile(VALUE_PATTERNS["contact_email"])
_NOT_OF_EMAIL = re.compile(r"[\[\]()]*mailto:|[\[\]]", re.IGNORECASE)
_READ_AS_WINDOWS = re.compile("[\u00c2-\u00c5][^\0-\x7f]")
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_PREFIXED_POSTCODE = re.compile(
    r"(?<!\S)(?:DE|AT|CH|LI|FR|IT|PL|NL|BE|LU|CZ|DK|[DAFIBL])[- ]?(?=(?:\d{4,5}|\d\d-\d{3})(?!\S))"
    r"|(?<!\S)(?:GB|UK)[- ](?=[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\S))",
    re.I,
)
_CAPITAL_GROUPS = re.compile(r"\b[A-Z]{4,5}-[A-Z]{4,5}\b")
_SPLIT_HOUSE_NUMBER = re.compile(r"(?<=[^\W\d_]{3})([. ]+\d{1,4}) ([a-z])(?![^\W_])", re.I)
_PLAIN_CODE_PART = re.compile(
    r"[A-Z]{4,11}|[A-Z]{1,4}(?:[ -][A-Z]{1,4}){1,2}|\d{4,11}|\d{1,4}(?:[ -]\d{1,4}){1,2}", re.IGNORECASE
)


class QueryForm(StrEnum):
    """What a query can look like. One query may look like several things."""

    SERIAL = "serial"
    SITE_ID = "site-id"
    RELEASE_CODE = "release-code"
    UNLOCK_CODE = "unlock-code"
    CODE_PART = "code-part"
    EMAIL = "e-mail"
    TELEPHONE = "telephone"
    REFERENCE = "reference"
    VERSION = "version"
    WORDS = "words"


CODE_FORMS = (QueryForm.SERIAL, QueryForm.SITE_ID, QueryForm.RELEASE_CODE, QueryForm.UNLOCK_CODE)
_FORM_BY_LENGTH = {
    codes.SERIAL_LENGTH: QueryForm.SERIAL,
    codes.SITE_ID_LENGTH: QueryForm.SITE_ID,
    codes.RELEASE_CODE_LENGTH: QueryForm.RELEASE_CODE,
    **dict.fromkeys(codes.UNLOCK_CODE_LENGTHS, QueryForm.UNLOCK_CODE),
}


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as the look-up understands it.

    ``text`` is what was typed, with single blanks. ``forms`` are what it looks like, likeliest first. ``code`` is its
    canonical form as a code, empty if it cannot be one. ``words`` are searched, at most ``MOST_WORDS``; ``left_out``
    are the words after them. ``name`` is the whole text as a name, folded and without a legal form. ``readings`` are,
    for each word, the words that will do instead: it comes first. ``email`` is an address that was typed or pasted.
    ``label`` is what a label before the text says, which was left out.
    """

    text: str
    forms: tuple[QueryForm, ...] = ()
    code: str = ""
    words: tuple[str, ...] = ()
    name: str = ""
    left_out: tuple[str, ...] = ()
    readings: tuple[tuple[str, ...], ...] = ()
    email: str = ""
    label: ValueLabel = ValueLabel.NONE

    @property
    def name_words(self) -> tuple[str, ...]:
        """The first words of the name that tell something, for comparisons that take longer with every word."""
        return tuple(telling(self.name.split())[:MOST_NAME_WORDS])

    @property
    def names_person(self) -> bool:
        """Whether the first word is how a person is addressed: a contact is meant, and no company."""
        return self.name.partition(" ")[0] in TITLES

    @property
    def reference(self) -> str:
        """The text as a purchase reference or customer number; empty if it cannot be either."""
        return self.text.strip(AROUND) if QueryForm.REFERENCE in self.forms else ""

    @property
    def respelled(self) -> tuple[str, ...]:
        """The text as references with dashes or nothing for the blanks, dots and strokes in it; mostly none."""
        return with_dashes_for_blanks(self.text.strip(AROUND))

    @property
    def plain_code_part(self) -> str:
        """The text, canonical, as a part of a serial number or site ID of letters or digits alone; empty if it is none.

        Nearly every word or number could be. So it is searched where nothing fits, and is never more than similar.
        """
        bare = self.text.strip(AROUND)
        is_part = _PLAIN_CODE_PART.fullmatch(bare) and SHORTEST_CODE_PART <= len(self.code) < codes.SITE_ID_LENGTH
        return self.code if is_part and not self.looks_like_code else ""

    @property
    def form(self) -> QueryForm | None:
        """What the query looks like most; None for an empty query."""
        return self.forms[0] if self.forms else None

    @property
    def names_version(self) -> bool:
        """Whether it is a version of several numbers, such as 2.6: no record with its digits somewhere is meant."""
        return QueryForm.VERSION in self.forms and QueryForm.TELEPHONE not in self.forms and _has_separator(self.text)

    @property
    def looks_like_code(self) -> bool:
        """Whether it is a code or a part of one, and no name."""
        return self.is_code or QueryForm.CODE_PART in self.forms

    @property
    def is_secret(self) -> bool:
        """Whether it is an unlock or release code or the beginning of one, which no browser keeps and no link holds."""
        secret = self.form in (QueryForm.UNLOCK_CODE, QueryForm.RELEASE_CODE)
        return secret or (self.form is QueryForm.CODE_PART and len(self.code) > codes.SITE_ID_LENGTH)

    @property
    def is_code(self) -> bool:
        """Whether it is surely a code, so that no name has to be searched."""
        return self.form in CODE_FORMS


def parse_query(typed: str) -> ParsedQuery:
    """Parse what was typed into the look-up. Only the first ``LONGEST_QUERY`` characters count; nothing is refused."""
    plain, label = _without_label(plain_text(_decoded(typed[:LONGEST_QUERY])).translate(_FULL_WIDTH))
    text = " ".join(with_plain_dashes(plain).split()) or " ".join(typed[:LONGEST_QUERY].split())
    if not text:
        return ParsedQuery("")
    bare = text.strip(AROUND) or text
    if code := _pasted_code(plain, bare):
        return ParsedQuery(text, (_FORM_BY_LENGTH[len(code)],), code)
    code = codes.canonical_or_empty(bare)
    forms = [*_code_forms(bare, code), *_other_forms(bare)]
    if code and _FORM_BY_LENGTH.get(len(code)) and not _is_surely_a_code(bare, code):
        forms.append(_FORM_BY_LENGTH[len(code)])
    email = _pasted_email(text)
    readings = _readings(email or _PREFIXED_POSTCODE.sub("", _SPLIT_HOUSE_NUMBER.sub(r"\1\2", text)))
    words = tuple(readings)
    return ParsedQuery(
        text,
        tuple(dict.fromkeys(forms)),
        code,
        words[:MOST_WORDS],
        name_key(text),
        left_out=words[MOST_WORDS:],
        readings=tuple(readings[word] for word in words[:MOST_WORDS]),
        email=email,
        label=label,
    )


def _decoded(text: str) -> str:
    """A text whose UTF-8 was read as Windows-1252, as a spreadsheet shows it (Ã¼ for ü), as it was; else the text."""
    if not _READ_AS_WINDOWS.search(text):
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


def _without_label(plain: str) -> tuple[str, ValueLabel]:
    """A text without scheme or label before its only value, and what the label says."""
    if number := labelled_number(plain):
        return number, ValueLabel.TELEPHONE
    return without_label(plain)


def _pasted_code(plain: str, bare: str) -> str:
    """The canonical form of the code in a text that has other words or signs as well; empty if there is none."""
    has_code = any(map(str.isdigit, bare)) or _CAPITAL_GROUPS.search(bare)
    if not has_code or _is_surely_a_code(bare, codes.canonical_or_empty(bare)):
        return ""
    if not set(" :/=").intersection(bare):
        return ""
    values = extract_fields(plain).values
    return next((codes.canonical(values[kind]) for kind in CodeKind if kind in values), "")


def _pasted_email(text: str) -> str:
    """The e-mail address of a text that is one, however it was copied: <ann@x.example>, mailto:, with a name before."""
    found = list(dict.fromkeys(_EMAIL.findall(_NOT_OF_EMAIL.sub(" ", text))))
    alone = len(found) == 1 and (
        f"<{found[0]}>" in text or "mailto:" in text.casefold() or text.strip(AROUND).casefold() == found[0].casefold()
    )
    return found[0] if alone else ""


def _code_forms(text: str, code: str) -> list[QueryForm]:
    """What a text looks like as a code: one form or none."""
    if not _is_surely_a_code(text, code):
        return []
    whole = _FORM_BY_LENGTH.get(len(code))
    if whole:
        return [whole]
    return [QueryForm.CODE_PART] if len(code) >= SHORTEST_CODE_PART else []


def _is_surely_a_code(text: str, code: str) -> bool:
    """Tell whether a text mixes letters and digits within its groups, or is upper case in groups of four or five.

    No name looks like that. No group of a code is a word with a capital.
    """
    if not code or is_telephone(text):
        return False
    groups = re.split(r"[\s._/-]+", text)
    if any(len(group) > 1 and group.isalpha() and group.istitle() for group in groups):
        return False
    mixed = any(any(each.isdigit() for each in group) and any(each.isalpha() for each in group) for group in groups)
    if mixed:
        return len(groups) == 1 or all(len(group) in (4, 5) or group is groups[-1] for group in groups)
    grouped = len(groups) > 1 and all(len(group) in (4, 5) for group in groups)
    return grouped and text == text.upper() and len(code) in _FORM_BY_LENGTH


def _other_forms(text: str) -> list[QueryForm]:
    """What a text looks like besides a code, likeliest first."""
    forms = []
    if "@" in text:
        forms.append(QueryForm.EMAIL)
    if is_version(text):
        forms.append(QueryForm.VERSION)
    if is_telephone(text):
        forms.append(QueryForm.TELEPHONE)
    if _REFERENCE.fullmatch(text) and "@" not in text:
        forms.append(QueryForm.REFERENCE)
    if any(symbol.isalpha() for symbol in text) and "@" not in text:
        forms.insert(0 if QueryForm.REFERENCE not in forms else len(forms), QueryForm.WORDS)
    return forms


def is_version(text: str) -> bool:
    """Tell whether a text looks like a version: a small number, or numbers with dots or commas between them."""
    try:
        version = Version.parse(text)
    except Refusal:
        return False
    if len(text) <= 2:
        return True
    return _has_separator(text) and not text.startswith("0") and version.parts[0] < 100  # not 0711.7654-15


def _has_separator(text: str) -> bool:
    """Whether a text has what stands between the numbers of a version: a dot, or a comma in German."""
    return "." in text or "," in text


def _readings(text: str) -> dict[str, tuple[str, ...]]:
    """The words to search, each once, with the words that will do instead of each.

    Telephone numbers are digits; little words and titles are left out where others remain.
    """
    if is_telephone(text):
        first, *others = telephone_readings(text)
        return {first: (first, *others)}
    text = _NUMBER_RUN.sub(lambda run: "".join(run["number"].split()), _NUMBER_SIGN.sub("", text))
    text, also = with_names_of_one_word(with_apostrophes(with_number_apart(text)))
    readings: dict[str, tuple[str, ...]] = {}
    for part in with_short_forms_joined(_COUNTRY_CODE.sub(r"\1", text)).split():
        if _LONG_NUMBER.fullmatch(part):
            first, *others = telephone_readings(part)
            zero = _with_zero(part) if " " in text else ()
            readings.setdefault(first, (first, *others, *house_number_words(part), *zero))
            continue
        spelled, elided = spelled_out(part), without_elision(part)
        for word in words_of(part):
            if word not in readings:
                numbers = _numbers_otherwise(word, is_first=not readings) if " " in text else ()
                spellings = (*elided.get(word, ()), *other_spellings(word, spelled.get(word, ())))
                readings[word] = (word, *other_names(word), *also.get(word, ()), *numbers, *spellings)
    kept = telling([word for word in readings if word != CONNECTIVE] or list(readings))
    return {word: readings[word] for word in kept}


def _with_zero(number: str) -> tuple[str, ...]:
    """The German postcode that a number of four digits is where a spreadsheet dropped the zero before it; else none."""
    return (f"0{number}",) if number.isdigit() and len(number) == 4 and not number.startswith("0") else ()


def _numbers_otherwise(word: str, *, is_first: bool) -> tuple[str, ...]:
    """A number in a name as digits or in words: only the first word of a text, which is no house number, in words."""
    return digits_of(word) or (words_for(word) if is_first else ())
