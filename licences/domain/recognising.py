"""What was typed into the look-up: recognised by its form, before anything is looked for."""

import re
from dataclasses import dataclass
from enum import StrEnum

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.domain.matching import name_key
from licences.domain.search_words import is_telephone, telephone_part, words_of
from licences.domain.versions import Version

LONGEST_QUERY = 200
SHORTEST_CODE_PART = 4
MOST_WORDS = 8

_LONG_NUMBER = re.compile(r"\+?\(?\d[\d()/.-]{3,}")
_REFERENCE = re.compile(r"(?=[^\s]*\d)[^\s]{2,64}")
CONNECTIVE = "und"  # what “&”, “and” and “et” fold to


class Form(StrEnum):
    """What a text looks like. One text may look like several things."""

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


CODES = (Form.SERIAL, Form.SITE_ID, Form.RELEASE_CODE, Form.UNLOCK_CODE)
_FORM_BY_LENGTH = {
    codes.SERIAL_LENGTH: Form.SERIAL,
    codes.SITE_ID_LENGTH: Form.SITE_ID,
    codes.RELEASE_CODE_LENGTH: Form.RELEASE_CODE,
    **dict.fromkeys(codes.UNLOCK_CODE_LENGTHS, Form.UNLOCK_CODE),
}


@dataclass(frozen=True, slots=True)
class Understanding:
    """A text as the look-up understands it.

    ``forms`` are what it looks like, likeliest first. ``code`` is its canonical form as a code, empty where it can
    be none. ``words`` are searched; ``name`` is the name they make, without a legal form.
    """

    text: str
    forms: tuple[Form, ...] = ()
    code: str = ""
    words: tuple[str, ...] = ()
    name: str = ""

    @property
    def form(self) -> Form | None:
        return self.forms[0] if self.forms else None

    @property
    def is_code(self) -> bool:
        """Whether it is a code beyond doubt, so that no name has to be looked for."""
        return self.form in CODES


def recognise(typed: str) -> Understanding:
    """Say what a text looks like."""
    text = " ".join(typed[:LONGEST_QUERY].split())
    if not text:
        return Understanding("")
    code = _code(text)
    forms = [*_code_forms(text, code), *_other_forms(text)]
    if code and _FORM_BY_LENGTH.get(len(code)) and not _is_surely_a_code(text, code):
        forms.append(_FORM_BY_LENGTH[len(code)])
    return Understanding(text, tuple(dict.fromkeys(forms)), code, _words(text), name_key(text))


def _code(text: str) -> str:
    try:
        return codes.canonical(text)
    except Refusal:
        return ""


def _code_forms(text: str, code: str) -> list[Form]:
    if not _is_surely_a_code(text, code):
        return []
    whole = _FORM_BY_LENGTH.get(len(code))
    if whole:
        return [whole]
    return [Form.CODE_PART] if len(code) >= SHORTEST_CODE_PART and " " not in text else []


def _is_surely_a_code(text: str, code: str) -> bool:
    """Letters and digits mixed within its groups, or upper case in groups of four or five: no name looks so."""
    if not code or is_telephone(text):
        return False
    groups = re.split(r"[\s._/-]+", text)
    mixed = any(any(each.isdigit() for each in group) and any(each.isalpha() for each in group) for group in groups)
    if mixed:
        return len(groups) == 1 or all(len(group) in (4, 5) or group is groups[-1] for group in groups)
    grouped = len(groups) > 1 and all(len(group) in (4, 5) for group in groups)
    return grouped and text == text.upper() and len(code) in _FORM_BY_LENGTH


def _other_forms(text: str) -> list[Form]:
    forms = []
    if "@" in text:
        forms.append(Form.EMAIL)
    if _is_version(text):
        forms.append(Form.VERSION)
    if is_telephone(text):
        forms.append(Form.TELEPHONE)
    if _REFERENCE.fullmatch(text) and "@" not in text:
        forms.append(Form.REFERENCE)
    if any(symbol.isalpha() for symbol in text) and "@" not in text:
        forms.insert(0 if Form.REFERENCE not in forms else len(forms), Form.WORDS)
    return forms


def _is_version(text: str) -> bool:
    try:
        Version.parse(text)
    except Refusal:
        return False
    return "." in text or len(text) <= 2


def _words(text: str) -> tuple[str, ...]:
    if is_telephone(text):
        return (telephone_part(text),)
    found: list[str] = []
    for part in text.split():
        found += [telephone_part(part)] if _LONG_NUMBER.fullmatch(part) else words_of(part)
    telling = [word for word in dict.fromkeys(found) if word != CONNECTIVE]
    return tuple((telling or found)[:MOST_WORDS])
