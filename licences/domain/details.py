"""The details that are entered at a registration (docs/domain.md#registration-details)."""

from dataclasses import dataclass

from licences.domain.cells import visible_line
from licences.domain.errors import Refusal

REQUIRED = ("name", "address_line1", "contact_name", "contact_phone")


@dataclass(frozen=True, slots=True)
class RegistrationDetails:
    """The customer's name, address and contact. Nothing checks that they are true.

    They are kept exactly as entered, but for what cannot be seen.
    """

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
        """Refuse details in which one of the four ``REQUIRED`` fields is blank.

        ``Refusal("details-missing")``: on the first such field, with all of them in ``fields``.
        """
        missing = [name for name in REQUIRED if not visible_line(getattr(self, name))]
        if missing:
            raise Refusal("details-missing", field=missing[0], fields=missing)
