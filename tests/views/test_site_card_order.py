"""The site card: what is open first, then what the viewer may do now, and where licences came from."""

import re

import pytest
from django.utils import timezone

from licences import operations
from licences.domain.codes import new_site_id
from licences.models import RefusedClaim, Serial
from licences.operations import abuse
from tests import factories
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.operations.emergency_calls import begin_emergency

pytestmark = pytest.mark.django_db


def card(browser, serial) -> str:
    return browser.get(serial.get_absolute_url()).content.decode()


# --- First what is open, then what may be done ---------------------------------------------------------


def test_open_requests_refused_attempts_and_notes_come_before_everything_else(catalogue, staff):
    code = factories.registered()
    factories.request(code)
    place = {"serial": code.serial.code, "site_id": new_site_id()}
    abuse.count_refused_attempt(RefusedClaim.Kind.SERIAL_IN_USE, **place, by="Xchange Server", now=timezone.now())
    for number in range(5):
        operations.note_on_serial(serial=code.serial.code, text=f"Note {number}.", by="clerk")

    page = card(staff, code.serial)

    headings = re.findall(r'<h2 class="card-title" id="([\w-]+)"', page)
    assert headings[:5] == ["others-open", "claims", "notes", "actions", "licences"]
    first, _, older = page.partition("<summary>Older notes</summary>")
    assert [f"Note {number}." in first for number in range(5)] == [False, False, True, True, True]
    assert "Note 0." in older


def test_the_follow_up_of_an_emergency_is_in_the_headline(old, supervisor, support_agent, as_user):
    emergency = begin_emergency(old)

    for person, may in ((supervisor, True), (support_agent, False)):
        band = card(as_user(person), old.serial).partition('<div class="band')[2].partition("</div>\n</div>")[0]
        assert (emergency.get_absolute_url() in band) is may


ACTIONS = {
    "register": "Register by hand", "update": "Update licences", "first": "Issue the first unlock code",
    "relicense": "Re-license", "connect": "Let the server connect", "renew": "New registration details",
    "note": "Write a note", "purchase": "Purchase by hand", "return": "Return by hand",
    "transfer": "Transfer to another customer", "block": "Block", "unblock": "Lift the block", "case": "Case file",
}  # fmt: skip
ALWAYS = {"note", "purchase", "case"}
OF_SUPERVISORS = {"block", "transfer"}


def offered(browser, serial) -> set[str]:
    part = card(browser, serial).partition('aria-labelledby="actions"')[2].partition("</section>")[0]
    labels = {" ".join(label.split()) for label in re.findall(r"<(?:a|button) class=\"button[^>]*>([^<]*)<", part)}
    assert labels <= set(ACTIONS.values())
    return {name for name, label in ACTIONS.items() if label in labels}


def test_only_what_is_possible_now_is_offered(old, staff, supervisor, as_user):
    boss = as_user(supervisor)
    live = {"update", "relicense", "renew", "return", *ALWAYS}
    bought = factories.bought()
    assert offered(staff, bought) == {"register", "return", *ALWAYS}
    assert offered(staff, old.serial) - {"connect"} == live
    assert offered(boss, old.serial) - {"connect"} == live | OF_SUPERVISORS
    assert offered(staff, factories.taken_over(factories.bought()).serial) - {"connect", "renew"} == {
        "first", "relicense", "return", *ALWAYS
    }  # fmt: skip

    operations.release_installation(
        serial=old.serial.code, site_id=old.installation.site_id, release_code=old.release_code, by="Xchange Server"
    )
    assert offered(staff, old.serial) == live - {"update"}
    operations.block_serial(serial=old.serial.code, reason="Invoice disputed", by="supervisor")
    assert offered(staff, old.serial) == live - {"update", "relicense"}
    assert offered(boss, old.serial) == live - {"update", "relicense"} | {"unblock", "transfer"}


def test_of_what_was_all_returned_no_code_is_offered(catalogue, staff):
    serial = factories.bought(product="XCH-SRV", quantity=1)
    factories.registered(serial)
    factories.top_up(serial, product="XCH-SRV", quantity=-1, software_assurance_until=None)

    assert offered(staff, serial) - {"connect"} == {"renew", *ALWAYS}


def test_who_only_looks_is_offered_nothing(old, auditor, support_agent, importer, as_user):
    assert offered(as_user(auditor), old.serial) == {"case"}
    for person in (support_agent, importer):
        assert 'id="actions"' not in card(as_user(person), old.serial)


# --- Where licences came from, and who the customer was -------------------------------------------------


def test_a_purchase_names_its_file_and_row_to_those_who_may_see_imports(catalogue, clerk, support_agent, as_user):
    file = confirmed(preview(csv_bytes(row()), name="november.csv"))
    serial = Serial.objects.get()

    page = card(as_user(clerk), serial)
    origin = " ".join(page.partition('data-label="From"')[2].partition("</td>")[0].split())
    assert "<bdi>november.csv</bdi></a>, row 2 <details><summary" in origin
    assert origin.count(file.sha256) == 1
    seen = card(as_user(support_agent), serial)
    for words in ("november.csv", file.sha256, 'data-label="From"', ">From<"):
        assert words in page
        assert words not in seen


def test_former_names_stand_with_the_customer(catalogue, staff):
    serial = factories.bought(customer_name="Alpha Telefonbau")
    assert "Formerly" not in card(staff, serial)

    correction = operations.Correction({"name": "Omega Systems"}, "Renamed, as told by letter")
    operations.correct_customer(customer_id=serial.site.customer_id, correction=correction, by="clerk")

    assert "<dt>Formerly</dt><dd>\n      <bdi>Alpha Telefonbau</bdi>" in card(staff, serial)
