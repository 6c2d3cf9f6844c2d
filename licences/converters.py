"""Path converters: serial numbers, table formats and kinds of imports in URLs."""

from licences.domain.codes import canonical_serial, grouped
from licences.domain.errors import Refusal
from licences.models import FileImport


class SerialConverter:
    """A serial number, as in ``/serials/AB1C-O9XZ/``. It may lack the hyphen, be in lower case, or have 0 for O."""

    regex = r"[0-9A-Za-z._-]{8,20}"

    def to_python(self, value: str) -> str:
        """Return the canonical serial number. ``ValueError``, and so "page not found", if it cannot be one."""
        try:
            return canonical_serial(value)
        except Refusal as refusal:
            raise ValueError from refusal

    def to_url(self, value: str) -> str:
        """Return the serial number in groups."""
        return grouped(value)


class _WordConverter:
    """One of a few words, which views get as it is."""

    regex: str

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TableFormatConverter(_WordConverter):
    """The format of a table to download."""

    regex = "csv|xlsx"


class ImportKindConverter(_WordConverter):
    """The kind of an import, as ``FileImport.kind`` stores it."""

    regex = "|".join(FileImport.Kind)
