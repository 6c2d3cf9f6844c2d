"""Who acts: a name, which records copy, and the number of the user, which tells people apart."""

from collections.abc import Iterable


class StaffIdentity(str):
    """The name of a person who acts, as text, with the number of their user if they have one.

    Compare people with ``is_same_person``, not with ``==``: a user who is renamed stays the same person, and a user who
    takes over another's name does not become that person.
    """

    __slots__ = ("number",)
    number: int | None

    def __new__(cls, name: str, number: int | None = None) -> "StaffIdentity":
        person = super().__new__(cls, name)
        person.number = number
        return person


def user_number_of(name: str) -> int | None:
    """Return the number of the user behind a name; None for a server, a command or an older record."""
    return name.number if isinstance(name, StaffIdentity) else None


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names are one person: by their numbers, or by their names if either has no number."""
    numbers = user_number_of(one), user_number_of(other)
    return one == other if None in numbers else numbers[0] == numbers[1]


def is_among(one: str, others: Iterable[str]) -> bool:
    """Tell whether a person is one of several people."""
    return any(is_same_person(one, other) for other in others)


def unique_people(people: Iterable[str]) -> list[str]:
    """Return each person once, in the order in which they first appear."""
    unique: list[str] = []
    for person in people:
        if not is_among(person, unique):
            unique.append(person)
    return unique
