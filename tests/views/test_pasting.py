"""Forms with code fields take apart what was pasted into them, also without a script."""

import re

import pytest
from django.urls import reverse

from licences.models import Relicensing
from tests import factories
from tests.domain.pasted_texts import GERMAN_MAIL, RELEASE_CODE, SERIAL, SITE_ID
from tests.tables import each_row

NEW, REGISTER, PUBLIC = reverse("relicensing-new"), reverse("register"), reverse("public-registration")
PURPOSE = {"purpose": Relicensing.Purpose.choices[0][0]}


def values(answer, *names):
    """What the fields of the form hold that came back."""
    return {name: answer.context["form"][name].value() for name in names}


def summary(answer):
    """The errors that concern the whole form."""
    return " ".join(answer.context["form"].non_field_errors())


@pytest.fixture
def pages(staff, client):
    """The three forms, and a browser for each."""
    return {NEW: staff, REGISTER: staff, PUBLIC: client}


# --- Labels, quotation marks, groups -------------------------------------------------------------------


@each_row("typed", ["S/N: k7qn-3wxb", '"K7QN-3WXB"', "K7QN\u200b3WXB", "k7qn 3wxb"])
def test_a_code_is_put_into_its_groups_whatever_stands_around_it(pages, typed):
    for page, browser in pages.items():
        answer = browser.post(page, {"serial": typed, "site_id": "x"})
        if answer.status_code == 302:  # a checklist is not refused for it
            answer = browser.get(answer.url)
        assert answer.context["form"]["serial"].value() == SERIAL


def test_the_checklist_keeps_the_code_and_not_its_label(staff):
    staff.post(NEW, {"serial": "Seriennummer K7QN-3WXB", **PURPOSE})

    assert Relicensing.objects.get().checks.get().items.get(item="serial").said == SERIAL


# --- Everything at once --------------------------------------------------------------------------------


def test_an_e_mail_is_divided_among_the_fields_and_nothing_is_begun_before_it_was_seen(pages):
    for page, browser in pages.items():
        answer = browser.post(page, {"pasted": GERMAN_MAIL, **PURPOSE})
        name = "customer_name" if page == NEW else "name"

        assert answer.status_code == 422
        assert values(answer, "serial", "site_id", "server_version", name, "address_line1") == {
            "serial": SERIAL,
            "site_id": SITE_ID,
            "server_version": "2.5",
            name: "Fränkische Bäckerei GmbH",
            "address_line1": "Bauerngasse 12",
        }
        assert "Filled in from the pasted text: Serial number, Site ID" in summary(answer)
        assert "Please check the fields" in answer.content.decode()
        assert "Please correct this" not in answer.content.decode()
    assert not Relicensing.objects.exists()


def test_all_codes_in_one_field_are_divided_as_well(staff):
    answer = staff.post(NEW, {"serial": f"Serial: {SERIAL} Site ID: {SITE_ID}", "release_code": "", **PURPOSE})

    assert values(answer, "serial", "site_id") == {"serial": SERIAL, "site_id": SITE_ID}


def test_what_was_typed_is_kept_and_the_other_value_is_told(staff):
    answer = staff.post(NEW, {"pasted": f"{SERIAL}\n{SITE_ID}", "serial": "AB1C-O9XZ", **PURPOSE})

    assert values(answer, "serial", "site_id") == {"serial": "AB1C-O9XZ", "site_id": SITE_ID}
    assert f"Kept as it was: Serial number (pasted text: {SERIAL})." in summary(answer)


def test_of_two_codes_in_the_text_none_is_chosen(staff):
    answer = staff.post(NEW, {"pasted": f"{SERIAL}\nAB1C-O9XZ\n{SITE_ID}", **PURPOSE})

    assert values(answer, "serial", "site_id") == {"serial": None, "site_id": SITE_ID}
    assert "more than one code for “Serial number”: K7QN-3WXB, AB1C-O9XZ" in summary(answer)


