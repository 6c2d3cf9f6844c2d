"""The case file of a serial number: all that happened to it, in order of time, and why each unlock code was issued.

See docs/proof.md#the-case-file-of-a-serial-number. It holds finished text in the reader's language, so that page and
PDF say the same. Its digest is computed from the English text and from the names of the fields of ``CaseFileEntry``,
``CheckRow`` and ``Seal``, so that it is the same in every language, whoever makes the file and when. Events hold such
digests: those fields must keep their names.
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
from licences.models import Event, LicenceGrant, Product, Registration, Serial, UnlockCode
from licences.proof.case_files import call_notes, supervision
from licences.proof.case_files import facts as case_facts
from licences.proof.case_files.cells import Cell, Row
from licences.proof.case_files.checks import CheckRow, checks_of
from licences.proof.case_files.facts import Facts
from licences.proof.seals import Seal, seals_of
from licences.wording.people import told

# An event is written last in its transaction, and may have to wait for the lock on the end of the chain.
SAME_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CaseFileEntry:
    """One thing that happened.

    ``by``: who did it, empty where that is not known. ``rows``: the checklist, for a check. ``seal``: that of the event
    that vouches for it, where there is one. ``sequence``: that of the unlock code issued with it, or 0. ``number``: its
    place in the case file, from 1.
    """

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
        """The local time, as text."""
        return date_format(timezone.localtime(self.at), "DATETIME_FORMAT")


@dataclass(frozen=True, slots=True)
class CaseFileCode:
    """One unlock code as text, and the number of the entry that says why it was issued, 0 where there is none."""

    sequence: int
    code: str
    occasion: str
    when: str
    by: str
    entry: int

    @property
    def cells(self) -> Row:
        """Its row in the table of unlock codes."""
        return [
            Cell(_("No."), str(self.sequence)),
            Cell(_("Unlock code"), self.code, is_code=True),
            Cell(_("Made for"), self.occasion, entry=self.entry),
            Cell(_("Made"), f"{self.when}, {told(self.by)}"),
        ]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file. ``digest``: SHA-256 (hex) of its English content. ``generated_*``: who made it and when."""

    serial: Serial
    head: Facts
    codes: list[CaseFileCode]
    entries: list[CaseFileEntry]
    digest: str
    generated_by: str
    generated_at: datetime

    @property
    def generated(self) -> str:
        """The local time when it was made, as text."""
        return date_format(timezone.localtime(self.generated_at), "DATETIME_FORMAT")

    @property
    def broken(self) -> list[int]:
        """Keys of the events around which the chain does not hold."""
        return [entry.seal.event for entry in self.entries if entry.seal and not entry.seal.holds]


def build_case_file(code: str, *, by: str, now: datetime) -> CaseFile | None:
    """Build the case file of a serial number in the active language; None if the serial number is unknown.

    ``code``: the canonical serial number. ``by``, ``now``: who makes the file and when, for its footer; they are not
    part of the digest. Reads only: the PDF is an event of its own, which the caller records.
    """
    serial = Serial.objects.select_related("site__customer").filter(code=code).first()
    if serial is None:
        return None
    with translation.override("en"):
        digest = _digest(serial)
    entries = _entries(serial)
    return CaseFile(serial, case_facts.head_facts(serial), _code_rows(serial, entries), entries, digest, by, now)


def _digest(serial: Serial) -> str:
    entries = [asdict(entry) | {"at": entry.at.isoformat()} for entry in _entries(serial)]
    content = {"serial": serial.code, "head": case_facts.head_facts(serial), "entries": entries}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _code_rows(serial: Serial, entries: list[CaseFileEntry]) -> list[CaseFileCode]:
    entry_numbers = {entry.sequence: entry.number for entry in reversed(entries) if entry.sequence}
    codes = serial.unlock_codes.order_by("sequence")
    return [
        CaseFileCode(
            code.sequence,
            grouped(code.code),
            code.get_occasion_display(),
            date_format(timezone.localtime(code.issued_at), "DATETIME_FORMAT"),
            code.issued_by,
            entry_numbers.get(code.sequence, 0),
        )
        for code in codes
    ]


