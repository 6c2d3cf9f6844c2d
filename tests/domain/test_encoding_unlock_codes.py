"""Encoding unlock codes: what can be put into one (docs/codes.md#unlock-code)."""

from dataclasses import replace
from datetime import date

from hypothesis import given

from licences.domain import codes
from licences.domain.codes import UnlockStatement
from licences.domain.errors import Refusal
from tests import questions
from tests.domain.unlock_statements import INSTALLATION, KEYS, signed, statements
from tests.tables import each_row

PLAIN = UnlockStatement(key_id=1, sequence=1, assured_month=0, lines=((3, 10),))


def encode(statement: UnlockStatement) -> str:
    return codes.encode_unlock_code(statement, key=KEYS[1], **INSTALLATION)


def refusal_of(**changes: object) -> Refusal:
    return questions.refusal_of(encode, replace(PLAIN, **changes))


def lines(count: int) -> tuple[tuple[int, int], ...]:
    return tuple((slot, 1) for slot in range(1, count + 1))


@each_row(("count", "length"), [(1, 25), (2, 29), (3, 33), (4, 37), (5, 41), (6, 45), (7, 49), (8, 53)])
def test_the_length_tells_the_number_of_lines(count, length):
    assert codes.unlock_code_length(count) == length
    assert len(encode(replace(PLAIN, lines=lines(count)))) == length


def test_the_lengths_are_those_of_one_to_eight_lines():
    assert codes.UNLOCK_CODE_LENGTHS == (25, 29, 33, 37, 41, 45, 49, 53)


def test_it_encodes_as_the_page_describes():
    assert encode(replace(PLAIN, lines=((3, 10), (4, 32767)), assured_month=323)) == signed(
        [(3, 10), (4, 32767)], month=323
    )


def test_an_emergency_line_comes_first_and_counts_days_from_2020():
    assert encode(replace(PLAIN, expires_on=date(2020, 1, 2))) == signed([(0, 1), (3, 10)])


@given(statements())
def test_every_valid_statement_reads_back(statement):
    code = codes.encode_unlock_code(statement, key=KEYS[statement.key_id], **INSTALLATION)
    assert codes.decode_unlock_code(code, keys=KEYS, **INSTALLATION) == statement
    assert codes.canonical(codes.grouped(code)) == code


def test_the_same_statement_gives_the_same_code():
    assert encode(PLAIN) == encode(replace(PLAIN))


def test_no_product_is_nothing_licensed():
    assert refusal_of(lines=()).code == "nothing-licensed"
    assert refusal_of(lines=(), expires_on=date(2027, 1, 1)).code == "nothing-licensed"


def test_nine_products_are_too_many():
    assert refusal_of(lines=lines(9)).code == "too-many-products"


def test_eight_products_leave_no_room_for_the_emergency_line():
    refusal = refusal_of(lines=lines(8), expires_on=date(2027, 1, 1))
    assert (refusal.code, refusal.parameters) == ("too-many-products", {"count": 8, "limit": 7})


@each_row(
    ("changes", "name"),
    [
        ({"key_id": 16}, "key-id"),
        ({"key_id": -1}, "key-id"),
        ({"sequence": 0}, "sequence"),
        ({"sequence": 4096}, "sequence"),
        ({"assured_month": -1}, "assured-month"),
        ({"assured_month": 4096}, "assured-month"),
        ({"lines": ((0, 1),)}, "slot"),
        ({"lines": ((32, 1),)}, "slot"),
        ({"lines": ((1, 0),)}, "quantity"),
        ({"lines": ((1, -5),)}, "quantity"),
        ({"lines": ((1, 32768),)}, "quantity"),
        ({"lines": ((2, 1), (1, 1))}, "slots"),
        ({"lines": ((2, 1), (2, 1))}, "slots"),
        ({"expires_on": date(2020, 1, 1)}, "quantity"),
        ({"expires_on": date(2109, 9, 19)}, "quantity"),
    ],
)
def test_a_field_out_of_its_range_is_refused_by_name(changes, name):
    refusal = refusal_of(**changes)
    assert (refusal.code, refusal.parameters["name"]) == ("code-field", name)


@each_row(
    "changes",
    [
        {"key_id": 0},
        {"key_id": 15},
        {"sequence": 4095},
        {"assured_month": 4095},
        {"lines": ((31, 32767),)},
        {"expires_on": date(2109, 9, 18)},
    ],
)
def test_the_ends_of_the_ranges_are_possible(changes):
    statement, keys = replace(PLAIN, **changes), dict.fromkeys(range(16), KEYS[1])
    assert codes.decode_unlock_code(encode(statement), keys=keys, **INSTALLATION) == statement


# --- SA months ---------------------------------------------------------------------------------------


@each_row(
    ("day", "number"),
    [
        (None, 0),
        (date(2000, 1, 1), 1),
        (date(2000, 12, 31), 12),
        (date(2001, 1, 1), 13),
        (date(2026, 11, 24), 323),
    ],
)
def test_months_are_counted_from_january_2000(day, number):
    assert codes.month_number(day) == number


@each_row(
    ("number", "day"),
    [
        (0, None),
        (1, date(2000, 1, 31)),
        (2, date(2000, 2, 29)),
        (12, date(2000, 12, 31)),
        (323, date(2026, 11, 30)),
        (4095, date(2341, 3, 31)),
    ],
)
def test_a_month_covers_until_its_last_day(number, day):
    assert codes.last_day_of_month(number) == day


def test_every_month_number_survives_the_way_there_and_back():
    numbers = range(4096)
    assert [codes.month_number(codes.last_day_of_month(number)) for number in numbers] == list(numbers)
