"""The case file of a serial number: all that happened to it, in order of time, and why each code was issued.

Everything is text already, in the reader's language, so that the page and the PDF say the same. The digest is taken
of the English text: it is the same in whichever language, by whom and when the file is printed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import chain, groupby
from operator import or_

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licences.domain.chain import canonical_json
from licences.domain.codes import grouped
from licences.models import Event, LicenceGrant, Registration, Serial, UnlockCode
from licences.proof import case_facts, case_supervision
from licences.proof.case_checks import CheckRow, checks_of
from licences.proof.case_facts import Facts
from licences.proof.sealing import Seal, seals_of

SAME_TRANSACTION = timedelta(hours=1)  # an event is written last, and may have to wait for the end of the chain


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``seal`` is the row of the log that vouches for it, where there is one."""

    at: datetime
    title: str
    by: str
    facts: Facts
    rows: list[CheckRow] = field(default_factory=list)
    seal: Seal | None = None
    sequence: int = 0
    number: int = 0

    @property
    def when(self) -> str:
        return date_format(timezone.localtime(self.at), "DATETIME_FORMAT")


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """One unlock code, and the number of the entry that tells why it was issued."""

    sequence: int
    code: str
    occasion: str
    when: str
    by: str
    entry: int

    @property
    def groups(self) -> list[str]:
        return self.code.split("-")


@dataclass(frozen=True, slots=True)
class CaseFile:
    serial: Serial
    head: Facts
    codes: list[IssuedCode]
    entries: list[Entry]
    digest: str
    generated_by: str
    generated_at: datetime

    @property
    def generated(self) -> str:
        return date_format(timezone.localtime(self.generated_at), "DATETIME_FORMAT")

    @property
    def broken(self) -> list[int]:
        """The events that do not hold, by their numbers."""
        return [entry.seal.event for entry in self.entries if entry.seal and not entry.seal.holds]

    @property
    def sealed(self) -> int:
        return sum(1 for entry in self.entries if entry.seal)


def case_file(code: str, *, by: str, now: datetime) -> CaseFile | None:
    """The case file of a serial number (canonical), or None where it is unknown."""
    serial = Serial.objects.select_related("site__customer").filter(code=code).first()
    if serial is None:
        return None
    with translation.override("en"):
        digest = _digest(serial)
    entries = _entries(serial)
    return CaseFile(serial, case_facts.head(serial), _issued(serial, entries), entries, digest, by, now)


def _digest(serial: Serial) -> str:
    entries = [asdict(entry) | {"at": entry.at.isoformat()} for entry in _entries(serial)]
    content = {"serial": serial.code, "head": case_facts.head(serial), "entries": entries}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _issued(serial: Serial, entries: list[Entry]) -> list[IssuedCode]:
    told = {entry.sequence: entry.number for entry in reversed(entries) if entry.sequence}
    made = serial.unlock_codes.order_by("sequence")
    return [
        IssuedCode(
            code.sequence,
            grouped(code.code),
            code.get_occasion_display(),
            date_format(timezone.localtime(code.issued_at), "DATETIME_FORMAT"),
            code.issued_by,
            told.get(code.sequence, 0),
        )
        for code in made
    ]


# --- Entries -----------------------------------------------------------------------------------------


def _entries(serial: Serial) -> list[Entry]:
    events = list(_events(serial))
    told = _Teller(serial, events)
    found = [told.entry(event) for event in events]
    found += chain(told.unsealed_registrations(), told.unsealed_codes(), _wrong_codes(serial), _purchases(serial))
    found.sort(key=lambda entry: (entry.at, entry.seal.event if entry.seal else 0))
    return [replace(entry, number=number) for number, entry in enumerate(found, start=1)]


_ABOUT_CUSTOMERS = (Event.Kind.CUSTOMERS_MERGED, Event.Kind.CUSTOMER_CORRECTED, Event.Kind.CUSTOMER_ERASED)


def _events(serial: Serial) -> Iterator[Event]:
    """Those of the serial number itself, and what happened to the records of its customers.

    Without those of its case files: to print one must not change what the next one says.
    """
    own = Event.objects.filter(serial=serial.code).exclude(kind=Event.Kind.CASE_FILE_MADE)
    customers = {serial.site.customer_id, *own.values_list("customer_id", flat=True)} - {None}
    about = Q(serial=serial.code) | Q(serial="", customer__in=customers, kind__in=_ABOUT_CUSTOMERS)
    yield from Event.objects.filter(about).exclude(kind=Event.Kind.CASE_FILE_MADE).order_by("pk")


