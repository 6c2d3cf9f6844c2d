"""One call for the checklist tests: Huber moves from an old PC to a new one, and every answer is right.

The serial has run on three PCs: ``FORMER`` (released and re-licensed), then ``OLD``, live with two unlock codes.
"""

from dataclasses import replace
from datetime import date

from licences.domain.checklist import Answers, Item, ItemFinding, check_answers
from licences.domain.checklist_record import ChecklistRecord, InstallationRecord, SerialRecord
from licences.domain.entitlements import Coverage
from licences.domain.versions import Version

TODAY = date(2026, 11, 24)
SERIAL, OTHER_SERIAL = "AB1CO9XZ", "KK7TP3WM"
OLD, FORMER, NEW = "4K7MPO2WQZ8R", "9D3FTT1HXU6C", "LLN5VYAA71GE"
FIRST_CODE, SECOND_CODE, FORMER_CODE, UNKNOWN_CODE = "ECQQEGZO56", "7TYU3MKLAA", "XKW93PPJRD", "UUUUUUUUUU"

LIVE = InstallationRecord(
    site_id=OLD,
    live=True,
    release_codes=((2, FIRST_CODE), (3, SECOND_CODE)),
    server_version="2.4.1",
    client_version="2.4",
)
RELEASED = replace(LIVE, live=False, awaits_relicensing=True)
TAKEN_OVER = replace(LIVE, taken_over=True, release_codes=())
CONSUMED = InstallationRecord(
    site_id=FORMER, live=False, consumed=True, release_codes=((1, FORMER_CODE),), server_version="2.4"
)
HUBER = SerialRecord(
    serial=SERIAL,
    customer_name="Huber Elektrotechnik GmbH",
    customer_address_line1="Hauptstraße 12a",
    registered_name="Huber Elektrotechnik GmbH",
    registered_address_line1="Hauptstraße 12a",
    coverage=Coverage(None, Version.parse("2.4.1")),
    installations=(LIVE, CONSUMED),
)
RECORD = ChecklistRecord(serial=HUBER)
NOTHING_FOUND = ChecklistRecord(serial=None)
ANSWERS = Answers(
    serial="ab1c-o9xz",
    site_id="LLN5-VYAA-71GE",
    release_code="7tyu3-mklaa",
    server_version="2.4.1",
    client_version="2.4",
    customer_name="Huber Elektrotechnik GmbH",
    address_line1="Hauptstraße 12a",
)


def record_with(*installations: InstallationRecord, **changes: object) -> ChecklistRecord:
    """Return the record with other installations (newest first), or with other facts about the serial."""
    if installations:
        changes["installations"] = installations
    return ChecklistRecord(serial=replace(HUBER, **changes))


def findings(record: ChecklistRecord = RECORD, *, on: date = TODAY, **answers: object) -> dict[Item, ItemFinding]:
    """Return the findings of the call, by item, if the caller gives these other answers."""
    return {finding.item: finding for finding in check_answers(replace(ANSWERS, **answers), record, on=on)}
