"""Taking pasted text apart: codes with labels, quotation marks or invisible characters, and whole e-mails.

``extract_fields`` finds the values of a form's fields in a text (docs/domain.md#help-while-typing). Only the form of
the text is judged. static/js/pasting.js does the same in the browser, and both are tested with the same texts.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from licences.domain import codes
from licences.domain.code_kinds import CODE_FIELDS, GROUP_SIZES, KIND_BY_LENGTH, LENGTHS, CodeKind, code_of, kind_of
from licences.domain.pasted_patterns import EITHER_VERSION, IGNORED, LABELS, POSTCODE_AND_CITY, VALUE_PATTERNS

LONGEST_TEXT = 8_000  # characters of a pasted text that are looked at
LONGEST_VALUE = 200
_MOST_LABELS = 200  # of a text: those after them are not read
_MOST_GROUPS = 16  # of a code: more than the longest has

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANK = re.compile("[\u00a0\u2007\u202f\u3000]")
_LINE_START = re.compile(r"^[ \t]*(?:[>•·*|-]+[ \t]+|>+)*+[ \t]*", re.MULTILINE)
_QUOTES = "\"'„“”‚‘’«»‹›<>()[]*"
_DASHES = "\u2010-\u2015\u2212\u2043\u2053\ufe58\ufe63\uff0d-"

_LABEL = re.compile(
    r"(?<![^\W_])(?:" + "|".join(f"({pattern})" for _, pattern in LABELS) + r")(?![^\W_])", re.IGNORECASE | re.MULTILINE
)
_SEPARATOR = re.compile(r" *(?:\([^()\n]{0,40}\) *)?(?:[:=\t]|$)", re.MULTILINE)
_LOOSE_SEPARATOR = re.compile(r" *(?:(?:is|ist|lautet|no\.?|nr\.?|#) *)?[:=.\t]?[ \t]*", re.IGNORECASE)
_WORDS_BEFORE_COLON = re.compile(r" [^\n:=\t0-9]{1,45}[:=]")
_OLD = re.compile(r"\b(?:old|previous|former|alte[nrms]?|bisherige[nrms]?)\b", re.IGNORECASE)

_CODE_RUN = re.compile(rf"[ \n]*[{re.escape(_QUOTES)}]*([0-9A-Za-z]+(?:[ ._/{_DASHES}]+[0-9A-Za-z]+)*)")
_GROUP = re.compile("[0-9A-Za-z]+")
_JOINED = re.compile(rf"(?<![^\W_])(?<![{_DASHES}])[0-9A-Za-z]+(?:[{_DASHES}][0-9A-Za-z]+)*(?![{_DASHES}]?[^\W_])")
_SPACED = re.compile(r"(?<![^\W_])[0-9A-Z]{4,5}(?: [0-9A-Z]{1,5}){1,10}(?![^\W_])")
_VALUE_FORMS = {name: re.compile(pattern) for name, pattern in VALUE_PATTERNS.items()}
_POSTCODE_LINE = re.compile(r"(?:[A-Z]{1,3}[- ])?([0-9]{4,5}) +([^0-9\s].*)")


@dataclass(frozen=True, slots=True)
class ExtractedFields:
    """What was found in a text.

    ``values`` are texts by field (the names of ``RegistrationDetails``, of ``CodeKind`` and the two versions); codes
    are in their groups. ``several`` are codes of one kind of which the text has more than one and does not say which.
    """

    values: dict[str, str] = field(default_factory=dict)
    several: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Label:
    """A label in a text: its field, where it starts, where its value starts, and whether a colon or tab follows it."""

    field: str
    start: int
    value_start: int
    strict: bool


def extract_fields(text: str) -> ExtractedFields:
    """Find codes, versions, name, address and contact in a text, by labels and by form. Nothing is refused."""
    plain = plain_text(text)
    labels = _labels_in(plain)
    ends = [label.start for label in labels[1:]] + [len(plain)]
    found: dict[str, list[str]] = {}
    rest = plain
    for label, end in zip(labels, ends, strict=False):
        values, used = _values_after(label, plain[label.value_start : end])
        for name, value in values.items():
            found.setdefault(name, []).append(value)
        rest = _blanked(rest, label.start, label.value_start + used)
    for kind, of_that_form in _codes_by_form(rest).items():
        found.setdefault(kind, of_that_form)
    for name, value in _contact_by_form(rest, found).items():
        found.setdefault(name, [value])
    return _settled(found)


def code_in_field(text: str, kind: CodeKind) -> str:
    """Return what a code field means by its text: a code in its groups, without label, quotes and invisible characters.

    A text in which no code of that kind is found stays as it is, for the message about it.
    """
    if len(text) > LONGEST_TEXT:
        return text
    code = code_of(text)
    if len(code) in LENGTHS[kind]:
        return codes.grouped(code)
    values = extract_fields(text).values
    if kind in values:
        return values[kind]
    bare = plain_text(text).strip(f" \t\n,;.:{_QUOTES}")
    return codes.grouped(codes.canonical(bare)) if kind_of(bare) else text


def plain_text(text: str) -> str:
    """Return the text without invisible characters and marks of quotation, with plain blanks and line breaks."""
    composed = unicodedata.normalize("NFC", text[:LONGEST_TEXT]).replace("\r\n", "\n").replace("\r", "\n")
    return _LINE_START.sub("", _BLANK.sub(" ", _INVISIBLE.sub("", composed)))


# --- Labels ----------------------------------------------------------------------------------------


def _labels_in(plain: str) -> list[_Label]:
    """The labels that really stand before a value, in order."""
    labels: list[_Label] = []
    position = 0
    while len(labels) < _MOST_LABELS and (match := _LABEL.search(plain, position)):
        label = _label_at(plain, LABELS[(match.lastindex or 1) - 1][0], match.start(), match.end())
        position = label.value_start if label else match.end()
        if label:
            labels.append(label)
    return labels


def _label_at(plain: str, name: str, start: int, end: int) -> _Label | None:
    """The label between two positions: with a colon, alone in its line, or with a value of its form right after it."""
    separator = _SEPARATOR.match(plain, end)
    if separator:
        strict = separator.group().endswith((":", "=", "\t"))
        if strict or plain[max(start - 1, 0)] == "\n" or not start:
            return _Label(_field_of(name, separator.group()), start, separator.end(), strict)
    words = _WORDS_BEFORE_COLON.match(plain, end) if name in CODE_FIELDS else None
    if words and not _LABEL.search(words.group()):
        return _Label(_field_of(name, words.group()), start, words.end(), strict=True)
    loose = _LOOSE_SEPARATOR.match(plain, end)
    if loose and _is_value(name, plain[loose.end() : loose.end() + LONGEST_VALUE]):
        return _Label(name, start, loose.end(), strict=False)
    return None


def _is_value(name: str, segment: str) -> bool:
    """Tell whether a segment starts with a value of a field with a form of its own: one of words only is none."""
    found = _value_at(name, segment) if name in CODE_FIELDS or name in _VALUE_FORMS else None
    typed = segment[: found[1]] if found else ""
    return any(map(str.isdigit, typed)) or typed.isupper() or "@" in typed


def _field_of(name: str, between: str) -> str:
    """The field of a label by the words up to its colon: of the old PC, only the release code is asked for."""
    return IGNORED if name != CodeKind.RELEASE_CODE and _OLD.search(between) else name


def _blanked(text: str, start: int, end: int) -> str:
    """The text with blanks from one position to another, its lines as they are."""
    return text[:start] + re.sub("[^\n]", " ", text[start:end]) + text[end:]


# --- Values after labels -----------------------------------------------------------------------------


def _values_after(label: _Label, segment: str) -> tuple[dict[str, str], int]:
    """The values by field that stand after a label, and how many characters of the segment they take."""
    used = len(segment) - len(segment.lstrip())
    used += len(segment[used:].partition("\n")[0])  # to the end of the first line with text
    line = _text_of(segment[:used])
    if label.field in CODE_FIELDS or label.field in _VALUE_FORMS:
        found = _value_at(label.field, segment)
        if not found and label.strict and label.field in CODE_FIELDS and (run := _CODE_RUN.match(segment)):
            found = run.group(1).split()[0], run.start(1) + len(run.group(1).split()[0])
        return ({label.field: found[0]}, found[1]) if found else ({}, 0)
    if label.field == IGNORED or not line:
        return {}, used
    if label.field == "address_line1":
        return _address_after(segment, used)
    if label.field == POSTCODE_AND_CITY:
        match = _POSTCODE_LINE.fullmatch(line)
        return ({"postcode": match[1], "city": match[2]} if match else {}), used
    return {label.field: line}, used


def _value_at(name: str, segment: str) -> tuple[str, int] | None:
    """The value of a field with a form of its own at the start of a segment, and where it ends."""
    if name in CODE_FIELDS:
        return _code_at(segment, LENGTHS[CodeKind(name)])
    lead = len(segment) - len(segment.lstrip(f" \n{_QUOTES.replace('(', '')}"))
    match = _VALUE_FORMS[name].match(segment, lead)
    return (match.group().strip(), match.end()) if match else None


def _code_at(segment: str, lengths: Iterable[int]) -> tuple[str, int] | None:
    """The code of one of these lengths at the start of a segment, in its groups, and where it ends.

    Groups joined by hyphens end at a blank, so that no word after the code counts.
    """
    run = _CODE_RUN.match(segment)
    if run is None:
        return None
    groups = list(_GROUP.finditer(segment, run.start(1), run.end(1)))[:_MOST_GROUPS]
    between = [segment[one.end() : two.start()] for one, two in pairwise(groups)]
    blank = bool(between) and not between[0].strip()
    same = next((place for place, each in enumerate(between, 1) if bool(each.strip()) == blank), len(groups))
    for part in (groups[:same], groups):
        ends = {sum(len(each.group()) for each in part[:count]): count for count in range(1, len(part) + 1)}
        length = max((each for each in lengths if each in ends), default=0)
        if length:
            code = codes.canonical("".join(each.group() for each in part[: ends[length]]))
            return codes.grouped(code), part[ends[length] - 1].end()
    return None


def _address_after(segment: str, used: int) -> tuple[dict[str, str], int]:
    """The parts of an address: its first line, and the postcode and town after a comma or in the next line."""
    parts = [part for each in segment[:used].split(",") if (part := _text_of(each))]
    following = segment[used + 1 :].partition("\n")[0]
    if _POSTCODE_LINE.fullmatch(_text_of(following)):
        parts.append(_text_of(following))
        used += 1 + len(following)
    values: dict[str, str] = {}
    others: list[str] = []
    for part in parts:
        match = _POSTCODE_LINE.fullmatch(part) if others else None
        if match:
            values |= {"postcode": match[1], "city": match[2]}
        elif "city" in values:
            values["country"] = part
        else:
            others.append(part)
    lines = {"address_line1": others[0], "address_line2": ", ".join(others[1:])}
    return {**{name: text for name, text in lines.items() if text}, **values}, used


def _text_of(text: str) -> str:
    """One value as a field holds it: a single line without the marks around it."""
    return " ".join(text.partition("\t")[0].split()).strip(f",; {_QUOTES}")[:LONGEST_VALUE]


# --- By form alone -----------------------------------------------------------------------------------


def _codes_by_form(text: str) -> dict[str, list[str]]:
    """The codes that stand in a text without a label, by their fields."""
    found: dict[str, list[str]] = {}
    for pattern in (_JOINED, _SPACED):
        for match in pattern.finditer(text):
            groups = _GROUP.findall(match.group())
            kind = KIND_BY_LENGTH.get(sum(map(len, groups)))
            if kind and _looks_like_a_code(groups, kind, hyphens=pattern is _JOINED and len(groups) > 1):
                found.setdefault(kind.value, []).append(codes.grouped(codes.canonical("".join(groups))))
                text = _blanked(text, match.start(), match.end())
    return found


def _looks_like_a_code(groups: list[str], kind: CodeKind, *, hyphens: bool) -> bool:
    """Tell whether groups of letters and digits are a code of a kind and no word, number or name of a PC."""
    text, size = "".join(groups), GROUP_SIZES[kind]
    whole = all(len(group) == size for group in groups[:-1]) and len(groups[-1]) <= size
    if len(groups) > 1 and not whole:
        return False
    has_digit, has_letter = any(map(str.isdigit, text)), any(map(str.isalpha, text))
    return has_letter and (has_digit or text.isupper()) if hyphens else has_letter and has_digit and text.isupper()


def _contact_by_form(text: str, found: dict[str, list[str]]) -> dict[str, str]:
    """An e-mail address, and the name, street and town of a signature, that stand in a text without labels."""
    values = {}
    addresses = set(_VALUE_FORMS["contact_email"].findall(text))
    if len(addresses) == 1:
        values["contact_email"] = addresses.pop()
    lines = [_text_of(line) for line in text.split("\n")]
    for above, street, line in zip(["", *lines], lines, lines[1:], strict=False):
        match = _POSTCODE_LINE.fullmatch(line)
        if match and "address_line1" not in found and re.search("[0-9]", street) and len(street) < 80:
            values |= {"address_line1": street, "postcode": match[1], "city": match[2]}
            if above and "name" not in found and not above.endswith("."):
                values["name"] = above
            break
    return values


def _settled(found: dict[str, list[str]]) -> ExtractedFields:
    """One value for each field; of codes that contradict each other, none."""
    values, several = {}, {}
    for name, texts in found.items():
        distinct = tuple(dict.fromkeys(texts))
        if name in CODE_FIELDS and len(distinct) > 1:
            several[name] = distinct
        else:
            values[name] = distinct[0]
    either = values.pop(EITHER_VERSION, "")
    if either:
        values.setdefault("server_version", either)
    return ExtractedFields(values, several)