def test_the_second_time_the_form_is_sent(staff):
    first = staff.post(NEW, {"pasted": f"{SERIAL}\n{SITE_ID}", **PURPOSE})
    again = staff.post(NEW, {**values(first, "serial", "site_id"), "pasted": "", **PURPOSE})

    assert again.status_code == 302


# --- Another field's form ------------------------------------------------------------------------------

BUTTON = re.compile(r'<button[^>]* name="swap" value="(\w+)"[^>]*>([^<]*)<')


def swap_buttons(answer):
    return {name: label.strip() for name, label in BUTTON.findall(answer.content.decode())}


def test_swapped_codes_are_told_on_the_result_and_one_button_checks_them_swapped(catalogue, staff):
    swapped = {"serial": SERIAL, "site_id": RELEASE_CODE, "release_code": SITE_ID, **PURPOSE}
    result = staff.post(NEW, swapped, follow=True)
    page = result.request["PATH_INFO"]

    assert "10 characters: that is a release code." in result.content.decode()
    assert swap_buttons(result) == {"site_id": "Swap with “Release code”"}

    staff.post(page, {**swapped, "swap": "site_id"})

    said = {each.item: each.said for each in Relicensing.objects.get().checks.get(number=2).items.all()}
    assert (said["site_id"], said["release_code"]) == (SITE_ID, RELEASE_CODE)


def test_a_code_that_is_alone_in_the_wrong_field_is_moved(staff):
    result = staff.post(NEW, {"serial": SERIAL, "site_id": "", "release_code": SITE_ID, **PURPOSE}, follow=True)

    assert list(swap_buttons(result).values()) == ["Move to “Site ID of the PC to be licensed”"]


def test_a_registration_is_shown_with_the_codes_swapped_before_anything_is_registered(catalogue, pages):
    code = factories.bought()
    for page in (REGISTER, PUBLIC):
        typed = {"serial": SITE_ID, "site_id": code.code}
        refused = pages[page].post(page, typed)
        assert "12 characters: that is a site ID." in refused.content.decode()
        assert swap_buttons(refused) == {"serial": "Swap with “Site ID”"}

        answer = pages[page].post(page, {**typed, "swap": "serial"})
        assert values(answer, "site_id") == {"site_id": SITE_ID}
        assert "Swapped: “Serial number” and “Site ID”." in summary(answer)
    assert not code.installations.exists()


def test_a_code_of_the_right_form_is_not_swapped_away(staff):
    refused = staff.post(REGISTER, {"serial": SITE_ID, "site_id": SITE_ID})

    assert "12 characters: that is a site ID." in refused.content.decode()
    assert swap_buttons(refused) == {}


def test_enter_sends_the_form_and_never_swaps(staff):
    """Enter presses the first button of a form."""
    result = staff.post(NEW, {"serial": SERIAL, "site_id": RELEASE_CODE, **PURPOSE}, follow=True)
    buttons = re.findall(r'<button type="submit" hidden>|<button[^>]*name="swap"', result.content.decode())

    assert buttons[0] == '<button type="submit" hidden>'


def test_a_release_code_form_reads_a_code_with_its_label():
    from licences.forms.relicensing import ReleaseCodeForm

    form = ReleaseCodeForm({"code-release_code": "Freigabecode: 5tghj 8uio3."}, prefix="code")

    assert form.is_valid()
    assert form.cleaned_data["release_code"] == RELEASE_CODE.replace("-", "")


# --- The list of keys ----------------------------------------------------------------------------------


def test_every_page_of_the_staff_has_the_list_of_its_keys(staff, client):
    assert "<kbd>F8</kbd>" in staff.get(NEW).content.decode()
    desk = staff.get(reverse("desk")).content.decode()
    assert 'id="keys"' in desk
    assert "<kbd>F8</kbd>" not in desk
    assert 'id="keys"' not in client.get(PUBLIC).content.decode()
