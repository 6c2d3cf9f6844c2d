"""Comparing an unlock code with what a caller reads back (docs/telephone-call.md#reading-the-code-back).

The text is divided into slices, one per group of the code, so that the least has to be explained: a group that was left
out, read twice or in another place shifts none of the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from licences.domain.codes import canonical_or_empty, groups

LONGEST_TEXT = 200  # characters that are looked at; the longest code has 53

# What a difference costs, in whole numbers. A cut across a blank or hyphen of the caller's decides between equals.
_SYMBOL = 8
_OTHER_GROUP = 15  # so that two groups in each other's place are not one left out and one too many
_GROUP = 21  # left out, or one too many: more than two wrong characters, less than three
_ACROSS_SEPARATOR = 1
_LONGER_SLICE = 2  # characters that a slice may have more than its group


class GroupState(StrEnum):
    """How one group was read."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"
    NOT_YET = "not-yet"  # missing at the end: the caller may still be reading
    OTHER_GROUP = "other-group"  # another group of the code was read in its place
    EXTRA = "extra"  # no group of the code belongs here


class SymbolState(StrEnum):
    """How one character was read."""

    SAME = "same"
    OTHER = "other"
    MISSING = "missing"
    EXTRA = "extra"
    SWAPPED = "swapped"  # with its neighbour


@dataclass(frozen=True, slots=True)
class ReadSymbol:
    """A character of the code and the one that was read; either is empty where there is none."""

    state: SymbolState
    expected: str
    read: str


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A group of the code and what was read.

    ``number`` counts from 1 and is 0 for an extra group. ``belongs_to`` is the number of the group that was read here
    although it belongs elsewhere, or 0.
    """

    state: GroupState
    number: int
    symbols: tuple[ReadSymbol, ...]
    belongs_to: int = 0

    @property
    def expected(self) -> str:
        """The group of the code; empty for an extra one."""
        return "".join(symbol.expected for symbol in self.symbols)

    @property
    def read(self) -> str:
        """What was read; empty for a missing group."""
        return "".join(symbol.read for symbol in self.symbols)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """All groups in the order of the code, with extra ones where they were read."""

    groups: tuple[ReadGroup, ...]

    @property
    def is_same(self) -> bool:
        """Whether the whole code was read as it is."""
        return all(group.state is GroupState.SAME for group in self.groups)

    @property
    def is_right_so_far(self) -> bool:
        """Whether whole groups were read as they are, and only the end is missing."""
        states = {group.state for group in self.groups}
        return states == {GroupState.SAME, GroupState.NOT_YET}

    @property
    def differing(self) -> list[ReadGroup]:
        """The groups that were read otherwise than they are, without those not read yet."""
        return [group for group in self.groups if group.state not in (GroupState.SAME, GroupState.NOT_YET)]


@dataclass(frozen=True, slots=True)
class _Slice:
    """Characters ``start`` to ``end`` of the text, read for a group (``number`` from 1), or for none (0)."""

    number: int
    start: int
    end: int


_Aligned = tuple[int, tuple[ReadSymbol, ...]]  # number of differences, and the characters side by side


def compare_read_back(code: str, text: str) -> ReadBack:
    """Compare a canonical unlock code with typed text, in any case and grouping, with 0 for O.

    A character that no code has counts as a wrong one. Text beyond ``LONGEST_TEXT`` characters is left out.
    """
    symbols, separated = _read_symbols(text[:LONGEST_TEXT])
    expected = tuple(groups(code))
    slices = _cheapest_slices(expected, symbols, separated)
    return ReadBack(tuple(_without_end(list(_groups(expected, symbols, slices)))))


def _read_symbols(text: str) -> tuple[str, frozenset[int]]:
    """The characters without separators and punctuation, and the places between them where these were."""
    symbols, separated = "", set()
    for typed in text:
        read = canonical_or_empty(typed)
        if read or typed.isalnum():
            symbols += read or typed
        else:
            separated.add(len(symbols))
    return symbols, frozenset(separated)


# --- Slices ------------------------------------------------------------------------------------------


def _cheapest_slices(expected: tuple[str, ...], symbols: str, separated: frozenset[int]) -> list[_Slice]:
    """Divide the characters into slices for the groups, by dynamic programming from the front."""
    best: dict[tuple[int, int], tuple[int, _Slice | None]] = {(0, 0): (0, None)}
    for number in range(len(expected) + 1):
        for end in range(len(symbols) + 1):
            for each in _slices(expected, number, end):
                before, least = best.get(_before(each, number)), best.get((number, end))
                if before is None or (least is not None and before[0] >= least[0]):
                    continue
                across = sum(each.start < place < each.end for place in separated)
                cost = before[0] + across * _ACROSS_SEPARATOR + _cost(expected, symbols, each)
                if least is None or cost < least[0]:
                    best[number, end] = (cost, each)
    return _walk_back(best, (len(expected), len(symbols)))


def _slices(expected: tuple[str, ...], number: int, end: int) -> Iterator[_Slice]:
    """Slices that end at ``end`` once ``number`` groups are dealt with. Those of a group's own length come first."""
    if number:
        length = len(expected[number - 1])
        for each in sorted(range(min(length + _LONGER_SLICE, end) + 1), key=lambda other: abs(other - length)):
            yield _Slice(number, end - each, end)
    for length in range(1, min(len(expected[0]), end) + 1):
        yield _Slice(0, end - length, end)


