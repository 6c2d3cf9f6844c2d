"""Who did something, as it is told to the reader: people by their usernames, programs and pages in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

# Beginnings and whole names. In English they are told as they are stored: the digest of a case file is of that text.
_KINDS: dict[str, Promise] = {  # no username has a space
    "program": gettext_lazy("program %(name)s"),
    "profile": gettext_lazy("profile %(name)s"),
}
_OURS: dict[str, Promise] = {
    "Registration page": gettext_lazy("Registration page"),
    "server": pgettext_lazy("who did something", "server"),
    "portal": pgettext_lazy("who did something", "portal"),
}


def told(who: str) -> str:
    """Return the name of a person, program, sender or page; names of people and commands stay as they are."""
    kind, space, name = who.partition(" ")
    if space and kind in _KINDS:
        return str(_KINDS[kind]) % {"name": name}
    return str(_OURS.get(who, who))


def stored(typed: str) -> str:
    """Return the name that is told as what was typed, in the active language and any case; else what was typed."""
    for name, words in _OURS.items():
        if typed.casefold() == str(words).casefold():
            return name
    for kind, words in _KINDS.items():
        beginning = str(words) % {"name": ""}
        if typed.casefold().startswith(beginning.casefold()):
            return f"{kind} {typed[len(beginning) :]}"
    return typed
