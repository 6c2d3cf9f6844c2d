"""Fonts of the case file: Open Sans, and Noto's fonts on this machine for the scripts that it lacks.

Names are printed in the script in which they are on record (docs/operations.md#fonts).
"""

import logging
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from fontTools.ttLib import TTFont, TTLibError
from ttf_opensans import OPENSANS_BOLD, OPENSANS_REGULAR

log = logging.getLogger(__name__)
# Where Debian's packages fonts-noto-core and fonts-noto-cjk put them, under FONT_FOLDER; and that folder itself.
_FOLDERS = ("truetype/noto", "opentype/noto", ".")
# These are looked into first. All others of the folder follow, for scripts that few names are in.
_COMMON = (
    "NotoSansArabic NotoSansHebrew NotoSansThai NotoSansDevanagari NotoSansCJK NotoSans NotoSansArmenian "
    "NotoSansGeorgian NotoSansBengali NotoSansTamil NotoSansEthiopic"
).split()
# Scripts that the doctor asks for, by one of their letters.
SCRIPTS = {
    "ع": _("Arabic"),
    "ש": _("Hebrew"),
    "ह": _("Devanagari"),
    "ก": _("Thai"),
    "株": _("Chinese, Japanese, Korean"),
}


@dataclass(frozen=True, slots=True)
class ScriptFont:
    """A font for scripts that Open Sans lacks. ``bold`` is the regular file where there is no bold one."""

    name: str
    regular: Path
    bold: Path


def compose(text: str) -> str:
    """Return the text in the form that fonts know: a letter and its accent are one character."""
    return unicodedata.normalize("NFC", text)


def fonts_for(text: str) -> list[ScriptFont]:
    """Return the fonts that have the characters of a composed text which Open Sans lacks; none where it has all."""
    missing = _missing(text)
    found = []
    for font in _installed(settings.FONT_FOLDER) if missing else ():
        glyphs = _glyphs_of(font.regular) & _glyphs_of(font.bold)
        if missing & glyphs:
            found.append(font)
            missing -= glyphs
        if not missing:
            break
    return found


def printable(text: str) -> str:
    """Return the composed text, with each character that no font has as its code point, ``[U+10330]``: none is lost."""
    unknown = _missing(text)
    for font in fonts_for(text):
        unknown -= _glyphs_of(font.regular) & _glyphs_of(font.bold)
    return "".join(f"[U+{ord(each):04X}]" if ord(each) in unknown else each for each in text)


def scripts_without_font() -> list[str]:
    """Return the names of common scripts for which this machine has no font."""
    return [str(name) for letter, name in SCRIPTS.items() if not fonts_for(letter)]


def _missing(text: str) -> set[int]:
    """The code points of a text that Open Sans lacks, regular or bold. Line breaks are no characters to print."""
    own = _glyphs_of(OPENSANS_REGULAR.path) & _glyphs_of(OPENSANS_BOLD.path)
    return {ord(each) for each in text} - own - {ord("\n")}


@cache
def _installed(folder: str) -> tuple[ScriptFont, ...]:
    """Noto's sans-serif fonts below a folder, common scripts first."""
    found = {font.name: font for font in _in_folder(Path(folder))}
    names = [name for name in _COMMON if name in found]
    return tuple(found[name] for name in [*names, *sorted(found.keys() - {*names})])


def _in_folder(folder: Path) -> Iterator[ScriptFont]:
    for path in (path for each in _FOLDERS for path in sorted((folder / each).glob("NotoSans*-Regular.*"))):
        if path.suffix in (".ttf", ".otf", ".ttc"):
            bold = path.with_name(path.name.replace("-Regular", "-Bold"))
            yield ScriptFont(path.name.partition("-")[0], path, bold if bold.is_file() else path)


@cache
def _glyphs_of(path: Path) -> frozenset[int]:
    """The code points for which a file has a glyph; of a collection its first font. None if it cannot be read."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError) as error:
        log.warning("the font %s cannot be read: %s", path.name, type(error).__name__)
        return frozenset()
