"""What the calls of the API take and answer (surface.md, "HTTP API for Xchange Servers")."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from licences.api.fields import ReleaseCode, SerialCode, SiteId, VersionText, filled_line, line
from licences.domain.details import Details


class _Body(BaseModel):
    """A field that nobody reads is a slip of the pen, and is said to be."""

    model_config = ConfigDict(extra="forbid")


class CustomerIn(_Body):
    """The four that must be there, and the others. Kept word for word; nothing checks that they are true."""

    name: Annotated[str, filled_line(200, "The customer's name.")]
    address_line1: Annotated[str, filled_line(200, "First line of the address.")]
    contact_name: Annotated[str, filled_line(200, "Who is to be called.")]
    contact_phone: Annotated[str, filled_line(100, "Telephone number, in any form.")]
    address_line2: Annotated[str, line(200, "Second line of the address.")] = ""
    postcode: Annotated[str, line(20, "Postcode.")] = ""
    city: Annotated[str, line(100, "Town.")] = ""
    country: Annotated[str, line(100, "Country.")] = ""
    contact_email: Annotated[str, line(254, "E-mail address.")] = ""

    def details(self) -> Details:
        return Details(**self.model_dump())


class UpdateIn(_Body):
    """Which installation asks, and what it runs."""

    serial: SerialCode
    site_id: SiteId
    server_version: VersionText
    client_version: VersionText


class RegistrationIn(UpdateIn):
    """A serial's first installation, with the customer's details."""

    customer: CustomerIn


class ReleaseIn(_Body):
    """Which installation gives its serial back, and the code that proves it."""

    serial: SerialCode
    site_id: SiteId
    release_code: ReleaseCode


class UpgradeQuery(BaseModel):
    """Which installation would like to run which version."""

    serial: SerialCode
    site_id: SiteId
    to: VersionText


class LicenceOut(BaseModel):
    """So many licences of a product, on the whole."""

    product: str = Field(description="SKU.")
    name: str
    slot: int = Field(ge=1, le=31, description="What unlock codes call the product.")
    quantity: int = Field(ge=1, le=32767, description="All licences of it now on the serial number.")


class LicencesOut(BaseModel):
    """What the installation may run. Codes are in canonical form: no separators, upper case."""

    serial: str = Field(pattern="^[1-9A-Z]{8}$")
    site_id: str = Field(pattern="^[1-9A-Z]{12}$")
    sequence: int = Field(ge=1, le=4095, description="Number of the unlock code among those of the serial number.")
    unlock_code: str = Field(pattern="^[1-9A-Z]{25,53}$")
    licence_file: str = Field(description="The same statement as a JWS in compact form, signed with EdDSA.")
    licences: list[LicenceOut] = Field(min_length=1, max_length=7)
    software_assurance_until: date | None = Field(description="Last day covered; null without Software Assurance.")
    expires_on: date | None = Field(description="Last valid day of an emergency code; null for all others.")


class ReleasedOut(BaseModel):
    """The installation has given its serial back."""

    serial: str = Field(pattern="^[1-9A-Z]{8}$")
    site_id: str = Field(pattern="^[1-9A-Z]{12}$")
    released: bool = Field(description="True.")


class UpgradeOut(BaseModel):
    """Whether the version may run, why, and that in a sentence."""

    allowed: bool
    reason: str = Field(description="version-free, version-assured, version-kept or software-assurance-required.")
    detail: str


class ProblemOut(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="Ends in the name of the problem; leads to its description.")
    title: str
    status: int
    detail: str = Field(description="A sentence for the person at the server, in the language that was asked for.")
    instance: str = Field(description="Names this occurrence.")
    errors: dict[str, list[str]] | None = Field(
        default=None, description="With invalid-request: sentences by field, such as customer.contact_phone."
    )
