"""Customers, purchases, returns and corrections entered on pages, and the second person who agrees."""

import re

import pytest
from django.urls import reverse

from customers.models import Customer
from licences import imports
from licences.domain.codes import grouped
from licences.domain.staff_identity import StaffIdentity
from licences.models import Balance, HandEntry, Product, Serial
from licences.queries.hand_entries import decidable_by
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

WHY = "Ordered on the telephone, order 4711."


@pytest.fixture
def serial(catalogue):
    return factories.bought(customer_number="K-HAND", customer_name="Nordlicht Energie AG")


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


def quantity(sku):
    return f"quantity_{Product.objects.get(sku=sku).pk}"


def bought(**values):
    return {"purchased_on": "2026-11-20", "reason": WHY, quantity("XCH-USR"): "5", **values}


def token_on(page):
    return re.search(r'name="form_token" value="([\w-]{20,})"', page).group(1)


def held(serial):
    return dict(Balance.objects.filter(serial=serial).values_list("product__sku", "quantity"))


def test_a_clerk_enters_a_purchase_on_the_page_of_the_serial_number(serial, staff):
    address = reverse("serial-purchase", args=[serial.code])
    assert address in staff.get(serial.get_absolute_url()).text

    answer = staff.post(address, bought(), follow=True)

    assert "Recorded as HAND-000001." in answer.text
    assert held(serial)["XCH-USR"] == 5
    assert reverse("hand-entry", args=[1]) in staff.get(serial.get_absolute_url()).text


@each_row("typed", ["1.000", "1,000", "5.0"])
def test_a_number_that_could_be_read_in_two_ways_is_not_entered(serial, staff, typed):
    before = held(serial)

    answer = staff.post(reverse("serial-purchase", args=[serial.code]), bought(**{quantity("XCH-USR"): typed}))

    assert answer.status_code == 422
    assert "Write the number in digits alone" in answer.text
    assert f'value="{typed}"' in answer.text
    assert held(serial) == before


def test_the_same_form_twice_is_one_purchase(serial, staff):
    address = reverse("serial-purchase", args=[serial.code])
    form = bought(form_token=token_on(staff.get(address).text))

    first, second = staff.post(address, form), staff.post(address, form)

    assert first.url == second.url
    assert held(serial)["XCH-USR"] == 5


@each_row("name", ["serial-purchase", "serial-return"])
def test_purchases_and_returns_are_entered_once_for_each_form(serial, staff, name):
    staff.post(reverse("serial-purchase", args=[serial.code]), bought())
    address = reverse(name, args=[serial.code])
    first, second = (bought(form_token=token_on(staff.get(address).text)) for _form in range(2))
    first[quantity("XCH-USR")] = second[quantity("XCH-USR")] = "1"

    answers = [staff.post(address, form).url for form in (first, first, second, second)]

    assert answers[0] == answers[1] != answers[2] == answers[3]
    assert held(serial)["XCH-USR"] == {"serial-purchase": 7, "serial-return": 3}[name]


def test_what_was_changed_since_is_said_to_be_unsaved(serial, staff):
    address = reverse("serial-purchase", args=[serial.code])
    form = bought(form_token=token_on(staff.get(address).text))
    staff.post(address, form)

    page = staff.post(address, {**form, quantity("XCH-USR"): "6"}, follow=True).text

    assert "What you changed since is not saved." in page
    assert held(serial)["XCH-USR"] == 5


def test_a_form_of_an_earlier_release_is_entered(serial, staff):
    address = reverse("serial-purchase", args=[serial.code])

    assert staff.post(address, bought(token="a" * 32)).status_code == 302
    assert staff.post(address, bought(form_token="of-an-earlier-release")).status_code == 302

    assert held(serial)["XCH-USR"] == 10


