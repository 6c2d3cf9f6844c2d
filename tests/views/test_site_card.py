"""The site card, the look-up and the desk: the answer first, in few queries."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from licences import imports, operations
from licences.domain.codes import grouped
from licences.models import Release, UnlockCode
from licences.views.form_pages import today
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def card(staff, serial) -> str:
    return staff.get(reverse("serial", args=[serial.code])).content.decode()


def test_it_says_registered(catalogue, staff):
    page = card(staff, factories.registered().serial)

    assert "<h2>Registered</h2>" in page
    assert "Update licences" in page


def test_it_says_bought_but_not_registered(catalogue, staff):
    serial = factories.bought()

    page = card(staff, serial)

    assert "Bought but not registered: support may be refused" in page
    assert f"{reverse('register')}?serial={serial.code}" in page


def test_it_says_released(catalogue, staff):
    code = factories.registered()
    operations.release_installation(
        serial=code.serial.code,
        site_id=code.installation.site_id,
        release_code=code.release_code,
        by="Xchange Server",
    )

    assert "Released, awaiting re-licensing" in card(staff, code.serial)


def test_it_leaves_out_products_of_which_all_were_returned(catalogue, staff):
    serial = factories.bought(product="XCH-USR", quantity=5)
    factories.top_up(serial, product="XCH-SRV", quantity=1)
    assert "Xchange Server" in (kept := card(staff, serial).partition('id="licences"')[2].partition("</table>")[0])

    factories.top_up(serial, product="XCH-USR", quantity=-5, software_assurance_until=None)

    left = card(staff, serial).partition('id="licences"')[2].partition("</table>")[0]
    assert (kept.count("<tr>"), left.count("<tr>")) == (3, 2)


def test_it_says_blocked_why_and_by_whom(catalogue, staff):
    serial = factories.registered().serial
    operations.block_serial(serial=serial.code, reason="Invoice disputed", by="supervisor")

    page = card(staff, serial)

    assert "This serial number is blocked" in page
    assert "Invoice disputed" in page
    assert "Update licences" not in page


def test_it_offers_the_first_code_of_an_installation_that_was_taken_over(catalogue, staff):
    installation = factories.taken_over()

    assert "Issue the first unlock code" in card(staff, installation.serial)
    staff.post(reverse("serial-update", args=[installation.serial.code]))
    assert UnlockCode.objects.get().installation == installation


@each_row("grants", [1, 60])
def test_it_takes_fewer_than_12_queries_whatever_the_number_of_grants(
    grants, catalogue, staff, django_assert_max_num_queries
):
    serial = factories.registered().serial
    for _ in range(grants):
        line = factories.line(serial=serial.code, customer_number=serial.site.customer.number, product="XCH-USR")
        imports.record_purchase(line, by="tests")

    with django_assert_max_num_queries(11):
        staff.get(reverse("serial", args=[serial.code]))


def test_updating_after_a_top_up_makes_a_new_code_and_the_same_again(catalogue, staff):
    serial = factories.registered().serial
    line = factories.line(serial=serial.code, customer_number=serial.site.customer.number, quantity=5)
    imports.record_purchase(line, by="tests")
    address = reverse("serial-update", args=[serial.code])

    first = staff.post(address)["Location"]
    second = staff.post(address)["Location"]

    assert first == second
    assert UnlockCode.objects.count() == 2


def test_updating_what_was_never_registered_says_so(catalogue, staff):
    serial = factories.bought()

    page = staff.post(reverse("serial-update", args=[serial.code]), follow=True).content.decode()

    assert "This serial number was never registered." in page


@each_row("query", ["serial", "site_id", "unlock_code", "Söhne", "soehne", "MULLER"])
def test_the_look_up_finds_by_codes_and_by_part_of_the_name(query, catalogue, staff):
    code = factories.registered()
    factories.bought(customer_name="Contoso Ltd")
    typed = {
        "serial": grouped(code.serial.code).lower(),
        "site_id": grouped(code.installation.site_id).replace("O", "0"),
        "unlock_code": grouped(code.code),
    }.get(query, query)

    results = staff.get(reverse("lookup"), {"q": typed, "format": "json"}).json()["results"]

    assert [result["serial"] for result in results] == [grouped(code.serial.code)]
    assert results[0]["site_id"] == grouped(code.installation.site_id)
    assert results[0]["customer"] == "Bäckerei Müller & Söhne GmbH"
    assert results[0]["registered"] is True


def test_the_look_up_finds_a_former_site_id(catalogue, staff):
    code = factories.registered()
    operations.release_installation(
        serial=code.serial.code,
        site_id=code.installation.site_id,
        release_code=code.release_code,
        by="Xchange Server",
    )

    results = staff.get(reverse("lookup"), {"q": code.installation.site_id, "format": "json"}).json()["results"]

    assert [result["live"] for result in results] == [False]


def test_the_look_up_names_the_serial_one_slip_away(catalogue, staff):
    serial = factories.bought(serial="AB1CO9XZ")

    page = staff.get(reverse("lookup"), {"q": "AB1C-O9X2"}).content.decode()

    assert "similar serial number: check group 2" in page
    assert serial.get_absolute_url() in page


def test_an_address_with_a_serial_in_any_grouping_leads_to_its_card(catalogue, staff):
    serial = factories.bought(serial="AB1CO9XZ")

    assert serial.get_absolute_url() == "/serials/AB1C-O9XZ/"
    for typed in ("AB1CO9XZ", "ab1c-09xz", "AB1C.O9XZ"):
        assert staff.get(f"/serials/{typed}/").status_code == 200


def test_the_desk_shows_what_is_waiting(catalogue, staff):
    bought = factories.bought(customer_name="Wartende Werkstatt")
    released = factories.registered()
    operations.release_installation(
        serial=released.serial.code,
        site_id=released.installation.site_id,
        release_code=released.release_code,
        by="Xchange Server",
    )

    page = staff.get("/").content.decode()

    assert bought.get_absolute_url() in page
    assert released.serial.get_absolute_url() in page
    assert "Serial released" in page


def test_correcting_a_customer_leaves_the_registration_as_entered(catalogue, staff):
    serial = factories.registered().serial
    customer = serial.site.customer
    values = {
        "number": customer.number,
        "name": "Contoso AG",
        "address_line1": "Neue Gasse 1",
        "reason": "Renamed, as told by letter",
    }

    staff.post(reverse("customer-correct", args=[customer.pk]), values)

    page = card(staff, serial)
    assert "Contoso AG" in page
    assert serial.registrations.get().name == "Bäckerei Müller & Söhne GmbH"


def test_new_registration_details_stand_beside_the_old_ones(catalogue, staff):
    serial = factories.registered().serial
    values = {
        "name": "Contoso AG",
        "address_line1": "Neue Gasse 1",
        "contact_name": "A",
        "contact_phone": "1",
        "reason": "Moved, as told by letter",
    }

    staff.post(reverse("registration-renew", args=[serial.code]), values)

    assert [each.name for each in serial.registrations.all()] == [
        "Contoso AG",
        "Bäckerei Müller & Söhne GmbH",
    ]
    assert "1 earlier registration" in card(staff, serial)


@pytest.fixture
def releases(db):
    wanted = [("2.4", False), ("2.5", True), ("2.6", True)]
    operations.save_releases(
        [Release(version=version, needs_software_assurance=assured) for version, assured in wanted], by="tests"
    )


@pytest.mark.parametrize(
    ("days", "running", "expected"),
    [
        (None, "2.3", "May run up to 2.4 · no Software Assurance (2.5 and later need it)"),
        (None, "2.4.1", "May run up to 2.4 · no Software Assurance (2.5 and later need it)"),
        (200, "2.4", "May run 2.6 · Software Assurance until {day}"),
        (200, "2.6", "May run 2.6 · Software Assurance until {day}"),
        (200, "2.7.2", "May run 2.7 · Software Assurance until {day}"),
    ],
)
def test_it_says_in_one_line_what_a_site_may_run(catalogue, releases, staff, days, running, expected):
    until = None if days is None else today() + timedelta(days)
    serial = factories.bought(software_assurance_until=until)
    factories.registered(serial, versions=factories.versions(running))

    assert upgrade_line(card(staff, serial)) == expected.format(day=until and date_format(until, "DATE_FORMAT"))


def test_what_ran_lawfully_stays_allowed_after_cover_has_ended(catalogue, releases, staff, monkeypatch):
    until = factories.TODAY + timedelta(days=1)
    code = factories.registered(factories.bought(software_assurance_until=until), versions=factories.versions("2.5.3"))
    monkeypatch.setattr("licences.views.serials.today", lambda: until + timedelta(days=1))

    line = upgrade_line(card(staff, code.serial))

    ended = date_format(until, "DATE_FORMAT")
    assert line == f"May run up to 2.5 · Software Assurance ended {ended} (2.6 and later need it)"


def test_without_releases_it_says_what_runs_and_of_what_was_never_installed_only_the_cover(catalogue, staff):
    assert upgrade_line(card(staff, factories.registered().serial)).startswith("May run 2.6 · Software Assurance")
    serial = factories.bought(software_assurance_until=None)
    assert upgrade_line(card(staff, serial)) == "no Software Assurance"


def upgrade_line(page: str) -> str:
    part = page.partition('<p class="upgrade">')[2].partition("</p>")[0]
    return " ".join(re.sub("<[^>]*>", " ", part).split())


def test_it_says_that_cover_ends_soon(catalogue, staff):
    soon = today() + timedelta(days=40)

    assert "ends soon" in card(staff, factories.bought(software_assurance_until=soon))
    assert "ends soon" not in card(staff, factories.bought(software_assurance_until=soon + timedelta(days=100)))