# --- Entries -----------------------------------------------------------------------------------------


def _entries(serial: Serial) -> list[CaseFileEntry]:
    events = list(_events(serial))
    builder = _EntryBuilder(serial, events)
    entries = [builder.entry(event) for event in events]
    entries += chain(
        builder.unsealed_registrations(), builder.unsealed_codes(), _wrong_codes(serial), _purchases(serial)
    )
    entries.sort(key=lambda entry: (entry.at, entry.seal.event if entry.seal else 0))
    return [replace(entry, number=number) for number, entry in enumerate(entries, start=1)]


_ABOUT_CUSTOMERS = (
    Event.Kind.CUSTOMERS_MERGED,
    Event.Kind.CUSTOMER_CORRECTED,
    Event.Kind.CUSTOMER_ERASED,
    Event.Kind.CONTACT_FORGOTTEN,
    Event.Kind.NOTE_WRITTEN,
)


def _events(serial: Serial) -> Iterator[Event]:
    """Events of the serial number itself, and those about the records of its customers, past and present.

    Events of its case files are left out: making one must not change the next one.
    """
    own = Event.objects.filter(serial=serial.code).exclude(kind=Event.Kind.CASE_FILE_MADE)
    customers = {serial.site.customer_id, *own.values_list("customer_id", flat=True)} - {None}
    about = Q(serial=serial.code) | Q(serial="", customer__in=customers, kind__in=_ABOUT_CUSTOMERS)
    yield from Event.objects.filter(about).exclude(kind=Event.Kind.CASE_FILE_MADE).order_by("pk")


class _EntryBuilder:
    """Makes entries: combines each event with the records that were written with it.

    ``used`` holds the keys of registrations, and negated the sequences of unlock codes, that have an entry already.
    """

    def __init__(self, serial: Serial, events: list[Event]) -> None:
        self.seals = seals_of(events)
        self.codes = {each.sequence: each for each in _codes(serial)}
        self.product_names = dict(Product.objects.values_list("slot", "name"))
        self.checks = checks_of(serial)
        self.callers, self.notes = call_notes.callers_of(serial), call_notes.notes_of(events)
        self.registrations = list(serial.registrations.select_related("installation").order_by("pk"))
        self.used: set[int] = set()

    def entry(self, event: Event) -> CaseFileEntry:
        """The entry of an event. Call it in the order of the log: the first event that names a code gets it."""
        sequence = self._new_code(event)
        facts = case_facts.event_facts(event)
        registration = self._registration_of(event)
        if registration is not None:
            facts += case_facts.registration_facts(registration)
        if sequence:
            facts += case_facts.code_facts(self.codes[sequence], self.product_names)
        rows = []
        if event.kind == Event.Kind.NOTE_WRITTEN:
            facts += self.notes.get(event.details["note"], [])
        if event.kind == Event.Kind.RELICENSING_CHECKED:
            facts += self.callers.pop(event.details["request"], [])
            rows = self.checks.get((event.details["request"], event.details["check"]), [])
            facts = _without_repeated_verdicts(facts, rows)
        title, seal = event.get_kind_display(), self.seals[event.pk]
        once = list(dict.fromkeys(facts))  # event, registration and code name the same site ID
        return CaseFileEntry(event.at, title, event.actor, once, rows, seal, sequence)

    def _new_code(self, event: Event) -> int:
        """The sequence of the unlock code issued with this event; 0 for none, or if an earlier event names it."""
        sequence = int(event.details.get("sequence") or 0)
        if sequence not in self.codes or -sequence in self.used:
            return 0
        self.used.add(-sequence)
        return sequence

    def _registration_of(self, event: Event) -> Registration | None:
        """The registration written with this event: the one it names, else the next one of about the same time."""
        if event.kind not in (Event.Kind.REGISTERED, Event.Kind.REGISTRATION_RENEWED, Event.Kind.TRANSFERRED):
            return None
        named = event.details.get("registration")
        for each in self.registrations:
            near = each.entered_at <= event.at <= each.entered_at + SAME_TRANSACTION
            if each.pk not in self.used and (each.pk == named if named else near):
                self.used.add(each.pk)
                return each
        return None

    def unsealed_registrations(self) -> Iterator[CaseFileEntry]:
        """Entries of registrations without an event of their own: they came with a file from an older system."""
        for each in self.registrations:
            if each.pk not in self.used:
                facts = case_facts.registration_facts(each)
                yield CaseFileEntry(each.entered_at, _("Registration taken over"), each.entered_by, facts)

    def unsealed_codes(self) -> Iterator[CaseFileEntry]:
        """Entries of unlock codes that no event names."""
        for sequence, code in self.codes.items():
            if -sequence not in self.used:
                facts = case_facts.code_facts(code, self.product_names)
                yield CaseFileEntry(code.issued_at, _("Unlock code"), code.issued_by, facts, sequence=sequence)