class _Teller:
    """Puts together what an event says with the records that were written with it."""

    def __init__(self, serial: Serial, events: list[Event]) -> None:
        self.seals = seals_of(events)
        self.codes = {each.sequence: each for each in _codes(serial)}
        self.checks = checks_of(serial)
        self.registrations = list(serial.registrations.select_related("installation").order_by("pk"))
        self.told: set[int] = set()

    def entry(self, event: Event) -> Entry:
        sequence = self._new_code(event)
        facts = case_facts.said(event)
        registration = self._registration_of(event)
        if registration is not None:
            facts += case_facts.registered(registration)
        if sequence:
            facts += case_facts.issued(self.codes[sequence])
        rows = []
        if event.kind == Event.Kind.RELICENSING_CHECKED:
            rows = self.checks.get((event.details["request"], event.details["check"]), [])
            facts = _without_repeated_verdicts(facts, rows)
        title, seal = event.get_kind_display(), self.seals[event.pk]
        once = list(dict.fromkeys(facts))  # event, registration and code name the same site ID
        return Entry(event.at, title, event.actor, once, rows, seal, sequence)

    def _new_code(self, event: Event) -> int:
        """The number of the code that was made with this event: the first that names it."""
        sequence = int(event.details.get("sequence") or 0)
        if sequence not in self.codes or -sequence in self.told:
            return 0
        self.told.add(-sequence)
        return sequence

    def _registration_of(self, event: Event) -> Registration | None:
        if event.kind not in (Event.Kind.REGISTERED, Event.Kind.REGISTRATION_RENEWED, Event.Kind.TRANSFERRED):
            return None
        named = event.details.get("registration")
        for each in self.registrations:
            near = each.entered_at <= event.at <= each.entered_at + SAME_TRANSACTION
            if each.pk not in self.told and (each.pk == named if named else near):
                self.told.add(each.pk)
                return each
        return None

    def unsealed_registrations(self) -> Iterator[Entry]:
        """What came with a file from an older system: its event is the import's."""
        for each in self.registrations:
            if each.pk not in self.told:
                facts = case_facts.registered(each)
                yield Entry(each.entered_at, _("Registration taken over"), each.entered_by, facts)

    def unsealed_codes(self) -> Iterator[Entry]:
        for sequence, code in self.codes.items():
            if -sequence not in self.told:
                facts = case_facts.issued(code)
                yield Entry(code.issued_at, _("Unlock code"), code.issued_by, facts, sequence=sequence)


def _without_repeated_verdicts(facts: Facts, rows: list[CheckRow]) -> Facts:
    """The verdicts that the event holds stand in the rows as well; they are told apart where they differ."""
    in_rows = case_facts.verdicts({row.item: row.verdict for row in rows})
    return [fact for fact in facts if fact != in_rows]


def _codes(serial: Serial) -> Iterator[UnlockCode]:
    yield from serial.unlock_codes.select_related("installation", "licence_file").order_by("sequence")


def _wrong_codes(serial: Serial) -> Iterator[Entry]:
    """At whatever door they were given; the event, if there is one, is that of the check or the follow-up."""
    for wrong in case_supervision.wrong_codes(serial):
        yield Entry(wrong.given_at, _("Wrong release code"), wrong.given_by, case_supervision.said_wrongly(wrong))


def _purchases(serial: Serial) -> Iterator[Entry]:
    """Purchase lines as they were recorded, import by import; the event is that of the import."""
    grants = serial.grants.select_related("product", "file_import").order_by("recorded_at", "pk")
    events = _events_of_imports(grants)
    seals = seals_of(list(events.values()))
    for (recorded_at, import_id), lines in groupby(grants, key=lambda each: (each.recorded_at, each.file_import_id)):
        event = events.get(import_id or 0)
        by, seal = (event.actor, seals[event.pk]) if event else ("", None)
        yield Entry(recorded_at, _("Purchase"), by, case_facts.bought(list(lines)), seal=seal)


def _events_of_imports(grants: Iterable[LicenceGrant]) -> dict[int, Event]:
    """Import → its event. By the time, which has an index: what is in the details has none."""
    imports = {each.file_import.pk: each.file_import.ended_at for each in grants if each.file_import}
    ended = [at for at in imports.values() if at]
    near = [Q(at__range=(at, at + SAME_TRANSACTION)) for at in sorted(set(ended))]
    if not near:
        return {}
    about = Event.objects.filter(reduce(or_, near), kind=Event.Kind.PURCHASES_RECORDED, details__import__in=imports)
    return {event.details["import"]: event for event in about.order_by("-pk")}
