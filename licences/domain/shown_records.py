"""Two people on one record: a form that corrects carries what it showed (docs/decisions.md#two-people-one-record)."""

from collections.abc import Mapping

from licences.domain.errors import Refusal


def changed_fields(shown: Mapping[str, str], current: Mapping[str, str]) -> list[str]:
    """Return the names of the fields whose current value is not the one that was shown, in the order of the record."""
    return [name for name, value in current.items() if name in shown and shown[name] != value]


def refuse_changed(shown: Mapping[str, str] | None, current: Mapping[str, str]) -> None:
    """``Refusal("changed-meanwhile")`` if the record is not as it was shown; None for ``shown`` compares nothing."""
    if shown is not None and changed_fields(shown, current):
        raise Refusal("changed-meanwhile")
