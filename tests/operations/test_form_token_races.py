"""The same form sent twice at the same moment, on real connections (docs/decisions.md#the-same-form-twice)."""

import secrets

import pytest
from django.test import Client

from licences import operations
from licences.domain.codes import grouped
from licences.models import Event, FormToken, RefusedClaim, Registration, Relicensing, UnlockCode
from tests import factories
from tests.how_often import rounds
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue", "one_chain_of_events")]

ROUNDS = rounds(4)
NEW = "/relicensing/new/"
REGISTRATION = {
    "server_version": "2.6", "client_version": "2.6", "name": "Contoso GmbH", "address_line1": "Ring 1",
    "contact_name": "Eva Adam", "contact_phone": "0 555 01",
}  # fmt: skip


def posting(client: Client, typed: dict[str, str]):
    return lambda: client.post(NEW, typed)["Location"]


def test_two_posts_at_the_same_moment_begin_one_request(clerk):
    serial = factories.registered().serial
    clients = [Client(), Client(), Client()]
    for client in clients:
        client.force_login(clerk)

    for number in range(1, ROUNDS + 1):
        typed = {"serial": serial.code, "purpose": "reinstall", "form_token": secrets.token_urlsafe(18)}
        addresses = together(*[posting(client, typed) for client in clients])

        request = Relicensing.objects.latest("pk")
        assert addresses == [request.get_absolute_url()] * 3
        assert Relicensing.objects.count() == number
        assert request.checks.count() == 1
    assert Event.objects.filter(kind=Event.Kind.RELICENSING_CHECKED).count() == ROUNDS


def test_two_presses_of_register_at_the_same_moment_are_one_registration():
    """A customer without a login; the second shows the code that the first was given."""

    def press(typed):
        return lambda: Client().post("/register/", typed).content.decode()

    for number in range(1, ROUNDS + 1):
        typed = {"serial": factories.bought().code, "site_id": factories.new_site_id(), **REGISTRATION}
        typed["form_token"] = secrets.token_urlsafe(18)
        pages = together(*[press(typed) for _time in range(3)])

        groups = grouped(UnlockCode.objects.latest("pk").code).split("-")
        assert all(f'<span class="group">{group}</span>' in page for page in pages for group in groups)
        assert Registration.objects.count() == UnlockCode.objects.count() == number
    assert not RefusedClaim.objects.exists()


def test_if_the_first_of_two_fails_the_second_goes_on_in_its_place(clerk):
    def use(fails: bool):
        def run():
            with operations.use_form_token(token="t", user_number=clerk.pk, content="c") as use:
                if use.earlier:
                    return f"earlier {use.earlier}"
                if fails:
                    raise ZeroDivisionError
                use.target = "/begun/"
            return "begun"

        return run

    results = together(use(True), use(False), use(True))

    assert results[1] == "begun"
    assert all(isinstance(each, ZeroDivisionError) or each == "earlier /begun/" for each in (results[0], results[2]))
    assert [row.target for row in FormToken.objects.all()] == ["/begun/"]
