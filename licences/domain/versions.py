"""Xchange versions: how they are read, ordered and shown."""

import re
from dataclasses import dataclass
from functools import total_ordering

from licences.domain.errors import Refusal

_VERSION = re.compile(r"[vV]?(\d{1,5}(?:\.\d{1,5}){0,3})")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """One to four numbers between dots. 2.4.1 < 2.5 < 2.10, and 2.5 equals 2.5.0."""

    text: str
    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read ``2.5``, ``2.4.1`` or ``v2.10.0.17``; ``Refusal("not-a-version")`` for anything else."""
        found = _VERSION.fullmatch(text.strip())
        if not found or not found[1].isascii():
            raise Refusal("not-a-version", text=text.strip()[:40])
        parts = [int(part) for part in found[1].split(".")]
        while len(parts) > 1 and parts[-1] == 0:
            parts.pop()
        return cls(found[1], tuple(parts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.parts == other.parts

    def __lt__(self, other: "Version") -> bool:
        return self.parts < other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __str__(self) -> str:
        return self.text
