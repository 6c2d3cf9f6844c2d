"""Scraps as callers give them, each with the one customer that is meant, and others that mean nobody on record.

``make_customers`` records the customers, ``scraps`` makes the texts, ``measure`` types them into the look-up. The same
in every run. docs/look-up.md#how-much-is-found says what comes out.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from licences import operations
from licences.domain.call_notes import CallerDetails
from licences.domain.codes import grouped
from licences.lookup import look_up
from licences.models import Installation, LicenceGrant, Serial, UnlockCode
from tests import factories

MOST = 60  # customers
NOBODY = 160  # scraps that mean nobody on record

_NAMES = (
    "Abendroth Bachmeyer Czerny Dahlhaus Eichborn Feldkirchner Grothusen Hagedorn Ickstadt Jaspersen Kehlmann "
    "Lindenblatt Mertesacker Niederstätter Ostermaier Pfefferkorn Quandel Rautenberg Sauerteig Tannhäuser Ullersperger "
    "Vogelsang Wacholder Xaverius Yersin Zumthor Ackerknecht Blumenröder Clauberg Diefenbach Ehrenfried Fassbender "
    "Gelderblom Holtkötter Immendorf Jungclaussen Kronschnabel Lauterwasser Morgenstern Nachtigall Obermoser "
    "Päffgen Quitzow Riemenschneider Stockhausen Trautvetter Uhlenbrock Vierkant Westerhold Zickgraf Achternbusch "
    "Bellheim Crailsheim Drosselmeyer Eulenspiegel Fürstenau Grünewald Hirschvogel Isenburg Jellinghaus"
).split()
_TRADES = (
    "Akustikbau Bootswerft Druckerei Elektrotechnik Fensterbau Gärtnerei Holzhandel Imkerei Juwelier Keramik".split()
)
_FORMS = "GmbH AG KG GmbH OHG".split()
_FIRST = "Anneliese Bertram Cosima Dietmar Edeltraud Friedhelm Gudrun Hannelore Ingomar Jolanthe".split()
_STREETS = [
    *"Amselstieg Birkenstraße Cranachstraße Dornbuschweg Eschengasse Fliederstraße Gerberplatz Holunderallee".split(),
    *"Irisgasse Jasminstraße Kirschgarten Lärchenweg Malvenstraße Nelkengasse Pappelplatz Quellengasse".split(),
    *"Rosmarinstraße Schlehenweg Tulpenstraße".split(), "Rue de l'Olivier",
]  # fmt: skip
# Town, what others call it, country and the beginning of its postcodes.
_TOWNS = [
    ("München", "Munich", "DE", "80"), ("Köln", "Cologne", "DE", "50"), ("Nürnberg", "Nuremberg", "DE", "90"),
    ("Wien", "Vienna", "AT", "1"), ("Genève", "Genf", "CH", "1"), ("Basel", "Bâle", "CH", "4"),
    ("Luzern", "Lucerne", "CH", "6"), ("Strasbourg", "Straßburg", "FR", "67"), ("Milano", "Mailand", "IT", "20"),
    ("Firenze", "Florenz", "IT", "50"), ("Klagenfurt", "Klagenfurt", "AT", "9"), ("Mainz", "Mayence", "DE", "55"),
]  # fmt: skip
_TOWNS_OF_SEVERAL_WORDS = {"München": "Monaco di Baviera"}
_LITTLE_WORDS = ("de ", "l'")
_SHORT_ENDINGS = {"straße": "str.", "gasse": "g.", "platz": "pl.", "weg": "w."}
_SINGLE_F = re.compile("(?<![pf])f(?!f)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LEGAL_FORMS_OF_OTHERS = {"GmbH": "AG", "AG": "KG", "KG": "GmbH", "OHG": "GmbH"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A customer of the set, and what its records hold. ``former`` is its name before, ``seller`` the site's owner."""

    number: str
    name: str
    former: str
    contact: str
    street: str
    house: str
    postcode: str
    town: str
    town_abroad: str
    country: str
    phone: str
    email: str
    reference: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Scrap:
    """What a caller gives: of which kind it is, and the number of the customer that is meant; empty for nobody."""

    kind: str
    typed: str
    number: str


