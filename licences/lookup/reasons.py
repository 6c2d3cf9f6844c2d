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
from licences.lookup.listing import Listed


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
    CONTACT_ALIKE = "contact-alike"
    TOWN_ALIKE = "town-alike"


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

    serial: Listed
    reason: Reason


# --- What fits ---------------------------------------------------------------------------------------


def why(serial: Listed, said: Understanding) -> Reason:
    """``serial`` fits what was said; say by what."""
    if said.code and said.code == serial.code:
        return Reason(Why.SERIAL)
    if said.code and said.code in (serial.live_site_id, serial.latest_site_id):
        return Reason(Why.SITE_ID if said.code == serial.live_site_id else Why.FORMER_SITE_ID)
    number = serial.number
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


def _by_code(serial: Listed, said: Understanding) -> Reason:
    found = next((_CODES[form] for form in said.forms if form in _CODES), Why.REGISTRATION)
    return Reason(found, said.text if found == Why.PURCHASE else "")


def _by_words(serial: Listed, said: Understanding) -> Reason | None:
    """The first field that has all the words; else that several have them between them."""
    if said.is_code or not said.words:
        return None
    parts = [part_in_text(word) for word in said.words]
    everything = ""
    for each, text, words in _fields(serial):
        searched = as_text(words) + GAP
        if all(part in searched for part in parts):
            return Reason(each, "" if each == Why.NAME else text)
        everything += searched
    if all(part in everything for part in parts):
        return Reason(Why.SEVERAL)
    return None if set(said.forms) & {Form.CODE_PART, Form.REFERENCE} else Reason(Why.REGISTRATION)


def _fields(serial: Listed) -> list[tuple[Why, str, list[str]]]:
    return [
        (Why.NAME, serial.customer_name, words_of(serial.customer_name)),
        (Why.CONTACT, serial.contact_name, words_of(serial.contact_name)),
        (Why.TELEPHONE, serial.contact_phone, telephone_words(serial.contact_phone)),
        (Why.POSTCODE, serial.postcode, [joined_word(serial.postcode)]),
        (Why.TOWN, serial.city, words_of(serial.city)),
        (Why.EMAIL, serial.contact_email, [email_word(serial.contact_email)]),
        (Why.SITE, serial.site_name, words_of(serial.site_name)),
        (Why.NUMBER, serial.number, [joined_word(serial.number)]),
    ]


def is_strong(hit: Hit, said: Understanding) -> bool:
    """Whether nobody need ask for anything nearer: by a code, by one word, or by the beginnings of several words."""
    if hit.reason.why in _KEY_REASONS or len(said.words) < 2:
        return True
    everything = GAP + GAP.join(as_text(words) for _why, _text, words in _fields(hit.serial))
    return hit.reason.why == Why.REGISTRATION or all(f" {word}" in everything for word in said.words)


def best_first(hits: list[Hit], said: Understanding) -> list[Hit]:
    """Codes, then names (whole words before parts, short names before long ones), then everything else."""
    return sorted(hits, key=partial(_place, said=said))


_KEY_REASONS = (
    Why.SERIAL, Why.SITE_ID, Why.FORMER_SITE_ID, Why.UNLOCK_CODE, Why.RELEASE_CODE, Why.CODE_PART, Why.PURCHASE,
    Why.NUMBER,
)  # fmt: skip


def _place(hit: Hit, said: Understanding) -> tuple[Any, ...]:
    name = hit.serial.name_key
    words = name.split()
    return (
        hit.reason.why not in _KEY_REASONS,
        name != said.name,
        sorted(words) != sorted(said.name.split()),
        hit.reason.why != Why.NAME,
        not set(said.words) <= set(words),
        not (said.words and name.startswith(said.words[0])),
        len(name),
        name,
        hit.serial.pk,
    )


# --- What is near ------------------------------------------------------------------------------------


def how_near(serial: Listed, said: Understanding) -> Reason:
    """``serial`` does not fit what was said; say how it comes near."""
    if said.code and (miss := near_miss(said.code, serial.code)):
        return Reason(Why.SERIAL_SLIP, group=miss.group)
    for site_id in (serial.live_site_id, serial.latest_site_id):
        if said.code and site_id and (miss := near_miss(said.code, site_id)):
            return Reason(Why.SITE_ID_SLIP, group=miss.group)
    compared = compare_names(said.text, serial.customer_name)
    if compared.likeness is not Likeness.DIFFERENT:
        return Reason(Why.SPELLING, differences=compared.differences)
    return _nearest_field(serial, said)


def _nearest_field(serial: Listed, said: Understanding) -> Reason:
    """The name, unless the words come nearer to contact or town, which the list may not show: then it says which."""
    words, name = said.name.split(), serial.name_key.split()
    fields = [
        (Why.ALIKE, "", name),
        (Why.CONTACT_ALIKE, serial.contact_name, words_of(serial.contact_name)),
        (Why.TOWN_ALIKE, serial.city, words_of(serial.city)),
    ]
    why, text, _words = max(fields, key=lambda field: _fit(words, field[2]))
    if why is Why.ALIKE and {sound(word) for word in words} <= {sound(word) for word in name}:
        return Reason(Why.SOUND)
    return Reason(why, text)


def nearest_first(hits: list[Hit], said: Understanding) -> list[Hit]:
    return sorted(hits, key=partial(_distance, said=said))


def _distance(hit: Hit, said: Understanding) -> tuple[Any, ...]:
    """Slips of codes first; then by how well every word fits, then the whole name."""
    name = hit.serial.name_key
    words = [*name.split(), *words_of(hit.serial.city), *words_of(hit.serial.contact_name)]
    fit = _fit(said.name.split(), words)
    whole = max(_similarity(said.name, name), _similarity(_sorted(said.name), _sorted(name)))
    return (
        hit.reason.why not in (Why.SERIAL_SLIP, Why.SITE_ID_SLIP),
        -round(fit, 6),
        -round(whole, 6),
        name,
        hit.serial.pk,
    )


def _fit(words: list[str], others: list[str]) -> float:
    """How well every one of the words fits the nearest of the others, from 0 to the number of words."""
    return sum(max((_similarity(word, other) for other in others), default=0) for word in words)


def _similarity(one: str, other: str) -> float:
    return OSA.normalized_similarity(one, other)


def _sorted(name: str) -> str:
    return " ".join(sorted(name.split()))
