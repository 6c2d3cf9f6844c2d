"""What is said of a code that a caller reads back."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from licences.domain.read_back import GroupState, ReadBack, ReadGroup, ReadSymbol, SymbolState

_GROUPS: dict[GroupState, Promise] = {
    GroupState.SAME: gettext_lazy("right"),
    GroupState.NOT_YET: gettext_lazy("not read yet"),
    GroupState.MISSING: gettext_lazy("This group was left out."),
}


def summary_sentence(read: ReadBack) -> str:
    """The sentence above the comparison."""
    if read.is_same:
        return _("All right: that is the code.")
    if read.is_right_so_far:
        return _("All right so far. Go on with the next group.")
    numbers = [group.number for group in read.differing if group.number]
    if not read.differing:
        return _("Nothing was read yet.")
    if not numbers:
        return _("Something was read that is not part of the code. The groups of the code are all right.")
    named = ", ".join(map(str, numbers))
    return ngettext("Read group %(numbers)s again.", "Read groups %(numbers)s again.", len(numbers)) % {
        "numbers": named
    }


def group_sentence(group: ReadGroup) -> str:
    """What differs in one group."""
    if group.state in _GROUPS:
        return str(_GROUPS[group.state])
    if group.state is GroupState.OTHER_GROUP:
        return _("Group %(other)s was read here.") % {"other": group.belongs_to}
    if group.state is GroupState.EXTRA and group.belongs_to:
        return _("Group %(other)s was read here, where it does not belong.") % {"other": group.belongs_to}
    if group.state is GroupState.EXTRA:
        return _("Not part of the code: leave it out.")
    if not any(symbol.state is SymbolState.SAME for symbol in group.symbols):
        return _("Another group altogether: it is %(group)s.") % {"group": group.expected}
    return " ".join(_symbol_sentences(group))


def _symbol_sentences(group: ReadGroup) -> list[str]:
    """A sentence for each difference, with the position in the group of the code."""
    sentences, position, was_swapped = [], 0, False
    for symbol in group.symbols:
        position += bool(symbol.expected)
        if symbol.state is SymbolState.SWAPPED:
            if was_swapped:
                swapped = {"one": position - 1, "other": position}
                sentences.append(_("Characters %(one)s and %(other)s are swapped.") % swapped)
            was_swapped = not was_swapped
        elif symbol.state is not SymbolState.SAME:
            sentences.append(_symbol_sentence(symbol, position))
    return sentences


def _symbol_sentence(symbol: ReadSymbol, position: int) -> str:
    values = {"position": position, "expected": symbol.expected, "read": symbol.read}
    if symbol.state is SymbolState.MISSING:
        return _("Character %(position)s is missing: %(expected)s.") % values
    if symbol.state is SymbolState.EXTRA:
        return _("%(read)s after character %(position)s is too much.") % values
    return _("Character %(position)s is %(expected)s, not %(read)s.") % values
