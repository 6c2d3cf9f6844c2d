"""Statements for the second attempt of a look-up: parts of codes, and codes, references and numbers with a slip."""

from collections.abc import Sequence

from licences.domain import codes
from licences.domain.near_misses import near_misses
from licences.domain.query_parsing import AROUND, SHORTEST_CODE_PART, ParsedQuery
from licences.domain.reference_spellings import misheard_references, with_dashes_anywhere
from licences.domain.search_words import is_telephone, telephone_part
from licences.lookup.code_parts import select_with_code_part
from licences.lookup.serial_summaries import connection_for_reads
from licences.lookup.statements import (
    FoundAs,
    SearchStatement,
    select_between,
    select_containing,
    select_equal,
)

_FIRST, _LAST = codes.ALPHABET[0], codes.ALPHABET[-1]
_SHORTEST_TRUNK = 7  # digits of a telephone number before its extension
_LONGEST_EXTENSION = 4


def code_parts(query: ParsedQuery, *, with_codes: bool) -> list[SearchStatement]:
    """Statements that find serial numbers by part of a code: of a serial number, a site ID or an unlock code.

    Of serial numbers and site IDs any part, of four symbols or more; of unlock codes only the beginning, and only
    ``with_codes``, that is if the viewer may see them. None where the query cannot be a part of a code.
    """
    if query.plain_code_part:
        return [select_with_code_part(connection_for_reads(), query.plain_code_part)]
    code = query.code
    if len(code) < SHORTEST_CODE_PART or not query.looks_like_code:
        return []
    columns = [
        ("licences_serial", "code", codes.SERIAL_LENGTH, "id"),
        ("licences_installation", "site_id", codes.SITE_ID_LENGTH, "serial_id"),
    ]
    if with_codes:
        columns.append(("licences_unlockcode", "code", max(codes.UNLOCK_CODE_LENGTHS), "serial_id"))
    beginnings = [
        select_between(table, column, code.ljust(length, _FIRST), code.ljust(length, _LAST), serial=serial)
        for table, column, length, serial in columns
        if len(code) < length
    ]
    inside = [select_with_code_part(connection_for_reads(), code)] if len(code) < codes.SITE_ID_LENGTH else []
    return [*beginnings, *inside]


def slips(query: ParsedQuery) -> list[SearchStatement]:
    """Statements for what differs from the query by one slip: serial numbers, site IDs, references, telephone numbers.

    References have O for 0, telephone numbers another extension. Release and unlock codes are never guessed at.
    """
    if is_telephone(query.text):
        return [*_references(query), *_extensions(query)]
    statements = _references(query)
    if similar := near_misses(query.code, codes.SERIAL_LENGTH):
        statements.append(select_equal("licences_serial", "code", list(similar), serial="id", found_as=FoundAs.WORDS))
    if similar := near_misses(query.code, codes.SITE_ID_LENGTH):
        statements.append(select_equal("licences_installation", "site_id", list(similar), found_as=FoundAs.WORDS))
    return statements


def _references(query: ParsedQuery) -> list[SearchStatement]:
    """Statements for purchase references and customer numbers with O for 0 or 0 for O; none if it can be neither."""
    similar = misheard_references(query.reference) if query.reference else []
    if not similar:
        return []
    found_as = FoundAs.MISHEARD_PURCHASE
    return [
        select_equal("licences_licencegrant", "purchase_reference", similar, found_as=found_as),
        customer_numbers(similar, found_as=FoundAs.MISHEARD_NUMBER),
    ]


def customer_numbers(spellings: Sequence[str], *, found_as: FoundAs = FoundAs.WORDS) -> SearchStatement:
    """A statement for customer numbers.

    They are found as words: that what was typed is the number is seen when the rows are compared.
    """
    # SQLite uses a partial index only where its condition is repeated literally.
    customers = (
        "licences_serial s JOIN customers_site t ON t.id = s.site_id JOIN customers_customer c ON c.id = t.customer_id"
    )
    return select_equal(customers, "NOT (c.number = '') AND c.number", spellings, serial="s.id", found_as=found_as)


def without_dashes(query: ParsedQuery) -> list[SearchStatement]:
    """A statement for purchase references by their letters and digits alone; none if the query cannot be one."""
    spellings = with_dashes_anywhere(query.text.strip(AROUND))
    if not spellings or query.is_code:
        return []
    found_as = FoundAs.RESPELLED_PURCHASE
    return [select_equal("licences_licencegrant", "purchase_reference", spellings, found_as=found_as)]


def _extensions(query: ParsedQuery) -> list[SearchStatement]:
    """A statement for telephone numbers that begin as the typed one does, up to where its extension may begin.

    None with fewer than ``_SHORTEST_TRUNK`` digits.
    """
    digits = telephone_part(query.text)
    trunk = digits[: max(_SHORTEST_TRUNK, len(digits) - _LONGEST_EXTENSION)]
    return [select_containing(connection_for_reads(), [[trunk]], "")] if len(digits) >= _SHORTEST_TRUNK else []
