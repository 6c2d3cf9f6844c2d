"""Any file is read or refused with a sentence; the reader raises nothing else."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from licences.domain.cells import DateCell, ErrorCell, FormulaCell, MergedCell, NumberCell
from licences.domain.errors import Refusal
from licences.imports.rows.purchase_lines import COLUMNS, REQUIRED_COLUMNS, PurchaseLine, parse_cells
from licences.wording.sentences import refusal_sentence, sentence
from tests.how_often import examples
from tests.spreadsheets.files import Read, book, read, row, shared, sheet, styled_book, text, texts

HEADER = ",".join(COLUMNS)
CODES = {
    "columns-missing", "columns-twice", "file-broken", "file-empty", "file-encrypted", "file-is-spreadsheet",
    "file-no-table", "file-of-other-kind", "file-too-large-unpacked", "row-not-decodable", "row-nul", "row-quotes",
    "row-too-large",
}  # fmt: skip
often = settings(max_examples=examples(50), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def read_or_refused(content: bytes) -> Read | Refusal:
    """Read a file to its end or to its refusal; asserts that its rows can be parsed and its refusal has a sentence."""
    try:
        found = read(content, columns=COLUMNS, required=REQUIRED_COLUMNS)
    except Refusal as refusal:
        return _assert_sentence(refusal)
    assert found.numbers == sorted(set(found.numbers))
    assert found.progress == sorted(found.progress)
    for cells in found.rows:
        assert len(cells) == len(COLUMNS)
        assert {type(cell) for cell in cells} <= {str, NumberCell, DateCell, ErrorCell, FormulaCell, MergedCell}
        judged = parse_cells(cells)
        if not isinstance(judged, PurchaseLine):
            assert all(sentence(problem.reason, problem.parameters) for problem in judged)
    return found


def _assert_sentence(refusal: Refusal) -> Refusal:
    assert refusal.code in CODES
    assert "%(" not in refusal_sentence(refusal)
    return refusal


# --- CSV ---------------------------------------------------------------------------------------------


@given(st.binary(max_size=2_000))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + bytes(18))
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@example(b"\xff\xfe\xff")
@example(b"\xef\xbb\xbf\xff")
@often
def test_any_bytes(content):
    read_or_refused(content)


@given(st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xfe\xff",
                        b"\xef\xbb\xbf", b"sep=;\r\n", b"%PDF-", b"<"]), st.binary(max_size=500))  # fmt: skip
@often
def test_any_bytes_after_a_beginning_that_is_known(beginning, content):
    read_or_refused(beginning + content)


@given(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
       st.sampled_from(",;\t"), st.binary(max_size=1_000))  # fmt: skip
@often
def test_any_bytes_below_a_header(encoding, delimiter, content):
    header = (HEADER.replace(",", delimiter) + "\r\n").encode(encoding)

    found = read_or_refused(header + content)

    assert isinstance(found, Read) or found.code.startswith("row-")


@given(st.text(st.sampled_from("a1,;\t\"'\r\n =ü\u00a0"), max_size=300))
@often
def test_any_text_below_a_header(below):
    found = read_or_refused(f"{HEADER}\n{below}".encode())

    assert isinstance(found, Read) or found.code == "row-quotes"


@given(st.text(st.sampled_from("line,;\t\"'\r\n _PRODUCTproduct"), max_size=200))
@often
def test_any_text_as_a_header(header):
    read_or_refused(header.encode())


@dataclass
class Dialect:
    """How a program writes CSV."""

    delimiter: str
    encoding: str
    end: str
    all_quoted: bool

    def written(self, rows: Sequence[Sequence[str]]) -> bytes:
        lines = (self.delimiter.join(map(self._cell, cells)) for cells in rows)
        return "".join(line + self.end for line in lines).encode(self.encoding)

    def _cell(self, cell: str) -> str:
        quoted = self.all_quoted or any(symbol in cell for symbol in f'"{self.delimiter}\r\n')
        return '"' + cell.replace('"', '""') + '"' if quoted else cell


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    all_quoted=st.booleans(),
)
plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0'"), max_size=12)
tables = st.lists(st.lists(plain | st.sampled_from(['"', "a\r\nb", ",;\t"]), min_size=4, max_size=4), max_size=6)


@given(dialects, tables, st.permutations(["reference", "LINE", "Customer Name", "city"]))
@often
def test_any_table_in_any_dialect_is_read_as_it_is(dialect, table, header):
    order = [header.index(name) for name in ("reference", "LINE", "Customer Name", "city")]
    filled = [
        (number, tuple(row[place] for place in order)) for number, row in enumerate(table, 2) if "".join(row).strip()
    ]

    assert read(dialect.written([header, *table])).numbered == filled


# --- XLSX --------------------------------------------------------------------------------------------

values = st.text(max_size=8) | st.sampled_from(
    ["1", "-1", "1E999", "46350", "2026-11-24", "#REF!", "=1", "TRUE", "_x000D_"]
)
in_xml = values.map(lambda value: "".join(symbol for symbol in value if symbol.isprintable() and symbol not in "<&"))


@st.composite
def cells(draw) -> str:
    """Any cell, also one that no program would write."""
    kind = draw(st.sampled_from(["", 't="n"', 't="s"', 't="str"', 't="inlineStr"', 't="b"', 't="e"', 't="d"', 't="?"']))
    style = draw(st.sampled_from(["", 's="1"', 's="99"', 's="-1"']))
    at = draw(st.sampled_from(["", "", "", 'r="A1"', 'r="C9"', 'r="XFD1"', 'r="7"']))
    inside = draw(
        st.sampled_from(["<v>{}</v>", "<f>{}</f>", "<f>A1</f><v>{}</v>", "<is><t>{}</t></is>", "<v/>", "", "{}"])
    )
    return f"<c {kind} {style} {at}>{inside.format(draw(in_xml))}</c>"


row_numbers = st.sampled_from(["", 'r="2"', 'r="9"', 'r="1048576"', 'r="x"'])


@given(st.lists(st.tuples(row_numbers, st.lists(cells(), max_size=5)), max_size=5))
@often
def test_any_cells_of_a_workbook(rows):
    body = [f"<row {number}>{''.join(cells)}</row>" for number, cells in rows]
    parts = {"xl/worksheets/sheet1.xml": sheet(texts(1, *COLUMNS), *body)}

    found = read_or_refused(book(parts=parts))

    assert isinstance(found, Read) or found.code == "file-broken"


def saved_by_openpyxl() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.append(COLUMNS)
    for number in range(30):
        workbook.active.append(
            [f"PO-{number}", number, "24.11.2026", "", "XCH-SRV", number + 1, None, "", "Müller & Söhne"]
        )
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


SAVED = {
    "openpyxl": saved_by_openpyxl(),
    "by hand": styled_book(
        [14],
        texts(2, "PO-1", "1"),
        row(3, '<c t="s"><v>0</v></c>', text("=1"), '<c s="0"><v>46350</v></c>'),
        top=texts(1, *COLUMNS),
        shared_strings=shared("<t>PO-2</t>"),
    ),
}
damages = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=6)


def damaged(content: bytes, damage: Sequence[tuple[float, int]]) -> bytes:
    changed = bytearray(content)
    for at, flipped in damage:
        changed[int(at * len(changed))] ^= flipped
    return bytes(changed)


@pytest.mark.parametrize("origin", SAVED)
@given(damage=damages)
@often
def test_a_workbook_with_any_bytes_changed(origin, damage):
    read_or_refused(damaged(SAVED[origin], damage))


@pytest.mark.parametrize("origin", SAVED)
@given(kept=st.floats(0, 1, exclude_max=True))
@often
def test_a_workbook_that_is_cut_off_anywhere_is_refused(origin, kept):
    content = SAVED[origin]

    assert isinstance(read_or_refused(content[: int(kept * len(content))]), Refusal)


@pytest.mark.parametrize("origin", SAVED)
@given(damage=damages, data=st.data())
@often
def test_a_workbook_with_any_bytes_of_a_part_changed(origin, damage, data):
    """Packed again with correct checksums, so that the damage reaches the XML parser."""
    with zipfile.ZipFile(io.BytesIO(SAVED[origin])) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    part = data.draw(st.sampled_from(sorted(parts)))
    parts[part] = damaged(parts[part], damage)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)

    read_or_refused(buffer.getvalue())


def test_the_workbooks_that_are_damaged_here_are_good_ones():
    assert [len(read_or_refused(content).rows) for content in SAVED.values()] == [30, 2]
