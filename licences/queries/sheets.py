"""The read-back sheet of an unlock code: everything that page and e-mail say about it. Nothing here writes."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from licences.domain.spelling import SpelledSymbol, spell
from licences.models import Product, Relicensing, UnlockCode
from licences.queries import approvals, checklist, reference
from licences.queries.approvals import FollowUp


@dataclass(frozen=True, slots=True)
class Sheet:
    """An unlock code with what is said beside it.

    ``registered_name`` is the customer's name in the latest registration, empty without one. ``purpose`` and
    ``request_`` are those of the re-licensing that issued the code. ``emergency`` is its open follow-up.
    """

    code: UnlockCode
    spelled: list[list[SpelledSymbol]]
    registered_name: str
    licences: list[tuple[int, str]]  # quantity and name of each product
    assured_until: date | None
    purpose: str
    request_: Relicensing | None
    superseded_by: UnlockCode | None
    emergency: FollowUp | None
    settings_guide: str

    def context(self) -> dict[str, Any]:
        """The fields by name, for a template."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def sheet_of(code: UnlockCode, *, today: date) -> Sheet:
    """Return the sheet of an unlock code, which is loaded with its serial, customer and installation."""
    request = code.relicensings.order_by("pk").first()
    name = code.serial.registrations.order_by("-pk").values_list("name", flat=True).first()
    return Sheet(
        code=code,
        spelled=spell(code.code),
        registered_name=name or "",
        licences=_licences(code),
        assured_until=code.last_day_covered(),
        purpose=request.purpose if request else "",
        request_=request,
        superseded_by=checklist.later_unlock_code(code),
        emergency=approvals.follow_up_of(code, today=today),
        settings_guide=reference.settings_guide(code.installation.server_version),
    )


def _licences(code: UnlockCode) -> list[tuple[int, str]]:
    """Return the licences in a code with the names of their products; a product that is gone goes by its SKU."""
    names = dict(Product.objects.values_list("slot", "name"))
    return [(line["quantity"], names.get(line["slot"], line["product"])) for line in code.lines]


def unlock_code_named(code: str) -> UnlockCode | None:
    """Return the unlock code that reads like this, in canonical form; None if there is none."""
    return UnlockCode.objects.filter(code=code).select_related("serial").first()
