"""Sentences about the cells and the code page of a table file, and the names of code pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CELL_SENTENCES: dict[str, Promise] = {
    "date-for-none": _("No end, or no date? Then leave this empty."),
    "date-is-a-number": _(
        "This is the number by which a spreadsheet program stores a date. Format the cell as a date, or write it like "
        "2026-11-24."
    ),
    "cell-is-a-number": _(
        "Your spreadsheet program turned this into a number, and digits may be lost. Format the column as text "
        "and enter it again."
    ),
    "cell-is-a-date": _(
        "Your spreadsheet program turned this into a date. Format the column as text and enter it again."
    ),
    "cell-is-a-formula": _(
        "This cell holds a formula that was never calculated. Open the file in a spreadsheet program and save it, or "
        "enter the value."
    ),
    "cell-is-merged": _(
        "This cell is merged over several rows, so it is not clear what each row has. Unmerge it and fill in every row."
    ),
    "cell-is-an-error": _("This cell contains a spreadsheet error. Enter the value."),
    "encoding-unsure": _(
        "It is not certain in which code page this file was saved (%(encodings)s). Choose the one in which the names "
        "are right, or save the table as CSV UTF-8 or as a workbook (.xlsx)."
    ),
    "encoding-unknown": _("This code page is unknown. Choose one of: %(encodings)s."),
    "row-quotes": _(
        "The quotation marks in this row do not match: one is missing or closed only in another row, or one inside a "
        "cell is not doubled. Fix them."
    ),
}

_WEST, _CENTRAL = _("Western Europe"), _("Central Europe")
_GREEK, _CYRILLIC, _BALTIC = _("Greek"), _("Cyrillic"), _("Baltic")
# Encoding → its name, as programs have it where a table is saved, and the region whose letters it has.
_ENCODINGS: dict[str, tuple[str, Promise | str]] = {
    "utf-8": ("UTF-8", ""),
    "utf-16-le": ("UTF-16", ""),
    "utf-16-be": ("UTF-16 BE", ""),
    "cp1252": ("Windows-1252", _WEST),
    "cp1250": ("Windows-1250", _CENTRAL),
    "cp1254": ("Windows-1254", _("Turkish")),
    "cp1251": ("Windows-1251", _CYRILLIC),
    "cp1253": ("Windows-1253", _GREEK),
    "cp1257": ("Windows-1257", _BALTIC),
    "iso8859-15": ("ISO-8859-15", _WEST),
    "iso8859-2": ("ISO-8859-2", _CENTRAL),
    "iso8859-7": ("ISO-8859-7", _GREEK),
    "iso8859-5": ("ISO-8859-5", _CYRILLIC),
    "koi8-u": ("KOI8-U", _CYRILLIC),
    "mac-roman": ("Mac Roman", _WEST),
    "cp850": ("DOS 850", _WEST),
    "mac-latin2": ("Mac Latin 2", _CENTRAL),
    "cp852": ("DOS 852", _CENTRAL),
    "cp866": ("DOS 866", _CYRILLIC),
}
ENCODING_NAMES = {encoding: name for encoding, (name, _region) in _ENCODINGS.items()}


def encoding_label(encoding: str) -> str:
    """The name of an encoding with the region whose letters it has; empty for none."""
    name, region = _ENCODINGS.get(encoding, (encoding, ""))
    return f"{name} ({region})" if region else name
