"""User names that are the same or look the same: other letters, full width, invisible characters.

Two names that fold to one are one name: either logs in, and no second user gets it. Names that look like another user's
are refused as well, since a supervisor who reads one in a record would take it for the other.
"""

import unicodedata
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_INVISIBLE = ("Cf", "Cc", "Zs", "Zl", "Zp")
_INVISIBLE_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
# Letters of Cyrillic, Greek, Armenian and phonetic alphabets that most fonts draw as a Latin one (Unicode, UTS 39).
_DRAWN_ALIKE = str.maketrans(
    "\u0430\u0501\u0435\u04bb\u0456\u0458\u04cf\u043a\u043e\u0440\u0441\u0442"
    "\u0443\u0445\u0455\u0475\u051d\u051b\u0410\u0412\u0415\u041d\u0406\u04c0"
    "\u0408\u041a\u041c\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u051c\u051a"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b3\u0391\u0392"
    "\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0585\u057d\u0570\u0578\u0566\u0581\u0575\u0131\u0251\u0261\u02370",
    "adehijlkopctyxsvwqABEHIIJKMOPCTYXSWQaikvoptuxyABEZHIKMNOPTYXouhnqgjiagjo",
)
_ONE = ("l", "i")  # what the digit may be taken for
_RUN_TOGETHER = (("rn", "m"), ("vv", "w"))


def folded(name: str) -> str:
    """Return the form in which names are compared: without differences of case, width or invisible characters.
    Idempotent.
    """
    text = unicodedata.normalize("NFKC", name)
    text = unicodedata.normalize("NFKC", _visible(text).casefold())
    return _visible(text)


def look_alike_keys(name: str) -> set[str]:
    """Return the strings that a name may be read as. Names that share one look alike."""
    visible = _visible(unicodedata.normalize("NFKC", name))
    drawn = (visible.translate(_DRAWN_ALIKE).replace("I", "l"), folded(name).translate(_DRAWN_ALIKE))
    return {_run_together(folded(text).replace("|", "l").replace("1", one)) for text in drawn for one in _ONE}


def find_user(name: str) -> User | None:
    """Return the user with this name, or the only user whose name folds to the same."""
    users = User.objects.all()
    exact = users.filter(username=name).first()
    if exact is not None:
        return exact
    wanted = folded(name)
    found = [pk for pk, username in users.values_list("pk", "username") if folded(username) == wanted]
    return users.filter(pk=found[0]).first() if len(found) == 1 else None


def refuse_look_alike(name: str, *, of_others_than: User | None = None) -> None:
    """Raise ``ValidationError`` if another user has this name or one that looks like it."""
    others = User.objects.exclude(pk=of_others_than.pk) if of_others_than else User.objects.all()
    read_as = look_alike_keys(name)
    for username in others.order_by("pk").values_list("username", flat=True):
        if not read_as.isdisjoint(look_alike_keys(username)):
            sentence = _(
                "This name looks like “%(name)s”, the name of another user. Choose one that is clearly different."
            )
            raise ValidationError(sentence, params={"name": username}, code="look-alike")


def names_that_fold_to_one(names: Iterable[str]) -> list[list[str]]:
    """Return groups of names that are one when folded."""
    together: dict[str, list[str]] = {}
    for name in names:
        together.setdefault(folded(name), []).append(name)
    return [group for group in together.values() if len(group) > 1]


def _visible(text: str) -> str:
    return "".join(
        each for each in text if unicodedata.category(each) not in _INVISIBLE and each not in _INVISIBLE_LETTERS
    )


def _run_together(text: str) -> str:
    for parts, whole in _RUN_TOGETHER:
        text = text.replace(parts, whole)
    return text
