"""Two people at the same moment: one serial, one live installation, one code (docs/domain.md#one-live-installation and
docs/domain.md#asking-again).

Every round takes a new serial, on real connections to a real database.
"""

import itertools

import pytest
from django.db import connection, transaction

from customers.models import Customer
from licences import imports, operations
from licences.domain.codes import new_site_id
from licences.domain.errors import Refusal
from licences.models import Balance, Event, Installation, LicenceGrant, Registration, ReleaseCodeUse, Serial
from licences.operations.locks import lock_customer, lock_serial
from tests import factories
from tests.factories import TODAY, details, versions
from tests.how_often import rounds
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue", "one_chain_of_events")]

ROUNDS = rounds(4)
_customers = itertools.count(1)


def at_once(*functions):
    """Run functions at the same moment; returns results and the codes of refusals. Other errors are raised."""
    results = together(*functions)
    for result in results:
        assert result is not None, "it did not come to an end"
        if isinstance(result, BaseException) and not isinstance(result, Refusal):
            raise result
    answers = [result for result in results if not isinstance(result, Refusal)]
    return answers, [result.code for result in results if isinstance(result, Refusal)]


def live(serial):
    """The one live installation of a serial."""
    return serial.installations.get(ended_at=None)


def new_customer():
    return f"R-{next(_customers):04d}"


# --- Calls that may run at once ----------------------------------------------------------------


def issuing(request, by="clerk"):
    return lambda: operations.issue_relicensing(request_id=request.pk, by=by, today=TODAY)


def registering(serial, site_id):
    return lambda: operations.register_installation(
        serial=serial.code, site_id=site_id, versions=versions(), details=details(), by="clerk", today=TODAY
    )


def updating(serial):
    return lambda: operations.update_installation(
        serial=serial.code, site_id=None, versions=None, by="server", today=TODAY
    )


def releasing(code):
    place = {"serial": code.serial.code, "site_id": code.installation.site_id}
    return lambda: operations.release_installation(**place, release_code=code.release_code, by="server")


def blocking(serial):
    return lambda: operations.block_serial(serial=serial.code, reason="Invoice disputed.", by="supervisor")


def purchasing(line):
    return lambda: imports.record_purchase(line, by="importer")


def correcting(customer, **values):
    correction = operations.Correction(values, "As the customer wrote.")
    return lambda: operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")


def checking(code, **values):
    said = factories.answers(code, **values)
    return lambda: operations.open_relicensing(answers=said, purpose="migrate", by="clerk", today=TODAY)


# --- Issuing ---------------------------------------------------------------------------------------


def test_two_clerks_issue_the_same_request():
    for _ in range(2 * ROUNDS):
        old = factories.registered()
        request = factories.request(old)

        answers, refusals = at_once(issuing(request, "one"), issuing(request, "other"))

        assert not refusals
        assert answers[0] == answers[1]
        assert [code.sequence for code in old.serial.unlock_codes.order_by("sequence")] == [1, 2]
        assert live(old.serial) == answers[0].installation
        assert Event.objects.filter(serial=old.serial.code, kind=Event.Kind.RELICENSED).count() == 1
        assert ReleaseCodeUse.objects.get(installation=old.installation).request == request


def test_two_requests_with_one_release_code_for_different_servers():
    for _ in range(ROUNDS):
        old = factories.registered()
        requests = [factories.request(old), factories.request(old)]

        answers, refusals = at_once(*map(issuing, requests))

        assert refusals == ["checklist-out-of-date"]
        assert live(old.serial) == answers[0].installation
        assert old.serial.unlock_codes.count() == 2
        assert ReleaseCodeUse.objects.filter(installation=old.installation).count() == 1


def test_two_requests_with_one_release_code_for_the_same_server():
    for _ in range(ROUNDS):
        old, site_id = factories.registered(), new_site_id()
        requests = [factories.request(old, site_id=site_id) for _ in range(2)]

        answers, refusals = at_once(*map(issuing, requests))

        assert not refusals
        assert answers[0] == answers[1]
        assert live(old.serial).site_id == site_id
        assert old.serial.unlock_codes.count() == 2
        assert ReleaseCodeUse.objects.filter(installation=old.installation).count() == 1


def test_two_serials_re_licensed_to_one_server():
    for _ in range(ROUNDS):
        site_id = new_site_id()
        requests = [factories.request(factories.registered(), site_id=site_id) for _ in range(2)]

        answers, refusals = at_once(*map(issuing, requests))

        assert refusals in (["site-id-in-use"], ["checklist-out-of-date"])
        assert Installation.objects.get(site_id=site_id) == answers[0].installation
        assert all(live(request.serial) for request in requests)


def test_a_supervisor_blocks_the_serial_while_a_clerk_issues():
    for _ in range(ROUNDS):
        old = factories.registered()
        request = factories.request(old)

        answers, refusals = at_once(blocking(old.serial), issuing(request))

        old.serial.refresh_from_db()
        assert old.serial.blocked_at is not None
        assert refusals in ([], ["checklist-out-of-date"])
        issued = not refusals
        assert old.serial.unlock_codes.count() == (2 if issued else 1)
        assert live(old.serial) == (answers[1].installation if issued else old.installation)


# --- Registering -----------------------------------------------------------------------------------


