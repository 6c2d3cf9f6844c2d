"""The case file as a PDF: A4, with page numbers, its digest on every page, and text that can be selected."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from ttf_opensans import OPENSANS_BOLD, OPENSANS_REGULAR

from licences.proof.case_checks import CheckRow
from licences.proof.case_facts import Facts
from licences.proof.case_file import CaseFile, Entry
from licences.proof.sealing import Seal

_FONT = "sans"
_QUIET = (90, 90, 90)


def as_pdf(case: CaseFile) -> bytes:
    """The whole case file; in the language that is active."""
    page = _Pages(case)
    page.add_page()
    _write_head(page, case)
    page.heading(_("What happened, in order of time"))
    for entry in case.entries:
        _write_entry(page, entry)
    return bytes(page.output())


class _Pages(FPDF):
    """A4 pages that all say which case file they are part of."""

    def __init__(self, case: CaseFile) -> None:
        super().__init__(format="A4")
        self.case = case
        self.title_text = _("Case file %(serial)s") % {"serial": case.serial}
        self.set_lang(get_language() or "en")
        self.set_title(self.title_text)
        self.set_creator("Xchange Licensing Portal")
        self.set_author(_printable(case.generated_by))
        self.set_creation_date(case.generated_at)
        self.add_font(_FONT, "", str(OPENSANS_REGULAR.path))
        self.add_font(_FONT, "B", str(OPENSANS_BOLD.path))
        self.set_margins(18, 16)
        self.set_auto_page_break(True, margin=24)

    def header(self) -> None:
        if self.page_no() > 1:
            self.write_line(self.title_text, size=8, color=_QUIET)
            self.ln(2)

    def footer(self) -> None:
        self.set_y(-20)
        case = self.case
        made = _("Made on %(when)s by %(by)s") % {"when": case.generated, "by": case.generated_by}
        self.write_line(made, size=7, color=_QUIET)
        self.write_line(f"SHA-256 {case.digest}", size=7, color=_QUIET)
        about = {"page": self.page_no(), "pages": "{nb}"}
        self.write_line(_("Page %(page)s of %(pages)s") % about, size=7, color=_QUIET)

    def write_line(
        self, text: str, *, size: float = 9, bold: bool = False, color: tuple[int, int, int] = (0, 0, 0)
    ) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*color)
        self.multi_cell(0, size * 0.5, _printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        self.ln(4)
        if self.will_page_break(30):
            self.add_page()
        self.write_line(text, size=12, bold=True)
        self.ln(1)

    def rows(self, rows: list[list[str]], widths: tuple[int, ...], *, titles: list[str] | None = None) -> None:
        """A table; without ``titles``, its first column is one of labels, and it has no lines."""
        self.set_font(_FONT, "", 8)
        self.set_text_color(0, 0, 0)
        layout = TableBordersLayout.HORIZONTAL_LINES if titles else TableBordersLayout.NONE
        bold = FontFace(emphasis="BOLD")
        with self.table(
            col_widths=widths, text_align="LEFT", borders_layout=layout, first_row_as_headings=bool(titles),
            headings_style=bold, line_height=4.2, padding=(0.6, 1),
        ) as table:  # fmt: skip
            for cells in [titles, *rows] if titles else rows:
                row = table.row()
                for cell in cells:
                    row.cell(_printable(cell))


def _write_head(page: _Pages, case: CaseFile) -> None:
    page.write_line(page.title_text, size=17, bold=True)
    page.ln(2)
    _write_facts(page, case.head)
    page.ln(2)
    page.write_line(_chain_sentence(case), size=9, bold=bool(case.broken))
    page.heading(_("Unlock codes, and why each was issued"))
    if not case.codes:
        page.write_line(_("None was issued."))
        return
    titles = [_("No."), _("Unlock code"), _("Made for"), _("Made"), _("See entry")]
    rows = [
        [str(code.sequence), code.code, code.occasion, f"{code.when}, {code.by}", str(code.entry or "–")]
        for code in case.codes
    ]
    page.rows(rows, (8, 48, 22, 40, 16), titles=titles)


def _chain_sentence(case: CaseFile) -> str:
    if case.broken:
        rows = ", ".join(map(str, case.broken))
        return _("The event log does NOT hold at these events: %(rows)s.") % {"rows": rows}
    return _("The event log holds around every event of this case file.")


def _write_facts(page: _Pages, facts: Facts) -> None:
    if facts:
        page.rows([[label, value] for label, value in facts], (42, 132))


def _write_entry(page: _Pages, entry: Entry) -> None:
    page.ln(3)
    if page.will_page_break(28):
        page.add_page()
    page.write_line(f"{entry.number}. {entry.title}", size=10, bold=True)
    page.write_line(f"{entry.when}, {entry.by}" if entry.by else entry.when, size=8, color=_QUIET)
    _write_facts(page, entry.facts)
    if entry.rows:
        _write_check(page, entry.rows)
    if entry.seal:
        for line in seal_lines(entry.seal):
            page.write_line(line, size=6.5, color=_QUIET)


def _write_check(page: _Pages, rows: list[CheckRow]) -> None:
    titles = [_("Item"), _("Said"), _("On record"), _("Verdict"), _("Why")]
    cells = [
        [row.item, row.said, row.on_record, row.verdict, " ".join(filter(None, (row.reason, row.settled)))]
        for row in rows
    ]
    page.rows(cells, (28, 36, 36, 20, 54), titles=titles)


def seal_lines(seal: Seal) -> list[str]:
    """How the log vouches for an entry."""
    about = {"number": seal.event, "hash": seal.hash}
    lines = [_("Event %(number)s, hash %(hash)s") % about, _("Follows %(hash)s") % {"hash": seal.previous_hash}]
    if seal.is_erased:
        lines.append(_("Its names were erased; the chain holds by their digest."))
    if not seal.holds:
        lines.append(_("The event log does NOT hold here."))
    return lines


# --- Symbols -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _symbols() -> frozenset[int]:
    """What both fonts have a picture of."""
    return frozenset.intersection(*(_symbols_of(font.path) for font in (OPENSANS_REGULAR, OPENSANS_BOLD)))


def _symbols_of(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _printable(text: str) -> str:
    """The text with its symbols that no font here has as their numbers: nothing that was said goes missing."""
    composed = unicodedata.normalize("NFC", text)
    known = _symbols()
    return "".join(each if ord(each) in known or each in "\n" else f"[U+{ord(each):04X}]" for each in composed)
