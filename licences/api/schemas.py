"""Bodies and answers of the API calls (docs/surface.md#http-api-for-xchange-servers)."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from licences.api.fields import (
    InstallationToken,
    ReleaseCode,
    SerialCode,
    ShownUnlockCode,
    SiteId,
    VersionText,
    optional_line,
    required_line,
)
from licences.domain.details import RegistrationDetails
from licences.domain.installation_proof import InstallationProof


class _Body(BaseModel):
    """Base of all bodies: an unknown field is ignored, and ``null`` is the same as absent."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, body: Any) -> Any:
        return {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else body


class CustomerIn(_Body):
    """The customer's details: four required fields, and optional ones. Not verified.

    Stored as sent, without characters that cannot be seen.
    """

    name: Annotated[str, required_line(200, "The customer's name.")]
    address_line1: Annotated[str, required_line(200, "First line of the address.")]
    contact_name: Annotated[str, required_line(200, "Who is to be called.")]
    contact_phone: Annotated[str, required_line(100, "Telephone number, in any form.")]
    address_line2: Annotated[str, optional_line(200, "Second line of the address.")] = ""
    postcode: Annotated[str, optional_line(20, "Postcode.")] = ""
    city: Annotated[str, optional_line(100, "Town.")] = ""
    country: Annotated[str, optional_line(100, "Country.")] = ""
    contact_email: Annotated[str, optional_line(254, "E-mail address.")] = ""

    def details(self) -> RegistrationDetails:
        """As the operations take them."""
        return RegistrationDetails(**self.model_dump())


class _Installation(_Body):
    """Base of the bodies: the installation that calls, and its proof."""

    serial: SerialCode
    site_id: SiteId
    installation_token: InstallationToken = Field("", validate_default=True)
    unlock_code: ShownUnlockCode = ""

    def proof(self) -> InstallationProof:
        """As the operations take it."""
        return InstallationProof(token=self.installation_token, unlock_code=self.unlock_code)


class UpdateIn(_Installation):
    """The installation that asks for its licences, and the versions it runs."""

    server_version: VersionText
    client_version: VersionText


class RegistrationIn(UpdateIn):
    """A serial's first installation, with the customer's details."""

    customer: CustomerIn


class ReleaseIn(_Installation):
    """The installation that releases its serial number, and the release code."""

    release_code: ReleaseCode


class UpgradeQuery(BaseModel):
    """The installation, and the version it is to run."""

    serial: SerialCode
    site_id: SiteId
    to: VersionText


class LicenceOut(BaseModel):
    """All licences of one product."""

    product: str = Field(description="SKU.")
    name: str
    slot: int = Field(ge=1, le=31, description="What unlock codes call the product.")
    quantity: int = Field(ge=1, le=32767, description="All licences of it now on the serial number.")


class LicencesOut(BaseModel):
    """The licences of an installation. Codes are in canonical form: upper case, no separators."""

    serial: str = Field(pattern="^[1-9A-Z]{8}$")
    site_id: str = Field(pattern="^[1-9A-Z]{12}$")
    sequence: int = Field(ge=1, le=4095, description="Number of the unlock code among those of the serial number.")
    unlock_code: str = Field(pattern="^[1-9A-Z]{25,53}$")
    licence_file: str = Field(description="The same statement as a JWS in compact form, signed with EdDSA.")
    licences: list[LicenceOut] = Field(min_length=1, max_length=7)
    software_assurance_until: date | None = Field(description="Last day covered; null without Software Assurance.")
    expires_on: date | None = Field(description="Last valid day of an emergency code; null for all others.")


class ReleasedOut(BaseModel):
    """The installation has released its serial number."""

    serial: str = Field(pattern="^[1-9A-Z]{8}$")
    site_id: str = Field(pattern="^[1-9A-Z]{12}$")
    released: bool = Field(description="True.")


class UpgradeOut(BaseModel):
    """Whether the version may run, the reason, and a sentence for it."""

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