def customer(index: int) -> Labelled:
    """The customer of the set with this index, from 0."""
    surname, trade, form = _NAMES[index], _TRADES[index % 10], _FORMS[index % 5]
    town, abroad, country, area = _TOWNS[index % len(_TOWNS)]
    return Labelled(
        number=f"LK-{70000 + index}",
        name=f"{surname} {trade} {form}",
        former=f"{surname[::-1].capitalize()} {_TRADES[(index + 3) % 10]} {form}",
        contact=f"{_FIRST[index % 10]} {_NAMES[-index - 1]}",
        street=_STREETS[index % 20],
        house=str(11 + index),
        postcode=(area + f"{1234567 * (index + 1):07d}"[-4:])[: 5 if country in ("DE", "FR", "IT") else 4],
        town=town,
        town_abroad=abroad,
        country=country,
        phone=f"0{711 + index % 7} {7650000 + 137 * index}-0",
        email=f"{surname.lower().translate(_UMLAUTS)}@{trade[:3].lower()}{index}.example",
        reference=f"PO-2031-{40100 + 7 * index}",
        ticket=f"HELP-{881200 + index}",
    )


def make_customers(count: int = MOST) -> None:
    """Record the customers that are not there yet: bought, registered; every third renamed, with a ticket, or sold."""
    for index in range(count):
        who = customer(index)
        if not LicenceGrant.objects.filter(purchase_reference=who.reference).exists():
            with transaction.atomic():
                _make(index, who)


def _recorded(index: int, who: Labelled) -> dict[str, str]:
    """Telephone number and street as they are on record: of every fourth customer with country code, and short."""
    if index % 4 != 1:
        return {"contact_phone": who.phone, "address_line1": f"{who.street} {who.house}"}
    return {"contact_phone": f"+49 (0){who.phone[1:]}", "address_line1": f"{_short(who.street)} {who.house}"}


def _short(street: str) -> str:
    """A street with its end written short."""
    ending = next((each for each in _SHORT_ENDINGS if street.endswith(each)), "")
    return street.removesuffix(ending) + _SHORT_ENDINGS.get(ending, "")


def _make(index: int, who: Labelled) -> None:
    address = {"postcode": who.postcode, "city": who.town, "country": who.country, "contact_name": who.contact,
               **_recorded(index, who)}  # fmt: skip
    renamed = index % 3 == 0
    name = who.former if renamed else who.name
    serial = factories.bought(
        customer_number=who.number, customer_name=name, purchase_reference=who.reference, contact_email=who.email,
        **address,
    )  # fmt: skip
    code = factories.registered(serial, name=who.former if index % 3 == 1 else name, **address)
    if renamed:
        correction = operations.Correction({"name": who.name}, "They were renamed.")
        operations.correct_customer(customer_id=serial.site.customer_id, correction=correction, by="benchmark")
    else:
        details = factories.details(name=who.name, **address)
        operations.renew_registration(
            serial=serial.code, details=details, reason="The name was another one.", by="benchmark"
        )
    if index % 3 == 2:
        request = factories.request(code, customer_name=who.name, address_line1=address["address_line1"])
        caller = CallerDetails(ticket_reference=who.ticket)
        operations.note_caller(request_id=request.pk, caller=caller, by="benchmark")


# --- The scraps ------------------------------------------------------------------------------------------


def scraps(count: int = MOST, nobody: int = NOBODY) -> list[Scrap]:
    """The scraps of the first ``count`` customers, which must be recorded, and ``nobody`` that mean nobody."""
    numbers = [customer(index).number for index in range(count)]
    codes = dict(
        Serial.objects.filter(site__customer__number__in=numbers).values_list("site__customer__number", "code")
    )
    live = Installation.objects.filter(serial__code__in=codes.values(), ended_at=None)
    site_ids = dict(live.values_list("serial__code", "site_id"))
    unlock = dict(UnlockCode.objects.filter(serial__code__in=codes.values()).values_list("serial__code", "code"))
    texts: list[Scrap] = []
    for index in range(count):
        who = customer(index)
        code = codes[who.number]
        made = [*_by_codes(code, site_ids[code], unlock[code]), *_by_details(who), *_by_history(index, who)]
        # Each customer has a third of the kinds, each kind a third of the customers.
        texts += [Scrap(kind, text, who.number) for place, (kind, text) in enumerate(made) if (place + index) % 3 == 0]
    return texts + list(_nobody(count, nobody))