def _without_repeated_verdicts(facts: Facts, rows: list[CheckRow]) -> Facts:
    """The facts without the event's verdicts where the rows show the same ones; both are shown where they differ."""
    in_rows = case_facts.verdicts_fact({row.item: row.verdict for row in rows})
    return [fact for fact in facts if fact != in_rows]


def _codes(serial: Serial) -> Iterator[UnlockCode]:
    yield from serial.unlock_codes.select_related("installation", "licence_file").order_by("sequence")


def _wrong_codes(serial: Serial) -> Iterator[CaseFileEntry]:
    """Entries of wrong release codes, whichever way they came; any event about them is that of a check or a
    settlement."""
    for wrong in supervision.wrong_codes(serial):
        yield CaseFileEntry(
            wrong.given_at, _("Wrong release code"), wrong.given_by, supervision.wrong_code_facts(wrong)
        )


def _purchases(serial: Serial) -> Iterator[CaseFileEntry]:
    """Entries of purchase lines, one per import and one where it was taken back, with the seal of that event."""
    grants = serial.grants.select_related("product", "file_import").order_by("recorded_at", "pk")
    events = _events_of_imports(grants)
    seals = seals_of(list(events.values()))
    by_batch = groupby(grants, key=lambda each: (each.recorded_at, each.file_import_id, each.reverses_id is not None))
    for (recorded_at, import_id, is_reversal), lines in by_batch:
        event = events.get((import_id or 0, is_reversal))
        by, seal = (event.actor, seals[event.pk]) if event else ("", None)
        title = _("Import taken back") if is_reversal else _("Purchase")
        yield CaseFileEntry(recorded_at, title, by, case_facts.purchase_facts(list(lines)), seal=seal)


def _events_of_imports(grants: Iterable[LicenceGrant]) -> dict[tuple[int, bool], Event]:
    """Key of an import, and whether it is taken back → its event.

    Found by time, which has an index, and not by the details, which have none.
    """
    imports = {each.file_import.pk: each.file_import for each in grants if each.file_import}
    times = {at for each in imports.values() for at in (each.ended_at, each.taken_back_at) if at}
    near = [Q(at__range=(at, at + SAME_TRANSACTION)) for at in sorted(times)]
    if not near:
        return {}
    about = Event.objects.filter(reduce(or_, near), kind__in=_OF_IMPORTS, details__import__in=list(imports))
    return {
        (event.details["import"], event.kind == Event.Kind.IMPORT_TAKEN_BACK): event for event in about.order_by("-pk")
    }


_OF_IMPORTS = [Event.Kind.PURCHASES_RECORDED, Event.Kind.IMPORT_TAKEN_BACK]