def test_a_correction_and_a_decision_that_are_sent_twice_are_one(serial, staff, boss):
    staff.post(reverse("serial-purchase", args=[serial.code]), bought(**{quantity("XCH-USR"): "900"}))
    entry = HandEntry.objects.get()
    agreeing = {"reason": "Seen the signed order.", "form_token": token_on(boss.get(entry.get_absolute_url()).text)}
    for _again in range(2):
        assert boss.post(reverse("hand-entry-agree", args=[1]), agreeing).status_code == 302
    address = reverse("hand-entry-correct", args=[1])
    correcting = {quantity("XCH-USR"): "899", "reason": WHY, "form_token": token_on(staff.get(address).text)}

    first, second = staff.post(address, correcting), staff.post(address, correcting)

    assert first.url == second.url == reverse("hand-entry", args=[2])
    assert HandEntry.objects.count() == 2


def test_a_renamed_user_still_sees_that_the_entry_is_their_own(serial, clerk, staff, boss, supervisor):
    boss.post(reverse("serial-purchase", args=[serial.code]), bought(**{quantity("XCH-USR"): "900"}))
    entry = HandEntry.objects.get()
    supervisor.username = "renamed"
    supervisor.save()

    assert "You entered this" in boss.get(entry.get_absolute_url()).text
    assert "You entered this" not in staff.get(entry.get_absolute_url()).text


def test_an_entry_without_a_user_number_compares_by_name(serial, clerk, supervisor, staff, boss):
    about = {"serial": serial.code, "customer_id": serial.site.customer_id, "reason": WHY}
    entry = imports.enter_purchase(
        purchase=imports.HandPurchase({"XCH-USR": 900}), by=supervisor.get_username(), **about
    )

    assert "You entered this" in boss.get(entry.get_absolute_url()).text
    assert not decidable_by(StaffIdentity(supervisor.get_username(), supervisor.pk)).exists()
    assert decidable_by(StaffIdentity("another", supervisor.pk)).exists()


@each_row(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "Give the reason."),
        ({"reason": "order 47"}, "Give a meaningful reason"),
        ({"purchased_on": "soon"}, "Not a date."),
        ({"purchased_on": "1999-12-31"}, "The year must be between 2000 and 2099."),
        ({"purchased_on": ""}, "This field is required."),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(serial, staff, typed, sentence):
    answer = staff.post(reverse("serial-purchase", args=[serial.code]), bought(**typed))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'name="{quantity("XCH-USR")}" value="5"' in answer.text


def test_without_a_number_of_licences_it_says_so(serial, staff):
    answer = staff.post(reverse("serial-purchase", args=[serial.code]), bought(**{quantity("XCH-USR"): ""}))

    assert "Enter the number of licences for at least one product." in answer.text


def test_a_purchase_for_a_new_site_leads_to_its_serial_number(serial, staff):
    address = reverse("customer-purchase", args=[serial.site.customer_id])
    assert address in staff.get(reverse("customer", args=[serial.site.customer_id])).text
    assert "already has a site of that name" in staff.post(address, bought()).text

    answer = staff.post(address, bought(site_name="Werk 2"), follow=True)

    assert Serial.objects.get(site__name="Werk 2").get_absolute_url() in answer.text


def test_a_return_shows_what_there_is_and_names_the_product_of_which_there_is_too_little(serial, staff):
    address = reverse("serial-return", args=[serial.code])
    page = staff.get(address).text
    assert "Xchange Server" in page
    assert "Xchange fax gateway" not in page

    refused = staff.post(address, {"purchased_on": "2026-11-20", "reason": WHY, quantity("XCH-SRV"): "2"})
    assert "The licences of this product would total -1" in refused.text

    staff.post(address, {"purchased_on": "2026-11-20", "reason": WHY, quantity("XCH-SRV"): "1"})
    assert held(serial)["XCH-SRV"] == 0
    assert "no licences to return" in staff.get(address).text