def test_two_servers_register_one_serial():
    for _ in range(ROUNDS):
        serial = factories.bought()

        answers, refusals = at_once(*[registering(serial, new_site_id()) for _ in range(2)])

        assert refusals == ["serial-in-use"]
        assert live(serial) == answers[0].unlock_code.installation
        assert serial.unlock_codes.get() == answers[0].unlock_code


def test_one_server_registers_twice():
    for _ in range(ROUNDS):
        serial, site_id = factories.bought(), new_site_id()

        answers, refusals = at_once(*[registering(serial, site_id) for _ in range(2)])

        assert not refusals
        assert sorted(answer.changed for answer in answers) == [False, True]
        assert {answer.unlock_code for answer in answers} == {serial.unlock_codes.get()}
        assert Registration.objects.filter(serial=serial).count() == 1


def test_two_serials_for_one_server():
    for _ in range(ROUNDS):
        serials, site_id = [factories.bought(), factories.bought()], new_site_id()

        answers, refusals = at_once(*[registering(serial, site_id) for serial in serials])

        assert refusals == ["site-id-in-use"]
        assert Installation.objects.get(site_id=site_id) == answers[0].unlock_code.installation
        assert sorted(serial.unlock_codes.count() for serial in serials) == [0, 1]


def test_a_server_updates_and_releases():
    for _ in range(ROUNDS):
        old = factories.registered()
        factories.top_up(old.serial, quantity=2)

        _, refusals = at_once(updating(old.serial), releasing(old))

        assert refusals in ([], ["relicensing-required"])
        assert old.serial.unlock_codes.count() == (1 if refusals else 2)
        assert not old.serial.installations.filter(ended_at=None).exists()


def test_a_server_updates_twice():
    for _ in range(ROUNDS):
        old = factories.registered()
        factories.top_up(old.serial, quantity=2)

        answers, refusals = at_once(updating(old.serial), updating(old.serial))

        assert not refusals
        assert answers[0].unlock_code == answers[1].unlock_code
        assert sorted(answer.changed for answer in answers) == [False, True]


# --- Purchases -------------------------------------------------------------------------------------


def test_one_purchase_is_recorded_twice():
    for _ in range(ROUNDS):
        line = factories.line(customer_number=new_customer(), quantity=5)

        answers, refusals = at_once(purchasing(line), purchasing(line))

        assert not refusals
        assert answers[0] == answers[1]
        assert Balance.objects.get(serial=answers[0].serial).quantity == 5


def test_one_key_is_recorded_with_two_contents():
    for _ in range(ROUNDS):
        customer = new_customer()
        line = factories.line(customer_number=customer, quantity=5)
        other = factories.line(customer_number=customer, quantity=6, purchase_reference=line.purchase_reference)

        answers, refusals = at_once(purchasing(line), purchasing(other))

        assert refusals == ["key-with-other-content"]
        assert LicenceGrant.objects.get(purchase_reference=line.purchase_reference) == answers[0]
        assert Balance.objects.get(serial=answers[0].serial).quantity == answers[0].quantity


def test_two_purchases_of_a_new_site_share_one_serial():
    for _ in range(ROUNDS):
        customer = new_customer()
        lines = [factories.line(customer_number=customer, quantity=quantity) for quantity in (5, 6)]

        _, refusals = at_once(*map(purchasing, lines))

        assert not refusals
        serial = Serial.objects.get(site__customer__number=customer)
        assert Balance.objects.get(serial=serial).quantity == 11


# --- Other writers do not block them ------------------------------------------


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_check_refers_to_a_serial_and_a_customer_that_others_hold_and_does_not_wait():
    old = factories.registered()
    check = checking(old)

    def without_waiting():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        return check()

    with transaction.atomic():
        lock_customer(old.serial.site.customer_id)
        lock_serial(old.serial.code)
        answers, _ = at_once(without_waiting)

    assert answers[0].serial == old.serial


def test_checklists_are_checked_while_the_server_updates():
    for _ in range(ROUNDS):
        old = factories.registered()
        factories.top_up(old.serial, quantity=2)

        _, refusals = at_once(checking(old), checking(old), updating(old.serial), updating(old.serial))

        assert not refusals


def test_a_customer_is_corrected_while_the_server_updates():
    for _ in range(ROUNDS):
        old = factories.registered()
        customer = old.serial.site.customer
        factories.top_up(old.serial, quantity=2)

        _, refusals = at_once(
            correcting(customer, name="Backwaren Vogel KG"), correcting(customer, city="Kiel"), updating(old.serial)
        )

        assert not refusals
        customer.refresh_from_db()
        assert (customer.name, customer.city) == ("Backwaren Vogel KG", "Kiel")


def test_two_customers_are_given_one_number():
    for _ in range(ROUNDS):
        customers = [factories.bought().site.customer for _ in range(2)]
        number = new_customer()

        answers, refusals = at_once(*[correcting(customer, number=number) for customer in customers])

        assert refusals == ["number-taken"]
        assert answers[0].number == number


def test_a_customer_is_given_the_number_that_a_purchase_brings():
    for _ in range(ROUNDS):
        customer, number = factories.bought().site.customer, new_customer()

        answers, refusals = at_once(
            correcting(customer, number=number), purchasing(factories.line(customer_number=number))
        )

        assert refusals in ([], ["number-taken"])
        assert Customer.objects.get(number=number) == answers[-1].serial.site.customer
