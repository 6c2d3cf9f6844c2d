"""Body and answer of ``POST /purchases``: the lines have the columns of the purchase file."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from licences.api.fields import TextFormat
from licences.api.schemas import ProblemOut
from licences.imports.rows.purchase_lines import COLUMNS
from licences.imports.sent_purchases import MOST_LINES, Mode, SentPurchases
from licences.wording.servers import sentence_at_the_server

LONGEST_CELL = 2_000  # characters; what does not fit its column is a problem of the line
LARGEST_NUMBER = 2**53 - 1  # that every JSON parser reads exactly
_LISTED = 20  # members that were ignored
_LONGEST_NAME = 100


def _number_text(value: Any) -> Any:
    """A number as the text of a cell. ``PydanticCustomError`` for what is neither a whole number nor a text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
        return str(value)
    if isinstance(value, str) and len(value) <= LONGEST_CELL:
        return value
    raise PydanticCustomError("refused", "{sentence}", {"sentence": sentence_at_the_server("not-a-whole-number")})


def _cell(description: str, **schema: Any) -> TextFormat:
    return TextFormat(lambda text: text, limit=LONGEST_CELL, description=description, **schema)


def _number(description: str) -> WithJsonSchema:
    number = {"type": "integer", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
    return WithJsonSchema(
        {"anyOf": [number, {"type": "string", "maxLength": LONGEST_CELL}], "description": description}
    )


_Number = BeforeValidator(_number_text)
_empty = BeforeValidator(lambda value: "" if value is None else value)


def _nullable(description: str) -> TextFormat:
    return _cell(description, type=["string", "null"])


class PurchaseLineIn(BaseModel):
    """One line of a purchase. What is not among the columns is ignored, and named in the answer."""

    model_config = ConfigDict(extra="allow")

    purchase_reference: Annotated[str, _cell("Your number of the purchase, at most 64 characters.")]
    line: Annotated[str, _Number, _number("Number of the line in the purchase, 0 or more.")]
    purchased_on: Annotated[str, _nullable("Day of the purchase, such as 2026-11-24."), _empty] = ""
    serial: Annotated[
        str, _nullable("An existing serial number; empty to top up the site's or to allocate one."), _empty
    ] = ""
    product: Annotated[str, _cell("SKU of the product, at most 64 characters.")]
    quantity: Annotated[str, _Number, _number("Number of licences, not 0; negative for a return.")]
    software_assurance_until: Annotated[
        str, _nullable("Last day of Software Assurance, such as 2027-11-30; empty for none."), _empty
    ] = ""
    customer_number: Annotated[str, _nullable("Number of the customer, at most 64 characters."), _empty] = ""
    customer_name: Annotated[str, _cell("Company of the customer, at most 200 characters.")]
    address_line1: Annotated[str, _nullable("Street and house number."), _empty] = ""
    address_line2: Annotated[str, _nullable("Second line of the address."), _empty] = ""
    postcode: Annotated[str, _nullable("Postcode, as a text."), _empty] = ""
    city: Annotated[str, _nullable("Town."), _empty] = ""
    country: Annotated[str, _nullable("Country, such as DE."), _empty] = ""
    contact_name: Annotated[str, _nullable("Contact person."), _empty] = ""
    contact_phone: Annotated[str, _nullable("Telephone number of the contact."), _empty] = ""
    contact_email: Annotated[str, _nullable("E-mail address of the contact."), _empty] = ""
    site_name: Annotated[str, _nullable("Name of the site, if the customer has several."), _empty] = ""

    def cells(self) -> tuple[str, ...]:
        """The cells, in the order of the columns of the purchase file."""
        return tuple(str(getattr(self, column)) for column in COLUMNS)


class PurchasesIn(BaseModel):
    """Lines to record."""

    model_config = ConfigDict(extra="allow")

    lines: list[PurchaseLineIn] = Field(min_length=1, max_length=MOST_LINES)
    mode: Literal["all", "valid"] = Field(
        "all", description="all: record every line or none. valid: record the good lines although others are not."
    )
    dry_run: StrictBool = Field(False, description="Only say what would become of each line.")

    def sent(self) -> SentPurchases:
        """What the imports take."""
        return SentPurchases(lines=[line.cells() for line in self.lines], mode=Mode(self.mode), dry_run=self.dry_run)

    def ignored(self) -> list[str]:
        """The names of members that are not read, each once."""
        names = dict.fromkeys(self.model_extra or {})
        names |= {f"lines.{name}": None for line in self.lines for name in line.model_extra or {}}
        return [name[:_LONGEST_NAME] for name in names][:_LISTED]


class LineProblemOut(BaseModel):
    """Why a line is rejected, or what a person has to decide."""

    column: str = Field(description="Column of the purchase file; empty for the line as a whole.")
    code: str = Field(description="Reason code, such as product-unknown; see docs/imports.md.")
    detail: str = Field(description="The reason as a sentence, in the language of Accept-Language.")


class LineOut(BaseModel):
    """What became of a line or, in a dry run, would."""

    row: int = Field(ge=1, le=MOST_LINES, description="Position in lines, from 1.")
    outcome: Literal["new", "top-up", "return", "taken-over", "unchanged", "rejected", "waiting", "declined"] = Field(
        description="new: of a new serial number. top-up, return: of a known one. taken-over: of the serial number in "
        "the line, which was not on record. unchanged: on record already. waiting: a person decides first. declined: "
        "a person has decided against it."
    )
    recorded: bool = Field(description="The line is on record now.")
    serial: str | None = Field(description="The serial number; null before one is allocated.")
    problems: list[LineProblemOut]


class ImportOut(BaseModel):
    """An import of the portal."""

    number: int
    url: str = Field(description="Its page in the portal.")


class PurchasesOut(BaseModel):
    """What became of all lines, in their order."""

    state: Literal["recorded", "unchanged", "waiting", "nothing", "declined", "dry-run"] = Field(
        description="recorded: at least one line was. unchanged: all are on record. waiting: a person decides first. "
        "nothing: all lines are rejected. declined: a person has decided against lines that waited. dry-run: nothing "
        "was written."
    )
    lines: list[LineOut]
    recorded_in: ImportOut | None = Field(description="The import that recorded lines; null if none did.")
    waits_in: ImportOut | None = Field(description="The import in which lines wait for a person; null if none do.")
    ignored: list[str] = Field(description="Members that the portal does not know, such as lines.colour.")


class RefusedPurchasesOut(ProblemOut):
    """A problem; for lines-rejected with what is wrong with each line."""

    lines: list[LineOut] | None = None