def test_a_correction_carries_what_it_showed(serial, staff):
    staff.post(reverse("serial-purchase", args=[serial.code]), bought())
    address = reverse("hand-entry-correct", args=[1])
    shown = re.search(r'name="shown" value="([^"]*)"', staff.get(address).text).group(1).replace("&quot;", '"')
    staff.post(address, {"reason": WHY, "shown": shown, quantity("XCH-USR"): "4"})

    answer = staff.post(address, {"reason": WHY, "shown": shown, quantity("XCH-USR"): "6"})

    assert answer.status_code == 422
    assert "Changed by somebody else meanwhile" in answer.text
    assert f'name="{quantity("XCH-USR")}" value="6"' in answer.text
    assert held(serial)["XCH-USR"] == 4


def test_above_the_limit_a_supervisor_agrees_on_the_page_that_the_desk_leads_to(serial, staff, boss):
    staff.post(reverse("serial-purchase", args=[serial.code]), bought(**{quantity("XCH-USR"): "11"}))
    entry = HandEntry.objects.get()
    assert entry.get_absolute_url() in boss.get(reverse("desk")).text
    assert "Agree and record" not in staff.get(entry.get_absolute_url()).text
    agree = reverse("hand-entry-agree", args=[entry.number])
    assert staff.post(agree, {"reason": "Seen the signed order."}).status_code == 403

    answer = boss.post(agree, {"reason": "Seen the signed order."}, follow=True)

    assert "Agreed: it is recorded now." in answer.text
    assert held(serial)["XCH-USR"] == 11


def test_a_supervisor_does_not_agree_to_their_own_entry_and_may_take_it_back(serial, boss):
    boss.post(reverse("serial-purchase", args=[serial.code]), bought(**{quantity("XCH-USR"): "11"}))
    entry = HandEntry.objects.get()
    assert entry.get_absolute_url() not in boss.get(reverse("desk")).text
    refused = boss.post(reverse("hand-entry-agree", args=[1]), {"reason": "Seen the signed order."})
    assert "You entered this yourself" in refused.text

    answer = boss.post(reverse("hand-entry-decline", args=[1]), {"reason": "Typed the wrong customer."}, follow=True)

    assert "nothing was recorded" in answer.text
    assert held(serial) == {"XCH-SRV": 1}


@each_row("typed", ["K-HAND", "nordlicht energie", "Nordlicht", "serial"])
def test_the_customer_is_found_by_number_name_or_serial_number(serial, staff, typed):
    typed = grouped(serial.code) if typed == "serial" else typed

    answer = staff.get(reverse("hand-entries"), {"customer": typed})

    assert answer.status_code == 302
    assert answer.url == reverse("customer", args=[serial.site.customer_id])


def test_of_several_customers_one_is_chosen(serial, staff):
    other = factories.bought(customer_number="K-2", customer_name="Nordlicht Verlag GmbH").site.customer

    page = staff.get(reverse("hand-entries"), {"customer": "Nordlicht"}).text

    assert "Nordlicht Energie AG" in page
    link = re.search(rf'href="(\?customer=[^"]*_id={other.pk})"', page).group(1).replace("&amp;", "&")
    assert staff.get(reverse("hand-entries") + link).url == reverse("customer", args=[other.pk])


def test_an_unknown_name_leads_to_a_new_customer(catalogue, staff):
    page = staff.get(reverse("hand-entries"), {"customer": "Zunftmeister Ost"}).text
    assert f"{reverse('customer-new')}?name=Zunftmeister%20Ost" in page
    address = reverse("customer-new")
    form = {"name": "Zunftmeister Ost", "reason": WHY, "form_token": token_on(staff.get(address).text)}

    first, second = staff.post(address, form), staff.post(address, form)

    customer = Customer.objects.get(name="Zunftmeister Ost")
    assert first.url == second.url == reverse("customer", args=[customer.pk])
    assert staff.get(reverse("hand-entries"), {"customer": "Zunftmeister"}).url == first.url
    assert "This customer is on record already" in staff.post(address, {"name": "Zunftmeister Ost", "reason": WHY}).text
