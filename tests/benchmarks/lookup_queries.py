"""The texts that benchmarks type into the look-up, the same in every run."""

import random
from collections.abc import Callable

from licences.domain.search_words import words_of
from tests.benchmarks import synthetic
from tests.benchmarks.synthetic import customer_of, party, serial_code

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_OTHER_FORMS = ("GmbH", "AG", "KG", "Ltd", "PLC", "e.K.")
_SPELLINGS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))

Make = Callable[[random.Random, int], str]


def _code(draw: random.Random, number: int) -> str:
    code = serial_code(number)
    return f"{code[:4]}-{code[4:]}"


def _part(length: int) -> Make:
    def make(draw: random.Random, number: int) -> str:
        words = [word for word in words_of(party(customer_of(number)).base) if len(word) >= length]
        word = draw.choice(words or ["muller"])
        start = draw.randrange(len(word) - length + 1)
        return word[start : start + length]

    return make


def _two_words(draw: random.Random, number: int) -> str:
    who = party(customer_of(number))
    return f"{words_of(who.base)[0]} {who.town}"


def _telephone_part(draw: random.Random, number: int) -> str:
    digits = "".join(symbol for symbol in party(customer_of(number)).phone if symbol.isdigit())
    return digits[-6:]


def _near_code(draw: random.Random, number: int) -> str:
    code, position = serial_code(number), draw.randrange(8)
    other = "2" if code[position] != "2" else "3"
    return code[:position] + other + code[position + 1 :]


def _near_name(draw: random.Random, number: int) -> str:
    return with_typo(draw, party(customer_of(number)).base)


def _nothing(draw: random.Random, number: int) -> str:
    return "".join(draw.choices(_CONSONANTS, k=9))


KINDS: dict[str, Make] = {
    "exact code": _code,
    "name part, 5 letters": _part(5),
    "name part, 4 letters": _part(4),
    "name part, 3 letters": _part(3),
    "name part, 2 letters": _part(2),
    "name part, 1 letter": _part(1),
    "two words": _two_words,
    "telephone part": _telephone_part,
    "near miss of a code": _near_code,
    "near miss of a name": _near_name,
    "nothing found": _nothing,
}


def queries(kind: str, serials: int, count: int) -> list[str]:
    draw = random.Random(kind)
    return [KINDS[kind](draw, draw.randrange(1, serials + 1)) for _ in range(count)]


# --- Names with a mistake in them ------------------------------------------------------------------------


def with_typo(draw: random.Random, name: str) -> str:
    """One letter missing, doubled, wrong, or two swapped, in a word of five letters or more."""
    words = name.split()
    indexes = [index for index, word in enumerate(words) if len(word) >= 5] or [0]
    index = draw.choice(indexes)
    word = words[index]
    position = draw.randrange(1, max(len(word) - 1, 2))
    slip = draw.choice(("missing", "doubled", "wrong", "swapped"))
    if slip == "missing":
        word = word[:position] + word[position + 1 :]
    elif slip == "doubled":
        word = word[:position] + word[position] + word[position:]
    elif slip == "wrong":
        word = word[:position] + draw.choice(_LETTERS) + word[position + 1 :]
    else:
        word = word[:position] + word[position + 1 : position + 2] + word[position] + word[position + 2 :]
    words[index] = word
    return " ".join(words)


def _swapped_words(draw: random.Random, who: synthetic.Party) -> str:
    words = who.base.split()
    words[0], words[-1] = words[-1], words[0]
    return " ".join(words)


def _missing_word(draw: random.Random, who: synthetic.Party) -> str:
    """The name without one of its words, but not without the surname, and with the town, to tell it from others."""
    words = who.base.split()
    others = [index for index, word in enumerate(words) if word not in (who.surname, "&", "und")]
    if len(words) > 2 and others:
        words.pop(draw.choice(others))
    return " ".join([*words, who.town])


def _other_form(draw: random.Random, who: synthetic.Party) -> str:
    return f"{who.base} {draw.choice(_OTHER_FORMS)}"


def _other_spelling(draw: random.Random, who: synthetic.Party) -> str:
    name = who.name
    for letter, spelled in _SPELLINGS:
        name = name.replace(letter, spelled)
    return name.upper().replace("&", "und") if draw.random() < 0.5 else name


MISTAKES: dict[str, Callable[[random.Random, synthetic.Party], str]] = {
    "one typo": lambda draw, who: with_typo(draw, who.base),
    "swapped words": _swapped_words,
    "missing word": _missing_word,
    "another legal form": _other_form,
    "another spelling": _other_spelling,
}


def mistaken(serials: int, count: int) -> list[tuple[str, int, str]]:
    """Texts with mistakes: (kind of mistake, number of the customer that is meant, text)."""
    draw = random.Random("mistaken")
    kinds = list(MISTAKES)
    queries_made = []
    for index in range(count):
        kind, customer = kinds[index % len(kinds)], customer_of(draw.randrange(1, serials + 1))
        queries_made.append((kind, customer, MISTAKES[kind](draw, party(customer))))
    return queries_made
