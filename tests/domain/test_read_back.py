"""What a caller reads back is compared group by group, and one slip shifts nothing."""

from hypothesis import given
from hypothesis import strategies as st

from licences.domain.codes import ALPHABET, groups
from licences.domain.read_back import GroupState, SymbolState, compare_read_back
from tests.tables import each_row

CODE = "2V84WMFOPVK7QN33WXB9T1HZCRD5GJ6LAYEUS8NP"
G = groups(CODE)


def said(*parts):
    return " ".join(parts)


def states(read):
    differing = [group for group in read.groups if group.state is not GroupState.SAME]
    return [(group.state.value, group.number, group.read) for group in differing]


@each_row("text", [CODE, "-".join(G), said(*G).lower(), "“" + "-".join(G).replace("O", "0") + "”"])
def test_the_code_in_any_case_and_grouping_is_the_same(text):
    read = compare_read_back(CODE, text)

    assert read.is_same
    assert not read.differing


@each_row(
    ("parts", "expected"),
    [
        # one character is another, missing, too many, swapped with its neighbour
        ((*G[:2], "K7QM3", *G[3:]), [("different", 3, "K7QM3")]),
        ((*G[:2], "K7Q3", *G[3:]), [("different", 3, "K7Q3")]),
        ((*G[:2], "K7QNN3", *G[3:]), [("different", 3, "K7QNN3")]),
        ((*G[:2], "7KQN3", *G[3:]), [("different", 3, "7KQN3")]),
        # a character that no code has
        ((*G[:2], "K7ÄN3", *G[3:]), [("different", 3, "K7ÄN3")]),
        # groups: left out, swapped, read twice, another one, moved to the end
        ((G[0], *G[2:]), [("missing", 2, "")]),
        (tuple(G[1:]), [("missing", 1, "")]),
        ((*G[:2], *G[4:]), [("missing", 3, ""), ("missing", 4, "")]),
        ((G[1], G[0], *G[2:]), [("other-group", 1, G[1]), ("other-group", 2, G[0])]),
        ((*G[:1], G[5], *G[2:5], G[1], *G[6:]), [("other-group", 2, G[5]), ("other-group", 6, G[1])]),
        ((*G[:3], G[2], *G[3:]), [("extra", 0, G[2])]),
        ((*G[:3], "AAAAA", *G[4:]), [("different", 4, "AAAAA")]),
        ((*G[:3], "AAAAA", *G[3:]), [("extra", 0, "AAAAA")]),
        # the caller is still reading
        (tuple(G[:3]), [("not-yet", number, "") for number in range(4, 9)]),
        ((), [("not-yet", number, "") for number in range(1, 9)]),
        # two slips far from each other
        (("2V84V", *G[1:4], *G[5:]), [("different", 1, "2V84V"), ("missing", 5, "")]),
    ],
)
def test_only_the_groups_that_differ_are_named(parts, expected):
    assert states(compare_read_back(CODE, said(*parts))) == expected
    assert states(compare_read_back(CODE, "".join(parts))) == expected


@each_row(
    ("read", "expected"),
    [
        ("K7QM3", [("other", "N", "M")]),
        ("K7Q3", [("missing", "N", "")]),
        ("K7QNX3", [("extra", "", "X")]),
        ("7KQN3", [("swapped", "K", "7"), ("swapped", "7", "K")]),
    ],
)
def test_each_character_says_how_it_was_read(read, expected):
    group = compare_read_back(CODE, said(*G[:2], read, *G[3:])).groups[2]

    differing = [symbol for symbol in group.symbols if symbol.state is not SymbolState.SAME]
    assert [(symbol.state.value, symbol.expected, symbol.read) for symbol in differing] == expected


def test_a_group_that_was_read_elsewhere_says_where_it_belongs():
    swapped = compare_read_back(CODE, said(G[1], G[0], *G[2:])).groups
    twice = compare_read_back(CODE, said(*G[:3], G[2], *G[3:]))

    assert [group.belongs_to for group in swapped[:2]] == [2, 1]
    assert [group.belongs_to for group in twice.differing] == [3]


def test_whole_groups_from_the_front_are_right_so_far():
    assert compare_read_back(CODE, said(*G[:3])).is_right_so_far
    assert not compare_read_back(CODE, said(*G[:2], "K7QM3")).is_right_so_far
    assert not compare_read_back(CODE, CODE).is_right_so_far
    assert not compare_read_back(CODE, "").is_right_so_far


@given(st.text(max_size=80) | st.text(ALPHABET, max_size=80))
def test_any_text_is_compared_and_every_character_of_the_code_appears(text):
    read = compare_read_back(CODE, text)

    assert "".join(group.expected for group in read.groups) == CODE
    assert [group.number for group in read.groups if group.number] == list(range(1, 9))


@given(st.lists(st.sampled_from(G), max_size=10))
def test_groups_in_any_order_leave_nothing_out_that_was_read(parts):
    read = compare_read_back(CODE, said(*parts))

    assert "".join(group.read for group in read.groups) == "".join(parts)
