"""How the API reads what servers send: codes in any grouping, versions, lines of text; and what its schema says."""

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from licences.domain import codes
from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.server_wording import sentence_at_the_server

MAX_CODE_TEXT = 100
MAX_VERSION_TEXT = 24

# What the schema promises to take. The portal reads more than that (codes.md, "Canonical form"), for instance letters
# of other widths; the schema keeps to what can be said in a pattern.
_BLANKS = r" \t\r\n\u00A0\u2002-\u200A\u202F\u3000"
_DASHES = r"\-\u00AD\u2010-\u2015\u2212\uFE58\uFE63\uFF0D"
_SEPARATORS = rf"[{_BLANKS}{_DASHES}._/]"
_CONTROLS = r"\u0000-\u001F\u007F-\u009F\u2028\u2029"
_SPACES = r" \u00A0\u1680\u2000-\u200A\u202F\u205F\u3000"
_LINE = rf"^[^{_CONTROLS}]*$"
_FILLED_LINE = rf"^[^{_CONTROLS}]*[^{_CONTROLS}{_SPACES}][^{_CONTROLS}]*$"
_VERSION = r"^[vV]?[0-9]{1,5}(\.[0-9]{1,5}){0,3}$"
_NO_KEYBOARD_MAKES = ("Cc", "Cs", "Zl", "Zp")


# --- Codes and versions ------------------------------------------------------------------------------


class Text:
    """Metadata of a text field: ``read`` makes something of it, or refuses in the words of the domain."""

    def __init__(self, read: Callable[[str], str], *, limit: int, **schema: Any) -> None:
        self.read = read
        self.limit = limit
        self.schema = {"type": "string", "maxLength": limit, **schema}

    def validate(self, text: str) -> str:
        try:
            _require_length(text, self.limit)
            return self.read(text)
        except Refusal as refusal:
            said = sentence_at_the_server(refusal.code, refusal.parameters)
            raise PydanticCustomError("refused", "{sentence}", {"sentence": said}) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.schema


def _require_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise Refusal("value-too-long", length=len(text), limit=limit)


def _code(length: int, read: Callable[[str], str], description: str) -> Text:
    pattern = rf"^{_SEPARATORS}*([0-9A-Za-z]{_SEPARATORS}*){{{length}}}$"
    return Text(read, limit=MAX_CODE_TEXT, pattern=pattern, description=description)


def _version(text: str) -> str:
    if text != text.strip():
        raise Refusal("not-a-version", text=text[:40])
    return Version.parse(text).text


SerialCode = Annotated[
    str, _code(codes.SERIAL_LENGTH, codes.canonical_serial, "Serial number: 8 symbols, in any grouping.")
]
SiteId = Annotated[
    str, _code(codes.SITE_ID_LENGTH, codes.canonical_site_id, "Site ID of the server: 12 symbols, in any grouping.")
]
ReleaseCode = Annotated[
    str,
    _code(codes.RELEASE_CODE_LENGTH, codes.canonical_release_code, "Release code: 10 symbols, in any grouping."),
]
VersionText = Annotated[
    str,
    Text(_version, limit=MAX_VERSION_TEXT, pattern=_VERSION, description="One to four numbers, such as 2.6.1."),
]


# --- Lines of text -----------------------------------------------------------------------------------


def _line(text: str) -> str:
    for symbol in text:
        if unicodedata.category(symbol) in _NO_KEYBOARD_MAKES:
            raise Refusal("value-control-character")
    return text


def _filled_line(text: str) -> str:
    if not text.strip():
        raise Refusal("value-missing")
    return _line(text)


def line(limit: int, description: str) -> Text:
    """One line of text that may be empty."""
    return Text(_line, limit=limit, pattern=_LINE, description=description)


def filled_line(limit: int, description: str) -> Text:
    """One line of text with something in it, kept word for word."""
    return Text(_filled_line, limit=limit, pattern=_FILLED_LINE, minLength=1, description=description)
