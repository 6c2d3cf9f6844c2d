"""The sentences that help while codes are typed and text is pasted, said by the server and by static/js/code-fields.js.

Those of ``WHILE_TYPING`` have their parameters filled in by the script.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.domain.code_kinds import CodeKind
from licences.wording.sentences import SENTENCES

MISPLACED: dict[str, Promise] = {
    CodeKind.SERIAL.value: _("%(length)s characters: that is a serial number."),
    CodeKind.SITE_ID.value: _("%(length)s characters: that is a site ID."),
    CodeKind.RELEASE_CODE.value: _("%(length)s characters: that is a release code."),
    CodeKind.UNLOCK_CODE.value: _("%(length)s characters: that is an unlock code."),
}
# Ten characters in a field for serial numbers may also be a serial number of an old version.
TEN_CHARACTERS = SENTENCES["serial-of-ten-symbols"]
SWAP = _("Swap with “%(field)s”")
MOVE = _("Move to “%(field)s”")
SWAPPED = _("Swapped: “%(one)s” and “%(other)s”.")
LOOK_AGAIN = _("Check the fields, then send the form again.")
FILLED_IN = _("Filled in from the pasted text: %(fields)s.")
KEPT = _("Kept as it was: %(fields)s.")
IN_THE_TEXT = _("%(field)s (pasted text: %(value)s)")
SEVERAL = _("The text has more than one code for “%(field)s”: %(codes)s. None was filled in.")

WHILE_TYPING: dict[str, Promise] = {
    "count": _("%(count)s of %(total)s characters"),
    "countAlone": _("%(count)s characters"),
    "zero": _("0 is read as the letter O"),
    "symbol": _("“%(symbol)s” cannot be part of a code"),
    "tenCharacters": TEN_CHARACTERS,
    "swap": SWAP,
    "move": MOVE,
    "swapped": SWAPPED,
    "filledIn": FILLED_IN,
    "kept": KEPT,
    "inTheText": IN_THE_TEXT,
    "several": SEVERAL,
    "replaced": _("Replaced by the pasted text: %(fields)s."),
    "usePasted": _("Use the pasted values"),
    "undo": _("Undo"),
    "undone": _("Undone. The fields are as before."),
}


def misplaced_sentence(kind: str, length: int, *, wanted: str) -> str:
    """Return the sentence about a text that has the form of another code than its field (``wanted``) asks for."""
    ten = wanted == CodeKind.SERIAL.value and kind == CodeKind.RELEASE_CODE.value
    return str(TEN_CHARACTERS if ten else MISPLACED[kind]) % {"length": length}
