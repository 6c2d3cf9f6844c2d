"""Hashed keys that identify a customer and a site, however their names are spelled.

The keys are stored. If the way they are computed changes, all stored keys have to be computed again, in batches.
"""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from licences.domain import matching
from licences.domain.record_keys import country_key, number_key, postcode_key
from licences.domain.search_words import telephone_part

SEPARATOR = "\x1f"
SHORTEST_PHONE = 6  # digits without country code, for a telephone number to identify anybody
CACHE_SIZE = 512  # the rows of one customer are next to each other in files; a larger cache would only take memory

_ASCII_NUMBER = re.compile("[0-9]+")


@lru_cache(maxsize=CACHE_SIZE)
def match_key(name: str, address_line1: str, postcode: str) -> str:
    """Return the first version of a customer's key, which ``allocation_key`` is made of and older code compares.

    32 hexadecimal digits of the normalised name, first address line and postcode. Postcodes are compared as written.
    """
    return key_digest(SEPARATOR.join((*_spelled(name, address_line1), "".join(postcode.split()).casefold())))


@lru_cache(maxsize=CACHE_SIZE)
def _spelled(name: str, address_line1: str) -> tuple[str, str]:
    """Name and first address line in one spelling, of which both versions of a customer's key are made."""
    return matching.name_key(name), matching.address_key(address_line1)


class CustomerKeys(NamedTuple):
    """What a customer is found by (docs/decisions.md#who-is-this-customer).

    ``details_key``: 32 hexadecimal digits of normalised name, first address line and postcode; the second version of
    ``match_key``. ``country_key`` is empty where the country is. The blocks are hashes of 63 bits: customers who share
    one have the same street and number, postcode or telephone number, and the same numbers in their names; 0 for none.
    """

    details_key: str
    country_key: str
    street_block: int
    postcode_block: int
    phone_block: int


@lru_cache(maxsize=CACHE_SIZE)
def customer_keys(name: str, address_line1: str, postcode: str, country: str, phone: str) -> CustomerKeys:
    """Return the keys of a customer with these details."""
    (folded, street), place = _spelled(name, address_line1), postcode_key(postcode)
    numbers = _numbers(folded)
    digits = telephone_part(phone) if phone else ""
    return CustomerKeys(
        details_key=key_digest(SEPARATOR.join(("2", folded, street, place))),
        country_key=country_key(country),
        street_block=_block("street", street if any(map(str.isdigit, street)) else "", numbers),
        postcode_block=_block("postcode", place, numbers),
        phone_block=_block("phone", digits if len(digits) >= SHORTEST_PHONE else "", numbers),
    )


def pair_digest(kind: str, *parts: str | int) -> str:
    """Return what a decision about a row and a record is remembered by: a digest of the kind of pair and both.

    ``kind`` is a ``RecordPair.Kind``; it is the same in every import.
    """
    return key_digest(SEPARATOR.join((str(kind), *map(str, parts))))


def sparse_number_key(number: str) -> str:
    """Return the key of a customer number, or nothing where the number is its own key, as nearly every one is."""
    key = number_key(number) if number else ""
    return "" if key == number else key


def _numbers(folded: str) -> list[str]:
    """The runs of digits, of any script, in a folded name."""
    if folded.isascii():
        return _ASCII_NUMBER.findall(folded)
    return "".join(symbol if symbol.isdigit() else " " for symbol in folded).split()


def _block(kind: str, place: str, numbers: list[str]) -> int:
    """The block of what was found of a kind, with the numbers of the name; 0 if nothing was found."""
    return bigint_hash(SEPARATOR.join((kind, place, *numbers))) if place else 0


def bigint_hash(text: str) -> int:
    """Return a hash of 63 bits, which both databases store as a bigint."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


@lru_cache(maxsize=CACHE_SIZE)
def site_key(site_name: str) -> str:
    """Return the key of a site within its customer: the folded name, at most 400 characters; empty for no name."""
    return matching.fold_name(site_name)[:400] if site_name else ""


def key_digest(text: str) -> str:
    """Return a 128-bit hash of a text, as 32 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
