"""Two people with the same form open, for every form that corrects, on pages and in the administration: what the second
one sends is not written, and both versions are shown (docs/decisions.md#two-people-one-record)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from customers.models import Customer
from licences import imports
from licences.models import CrmApplication, Event, Product, Release, Relicensing, Serial, SupportContact
from tests import factories
from tests.roles.forms import form_on

pytestmark = pytest.mark.django_db

WHY = "Told us on the telephone."


@dataclass(frozen=True, slots=True)
class Case:
    """``prepare`` makes the record and returns its address. The first person sends ``first``, the second, who has
    opened the form before, ``second``. ``now`` and ``typed`` stand on the page that the second one gets; ``stored``
    reads what is on record.
    """

    name: str
    who: str
    prepare: Callable[[], str]
    first: dict[str, Any]
    second: dict[str, Any]
    now: str
    typed: str
    stored: Callable[[], Any]

    def __str__(self) -> str:
        return self.name


def of_customer() -> str:
    return reverse("customer-correct", args=[factories.bought(customer_number="K-1").site.customer_id])


def of_registration() -> str:
    return reverse("registration-renew", args=[factories.registered().serial.code])


def of_caller() -> str:
    return reverse("relicensing-caller", args=[factories.request(factories.registered()).pk])


def of_block() -> str:
    return reverse("serial-block", args=[factories.bought().code])


def of_entry() -> str:
    serial = factories.bought()
    bought = imports.HandPurchase({"XCH-USR": 5})
    about = {"customer_id": serial.site.customer_id, "serial": serial.code, "reason": WHY, "by": "tests"}
    return reverse("hand-entry-correct", args=[imports.enter_purchase(purchase=bought, **about).number])


def quantity() -> str:
    return f"quantity_{Product.objects.get(sku='XCH-USR').pk}"


def changing(model: Any, **values: Any) -> Callable[[], str]:
    def make() -> str:
        found = model.objects.create(**values) if values else model.objects.get(sku="XCH-FAX")
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[found.pk])

    return make


def field(model: Any, name: str) -> Callable[[], Any]:
    return lambda: model.objects.order_by("-pk").values_list(name, flat=True).first()


CASES = [
    Case("customer", "clerk", of_customer, {"contact_phone": "07071 1", "reason": WHY},
         {"city": "Reutlingen", "reason": WHY}, "07071 1", "Reutlingen", field(Customer, "city")),
    Case("registration", "clerk", of_registration, {"name": "Vogel KG", "reason": WHY},
         {"contact_phone": "07071 2", "reason": WHY}, "Vogel KG", "07071 2",
         lambda: Serial.objects.get().registrations.first().contact_phone),
    Case("who called", "clerk", of_caller, {"caller_name": "Sabine Vogel"}, {"ticket_reference": "T-4711"},
         "Sabine Vogel", "T-4711", field(Relicensing, "ticket_reference")),
    Case("block", "supervisor", of_block, {"reason": "Invoice not paid."}, {"reason": "Was stolen, police told us."},
         "Invoice not paid.", "Was stolen, police told us.", field(Serial, "blocked_reason")),
    Case("product", "administrator", changing(Product), {"name": "Fax gateway"}, {"name": "Fax server"},
         "Fax gateway", "Fax server", lambda: Product.objects.get(sku="XCH-FAX").name),
    Case("release", "administrator", changing(Release, version="3.7"), {"released_on": "2026-11-02"},
         {"download_url": "https://example.com/x"}, "2026-11-02", "https://example.com/x",
         field(Release, "download_url")),
    Case("application", "administrator", changing(CrmApplication, name="Kontakt", works="yes"), {"vendor": "Neu AG"},
         {"url": "https://example.com/k"}, "Neu AG", "https://example.com/k", field(CrmApplication, "url")),
    Case("contact", "administrator", changing(SupportContact, country="Norway", phone="+47 22 555 010"),
         {"phone": "+47 22 555 011"}, {"hours": "9 to 5"}, "+47 22 555 011", "9 to 5", field(SupportContact, "hours")),
    Case("user", "administrator", changing(User, username="newcomer"), {"first_name": "Robin"},
         {"last_name": "Sommer"}, "Robin", "Sommer", field(User, "last_name")),
]  # fmt: skip


def opened(browser: Any, address: str) -> dict[str, list[str]]:
    """The fields of the form as a browser sends them; without its one-time token, which is not what this is about."""
    fields = form_on(address, browser.get(address).text, address)
    return {name: values for name, values in fields.items() if values and name != "form_token"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_second_person_is_told_and_nothing_is_written(case, catalogue, as_user, request):
    browser = as_user(request.getfixturevalue(case.who))
    address = case.prepare()
    one, other = opened(browser, address), opened(browser, address)
    assert browser.post(address, {**one, **case.first}).status_code == 302
    before, events = case.stored(), Event.objects.count()

    answer = browser.post(address, {**other, **case.second})

    assert answer.status_code in (200, 422)
    assert "Somebody else changed this record" in answer.text
    assert case.now in answer.text
    assert case.typed in answer.text
    assert (case.stored(), Event.objects.count()) == (before, events)


@pytest.mark.parametrize("case", [case for case in CASES if case.name != "block"], ids=str)
def test_saving_once_more_keeps_what_the_first_one_wrote(case, catalogue, as_user, request):
    browser = as_user(request.getfixturevalue(case.who))
    address = case.prepare()
    one, other = opened(browser, address), opened(browser, address)
    browser.post(address, {**one, **case.first})
    answer = browser.post(address, {**other, **case.second})

    again = {name: values for name, values in form_on(address, answer.text, address).items() if values}
    if "reason" in case.second:
        again["reason"] = WHY
    assert browser.post(address, again).status_code == 302

    now = opened(browser, address)
    changed = {name: value for name, value in {**case.first, **case.second}.items() if name != "reason"}
    if set(case.first) & set(case.second) <= {"reason"}:
        assert {name: now[name] for name in changed} == {name: [value] for name, value in changed.items()}
    else:
        assert [case.stored()] == [value for name, value in case.second.items() if name != "reason"]


def test_two_who_block_do_not_lift_the_block(catalogue, supervisor, as_user):
    browser, address = as_user(supervisor), of_block()
    form = opened(browser, address)

    for _person in range(2):
        browser.post(address, {**form, "reason": "Invoice not paid."})

    assert Serial.objects.get().blocked_at is not None
    assert "Lift the block" in browser.get(address).text


def test_the_second_correction_of_an_entry_by_hand_is_told(catalogue, staff):
    address = of_entry()
    form = opened(staff, address)
    assert staff.post(address, {**form, quantity(): "4", "reason": WHY}).status_code == 302

    answer = staff.post(address, {**form, quantity(): "3", "reason": WHY})

    assert answer.status_code == 422
    assert "Changed by somebody else meanwhile" in answer.text
    assert Event.objects.filter(kind="hand-entered").count() == 2


# --- Ticks and roles in the administration -----------------------------------------------------------


def test_a_tick_of_somebody_else_stays(catalogue, administrator, as_user):
    desk, address = as_user(administrator), changing(Release, version="3.7", is_supported=True)()
    form = opened(desk, address)
    desk.post(address, {name: values for name, values in form.items() if name != "is_supported"})

    answer = desk.post(address, {**form, "download_url": "https://example.com/x"})
    again = {name: values for name, values in form_on(address, answer.text, address).items() if values}
    assert "is_supported" not in again
    desk.post(address, again)

    release = Release.objects.get(version="3.7")
    assert (release.is_supported, release.download_url) == (False, "https://example.com/x")


def test_a_role_that_somebody_else_gave_or_took_is_not_undone(administrator, as_user):
    desk, address = as_user(administrator), changing(User, username="newcomer")()
    form = opened(desk, address)
    importer = Group.objects.get(name="Importer")
    desk.post(address, {**form, "groups": [str(importer.pk)]})

    answer = desk.post(address, {**form, "first_name": "Robin"})
    assert "“Importer” now" in answer.text
    assert list(User.objects.get(username="newcomer").groups.all()) == [importer]
    desk.post(address, {name: values for name, values in form_on(address, answer.text, address).items() if values})

    user = User.objects.get(username="newcomer")
    assert (user.first_name, list(user.groups.all())) == ("Robin", [importer])


def test_the_form_of_a_user_carries_no_password_and_no_log_in_is_a_change(administrator, as_user):
    user = User.objects.create_user("newcomer", password="a long test password")
    desk, address = as_user(administrator), reverse("admin:auth_user_change", args=[user.pk])
    form = opened(desk, address)
    assert "argon2" not in form["shown"][0]
    assert "password" not in form["shown"][0]

    as_user(user)

    assert desk.post(address, {**form, "first_name": "Robin"}).status_code == 302
    assert User.objects.get(pk=user.pk).first_name == "Robin"


def test_the_permissions_of_a_group_are_compared(as_user):
    root = User.objects.create_superuser("root", password="a long test password")
    group = Group.objects.create(name="Another group")
    desk, address = as_user(root), reverse("admin:auth_group_change", args=[group.pk])
    form = opened(desk, address)
    assert desk.post(address, {**form, "permissions": ["1"]}).status_code == 302

    answer = desk.post(address, {**form, "name": "A third name"})

    assert "Somebody else changed this record" in answer.text
    assert list(group.permissions.values_list("pk", flat=True)) == [1]
    assert Group.objects.get(pk=group.pk).name == "Another group"
