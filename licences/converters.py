"""Codes in addresses: typed in any grouping, written in groups."""

from licences.domain.codes import canonical_serial, grouped
from licences.domain.errors import Refusal


class SerialConverter:
    """``/serials/AB1C-O9XZ/``, also without the hyphen, in lower case or with 0 for O."""

    regex = r"[0-9A-Za-z._-]{8,20}"

    def to_python(self, value: str) -> str:
        try:
            return canonical_serial(value)
        except Refusal as refusal:
            raise ValueError from refusal

    def to_url(self, value: str) -> str:
        return grouped(value)