def _before(step: _Slice, number: int) -> tuple[int, int]:
    """The state before a slice: how many groups, how many characters."""
    return (number - 1 if step.number else number, step.start)


def _walk_back(best: dict[tuple[int, int], tuple[int, _Slice | None]], state: tuple[int, int]) -> list[_Slice]:
    """The slices that lead to a state, in their order."""
    slices: list[_Slice] = []
    while (step := best[state][1]) is not None:
        slices.append(step)
        state = _before(step, state[0])
    return slices[::-1]


def _cost(expected: tuple[str, ...], symbols: str, each: _Slice) -> int:
    """What it costs that these characters were read for a group, or for none."""
    read = symbols[each.start : each.end]
    if not each.number or not read:
        return _GROUP
    group = expected[each.number - 1]
    if group == read:
        return 0
    in_common = len(set(group) & set(read))
    # With little in common every character counts as wrong: an alignment is slow.
    wrong = max(len(group), len(read)) if 2 * in_common <= len(group) else _alignment(group, read)[0]
    return min(wrong * _SYMBOL, _OTHER_GROUP) if read in expected else wrong * _SYMBOL


# --- Groups and characters ---------------------------------------------------------------------------


def _groups(expected: tuple[str, ...], symbols: str, slices: list[_Slice]) -> Iterator[ReadGroup]:
    """What each slice says of its group."""
    for each in slices:
        read = symbols[each.start : each.end]
        group = expected[each.number - 1] if each.number else ""
        aligned = _alignment(group, read)[1]
        elsewhere = expected.index(read) + 1 if read in expected and read != group else 0
        if not each.number:
            yield ReadGroup(GroupState.EXTRA, 0, aligned, elsewhere)
        elif not read:
            yield ReadGroup(GroupState.MISSING, each.number, aligned)
        elif read == group:
            yield ReadGroup(GroupState.SAME, each.number, aligned)
        elif elsewhere:
            yield ReadGroup(GroupState.OTHER_GROUP, each.number, aligned, elsewhere)
        else:
            yield ReadGroup(GroupState.DIFFERENT, each.number, aligned)


def _without_end(found: list[ReadGroup]) -> list[ReadGroup]:
    """Mark missing groups at the end as not read yet."""
    for position in range(len(found) - 1, -1, -1):
        group = found[position]
        if group.state is not GroupState.MISSING:
            break
        found[position] = ReadGroup(GroupState.NOT_YET, group.number, group.symbols)
    return found


def _alignment(group: str, read: str) -> _Aligned:
    """Put the characters of a group and of what was read side by side, with as few differences as possible."""
    table: dict[tuple[int, int], _Aligned] = {(0, 0): (0, ())}
    for i in range(len(group) + 1):
        for j in range(len(read) + 1):
            if i or j:
                table[i, j] = min(_alignments(table, group[:i], read[:j]), key=lambda way: way[0])
    return table[len(group), len(read)]


def _alignments(table: dict[tuple[int, int], _Aligned], group: str, read: str) -> Iterator[_Aligned]:
    """The ways to align two texts, by what their last characters are to each other."""
    i, j = len(group), len(read)
    if i and j:
        is_same = group[-1] == read[-1]
        pair = ReadSymbol(SymbolState.SAME if is_same else SymbolState.OTHER, group[-1], read[-1])
        yield _longer(table[i - 1, j - 1], not is_same, pair)
    if i > 1 and j > 1 and group[-2:] == read[:-3:-1] and group[-1] != group[-2]:
        pairs = zip(group[-2:], read[-2:], strict=True)
        yield _longer(table[i - 2, j - 2], 1, *(ReadSymbol(SymbolState.SWAPPED, *pair) for pair in pairs))
    if i:
        yield _longer(table[i - 1, j], 1, ReadSymbol(SymbolState.MISSING, group[-1], ""))
    if j:
        yield _longer(table[i, j - 1], 1, ReadSymbol(SymbolState.EXTRA, "", read[-1]))


def _longer(before: _Aligned, differences: int, *symbols: ReadSymbol) -> _Aligned:
    """An alignment with further characters."""
    return (before[0] + differences, (*before[1], *symbols))
