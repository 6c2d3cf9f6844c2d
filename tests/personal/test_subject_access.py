"""Subject access: a customer who asks gets all data about them, and handing it out is an event."""

import json

from customers.models import CUSTOMER_KEYS
from licences.models import Event, LicenceGrant, RejectedRow, UnlockCode
from tests.personal import quellwasser
from tests.personal.finding import words_in
from tests.personal.quellwasser import AS_REGISTERED, WHO
from tests.personal.test_erasing import erase


def test_all_that_is_held_is_handed_out_and_no_code(customer, supervisor, as_user):
    client = as_user(supervisor)

    page = client.get(f"/customers/{customer.pk}/data/")
    response = client.get(f"/customers/{customer.pk}/data/?format=json")

    content = json.loads(response.content)
    for text in (page.text.replace("&amp;", "&"), response.text):
        for value in {
            *WHO.values(),
            *AS_REGISTERED.values(),
            *quellwasser.CORRECTED.values(),
            "Quedlinburg",
            *quellwasser.CALLER.values(),
            *quellwasser.NOTES.values(),
            quellwasser.QUALITY_NOTES[-1],
        }:
            assert value in text, value
        for code in UnlockCode.objects.all():
            assert code.code not in text
    assert {"customers", "sites", "registrations", "purchases", "checklist", "calls", "notes", "events"} <= set(content)
    assert not set(CUSTOMER_KEYS) & set(content["customers"][0])  # computed from what is there already
    assert response["Content-Disposition"] == f'attachment; filename="customer-{customer.pk}.json"'


def test_after_an_erasure_nothing_of_it_is_handed_out(customer, supervisor, as_user):
    erase(customer)

    response = as_user(supervisor).get(f"/customers/{customer.pk}/data/?format=json")

    assert words_in(response.text) == set()


def test_handing_it_out_is_an_event_and_to_look_at_it_is_none(customer, supervisor, as_user):
    client, before = as_user(supervisor), Event.objects.count()
    client.get(f"/customers/{customer.pk}/data/")
    assert Event.objects.count() == before

    client.get(f"/customers/{customer.pk}/data/?format=json")

    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, event.customer) == (Event.Kind.CUSTOMER_EXPORTED, "supervisor", customer)
    assert Event.objects.count() == before + 1


def test_rows_of_files_that_were_rejected_are_part_of_it(customer, supervisor, as_user):
    content = json.loads(as_user(supervisor).get(f"/customers/{customer.pk}/data/?format=json").content)

    assert [row["id"] for row in content["rejected_rows"]] == list(RejectedRow.objects.values_list("pk", flat=True))


def test_the_page_says_names_where_the_file_has_keys(customer, supervisor, as_user):
    page = as_user(supervisor).get(f"/customers/{customer.pk}/data/").text

    grant = LicenceGrant.objects.filter(serial__site__customer=customer).first()
    assert f"<dd><bdi>{grant.product.name}</bdi></dd>" in page
    assert f"<dt>Serial number</dt><dd><bdi>{grant.serial}</bdi></dd>" in page
    assert "<dd><bdi>Merge of customers</bdi></dd>" in page
    assert "History" not in page
