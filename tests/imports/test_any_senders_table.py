"""What is done to a table that does not change its meaning does not change what is imported."""

from itertools import cycle

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licences.imports.rows.purchase_lines import COLUMNS, REQUIRED_COLUMNS, PurchaseLine, parse_cells
from licences.spreadsheets.reading import open_table
from tests.imports.files import csv_bytes, xlsx_bytes
from tests.tables import each_row

TABLE = [
    {"purchase_reference": "PO-2026-117", "line": "1", "purchased_on": "2026-11-24", "serial": "AB1C-O9XZ",
     "product": "XCH-CTI-10", "quantity": "25", "software_assurance_until": "2027-11-30", "customer_number": "00123",
     "customer_name": "Łódzka Spółka Śląsk", "address_line1": "ul. Świętojańska 5", "postcode": "01067",
     "city": "Zażółć"},
    {"purchase_reference": "PO-2026-117", "line": "2", "product": "XCH-USR", "quantity": "-5",
     "customer_name": "Müller und Söhne Wąsik", "address_line1": "Piękna 12", "city": "Gdańsk", "country": "Polen"},
]  # fmt: skip
CODES = ("purchase_reference", "serial", "product", "customer_number", "postcode")
NUMBERS, DATES = ("line", "quantity"), ("purchased_on", "software_assurance_until")
TEXTS = ("customer_name", "address_line1", "city", "country")

unseen = st.sampled_from(["\u200b", "\ufeff", "\u00ad", "\u2060", "\u200e", "\u202a"])
blanks = st.sampled_from([" ", "\u00a0", "\t", "  ", "\n", "\u2009"])
guards = st.sampled_from(["{}", "'{}", "\t{}", '="{}"', '=T("{}")'])
dashes = st.sampled_from("-–−‐‑—")


@st.composite
def unseen_within(draw, text):
    """The text with characters that cannot be seen at any place."""
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(unseen) + text[place:]


@st.composite
def written_otherwise(draw, column, cell):
    """A cell as another system would write it."""
    if column in NUMBERS and cell:
        sign, digits = ("-", cell[1:]) if cell.startswith("-") else ("", cell)
        digits += draw(st.sampled_from(["", ",0", ".00"]))
        dash = draw(dashes)
        cell = draw(st.sampled_from([f"{dash}{digits}", f"{digits}{dash}"])) if sign else digits
    elif column in DATES and cell:
        year, month, day = cell.split("-")
        dash = draw(dashes)
        european = f"{day}.{month}.{year}", f"{day}.{month}.{year[2:]}"
        others = f"{year}{dash}{month}{dash}{day}", f"{cell} 00:00:00", f"{cell}T00:00:00", year + month + day
        cell = draw(st.sampled_from([*european, *others]))
    elif column in CODES and cell:
        cell = draw(guards).format(cell)
    elif column in TEXTS:
        cell = cell.replace(" ", draw(blanks))
    if cell and not cell.startswith("=") and draw(st.booleans()):
        cell = draw(unseen_within(cell))
    return cell


@st.composite
def tables(draw):
    """The table, written otherwise, as the bytes of a file."""
    columns = draw(st.permutations(COLUMNS))
    rows = [{column: draw(written_otherwise(column, row.get(column, ""))) for column in COLUMNS} for row in TABLE]
    if draw(st.booleans()):
        return xlsx_bytes(*rows, columns=columns)
    delimiter = draw(st.sampled_from(",;\t"))
    text = csv_bytes(*rows, columns=columns, delimiter=delimiter).decode()
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1250"]))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:  # what cannot be seen is in no code page
        return text.encode()


def lines(path, content):
    path.write_bytes(content)
    table = open_table(path, columns=COLUMNS, required=REQUIRED_COLUMNS)
    assert table.encoding_is_sure
    return [parse_cells(cells) for _number, cells in table.rows()]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=tables())
def test_a_table_that_is_written_otherwise_is_the_same_table(content, tmp_path):
    plain = lines(tmp_path / "plain", csv_bytes(*TABLE))

    assert all(isinstance(line, PurchaseLine) for line in plain)
    assert lines(tmp_path / "other", content) == plain


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bad=st.lists(st.booleans(), min_size=1, max_size=12), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_rows_with_bad_quotation_marks_cost_themselves_and_nothing_else(bad, end, tmp_path):
    columns = [*REQUIRED_COLUMNS, "city"]
    good = csv_bytes({name: TABLE[1][name] for name in columns}, columns=columns).decode().splitlines()
    broken = cycle(['PO-9,1,XCH-SRV,1,"Alte Post" Hotel,Ulm', 'PO-9,1,XCH-SRV,1,"Alte Post,Ulm', '"PO-9",1,"'])
    content = end.join([good[0], *(next(broken) if each else good[1] for each in bad), ""]).encode()
    path = tmp_path / "purchases.csv"
    path.write_bytes(content)

    table = open_table(path, columns=COLUMNS, required=REQUIRED_COLUMNS)
    read = [isinstance(parse_cells(cells), PurchaseLine) for _number, cells in table.rows()]

    assert read == [not each for each in bad]


@each_row("column", ["quantity", "line"])
@each_row("cell", ["1.000", "25,000", "1 000"])
def test_what_may_mean_two_things_is_no_line(column, cell, tmp_path):
    for write in (csv_bytes, xlsx_bytes):
        ((problem,),) = lines(tmp_path / "file", write(TABLE[1] | {column: cell}))
        assert problem.reason == "not-a-whole-number"
