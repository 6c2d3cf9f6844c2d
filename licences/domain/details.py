"""The details given at a registration (domain.md rule 4)."""

from dataclasses import dataclass

from licences.domain.errors import Refusal

REQUIRED = ("name", "address_line1", "contact_name", "contact_phone")


@dataclass(frozen=True, slots=True)
class Details:
    """Customer name, address and contact, kept word for word. Nothing checks that they are true."""

    name: str
    address_line1: str
    contact_name: str
    contact_phone: str
    address_line2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    contact_email: str = ""

    def require_all_four(self) -> None:
        """``Refusal("details-missing")`` with the names of the ``fields`` that are empty."""
        absent = [name for name in REQUIRED if not str(getattr(self, name)).strip()]
        if absent:
            raise Refusal("details-missing", field=absent[0], fields=absent)
