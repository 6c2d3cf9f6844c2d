"""The call as the pages play it: checklist, result, asking again, deciding, issuing, the sheet."""

import re

import pytest
from django.urls import reverse

from licences.domain.codes import grouped, new_site_id
from licences.models import ChecklistCheck, Installation, ReleaseCodeUse, Relicensing, UnlockCode
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(catalogue):
    return factories.registered()


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    for module in ("relicensing", "serials"):
        monkeypatch.setattr(f"licences.views.{module}.today", lambda: factories.TODAY)


def said(code: UnlockCode, **values: str) -> dict[str, str]:
    """What an honest caller says, as it would be typed."""
    honest = {
        "serial": grouped(code.serial.code).lower(),
        "site_id": grouped(new_site_id()),
        "release_code": grouped(code.release_code),
        "server_version": "2.6",
        "client_version": "2.6",
        "customer_name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
        "purpose": "migrate",
    }
    return {**honest, **values}


def check(staff, values: dict[str, str]) -> tuple[str, str]:
    """Fill in the checklist; the address of the result, and its page."""
    answer = staff.post(reverse("relicensing-new"), values)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], staff.get(answer["Location"]).content.decode()


def verdicts(page: str) -> list[str]:
    return re.findall(r'<tr class="verdict-(\w+)">', page)


def issue_button(page: str) -> str:
    return next(tag for tag in re.findall(r"<button[^>]*>[^<]*", page) if "Issue unlock code" in tag)


def test_an_honest_call_ends_in_a_code_for_the_new_site_id(code, staff):
    values = said(code)
    address, page = check(staff, values)

    assert verdicts(page) == ["match"] * 7
    assert "disabled" not in issue_button(page)

    sheet = staff.post(f"{address}issue/", follow=True)

    new = UnlockCode.objects.latest("pk")
    assert sheet.redirect_chain[-1][0] == new.get_absolute_url()
    assert grouped(new.installation.site_id) == values["site_id"]
    assert new.sequence == 2
    live = Installation.objects.get(ended_at=None)
    assert live == new.installation
    assert ReleaseCodeUse.objects.get().installation == code.installation


def test_nothing_changes_before_the_code_is_issued(code, staff):
    check(staff, said(code))

    assert Installation.objects.get().is_live
    assert UnlockCode.objects.count() == 1


def test_a_slip_in_the_name_is_close_and_passes_once_asked_again(code, staff):
    address, page = check(staff, said(code, customer_name="Bäckerei Mueller und Soehne"))

    assert verdicts(page)[5] == "close"
    assert "disabled" in issue_button(page)
    refused = staff.post(f"{address}issue/", follow=True).content.decode()
    assert "Some items still need attention" in refused

    page = staff.post(f"{address}confirm/", {"asked_again": ["customer_name"]}, follow=True).content.decode()

    assert "disabled" not in issue_button(page)
    staff.post(f"{address}issue/")
    assert UnlockCode.objects.count() == 2


def test_a_wrong_house_number_is_a_mismatch_until_it_is_corrected_in_place(code, staff):
    values = said(code, address_line1="Hauptstraße 12b")
    address, page = check(staff, values)

    assert verdicts(page)[6] == "mismatch"
    assert "Different house number." in page

    page = staff.post(address, {**values, "address_line1": "Hauptstraße 12a"}, follow=True).content.decode()

    assert verdicts(page) == ["match"] * 7
    assert ChecklistCheck.objects.count() == 2


def test_a_wrong_release_code_blocks_and_says_which_group_to_ask_for(code, staff):
    right = code.release_code
    wrong = right[:6] + ("A" if right[6] != "A" else "B") + right[7:]

    _, page = check(staff, said(code, release_code=wrong))

    assert verdicts(page)[2] == "mismatch"
    assert "One character is wrong: ask for group 2 again." in page
    assert "disabled" in issue_button(page)
    assert grouped(right) not in page


def test_what_is_on_record_is_not_shown_for_an_item_that_was_not_answered(code, staff):
    _, page = check(staff, {"serial": code.serial.code, "purpose": "migrate"})

    assert verdicts(page) == ["match", *["missing"] * 6]
    for secret in ("Hauptstraße", "Bäckerei", grouped(code.installation.site_id), grouped(code.release_code)):
        assert secret not in page


