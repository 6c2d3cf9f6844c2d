"""Why a serial number was found, and which comes first."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from rapidfuzz.distance import OSA

from licences.domain.matching import Likeness, compare_names
from licences.domain.near_misses import near_miss
from licences.domain.recognising import Form, Understanding
from licences.domain.search_words import (
    GAP,
    as_text,
    email_word,
    joined_word,
    part_in_text,
    sound,
    telephone_words,
    words_of,
)


class Why(StrEnum):
    SERIAL = "serial-number"
    SITE_ID = "site-id"
    FORMER_SITE_ID = "former-site-id"
    UNLOCK_CODE = "unlock-code"
    RELEASE_CODE = "release-code"
    CODE_PART = "code-part"
    PURCHASE = "purchase"
    NAME = "name"
    CONTACT = "contact"
    TELEPHONE = "telephone"
    POSTCODE = "postcode"
    TOWN = "town"
    EMAIL = "e-mail"
    SITE = "site"
    NUMBER = "customer-number"
    SEVERAL = "several"
    REGISTRATION = "registration"
    SERIAL_SLIP = "serial-slip"
    SITE_ID_SLIP = "site-id-slip"
    SPELLING = "spelling"
    SOUND = "sound"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code, and what its words need: the text that fits, the group that differs, the differences."""

    why: Why
    text: str = ""
    group: int = 0
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A serial number with the columns of a list, and why it is there."""

    serial: Any
    reason: Reason


# --- What fits ---------------------------------------------------------------------------------------


def why(serial: Any, said: Understanding) -> Reason:
    """``serial`` fits what was said; say by what."""
    if said.code and said.code == serial.code:
        return Reason(Why.SERIAL)
    if said.code and said.code in (serial.live_site_id, serial.latest_site_id):
        return Reason(Why.SITE_ID if said.code == serial.live_site_id else Why.FORMER_SITE_ID)
    number = serial.site.customer.number
    if Form.REFERENCE in said.forms and number and number in (said.text, said.text.upper()):
        return Reason(Why.NUMBER, number)
    return _by_words(serial, said) or _by_code(serial, said)


_CODES = {
    Form.SITE_ID: Why.FORMER_SITE_ID,
    Form.UNLOCK_CODE: Why.UNLOCK_CODE,
    Form.RELEASE_CODE: Why.RELEASE_CODE,
    Form.CODE_PART: Why.CODE_PART,
    Form.REFERENCE: Why.PURCHASE,
}


def _by_code(serial: Any, said: Understanding) -> Reason:
    found = next((_CODES[form] for form in said.forms if form in _CODES), Why.REGISTRATION)
    return Reason(found, said.text if found == Why.PURCHASE else "")


def _by_words(serial: Any, said: Understanding) -> Reason | None:
    """The first field that has all the words; else that several have them between them."""
    if said.is_code or not said.words:
        return None
    customer = serial.site.customer
    parts = [part_in_text(word) for word in said.words]
    everything = ""
    for each, text, words in _fields(serial, customer):
        searched = as_text(words) + GAP
        if all(part in searched for part in parts):
            return Reason(each, "" if each == Why.NAME else text)
        everything += searched
    if all(part in everything for part in parts):
        return Reason(Why.SEVERAL)
    return None if set(said.forms) & {Form.CODE_PART, Form.REFERENCE} else Reason(Why.REGISTRATION)


def _fields(serial: Any, customer: Any) -> list[tuple[Why, str, list[str]]]:
    return [
        (Why.NAME, customer.name, words_of(customer.name)),
        (Why.CONTACT, customer.contact_name, words_of(customer.contact_name)),
        (Why.TELEPHONE, customer.contact_phone, telephone_words(customer.contact_phone)),
        (Why.POSTCODE, customer.postcode, [joined_word(customer.postcode)]),
        (Why.TOWN, customer.city, words_of(customer.city)),
        (Why.EMAIL, customer.contact_email, [email_word(customer.contact_email)]),
        (Why.SITE, serial.site.name, words_of(serial.site.name)),
        (Why.NUMBER, customer.number, [joined_word(customer.number)]),
    ]


def best_first(hits: list[Hit], said: Understanding) -> list[Hit]:
    """Codes, then names (whole words before parts, short names before long ones), then everything else."""
    return sorted(hits, key=partial(_place, said=said))


_KEY_REASONS = (
    Why.SERIAL, Why.SITE_ID, Why.FORMER_SITE_ID, Why.UNLOCK_CODE, Why.RELEASE_CODE, Why.CODE_PART, Why.PURCHASE,
    Why.NUMBER,
)  # fmt: skip


def _place(hit: Hit, said: Understanding) -> tuple[Any, ...]:
    name = _name(hit.serial)
    words = name.split()
    return (
        hit.reason.why not in _KEY_REASONS,
        name != said.name,
        hit.reason.why != Why.NAME,
        not set(said.words) <= set(words),
        not (said.words and name.startswith(said.words[0])),
        len(name),
        name,
        hit.serial.pk,
    )


def _name(serial: Any) -> str:
    """The customer's name as it is searched. Not searched yet: as it is sorted."""
    return str(serial.found_name or serial.site.customer.name_search)


# --- What is near ------------------------------------------------------------------------------------


def how_near(serial: Any, said: Understanding) -> Reason:
    """``serial`` does not fit what was said; say how it comes near."""
    if said.code and (miss := near_miss(said.code, serial.code)):
        return Reason(Why.SERIAL_SLIP, group=miss.group)
    for site_id in (serial.live_site_id, serial.latest_site_id):
        if said.code and site_id and (miss := near_miss(said.code, site_id)):
            return Reason(Why.SITE_ID_SLIP, group=miss.group)
    compared = compare_names(said.text, serial.site.customer.name)
    if compared.likeness is not Likeness.DIFFERENT:
        return Reason(Why.SPELLING, differences=compared.differences)
    name = _name(serial)
    alike = {sound(word) for word in said.name.split()} <= {sound(word) for word in name.split()}
    return Reason(Why.SOUND if alike else Why.ALIKE)


def nearest_first(hits: list[Hit], said: Understanding) -> list[Hit]:
    return sorted(hits, key=partial(_distance, said=said))


def _distance(hit: Hit, said: Understanding) -> tuple[Any, ...]:
    """Slips of codes first; then by how well every word fits, then the whole name."""
    name = _name(hit.serial)
    customer = hit.serial.site.customer
    words = {*name.split(), *words_of(customer.city), *words_of(customer.contact_name)}
    fit = sum(max(OSA.normalized_similarity(word, other) for other in words) for word in said.name.split() or [""])
    whole = max(_similarity(said.name, name), _similarity(_sorted(said.name), _sorted(name)))
    return (
        hit.reason.why not in (Why.SERIAL_SLIP, Why.SITE_ID_SLIP),
        -round(fit, 6),
        -round(whole, 6),
        name,
        hit.serial.pk,
    )


def _similarity(one: str, other: str) -> float:
    return OSA.normalized_similarity(one, other)


def _sorted(name: str) -> str:
    return " ".join(sorted(name.split()))
