"""Which single problem a clerk hears about first (docs/domain.md#re-licensing)."""

from datetime import date

from licences.domain.checklist import Item
from licences.domain.checklist_headlines import Headline, awaits_serial, headline_of, tells_without_serial
from licences.domain.entitlements import Coverage
from licences.domain.versions import Version
from tests.domain.relicensing_call import (
    FORMER,
    NEW,
    NOTHING_FOUND,
    RECORD,
    SECOND_CODE,
    SERIAL,
    UNKNOWN_CODE,
    findings,
    record_with,
)
from tests.tables import each_row

ENDED = record_with(coverage=Coverage(date(2024, 2, 29), Version.parse("2.4.1")))
BLOCKED = record_with(blocked_reason="Invoice disputed")


@each_row(
    ("record", "answers", "headline", "item"),
    [
        (NOTHING_FOUND, {"serial": ""}, Headline.NO_SERIAL, Item.SERIAL),
        (NOTHING_FOUND, {"serial": "AB1C-O9X2"}, Headline.UNKNOWN_SERIAL, Item.SERIAL),
        (NOTHING_FOUND, {"serial": "AB1C"}, Headline.SERIAL_LENGTH, Item.SERIAL),
        (NOTHING_FOUND, {"serial": "AB1C-Ö9XZ"}, Headline.UNKNOWN_SERIAL, Item.SERIAL),
        (NOTHING_FOUND, {"client_version": "2.6"}, Headline.UNKNOWN_SERIAL, Item.SERIAL),
        (BLOCKED, {}, Headline.BLOCKED, Item.SERIAL),
        (BLOCKED, {"client_version": "2.6", "customer_name": "Nobody"}, Headline.BLOCKED, Item.SERIAL),
        (RECORD, {"server_version": "2.6"}, Headline.NEVER_ASSURED, Item.SERVER_VERSION),
        (RECORD, {"client_version": "2.6", "customer_name": "Nobody"}, Headline.NEVER_ASSURED, Item.CLIENT_VERSION),
        (ENDED, {"client_version": "2.6"}, Headline.ASSURANCE_ENDED, Item.CLIENT_VERSION),
    ],
)
def test_one_problem_comes_first(record, answers, headline, item):
    found = headline_of(list(findings(record, **answers).values()))

    assert found is not None
    assert (found.headline, found.finding.item) == (headline, item)


UNLOCK_CODE = "2V84W-MFOPV-ECQQE-GZO56-7TYU3"


@each_row(
    ("record", "answers", "headline", "item"),
    [
        # Two codes in each other's field
        (NOTHING_FOUND, {"serial": NEW, "site_id": SERIAL}, Headline.SWAPPED_CODES, Item.SERIAL),
        (NOTHING_FOUND, {"serial": SECOND_CODE, "release_code": SERIAL}, Headline.SWAPPED_CODES, Item.SERIAL),
        (RECORD, {"site_id": SECOND_CODE, "release_code": NEW}, Headline.SWAPPED_CODES, Item.SITE_ID),
        (NOTHING_FOUND, {"site_id": SECOND_CODE, "release_code": NEW}, Headline.SWAPPED_CODES, Item.SITE_ID),
        # One code in the field of another that is empty
        (NOTHING_FOUND, {"serial": NEW, "site_id": ""}, Headline.CODE_TO_MOVE, Item.SERIAL),
        (NOTHING_FOUND, {"serial": "", "site_id": SERIAL}, Headline.CODE_TO_MOVE, Item.SITE_ID),
        (RECORD, {"site_id": "", "release_code": NEW}, Headline.CODE_TO_MOVE, Item.RELEASE_CODE),
        # A code that has no other field to go to
        (NOTHING_FOUND, {"serial": NEW, "site_id": NEW}, Headline.OTHER_CODE, Item.SERIAL),
        (NOTHING_FOUND, {"serial": UNLOCK_CODE}, Headline.OTHER_CODE, Item.SERIAL),
        (RECORD, {"site_id": SERIAL}, Headline.OTHER_CODE, Item.SITE_ID),
        (RECORD, {"release_code": UNLOCK_CODE}, Headline.OTHER_CODE, Item.RELEASE_CODE),
        # Ten characters may be an old serial number (docs/codes.md#old-serials)
        (NOTHING_FOUND, {"serial": SECOND_CODE}, Headline.TEN_CHARACTERS, Item.SERIAL),
        (NOTHING_FOUND, {"serial": SECOND_CODE, "release_code": ""}, Headline.TEN_CHARACTERS, Item.SERIAL),
        # What ends the call, or has to be asked for first, comes before it
        (BLOCKED, {"site_id": SECOND_CODE, "release_code": NEW}, Headline.BLOCKED, Item.SERIAL),
        (NOTHING_FOUND, {"site_id": SERIAL}, Headline.UNKNOWN_SERIAL, Item.SERIAL),
    ],
)
def test_a_code_in_the_field_of_another_is_named_as_such(record, answers, headline, item):
    found = headline_of(list(findings(record, **answers).values()))

    assert found is not None
    assert (found.headline, found.finding.item) == (headline, item)


@each_row("answers", [{}, {"customer_name": "Nobody"}, {"release_code": UNKNOWN_CODE}, {"site_id": ""}])
def test_other_problems_are_counted_instead(answers):
    assert headline_of(list(findings(RECORD, **answers).values())) is None


def test_without_the_serial_number_everything_else_waits_for_it():
    found = list(findings(NOTHING_FOUND).values())

    assert [each.item for each in found if not awaits_serial(each, found)] == [Item.SERIAL]


def test_with_the_serial_number_nothing_waits():
    found = list(findings(BLOCKED, site_id="", release_code=UNKNOWN_CODE).values())

    assert not any(awaits_serial(each, found) for each in found)


@each_row(
    ("answers", "item", "tells"),
    [
        ({}, Item.SITE_ID, False),
        ({}, Item.RELEASE_CODE, False),
        ({}, Item.SERVER_VERSION, False),
        ({}, Item.CUSTOMER_NAME, False),
        ({"site_id": FORMER[1:]}, Item.SITE_ID, True),
        ({"release_code": ""}, Item.RELEASE_CODE, True),
        ({"server_version": "new"}, Item.SERVER_VERSION, True),
    ],
)
def test_a_reason_is_shown_where_it_tells_something_without_the_serial_number(answers, item, tells):
    assert tells_without_serial(findings(NOTHING_FOUND, **answers)[item]) is tells
