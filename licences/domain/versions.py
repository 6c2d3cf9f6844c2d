"""Versions of Xchange as products print them: how they are read, ordered and shown."""

import re
from dataclasses import dataclass
from functools import total_ordering

from licences.domain.errors import Refusal

MAX_LENGTH = 32  # symbols, as the columns hold

# 2.6, 2,6, 2.6.1b; a build in brackets, or after a blank, a hyphen or the word Build.
_NUMBERS = r"[0-9]{1,5}(?:[.,][0-9]{1,5}){0,3}"
_BUILD = r"[0-9]{1,10}(?:[.-][0-9]{1,10}){0,3}"
_LETTERS = "[A-Za-z]{0,3}"
_BEFORE_BUILD = r"[ -]|[ -]{0,3}[Bb][Uu][Ii][Ll][Dd][ .:-]{0,2}"
_IN_BRACKETS = rf" ?\( ?(?:[Bb][Uu][Ii][Ll][Dd][ .:-]{{0,2}})?{_BUILD}{_LETTERS} ?\)"
PATTERN = rf"[vV]?{_NUMBERS}{_LETTERS}(?:{_IN_BRACKETS}|(?:{_BEFORE_BUILD}){_BUILD}{_LETTERS})?"  # ECMA 262 as well

_VERSION = re.compile(PATTERN)
_LABEL = re.compile(r"^v(?:er(?:s(?:ion)?)?)?\.? {0,2}(?=[0-9])", re.IGNORECASE)  # as people say and copy it
_ODD_SIGNS = re.compile(r"([\u2010-\u2015\u2212\ufe58\ufe63\uff0d])|[\u00a0\u2000-\u200a\u202f]")  # dashes, and blanks
_PARTS = re.compile(rf"({_NUMBERS}){_LETTERS}(.*)")
_NUMBER = re.compile("[0-9]+")
_MOST_NUMBERS = 4  # before a build


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """One to four numbers, and perhaps a build. 2.4.1 < 2.5 < 2.10, and 2.5 equals 2.5.0.

    ``text`` is kept as typed but for the word Version or a v before it, and for dashes and blanks of word processors.
    ``parts`` are its numbers; those of a build come behind four of the version itself. Letters do not count.
    """

    text: str
    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read ``2.5``, ``2,5``, ``Version 2.10.0.17``, ``2.6.1b``, ``2.6.1-16321`` or ``2.6.1 (Build 16321-4323)``,
        of at most ``MAX_LENGTH`` symbols; ``Refusal("not-a-version")`` for anything else."""
        typed = text.strip()
        shown = _LABEL.sub("", _ODD_SIGNS.sub(lambda sign: "-" if sign[1] else " ", typed), count=1)
        found = _VERSION.fullmatch(shown) if len(shown) <= MAX_LENGTH else None
        if found is None or not shown[0].isdigit():
            raise Refusal("not-a-version", text=typed[:40])
        return cls(shown, _numbers(shown))

    @property
    def release(self) -> tuple[int, int]:
        """The first two numbers, which Software Assurance governs (docs/domain.md#versions-and-software-assurance)."""
        first, second, *_ = (*self.parts, 0)
        return first, second

    @property
    def release_text(self) -> str:
        """The first two numbers as they are said: 2.6 for 2.6.1 (Build 16321)."""
        return ".".join(map(str, self.release))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.parts == other.parts

    def __lt__(self, other: "Version") -> bool:
        return self.parts < other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __str__(self) -> str:
        return self.text


def _numbers(text: str) -> tuple[int, ...]:
    """The ``parts`` of a version without trailing zeros, those of a build behind four; empty for a text of another
    form.
    """
    found = _PARTS.fullmatch(text)
    if found is None:  # PATTERN begins with the same numbers
        return ()
    numbers = [int(each) for each in _NUMBER.findall(found[1])]
    build = [int(each) for each in _NUMBER.findall(found[2])]
    if build:
        numbers += [0] * (_MOST_NUMBERS - len(numbers)) + build
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


@dataclass(frozen=True, slots=True)
class Versions:
    """The Xchange versions that an installation reports."""

    server: Version
    client: Version

    @classmethod
    def parse(cls, *, server: str, client: str) -> "Versions":
        """Read the versions of server and client, by ``Version.parse``.

        ``Refusal``: ``not-a-version``, on the field ``server_version`` or ``client_version``.
        """
        read = {}
        for field, text in (("server_version", server), ("client_version", client)):
            try:
                read[field] = Version.parse(text)
            except Refusal as refusal:
                raise Refusal(refusal.code, field=field, **refusal.parameters) from None
        return cls(server=read["server_version"], client=read["client_version"])
