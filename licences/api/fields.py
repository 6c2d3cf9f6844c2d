"""Field types of the API: how codes, versions and lines of text are read, and how the schema describes them."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from django.conf import settings
from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from licences.domain import codes
from licences.domain.cells import UNSEEN, visible, visible_line
from licences.domain.errors import Refusal
from licences.domain.installation_proof import TOKEN_PATTERN, parse_token
from licences.domain.versions import MAX_LENGTH as MAX_VERSION_TEXT
from licences.domain.versions import PATTERN as VERSION_PATTERN
from licences.domain.versions import Version
from licences.wording.servers import sentence_at_the_server

MAX_CODE_TEXT = 100

# Patterns of the schema. The portal also reads letters of other widths (docs/codes.md#alphabet), which no pattern here
# describes.
_BLANKS = r" \t\r\n\u00A0\u2002-\u200A\u202F\u3000"
_DASHES = r"\-\u00AD\u2010-\u2015\u2212\uFE58\uFE63\uFF0D"
_SEPARATORS = rf"[{_BLANKS}{_DASHES}._/]"
_CONTROLS = r"\u0000-\u001F\u007F-\u009F\u2028\u2029"
_SPACES = r" \u00A0\u1680\u2000-\u200A\u202F\u205F\u3000"
_UNSEEN = r"\u200C\u200D" + "".join(f"\\u{ord(c):04X}" if "-" < c <= "\uffff" else c for c in UNSEEN)
_LINE = rf"^[^{_CONTROLS}]*$"
_REQUIRED_LINE = rf"^[^{_CONTROLS}]*[^{_CONTROLS}{_SPACES}{_UNSEEN}][^{_CONTROLS}]*$"
_VERSION = f"^{VERSION_PATTERN}$"
_CONTROL_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")


# --- Codes and versions ------------------------------------------------------------------------------


class TextFormat:
    """Format of a text field, as metadata of ``Annotated``.

    ``read`` returns the clean value or raises ``Refusal``, which becomes the error message of the field. ``limit`` is
    the greatest number of characters; ``schema`` are further members of the JSON schema.
    """

    def __init__(self, read: Callable[[str], str], *, limit: int, **schema: Any) -> None:
        self.read = read
        self.limit = limit
        self.schema = {"type": "string", "maxLength": limit, **schema}

    def validate(self, text: str) -> str:
        """The clean value; ``PydanticCustomError`` of type ``refused`` with the sentence of the refusal."""
        try:
            _require_length(text, self.limit)
            return self.read(text)
        except Refusal as refusal:
            sentence = sentence_at_the_server(refusal.code, refusal.parameters)
            raise PydanticCustomError("refused", "{sentence}", {"sentence": sentence}) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.schema


def shown_names(names: Iterable[str]) -> str:
    """Names that a caller made up, for a sentence: at most a hundred characters, all of which can be seen."""
    return "".join(symbol for symbol in visible(", ".join(names)) if symbol.isprintable())[:100]


def _require_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise Refusal("value-too-long", length=len(text), limit=limit)


def _code_format(length: int, read: Callable[[str], str], description: str) -> TextFormat:
    """Format of a code of ``length`` characters, in any grouping."""
    pattern = rf"^{_SEPARATORS}*([0-9A-Za-z]{_SEPARATORS}*){{{length}}}$"
    return TextFormat(read, limit=MAX_CODE_TEXT, pattern=pattern, description=description)


def _read_version(text: str) -> str:
    if text != text.strip():
        raise Refusal("not-a-version", text=text[:40])
    return Version.parse(text).text


SerialCode = Annotated[
    str, _code_format(codes.SERIAL_LENGTH, codes.canonical_serial, "Serial number: 8 symbols, in any grouping.")
]
SiteId = Annotated[
    str,
    _code_format(codes.SITE_ID_LENGTH, codes.canonical_site_id, "Site ID of the server: 12 symbols, in any grouping."),
]
ReleaseCode = Annotated[
    str,
    _code_format(codes.RELEASE_CODE_LENGTH, codes.canonical_release_code, "Release code: 10 symbols, in any grouping."),
]
VersionText = Annotated[
    str,
    TextFormat(
        _read_version,
        limit=MAX_VERSION_TEXT,
        pattern=_VERSION,
        description="One to four numbers, such as 2.6.1, and perhaps a build, as in 2.6.1 (Build 16321-4323).",
    ),
]


# --- How an installation proves itself ---------------------------------------------------------------


def _read_token(text: str) -> str:
    if text:
        return parse_token(text)
    if settings.INSTALLATION_TOKENS == "required":
        raise Refusal("value-missing")
    return ""


def _read_unlock_code(text: str) -> str:
    return codes.canonical_unlock_code(text) if codes.canonical(text) else ""


_absent = BeforeValidator(lambda value: "" if value is None else value)
_SYMBOL = rf"[0-9A-Za-z]{_SEPARATORS}*"

InstallationToken = Annotated[
    str,
    TextFormat(
        _read_token,
        limit=86,
        pattern=rf"^({TOKEN_PATTERN})?$",
        type=["string", "null"],
        description="What the server drew when it was installed, by chance and kept secret: 22 to 86 symbols of "
        "base64url, 128 bits or more.",
    ),
    _absent,
]
ShownUnlockCode = Annotated[
    str,
    TextFormat(
        _read_unlock_code,
        limit=MAX_CODE_TEXT,
        pattern=rf"^{_SEPARATORS}*(({_SYMBOL}){{25}}(({_SYMBOL}){{4}}){{0,7}})?$",
        type=["string", "null"],
        description="The unlock code that the server holds, in any grouping, whenever it holds one.",
    ),
    _absent,
]


# --- Lines of text -----------------------------------------------------------------------------------


def _read_line(text: str) -> str:
    for symbol in text:
        if unicodedata.category(symbol) in _CONTROL_CATEGORIES:
            raise Refusal("value-control-character")
    return visible(text)


def _read_required_line(text: str) -> str:
    if not visible_line(text):
        raise Refusal("value-missing")
    return _read_line(text)


def optional_line(limit: int, description: str) -> TextFormat:
    """Format of one line of text that may be empty, or null. It is stored as sent, but for what cannot be seen."""
    return TextFormat(_read_line, limit=limit, pattern=_LINE, type=["string", "null"], description=description)


def required_line(limit: int, description: str) -> TextFormat:
    """Format of one line of text that must not be blank. It is stored as it was sent, but for what cannot be seen."""
    return TextFormat(_read_required_line, limit=limit, pattern=_REQUIRED_LINE, minLength=1, description=description)


def field_name(location: tuple[str | int, ...]) -> str:
    """The field at a pydantic location: ``("body", "body", "lines", 0, "product")`` is ``lines.0.product``."""
    names = location[2:] if location[0] == "body" else location[-1:]
    return ".".join(str(name) for name in names) or "body"