def _by_codes(serial: str, site_id: str, unlock: str) -> Iterator[tuple[str, str]]:
    yield "serial", grouped(serial)
    yield "serial, pasted", f"S/N: {grouped(serial)},"
    yield "serial, pasted", f"Seriennummer {grouped(serial)}"
    yield "serial, pasted", f'"{grouped(serial)[:5]}\u200b{grouped(serial)[5:]}"'
    yield "serial, a slip", serial[:3] + ("2" if serial[3] != "2" else "3") + serial[4:]
    yield "site ID", grouped(site_id)
    if _is_mixed(site_id[4:]):
        yield "part of a site ID", grouped(site_id)[5:]
    if _is_mixed(site_id[:8]):
        yield "part of a site ID", grouped(site_id)[:9]
    if _is_mixed(serial[3:]):
        yield "part of a serial", serial[3:]
    if letters := _longest_letters(site_id, serial):
        yield "part of a code, letters alone", letters
    yield "beginning of an unlock code", "-".join(unlock[start : start + 5] for start in (0, 5, 10, 15))


def _longest_letters(*codes: str) -> str:
    """The longest run of letters in the codes; empty where none is long enough to be of one code only."""
    runs = [run for code in codes for run in re.split(r"\d+", code)]
    longest = max(runs, key=len)
    return longest if 5 <= len(longest) < 8 else ""


