"""Memory does not grow with the size of a file, and progress is known while it is read."""

import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from licences.spreadsheets.reading import TableFile, open_table, sha256_of
from licences.spreadsheets.writing import CsvWriter
from tests.spreadsheets.files import COLUMNS, HEADER, MAIN, PARTS, REQUIRED, TOP, XML, joined, texts
from tests.tables import each_row

Make = Callable[[Path, int], None]


def rows(count: int) -> Iterator[tuple[str, ...]]:
    return ((f"PO-{number}", "1", f"Müller & Söhne {number} GmbH", "Tübingen") for number in range(count))


def make_csv(path: Path, count: int) -> None:
    with path.open("wb") as file:
        file.write((HEADER + "\r\n").encode())
        file.writelines((",".join(cells) + "\r\n").encode() for cells in rows(count))


def make_xlsx(path: Path, count: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in PARTS.items():
            file.writestr(name, content)
        with file.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{TOP}'.encode())
            for number, cells in enumerate(rows(count), start=2):
                sheet.write(texts(number, *cells).encode())
            sheet.write(b"</sheetData></worksheet>")


both_formats = pytest.mark.parametrize("make", [make_csv, make_xlsx])


@pytest.fixture
def table(tmp_path):
    def made(make: Make, count: int) -> TableFile:
        path = tmp_path / f"purchases-{count}"
        make(path, count)
        return open_table(path, columns=COLUMNS, required=REQUIRED)

    return made


def peak(table: TableFile) -> int:
    """The peak of memory in bytes while all rows were read."""
    tracemalloc.start()
    try:
        for _ in table.rows():
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("make", "count"), [(make_csv, 20_000), (make_xlsx, 2_000)])
def test_memory_does_not_grow_with_the_file(table, make, count):
    small, large = peak(table(make, count)), peak(table(make, 4 * count))

    assert large < 1.25 * small + 100_000
    assert large < 3_000_000


def test_memory_to_recognise_a_file_does_not_grow_with_it(tmp_path):
    make_csv(tmp_path / "purchases.csv", 100_000)
    tracemalloc.start()
    try:
        open_table(tmp_path / "purchases.csv", columns=COLUMNS, required=REQUIRED)
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert used < 2_000_000


def test_memory_to_write_csv_does_not_grow_with_the_rows():
    class Nowhere:
        def write(self, data: bytes) -> None:
            pass

    writer = CsvWriter(Nowhere(), COLUMNS)
    tracemalloc.start()
    try:
        for cells in rows(5_000):
            writer.write_row(cells)
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert used < 100_000


@both_formats
def test_progress_goes_from_0_to_1_and_never_back(table, make):
    made = table(make, 5_000)
    seen = [made.progress()]

    for _ in made.rows():
        seen.append(made.progress())

    assert (seen[0], seen[-1], made.progress()) == (0.0, 1.0, 1.0)
    assert seen == sorted(seen)
    assert len(set(seen)) > 5


@both_formats
def test_half_of_the_rows_is_about_half_of_the_way(table, make):
    made = table(make, 20_000)
    reading = made.rows()

    for _ in islice(reading, 10_000):
        pass

    assert 0.4 < made.progress() < 0.7


@both_formats
def test_whoever_reads_again_begins_at_0(table, make):
    made = table(make, 5_000)
    for _ in made.rows():
        pass

    next(made.rows())

    assert made.progress() < 0.5


@both_formats
def test_a_file_without_rows_is_read_to_its_end(table, make):
    made = table(make, 0)

    assert (list(made.rows()), made.progress()) == ([], 1.0)


@each_row("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_progress_counts_bytes_in_any_encoding(tmp_path, encoding):
    path = tmp_path / "purchases.csv"
    path.write_bytes(joined(["sep=,", HEADER, *map(",".join, rows(20_000))]).encode(encoding))
    made = open_table(path, columns=COLUMNS, required=REQUIRED)

    with closing(made.rows()) as reading:
        for _ in islice(reading, 10_000):
            pass
        assert 0.4 < made.progress() < 0.6


def test_a_file_is_known_again_by_its_digest(tmp_path):
    path = tmp_path / "purchases.csv"
    path.write_bytes(b"abc")

    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
