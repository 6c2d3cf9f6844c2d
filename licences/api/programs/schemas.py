"""Queries and answers of the calls with a key."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from licences.api.fields import TextFormat, required_line, shown_names
from licences.domain.errors import Refusal
from licences.domain.query_parsing import LONGEST_QUERY
from licences.lookup.statements import CANDIDATES

_SERIAL = "^[1-9A-Z]{8}$"
_CURSOR = r"^[1-9][0-9]?-[1-9A-Z]{8}$"


class VerdictOut(BaseModel):
    """The verdict on a serial number, as the look-up shows it."""

    code: str = Field(description="blocked, not-registered, emergency-expired, emergency, released or registered.")
    words: str = Field(description="The same in words, in the language of Accept-Language.")


class RegistrationOut(BaseModel):
    """The latest registration."""

    name: str = Field(description="The company as it was registered.")
    registered_on: date


class VersionsOut(BaseModel):
    """The versions of the newest installation."""

    server: str = Field(description="Empty if it is not known.")
    client: str = Field(description="Empty if it is not known.")


class UpgradeAnswerOut(BaseModel):
    """To which release the site may upgrade today."""

    allowed: str = Field(description="The highest release that it may run; empty if there is none above its own.")
    refused: str = Field(description="The lowest release that it may not run; empty if it may run all.")
    reason: str = Field(description="Why not: software-assurance-required, or empty.")


class ProductOut(BaseModel):
    """All licences of one product."""

    product: str = Field(description="SKU.")
    name: str
    quantity: int = Field(ge=0, le=32767)


class ContactOut(BaseModel):
    """The customer's contact on record. Only for keys with sites:personal."""

    name: str
    phone: str
    email: str


class SiteOut(BaseModel):
    """One site with its serial number. ``fields`` selects members; without it, all are there."""

    serial: str = Field(pattern=_SERIAL)
    site_id: str | None = Field(description="Of the newest installation; null before the first.")
    customer: str
    customer_number: str
    town: str
    postcode: str
    site: str = Field(description="Name of the site; may be empty.")
    certainty: Literal["sure", "possible", "similar"] = Field(
        description="sure: what was sent names this site. possible: it fits this site and maybe others. similar: "
        "nothing fits, and this comes near. Tell a verdict only of a site that is sure."
    )
    found_by: str = Field(description="What was found, such as serial-number, name or telephone.")
    verdict: VerdictOut
    blocked: bool
    live: bool = Field(description="An installation runs the serial number now.")
    registration: RegistrationOut | None = Field(description="Null if it was never registered.")
    software_assurance_until: date | None = Field(description="Last day of cover; null without Software Assurance.")
    covered: bool = Field(description="Software Assurance covers today.")
    versions: VersionsOut | None = Field(description="Null before the first installation.")
    upgrade: UpgradeAnswerOut | None = Field(description="Null if no release is newer.")
    licences: list[ProductOut]
    contact: ContactOut | None = Field(description="Null unless the key has the scope sites:personal.")
    url: str = Field(description="The page of the serial number in the portal.")


SITE_FIELDS = tuple(SiteOut.model_fields)


class SitesOut(BaseModel):
    """One page of what was found, best first."""

    sites: list[SiteOut] = Field(max_length=CANDIDATES)
    answer: str | None = Field(description="The serial number that is sure to be meant; null if others may be.")
    more: bool = Field(description="There may be more sites than this search returns: search for more words or a code.")
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class CallerSerialOut(BaseModel):
    """A serial number of a caller."""

    serial: str = Field(pattern=_SERIAL)
    site: str = Field(description="Name of the site; may be empty.")
    verdict: VerdictOut


class CallerOut(BaseModel):
    """A customer who may be calling."""

    company: str
    town: str
    certainty: Literal["sure", "shared", "similar"] = Field(
        description="sure: the only customer with this number. shared: several have it. similar: another extension."
    )
    serials: list[CallerSerialOut]


class CallersOut(BaseModel):
    """Who may be calling; an empty list if the number is not on record."""

    callers: list[CallerOut]
    more: bool = Field(description="There may be others with this number.")


def _read_fields(text: str) -> str:
    unknown = [name for name in text.split(",") if name not in SITE_FIELDS]
    if unknown:
        raise Refusal("unknown-fields", names=shown_names(unknown), known=", ".join(SITE_FIELDS))
    return text


_ONE_FIELD = f"({'|'.join(SITE_FIELDS)})"
_ABOUT_FIELDS = "Members of a site to answer, with commas between them; all without it."
FieldNames = Annotated[
    str,
    TextFormat(
        _read_fields,
        limit=500,
        pattern=f"^{_ONE_FIELD}(,{_ONE_FIELD})*$",
        description=_ABOUT_FIELDS,
    ),
]


class SitesQuery(BaseModel):
    """What to search for."""

    q: Annotated[str, required_line(LONGEST_QUERY, "Anything that names a site: a code, a name, a number, words.")]
    limit: int = Field(CANDIDATES, ge=1, le=CANDIDATES, description=f"Sites on a page, at most {CANDIDATES}.")
    cursor: Annotated[str, Field(pattern=_CURSOR, max_length=11)] | None = Field(
        None, description="next of the page before."
    )
    fields: FieldNames | None = Field(None, description=_ABOUT_FIELDS)


class SiteQuery(BaseModel):
    """What to answer about a site."""

    fields: FieldNames | None = Field(None, description=_ABOUT_FIELDS)


class CallersQuery(BaseModel):
    """The number of who calls."""

    number: Annotated[
        str, required_line(100, "The number in any form, also as tel: or sip: address. At least seven digits.")
    ]