def _is_mixed(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and not text.isdigit()


def _by_details(who: Labelled) -> Iterator[tuple[str, str]]:
    surname, trade, _form = who.name.split()
    yield "name", who.name
    yield "name without form", f"{surname} {trade}"
    yield "name, turned round", f"{trade.upper()} {surname}"
    yield "name, a slip", surname[:2] + surname[3] + surname[2] + surname[4:] + f" {trade}"
    yield "name, sounds alike", f"{_SINGLE_F.sub('ph', surname).replace('ck', 'k')} {trade}"
    yield "name and town", f"{trade} in {who.town} {surname[:5]}"
    yield "name and town abroad", f"{trade} {who.town_abroad} {surname[:4]}"
    yield "customer number", who.number.lower()
    yield "customer number, a label", f"Kundennr.: {who.number}"
    yield "customer number, a label", f"our customer number is {who.number}"
    yield "customer number, O for 0", who.number.replace("0", "O")
    yield "name, a label", f"Firma: {who.name}"
    yield "name, read wrongly", who.name.encode().decode("cp1252")
    yield "customer number, a blank", who.number.lower().replace("-", " ")
    if abroad := _TOWNS_OF_SEVERAL_WORDS.get(who.town):
        yield "name and town of several words", f"{trade} {abroad} {surname[:4]}"
    yield "title and contact", f"Frau {who.contact.split()[1]}"
    yield "title and contact", f"Mr. {who.contact}"
    yield "street", f"{who.street} {who.house}"
    yield "street, abbreviated", f"{who.street.replace('straße', 'str.').replace('gasse', 'g.')} {who.house} {who.town}"
    yield "street, another abbreviation", f"{_short(who.street)} {who.house} {who.town}"
    yield "street and town", f"{who.street} {who.house}, {who.town_abroad}"
    yield "street without little words", f"{_without_little_words(who.street)} {who.house}"
    yield "postcode", f"{who.country}-{who.postcode} {trade}"
    yield "telephone", who.phone
    yield "telephone", "0049" + who.phone[1:].replace(" ", "")
    yield "telephone without plus", "49" + "".join(filter(str.isdigit, who.phone[1:]))
    yield "telephone, another dash", who.phone.replace("-", "–")
    area = who.phone.split()[0][1:]
    yield "area code and name", f"0{area} {surname} {trade[:5]}"
    yield "area code and name", f"+49 (0){area} {surname} {trade[:5]}"
    yield "area code and name", f"{trade}, 0{area}-, {who.town}"
    yield "telephone, a label", f"Tel.: {who.phone}"
    yield "telephone, a label", f"Anruf von {who.phone}"
    yield "telephone, extension", f"{who.phone[:-2]} DW 27"
    yield "telephone, extension", who.phone[:-1] + "27"
    yield "e-mail", f"<{who.email}>"
    yield "e-mail", f"mailto:{who.email}"
    yield "e-mail, a label", f"E-Mail: {who.email}"
    yield "reference", who.reference
    yield "reference, a label", f"Bestellnummer {who.reference}"
    yield "reference, a label", f'="{who.reference}"'
    yield "reference without prefix", who.reference[3:]
    yield "reference without dashes", who.reference.lower().replace("-", "")
    yield "reference, blanks for dashes", who.reference.lower().replace("-", " ")
    yield "reference, O for 0", who.reference.replace("0", "O")


def _without_little_words(street: str) -> str:
    for word in _LITTLE_WORDS:
        street = street.replace(word, "")
    return street


def _by_history(index: int, who: Labelled) -> Iterator[tuple[str, str]]:
    yield "former name", who.former.rsplit(" ", 1)[0] if index % 3 < 2 else who.name
    yield "former name", who.former if index % 3 < 2 else who.name
    yield "ticket", who.ticket if index % 3 == 2 else who.reference


def _nobody(count: int, wanted: int) -> Iterator[Scrap]:
    """Scraps like those above, of customers that are not on record."""
    draw = random.Random(7)
    for turn in range(wanted):
        who = customer(turn % count)
        surname, trade, form = who.name.split()
        digits = "".join(draw.choices("123456789", k=7))
        made = (
            ("another legal form", f"{surname} {trade} {_LEGAL_FORMS_OF_OTHERS[form]}"),
            ("another trade", f"{surname} Zoofachgeschäft {form}"),
            ("another name", f"{''.join(draw.choices('bdfgklmnprst', k=3))}owitz {trade} {form}"),
            ("unknown serial", grouped("".join(draw.choices("ABCDEFGH23456789", k=7)) + "9")),
            ("unknown number", f"0{draw.randrange(30, 99)} {digits}"),
            ("unknown street", f"Zypressenweg {turn} {who.town}"),
            ("another address", f"nobody{turn}@{who.email.split('@')[1]}"),
            ("inside a word", trade[2:7].lower()),
            ("another reference", f"po2031{digits[:5]}"),
            ("another number", f"lk 9{digits[:4]}"),
            ("a label of something else", f"Kundennummer {who.postcode}"),
            ("town alone", who.town_abroad),
            ("two digits", str(10 + turn % 90)),
        )
        kind, typed = made[turn % len(made)]
        yield Scrap(kind, typed, "")


# --- What is found ---------------------------------------------------------------------------------------


def measure(texts: Iterable[Scrap]) -> dict[str, Any]:
    """Type the scraps into the look-up: the percentages found first and among the first five, how many results were
    sure of a customer that was not meant, and the scraps that went wrong."""
    asked: Counter[str] = Counter()
    first: Counter[str] = Counter()
    wrongly_sure, missed = [], []
    in_five = nobody = 0
    for scrap in texts:
        result = look_up(scrap.typed, with_codes=True)
        numbers = [hit.serial.number for hit in result.hits]
        if result.answer is not None and result.answer.serial.number != scrap.number:
            wrongly_sure.append([scrap.kind, scrap.typed, result.answer.serial.customer_name])
        if not scrap.number:
            nobody += 1
            continue
        asked[scrap.kind] += 1
        first[scrap.kind] += numbers[:1] == [scrap.number]
        in_five += scrap.number in numbers[:5]
        if numbers[:1] != [scrap.number]:
            missed.append([scrap.kind, scrap.typed, scrap.number, *numbers[:3]])
    total = max(asked.total(), 1)
    return {
        "scraps": asked.total(),
        "nobody": nobody,
        "found_first": round(100 * first.total() / total, 1),
        "in_first_five": round(100 * in_five / total, 1),
        "wrongly_sure": wrongly_sure,
        "missed": missed,
        "kinds": {kind: round(100 * first[kind] / asked[kind], 1) for kind in asked},
    }
