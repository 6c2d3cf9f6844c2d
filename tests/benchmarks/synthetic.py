"""Synthetic customers, distributed like real ones: many Müllers and Smiths, and a long tail of rare names.

Everything is derived from the number of a serial number, so it is the same in every run and every process.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from licences.domain.codes import ALPHABET, BASE, SERIAL_LENGTH, SITE_ID_LENGTH
from licences.domain.matching import name_key
from licences.domain.search_words import SearchableParty, search_text, words_of

_GERMAN = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein "
    "Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Lehmann "
    "Köhler Maier Herrmann König Walter Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel "
    "Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig "
    "Böhm Winter Kraus Groß"
).split()
_ENGLISH = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts "
    "Green Hall Wood Jackson Clarke Clark Harris Lewis Patel Hughes Edwards Turner Cooper Hill Ward Morris Moore "
    "Baker Lee King Harrison Morgan Allen James Scott Phillips Watson Davis Parker Bennett Price Griffiths Young "
    "Cook Bailey Shaw"
).split()
_BEGINNINGS = (
    "Alt Berg Birk Blum Born Brand Breit Brun Buch Burg Dorn Ehren Eich Erl Esch Feld Fink Frei Gold Grün Hag Heid "
    "Hell Herz Hirsch Hoch Holz Kalt Kirch Kreuz Land Laub Lind Mark Mond Moos Neu Ober Quell Reh Rein Ross Roth "
    "Sand Schön Silber Sonn Stein Stern Tann Thal Unter Wald Weid Weiß Wild Wolf"
).split()
_MIDDLES = ["", "", "en", "er", "el", "in", "ing", "ers", "ol", "am"]
_ENDINGS = (
    "acker au bach bauer baum beck berg berger blick bruck brunn burg dorf eck eder egger fels feld furt graben "
    "hain hart haus heim hof hofer holt horst hus inger kamp land lein ler mann mayr moser müller ner reich reiter "
    "rode scheid see stedt stein stock thal wald ward weg werth wick wies ziger"
).split()
_GERMAN_TRADES = (
    "Bäckerei Metallbau Autohaus Kanzlei Praxis Spedition Brauerei Hotel Elektrotechnik Druckerei Gärtnerei "
    "Tischlerei Maschinenbau Logistik Steuerberatung Architekturbüro Apotheke Bauunternehmung Dachdeckerei "
    "Fahrzeugtechnik Gebäudereinigung Großhandel Heizungsbau Immobilien Kältetechnik Landtechnik Medizintechnik "
    "Naturkost Optik Prüfmitteltechnik Raumausstattung Sanitär Textilpflege Umwelttechnik Verlag Werkzeugbau "
    "Zerspanungstechnik"
).split()
_ENGLISH_TRADES = (
    "Bakery Builders Cars Catering Consulting Couriers Dental Design Electrical Engineering Estates Farms Fencing "
    "Finance Foods Furniture Garages Gardens Glass Haulage Heating Hotels Imports Insurance Joinery Kitchens "
    "Logistics Marine Metals Motors Packaging Plumbing Printing Roofing Security Solicitors Systems Textiles Timber "
    "Transport"
).split()
_GERMAN_FORMS = ["GmbH", "GmbH", "GmbH & Co. KG", "KG", "AG", "e.K.", "OHG"]
_ENGLISH_FORMS = ["Ltd", "Ltd", "Limited", "PLC", "LLP"]
_GERMAN_TOWNS = [
    ("10115", "Berlin"), ("20457", "Hamburg"), ("80331", "München"), ("50667", "Köln"),
    ("60311", "Frankfurt am Main"),
    ("70173", "Stuttgart"), ("40213", "Düsseldorf"), ("04109", "Leipzig"), ("44135", "Dortmund"), ("45127", "Essen"),
    ("28195", "Bremen"), ("01067", "Dresden"), ("30159", "Hannover"), ("90403", "Nürnberg"), ("47051", "Duisburg"),
    ("72074", "Tübingen"), ("97070", "Würzburg"), ("24103", "Kiel"), ("23552", "Lübeck"), ("99084", "Erfurt"),
]  # fmt: skip
_ENGLISH_TOWNS = [
    ("LS1 4AP", "Leeds"), ("M2 5DB", "Manchester"), ("B2 4QA", "Birmingham"), ("E1 6AN", "London"),
    ("L1 8JQ", "Liverpool"),
    ("BS1 5TR", "Bristol"), ("S1 2HE", "Sheffield"), ("NE1 7RU", "Newcastle"), ("NG1 5DT", "Nottingham"),
    ("CF10 1EP", "Cardiff"), ("EH1 1YZ", "Edinburgh"), ("G2 1DY", "Glasgow"), ("YO1 8RS", "York"),
    ("OX1 3PN", "Oxford"),
]  # fmt: skip
_FIRST_NAMES = (
    "Sabine Thomas Anna Michael Julia Stefan Petra Andreas Monika Jörg Zoé Paul Emma Oliver Sophie James Grace "
    "Harry Jack Lukas Jan Katrin Uwe Bärbel Ines Ralf Ute Tim Nora Finn"
).split()
_WHEN = "2026-01-15 10:00:00+00"
_LOCAL_WHEN = "2026-01-15 10:00:00"
_BEGAN = date(2019, 1, 1)
PARTIES = 1_000_000
SITE_ID_FACTOR = 7919
SCATTER = 1_580_030_169_901  # shares no factor with the base, so that every number gets another code


@dataclass(frozen=True, slots=True)
class Party:
    """A synthetic customer."""

    base: str
    surname: str
    name: str
    contact: str
    postcode: str
    town: str
    phone: str
    email: str

    def searchable(self, number: str) -> SearchableParty:
        return SearchableParty(self.name, self.contact, self.town, self.postcode, self.email, self.phone, number)


def _falling(count: int) -> list[float]:
    """Cumulative weights of 1, 1/2, 1/3, …"""
    return list(accumulate(1 / (position + 1) for position in range(count)))


_GERMAN_WEIGHTS, _ENGLISH_WEIGHTS = _falling(len(_GERMAN)), _falling(len(_ENGLISH))


def _surname(draw: random.Random, german: bool) -> str:
    if draw.random() < 0.45:
        names, weights = (_GERMAN, _GERMAN_WEIGHTS) if german else (_ENGLISH, _ENGLISH_WEIGHTS)
        return draw.choices(names, cum_weights=weights)[0]
    return draw.choice(_BEGINNINGS) + draw.choice(_MIDDLES) + draw.choice(_ENDINGS)


def party(number: int) -> Party:
    """The customer with this number. They repeat after a million, which makes the tail of rare names long enough."""
    number = (number - 1) % PARTIES + 1
    draw = random.Random(number)
    german = draw.random() < 0.6
    surname, partner = _surname(draw, german), _surname(draw, german)
    trade = draw.choice(_GERMAN_TRADES if german else _ENGLISH_TRADES)
    if german:
        base = draw.choice((f"{trade} {surname}", f"{surname} {trade}", f"{trade} {surname} & {partner}",
                            f"{surname} & Söhne", f"{surname} und {partner} {trade}"))  # fmt: skip
    else:
        base = draw.choice((f"{surname} {trade}", f"{surname} & {partner}", f"{surname} & {partner} {trade}",
                            f"{surname} & Sons", f"{surname} Brothers {trade}"))  # fmt: skip
    postcode, town = draw.choice(_GERMAN_TOWNS if german else _ENGLISH_TOWNS)
    contact = _surname(draw, german)
    digits = draw.randrange(10**7, 10**8)
    return Party(
        base=base,
        surname=surname,
        name=f"{base} {draw.choice(_GERMAN_FORMS if german else _ENGLISH_FORMS)}",
        contact=f"{draw.choice(_FIRST_NAMES)} {contact}",
        postcode=postcode,
        town=town,
        phone=f"0{draw.randrange(100, 999)} / {digits // 1000}-{digits % 1000:03d}" if german else f"+44 {digits}",
        email=f"{words_of(contact)[0]}{number % 1000}@{words_of(surname)[0]}.example",
    )


def customer_of(number: int) -> int:
    """Every fifth serial number is of the customer before: a second site."""
    return number - 1 if number % 5 == 0 else number


def _symbols(value: int, length: int) -> str:
    symbols = []
    for _ in range(length):
        value, digit = divmod(value, BASE)
        symbols.append(ALPHABET[digit])
    return "".join(symbols)


def serial_code(number: int) -> str:
    return _symbols(number * SCATTER % BASE**SERIAL_LENGTH, SERIAL_LENGTH)


def site_id(number: int) -> str:
    return _symbols(number * SCATTER * SITE_ID_FACTOR % BASE**SITE_ID_LENGTH, SITE_ID_LENGTH)


def is_registered(number: int) -> bool:
    return number % 10 < 7


def is_released(number: int) -> bool:
    return number % 50 == 13


# --- Rows ----------------------------------------------------------------------------------------------

Row = tuple[str | None, ...]
TABLES: dict[str, tuple[str, ...]] = {
    "customers_customer": (
        "id", "number", "name", "address_line1", "address_line2", "postcode", "city", "country", "contact_name",
        "contact_phone", "contact_email", "name_search", "match_key", "created_at",
    ),
    "customers_site": ("id", "customer_id", "name", "name_key", "created_at"),
    "licences_serial": (
        "id", "code", "site_id", "origin", "highest_version", "blocked_by", "blocked_reason", "created_at",
    ),
    "licences_installation": (
        "id", "serial_id", "site_id", "origin", "server_version", "client_version", "began_at", "ended_at",
        "end_reason", "reported_release_code",
    ),
    "licences_registration": (
        "id", "serial_id", "installation_id", "name", "address_line1", "address_line2", "postcode", "city", "country",
        "contact_name", "contact_phone", "contact_email", "reason", "entered_by", "entered_at",
    ),
    "licences_licencegrant": (
        "id", "serial_id", "product_id", "quantity", "purchase_reference", "line", "purchased_on",
        "software_assurance_until", "row_digest", "column_checks", "allocation_key", "recorded_at",
    ),
    "licences_balance": ("id", "serial_id", "product_id", "quantity"),
    "licences_searchtext": ("serial_id", "name_key", "text"),
}  # fmt: skip


def rows(first: int, last: int, *, zone: bool, words: set[str]) -> Iterator[tuple[str, Row]]:
    """The rows of these serial numbers, each with its table; ``words`` collects what may be misspelled."""
    now = _WHEN if zone else _LOCAL_WHEN
    for number in range(first, last + 1):
        customer = customer_of(number)
        bought_by = party(customer)
        if customer == number:
            yield "customers_customer", _customer(number, bought_by, now)
            words.update(bought_by.searchable("").names())
        yield from _serial(number, customer, bought_by, now)
        if is_registered(number):
            yield from _registered(number, bought_by, now)


def _customer(number: int, who: Party, now: str) -> Row:
    return (
        str(number), f"C{number}", who.name, "Weg 1", "", who.postcode, who.town, "DE", who.contact, who.phone,
        who.email, " ".join(words_of(who.name)), f"{number:032x}", now,
    )  # fmt: skip


def _serial(number: int, customer: int, who: Party, now: str) -> Iterator[tuple[str, Row]]:
    key, site = str(number), "" if customer == number else "Lager"
    covered = _BEGAN + timedelta(days=number * 37 % 4000)
    yield "customers_site", (key, str(customer), site, site.casefold(), now)
    yield "licences_serial", (key, serial_code(number), key, "allocated", "2.4", "", "", now)
    digest = f"{number:032x}"
    yield "licences_licencegrant", (
        key, key, "1", str(number % 40 + 1), f"PO-{number:09d}", "1", _BEGAN.isoformat(), covered.isoformat(),
        digest, digest + digest + "0" * 8, digest, now,
    )  # fmt: skip
    yield "licences_balance", (key, key, "1", str(number % 40 + 1))
    text = search_text([who.searchable(f"C{customer}")], site)
    yield "licences_searchtext", (key, _key(who.base), text)


@lru_cache(maxsize=4096)
def _key(base: str) -> str:
    return name_key(base)


def _registered(number: int, who: Party, now: str) -> Iterator[tuple[str, Row]]:
    key = str(number)
    ended: tuple[str | None, ...] = (now, "released", "") if is_released(number) else (None, "", "")
    yield "licences_installation", (key, key, site_id(number), "registered", "2.4", "2.4", now, *ended)
    yield "licences_registration", (
        key, key, key, who.name, "Weg 1", "", who.postcode, who.town, "DE", who.contact, who.phone, who.email, "",
        "benchmark", now,
    )  # fmt: skip
