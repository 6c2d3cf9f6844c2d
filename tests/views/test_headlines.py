"""What the checklist says first, and what the clerk can say to the caller."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from licences import operations
from licences.models import CheckedItem, Serial, UnlockCode
from licences.wording.checklist import ASK_FOR, HEADLINES
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def page_of(staff, code: UnlockCode, **answers: str) -> str:
    request = factories.request(code, **answers)
    return " ".join(staff.get(request.get_absolute_url()).content.decode().split())


def headline(page: str) -> str:
    return page.partition('<div class="band bad"><h2>')[2].partition("</h2>")[0]


def to_caller(page: str) -> str:
    return page.partition('<p class="to-caller">')[2].partition("</p>")[0]


def test_an_unknown_serial_number_is_one_problem_and_the_rest_is_not_judged_yet(catalogue, staff):
    code = factories.registered()

    page = page_of(staff, code, serial="ZZZZ-ZZZ1", customer_name="Nobody", site_id="")

    assert headline(page) == "Serial number not found"
    assert "I cannot find this serial number." in to_caller(page)
    assert page.count('<tr class="verdict-mismatch">') == 1
    assert page.count('<tr class="verdict-pending">') == 6
    assert page.count("not checked yet") == 6
    assert "need attention" not in page
    assert 'id="decide"' not in page


def test_what_is_stored_of_an_unknown_serial_number_is_what_was_found(catalogue, staff):
    page_of(staff, factories.registered(), serial="ZZZZ-ZZZ1", site_id="")

    stored = dict(CheckedItem.objects.values_list("item", "verdict"))
    assert (stored["serial"], stored["site_id"], stored["customer_name"]) == ("mismatch", "missing", "unprovable")


def test_a_blocked_serial_number_has_its_reason_for_the_clerk_only(catalogue, staff):
    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Invoice disputed", by="supervisor")

    page = page_of(staff, code)

    assert headline(page) == "This serial number is blocked"
    assert "Invoice disputed" in page
    assert "I cannot issue a code for this serial number at the moment." in to_caller(page)
    assert "Invoice disputed" not in to_caller(page)


def test_software_assurance_that_ended_is_said_with_its_day_and_what_is_possible(catalogue, staff):
    code = factories.registered(
        factories.bought(software_assurance_until=date(2024, 2, 29)), versions=factories.versions("2.4")
    )

    page = page_of(staff, code, server_version="2.6", client_version="2.6")

    assert headline(page) == "Version 2.6 needs Software Assurance"
    assert "yours ended on 29 Feb 2024. You can use versions up to 2.4" in to_caller(page)


def test_software_assurance_that_never_was_is_said_without_a_day(catalogue, staff):
    code = factories.registered(factories.bought(software_assurance_until=None), versions=factories.versions("2.4"))

    assert "which is not on your licence" in to_caller(page_of(staff, code, server_version="2.6", client_version="2.6"))


@each_row(
    ("version", "lawful"),
    [("2.6.1", True), ("2.6.1 (Build 16321-4323)", True), ("2.6.1-16321", True), ("2,6,1", True),
     ("2.7", False), ("2.7.0 (Build 1)", False), ("2.7-16321", False)],
)  # fmt: skip
def test_after_cover_ended_a_maintenance_release_may_run_and_the_next_release_may_not(
    catalogue, staff, version, lawful
):
    ended = factories.bought(software_assurance_until=date(2024, 2, 29))
    code = factories.registered(ended, versions=factories.versions("2.4"))
    Serial.objects.filter(pk=ended.pk).update(highest_version="2.6")  # while it was covered

    page = page_of(staff, code, server_version=version, client_version=version)

    assert headline(page) == ("" if lawful else f"Version {version} needs Software Assurance")
    assert lawful or "You can use versions up to 2.6" in to_caller(page)


def test_the_site_card_and_the_look_up_tell_what_to_say_as_well(catalogue, staff):
    serial = factories.registered().serial
    operations.block_serial(serial=serial.code, reason="Invoice disputed", by="supervisor")

    assert "I cannot issue a code" in to_caller(staff.get(serial.get_absolute_url()).content.decode())
    unknown = staff.get(reverse("lookup"), {"q": "ZZZZ-ZZZ1"}).content.decode()
    assert "Serial number not found" in unknown
    assert "I cannot find this serial number." in to_caller(unknown)


SITE_ID, RELEASE_CODE = "LLN5-VYAA-71GE", "7TYU3-MKLAA"
UNLOCK_CODE = "2V84W-MFOPV-ECQQE-GZO56-7TYU3"


@each_row(
    ("answers", "title", "said"),
    [
        ({"serial": SITE_ID, "site_id": "{serial}"}, "Swapped: serial number and site ID", ""),
        ({"serial": RELEASE_CODE, "release_code": "{serial}"}, "Swapped: serial number and release code", ""),
        ({"site_id": RELEASE_CODE, "release_code": SITE_ID}, "Swapped: site ID and release code", ""),
        ({"serial": SITE_ID, "site_id": ""}, "In the field for the serial number: a site ID", ""),
        (
            {"serial": SITE_ID, "site_id": SITE_ID},
            "In the field for the serial number: a site ID",
            "It has 8 characters.",
        ),
        ({"serial": UNLOCK_CODE}, "In the field for the serial number: an unlock code", "It has 8 characters."),
        ({"site_id": "{serial}"}, "In the field for the site ID: a serial number", "It has 12 characters."),
        ({"release_code": SITE_ID}, "In the field for the release code: a site ID", "It has 10 characters."),
        ({"serial": RELEASE_CODE}, "Serial number: 10 characters instead of 8", "It has 8 characters."),
        ({"serial": "ZZZ"}, "The serial number has 3 characters instead of 8", "A serial number has 8 characters."),
    ],
)
def test_a_code_in_the_wrong_field_is_named_and_never_said_to_be_unknown(catalogue, staff, answers, title, said):
    code = factories.registered()
    typed = {field: text.format(serial=code.serial.code) for field, text in answers.items()}

    page = page_of(staff, code, **typed)

    assert headline(page) == title
    assert said in to_caller(page)
    assert bool(said) == ('class="to-caller"' in page)
    assert "I cannot find" not in page


def test_the_swap_that_the_headline_asks_for_is_there_and_mends_it(catalogue, staff):
    code = factories.registered()
    request = factories.request(code, serial=SITE_ID, site_id=code.serial.code)
    page = staff.get(request.get_absolute_url()).content.decode()
    assert 'name="swap" value="serial"' in page
    assert "Ask again, group by group" not in page

    answers = {"serial": SITE_ID, "site_id": code.serial.code, "purpose": "migrate", "swap": "serial"}
    page = staff.post(request.get_absolute_url(), answers, follow=True).content.decode()

    assert headline(" ".join(page.split())) == ""
    assert str(code.serial) in page


@each_row("texts", [*HEADLINES.values(), ASK_FOR.values()])
def test_every_headline_is_said_in_german_too(texts):
    for text in texts:
        if not isinstance(text, Promise):  # nothing to say, or what is asked for
            continue
        with translation.override("en"):
            english = str(text)
        with translation.override("de"):
            assert str(text) != english
