"""The case file as a PDF: A4, with page numbers, its digest on every page, and text that can be selected."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from ttf_opensans import OPENSANS_BOLD, OPENSANS_REGULAR

from licences.proof.case_files.case_file import CaseFile, CaseFileEntry
from licences.proof.case_files.cells import Row
from licences.proof.case_files.facts import Facts
from licences.proof.case_files.fonts import ScriptFont, compose, fonts_for, printable
from licences.proof.seals import Seal
from licences.wording.people import told

_FONT = "sans"
_QUIET = (90, 90, 90)
_CELL_MARGIN = 1  # millimetres, left and right
_CODE = re.compile("[1-9A-Z]{4,5}(?:-[1-9A-Z]{1,5})+")


def as_pdf(case: CaseFile) -> bytes:
    """The case file as the bytes of a PDF, in the active language."""
    page = _Pages(case)
    page.add_page()
    _write_head(page, case)
    page.heading(_("Events, oldest first"))
    for entry in case.entries:
        _write_entry(page, entry)
    return bytes(page.output())


class _Pages(FPDF):
    """A4 pages with the title of the case file on top, and maker, digest and page number at the bottom."""

    def __init__(self, case: CaseFile) -> None:
        super().__init__(format="A4")
        self.case = case
        self.title_text = _("Case file %(serial)s") % {"serial": case.serial}
        self.set_lang(get_language() or "en")
        self.set_title(self.title_text)
        self.set_creator("Xchange Licensing Portal")
        self.set_author(case.generated_by)
        self.set_creation_date(case.generated_at)
        self.add_font(_FONT, "", str(OPENSANS_REGULAR.path))
        self.add_font(_FONT, "B", str(OPENSANS_BOLD.path))
        self.script_fonts: list[ScriptFont] = []
        self.set_margins(18, 16)
        self.set_auto_page_break(True, margin=24)

    def header(self) -> None:
        """Called by FPDF: the title, on every page but the first."""
        if self.page_no() > 1:
            self.write_line(self.title_text, size=8, color=_QUIET)
            self.ln(2)

    def footer(self) -> None:
        """Called by FPDF: who made the file and when, its digest, and the page number."""
        self.set_y(-20)
        case = self.case
        footer = _("Created on %(when)s by %(by)s") % {"when": case.generated, "by": case.generated_by}
        self.write_line(footer, size=7, color=_QUIET)
        self.write_line(f"SHA-256 {case.digest}", size=7, color=_QUIET)
        page_numbers = {"page": self.page_no(), "pages": "{nb}"}
        self.write_line(_("Page %(page)s of %(pages)s") % page_numbers, size=7, color=_QUIET)

    def write_line(
        self, text: str, *, size: float = 9, bold: bool = False, color: tuple[int, int, int] = (0, 0, 0)
    ) -> None:
        """Write a paragraph, broken over lines as needed. ``size`` in points, ``color`` as RGB from 0 to 255."""
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*color)
        self.multi_cell(0, size * 0.5, self.printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def printable(self, text: str) -> str:
        """The text as it can be printed, after loading the fonts that it needs besides Open Sans.

        Shaping joins and orders letters as their script does. It is on once such a font is in use; ligatures of Latin
        letters stay off, so that text which is copied or searched for is spelled as it is on record.
        """
        composed = compose(text)
        new = [font for font in fonts_for(composed) if font not in self.script_fonts]
        for font in new:
            self.add_font(font.name, "", font.regular)
            self.add_font(font.name, "B", font.bold)
        if new:
            self.script_fonts += new
            self.set_fallback_fonts([font.name for font in self.script_fonts], exact_match=False)
            self.set_text_shaping(True, features={"liga": False})
        return printable(composed)

    def heading(self, text: str) -> None:
        """Write a heading, on the next page where less than 30 mm are left on this one."""
        self.ln(4)
        if self.will_page_break(30):
            self.add_page()
        self.write_line(text, size=12, bold=True)
        self.ln(1)

    def rows(self, rows: list[list[str]], widths: tuple[int, ...], *, titles: list[str] | None = None) -> None:
        """Write a table. ``widths`` in millimetres. Without ``titles`` it has no lines: its first column are labels."""
        self.set_font(_FONT, "", 8)
        self.set_text_color(0, 0, 0)
        layout = TableBordersLayout.HORIZONTAL_LINES if titles else TableBordersLayout.NONE
        bold = FontFace(emphasis="BOLD")
        with self.table(
            col_widths=widths, text_align="LEFT", borders_layout=layout, first_row_as_headings=bool(titles),
            headings_style=bold, line_height=4.2, padding=(0.6, _CELL_MARGIN),
        ) as table:  # fmt: skip
            for cells in [titles, *rows] if titles else rows:
                row = table.row()
                for cell, width in zip(cells, widths, strict=True):
                    share = width / sum(widths)
                    row.cell(self._whole_groups(self.printable(cell), share * self.epw - 2 * _CELL_MARGIN))

    def _whole_groups(self, text: str, width: float) -> str:
        """The text with its codes broken after a hyphen where they are wider than ``width``, in millimetres.

        FPDF breaks lines at blanks alone, and cuts what has none wherever the line is full.
        """
        return _CODE.sub(lambda code: self._broken_after_hyphens(code[0], width), text)

    def _broken_after_hyphens(self, code: str, width: float) -> str:
        lines = [""]
        for group in code.split("-"):
            if lines[-1] and self.get_string_width(f"{lines[-1]}{group}-") > width:
                lines.append("")
            lines[-1] += f"{group}-"
        return "\n".join(lines).removesuffix("-")


def _write_head(page: _Pages, case: CaseFile) -> None:
    page.write_line(page.title_text, size=17, bold=True)
    page.ln(2)
    _write_facts(page, case.head)
    page.ln(2)
    page.write_line(_chain_sentence(case), size=9, bold=bool(case.broken))
    page.heading(_("Unlock codes and why they were issued"))
    if not case.codes:
        page.write_line(_("None issued."))
        return
    titles = [*_titles(case.codes[0].cells), _("See entry")]
    page.rows(
        [[*_texts(code.cells), str(code.entry or "–")] for code in case.codes], (8, 48, 22, 40, 16), titles=titles
    )


def _titles(row: Row) -> list[str]:
    return [cell.label for cell in row]


def _texts(row: Row) -> list[str]:
    return [" ".join(filter(None, (cell.text, cell.added))) for cell in row]


def _chain_sentence(case: CaseFile) -> str:
    if case.broken:
        rows = ", ".join(map(str, case.broken))
        return _("Event log ALTERED at these events: %(rows)s.") % {"rows": rows}
    return _("Event log intact: checked at and next to every event of this case file.")


def _write_facts(page: _Pages, facts: Facts) -> None:
    if facts:
        page.rows([[label, value] for label, value in facts], (42, 132))


def _write_entry(page: _Pages, entry: CaseFileEntry) -> None:
    page.ln(3)
    if page.will_page_break(28):
        page.add_page()
    page.write_line(f"{entry.number}. {entry.title}", size=10, bold=True)
    page.write_line(f"{entry.when}, {told(entry.by)}" if entry.by else entry.when, size=8, color=_QUIET)
    _write_facts(page, entry.facts)
    if entry.rows:
        titles = _titles(entry.rows[0].cells)
        page.rows([_texts(row.cells) for row in entry.rows], (28, 36, 36, 20, 54), titles=titles)
    if entry.seal:
        for line in seal_lines(entry.seal):
            page.write_line(line, size=6.5, color=_QUIET)


def seal_lines(seal: Seal) -> list[str]:
    """Sentences that say which event vouches for an entry, and whether the chain holds there."""
    about = {"number": seal.event, "hash": seal.hash}
    lines = [_("Event %(number)s, hash %(hash)s") % about, _("Follows %(hash)s") % {"hash": seal.previous_hash}]
    if seal.is_erased:
        lines.append(_("The names were erased; the log can still be verified by their checksum."))
    if not seal.holds:
        lines.append(_("Event log ALTERED here."))
    return lines
