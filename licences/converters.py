"""What addresses hold besides numbers: codes, typed in any grouping and written in groups; kinds of files."""

from licences.domain.codes import canonical_serial, grouped
from licences.domain.errors import Refusal
from licences.models import FileImport


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


class _Word:
    """One of a few words, as it is."""

    regex: str

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TableFormatConverter(_Word):
    regex = "csv|xlsx"


class ImportKindConverter(_Word):
    regex = "|".join(FileImport.Kind)