def test_the_page_after_a_missing_serial_keeps_what_was_typed(code, staff):
    values = said(code, serial="")

    _, page = check(staff, values)

    assert verdicts(page)[0] == "missing"
    for text in (values["site_id"], values["release_code"], "Hauptstraße 12a"):
        assert f'value="{text}"' in page


def test_a_dead_pc_needs_a_supervisor_with_a_reason(code, staff, supervisor, as_user):
    values = said(code, release_code="", release_code_unavailable="on")
    address, page = check(staff, values)
    assert verdicts(page)[2] == "unprovable"
    assert "Any supervisor who has not worked on this call." in page
    assert staff.post(f"{address}decide/", {"items": ["release_code"], "reason": "dead"}).status_code == 403

    boss = as_user(supervisor)
    without_reason = boss.post(f"{address}decide/", {"items": ["release_code"], "reason": " ", "check_number": 1})
    assert without_reason.status_code == 422
    assert "Give the reason." in without_reason.content.decode()
    boss.post(
        f"{address}decide/", {"items": ["release_code"], "reason": "Board burnt; invoice seen.", "check_number": 1}
    )

    staff.post(f"{address}issue/")
    assert UnlockCode.objects.count() == 2
    closed = staff.get(address).content.decode()
    assert "Board burnt; invoice seen." in closed
    assert "supervisor" in closed


def test_a_serial_that_was_never_registered_leads_to_registering_by_hand(code, staff):
    bought = factories.bought()

    _, page = check(staff, said(code, serial=bought.code))

    assert verdicts(page)[0] == "mismatch"
    assert reverse("register") in page


def test_a_withdrawn_request_stays_on_record_and_issues_nothing(code, staff):
    address, _ = check(staff, said(code))

    staff.post(f"{address}withdraw/")
    refused = staff.post(f"{address}issue/", follow=True).content.decode()

    assert "This request is closed." in refused
    assert Relicensing.objects.get().outcome == "withdrawn"
    assert UnlockCode.objects.count() == 1


def test_pressing_issue_twice_shows_the_same_sheet(code, staff):
    address, _ = check(staff, said(code))

    first = staff.post(f"{address}issue/")["Location"]
    second = staff.post(f"{address}issue/")["Location"]

    assert first == second
    assert UnlockCode.objects.count() == 2


def test_a_record_that_changed_meanwhile_is_checked_again_and_shown(code, staff):
    address, _ = check(staff, said(code))
    other, _ = check(staff, said(code))
    staff.post(f"{address}issue/")

    page = staff.post(f"{other}issue/", follow=True).content.decode()

    assert "Our records have changed since the last check." in page
    assert verdicts(page)[2] == "mismatch"
    assert "already used" in page
    assert UnlockCode.objects.count() == 2


@each_row("purpose", ["reinstall", "migrate"])
def test_the_sheet_spells_the_code_twice_and_says_what_is_next(purpose, code, staff):
    address, _ = check(staff, said(code, purpose=purpose))
    page = staff.post(f"{address}issue/", follow=True).content.decode()
    new = UnlockCode.objects.latest("pk")

    symbols = re.findall(r'class="symbol-char">(.)<', page)
    assert "".join(symbols) == new.code
    assert page.count('class="symbol digit"') == sum(symbol.isdigit() for symbol in new.code)
    assert page.count('class="symbol-icao"') == page.count('class="symbol-din"') == len(new.code)
    assert ("renewed PC" if purpose == "reinstall" else "new server") in page


def test_the_page_after_issue_takes_fewer_than_15_queries(code, staff, django_assert_max_num_queries):
    address, _ = check(staff, said(code))
    sheet = staff.post(f"{address}issue/")["Location"]

    with django_assert_max_num_queries(14):
        assert staff.get(sheet).status_code == 200


def test_the_list_shows_open_requests_and_all(code, staff):
    address, _ = check(staff, said(code))
    assert address in staff.get(reverse("relicensings")).content.decode()

    staff.post(f"{address}issue/")

    assert address not in staff.get(reverse("relicensings")).content.decode()
    assert address in staff.get(reverse("relicensings") + "?show=all").content.decode()


@each_row(("server", "client", "stored"), [("2.6", "=", "2.6"), ("2.6", " = ", "2.6"), ("", "=", "")])
def test_an_equals_sign_is_the_same_version_as_that_of_the_server(code, staff, server, client, stored):
    staff.post(reverse("relicensing-new"), said(code, server_version=server, client_version=client))

    assert ChecklistCheck.objects.latest("pk").answers().client_version == stored
