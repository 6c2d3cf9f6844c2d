"""What a person would have to decide stands on the desk, and is answered as such
(docs/integration.md#what-becomes-of-the-lines)."""

import pytest

from customers.models import Customer
from licences import imports
from licences.models import Balance, FileImport, LicenceGrant, RecordPair
from tests import factories
from tests.api.shops import Shop, line
from tests.api.test_program_purchases import codes, outcomes

pytestmark = pytest.mark.usefixtures("catalogue")
# Not on record, but like the customer that ``known`` has.
LOOK_ALIKE = {"customer_number": "", "address_line1": "Hauptstraße 14"}
OTHER = {"customer_number": "K-9", "customer_name": "Zweirad Zoll", "address_line1": "Am Bach 3", "postcode": "10115"}


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture(autouse=True)
def known(catalogue):
    return factories.bought(customer_number="K-1", customer_name="Bäckerei Müller & Söhne GmbH", quantity=6)


def recorded():
    """The references on record, without the one of ``known``."""
    return set(
        LicenceGrant.objects.filter(purchase_reference__startswith="WEB").values_list("purchase_reference", flat=True)
    )


def on_the_desk(answer):
    """The import in which lines wait, as it stands on the desk once a worker has read it."""
    number = answer.json()["waits_in"]["number"]
    imports.advance_import(number)
    return FileImport.objects.get(pk=number)


def decide(found, decision):
    imports.decide_pairs(
        file_import_id=found.pk, decisions={each.pair: decision for each in found.pairs.all()}, by="importer"
    )
    imports.advance_import(found.pk)
    found.refresh_from_db()
    imports.confirm_import(file_import_id=found.pk, preview=found.previews, accept_valid=False, by="importer")
    imports.advance_import(found.pk)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (LOOK_ALIKE, "customer-like-known"),
        ({"customer_name": "Zweirad Zoll", "address_line1": "Am Bach 3"}, "customer-differs-from-number"),
        ({"serial": "SIMILAR"}, "serial-similar-to-known"),
        ({"quantity": 60}, "quantity-unusual"),
    ],
)
def test_nothing_is_recorded_before_a_person_decides(shop, known, values, code):
    if "serial" in values:
        last = "2" if known.code[-1] != "2" else "3"
        values = {**OTHER, "serial": known.code[:-1] + last}
    customers = Customer.objects.count()

    answer = shop.send(line(**values))

    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert (outcomes(answer), codes(answer)) == (["waiting"], [[code]])
    assert "%(" not in answer.text
    assert (recorded(), Customer.objects.count()) == (set(), customers)
    found = on_the_desk(answer)
    assert found.awaits_confirmation
    assert (found.uploaded_by, found.program_key) == ("program Shop", shop.issued.record)


def test_another_spelling_of_a_purchase_waits_as_well(shop):
    shop.send(line(purchase_reference="web-7"))

    answer = shop.send(line(purchase_reference="WEB-7"))

    assert codes(answer) == [["purchase-written-otherwise"]]


def test_all_lines_wait_if_one_does(shop):
    answer = shop.send(line(**OTHER), line(purchase_reference="WEB-2", **LOOK_ALIKE))

    assert (answer.status_code, outcomes(answer)) == (202, ["waiting", "waiting"])
    assert codes(answer) == [[], ["customer-like-known"]]
    assert recorded() == set()
    assert on_the_desk(answer).rows_read == 2


def test_a_rejected_line_keeps_all_of_them_off_the_desk(shop):
    refused = shop.send(line(product="XCH-SVR"), line(purchase_reference="WEB-2", **LOOK_ALIKE))

    assert (refused.status_code, outcomes(refused)) == (409, ["rejected", "waiting"])
    assert not FileImport.objects.exists()


def test_of_the_valid_ones_those_that_wait_stand_on_the_desk_alone(shop):
    answer = shop.send(
        line(purchase_reference="WEB-2", **LOOK_ALIKE), line(**OTHER), line(purchase_reference="WEB-3", product="no"),
        mode="valid",
    )  # fmt: skip

    assert (answer.status_code, outcomes(answer)) == (201, ["waiting", "new", "rejected"])
    assert recorded() == {"WEB-1"}
    found = on_the_desk(answer)
    assert (found.awaits_confirmation, found.rows_read, found.pairs.count()) == (True, 1, 1)
    assert FileImport.objects.count() == 2


def test_a_quantity_that_waits_is_not_recorded_with_the_valid_ones(shop):
    answer = shop.send(line(quantity=60), line(purchase_reference="WEB-2", quantity=2), mode="valid")

    assert outcomes(answer) == ["waiting", "top-up"]
    assert Balance.objects.get().quantity == 8


def test_what_a_person_accepts_is_recorded_and_the_event_names_person_and_key(shop, known):
    found = on_the_desk(shop.send(line(**LOOK_ALIKE)))

    decide(found, RecordPair.Decision.SAME)

    assert recorded() == {"WEB-1"}
    assert Balance.objects.get().quantity == 7
    found.refresh_from_db()
    assert (found.state, found.confirmed_by, found.program_key) == ("applied", "importer", shop.issued.record)


def test_the_same_lines_wait_once(shop):
    first, again = shop.send(line(**LOOK_ALIKE)), shop.send(line(**LOOK_ALIKE))

    on_the_desk(first)
    later = shop.send(line(**LOOK_ALIKE))

    assert first.json() == again.json() == later.json()
    assert FileImport.objects.count() == 1


def test_the_same_call_tells_what_was_decided(shop, known):
    def send():
        return shop.send(
            line(purchase_reference="WEB-2", **LOOK_ALIKE), line(**OTHER), mode="valid", idempotency_key="order-1"
        )

    first = send()
    assert send().json() == first.json()
    decide(on_the_desk(first), RecordPair.Decision.SAME)

    later = send()

    assert (later.status_code, later.json()["state"], outcomes(later)) == (201, "recorded", ["unchanged", "new"])
    assert later.json()["lines"][0]["serial"] == known.code
    assert later.json()["lines"][1] == first.json()["lines"][1]
    assert later.json()["waits_in"] is None


def test_the_same_call_tells_what_was_declined_and_does_not_ask_again(shop):
    first = shop.send(line(**LOOK_ALIKE), idempotency_key="order-1")
    imports.withdraw_import(file_import_id=on_the_desk(first).pk, by="importer")

    later = shop.send(line(**LOOK_ALIKE), idempotency_key="order-1")

    assert (later.status_code, later.json()["state"], outcomes(later)) == (200, "declined", ["declined"])
    assert FileImport.objects.count() == 1
    assert recorded() == set()


def test_the_page_of_the_import_shows_what_waits(shop, staff):
    found = on_the_desk(shop.send(line(**LOOK_ALIKE)))

    page = staff.get(found.get_absolute_url()).text

    assert "program Shop" in page
    assert "Hauptstraße 14" in page


def test_its_texts_reach_the_desk_as_they_were_sent(shop):
    odd = {"city": '=1+1, "Tübingen"; a\nb', "contact_name": "O'Neill\t\u202f", "site_name": "Total"}

    found = on_the_desk(shop.send(line(**LOOK_ALIKE, **odd)))

    assert (found.state, found.rows_read, found.counts["rejected"]) == ("preview", 1, 1)
    assert found.format.get("skipped_rows") == {}
