"""Data quality: what needs care, with count, age and export."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from licences import imports, operations
from licences.domain.codes import grouped
from licences.models import Installation
from licences.queries import data_quality
from tests import factories
from tests.factories import TODAY
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def entries(slug: str, today: date = TODAY) -> list[data_quality.QualityEntry]:
    return data_quality.BY_SLUG[slug].entries(today=today)


def test_what_was_bought_and_never_registered_is_listed_with_the_day_of_purchase(catalogue):
    serial = factories.bought()
    factories.registered()
    returned = factories.bought()
    imports.record_purchase(
        factories.line(serial=returned.code, customer_number=returned.site.customer.number, quantity=-1), by="tests"
    )

    found = entries("never-registered")

    assert [(entry.serial, entry.since) for entry in found] == [(serial, date(2026, 1, 15))]


def test_a_registration_under_an_unlike_name_is_listed_and_a_like_one_is_not(catalogue):
    unlike = factories.registered(name="Kornblume Naturkost eG")
    factories.registered(name="Baeckerei Mueller und Soehne")
    factories.registered()

    found = entries("other-name")

    assert [(entry.serial, entry.about) for entry in found] == [(unlike.serial, "Kornblume Naturkost eG")]


def test_only_the_latest_registration_counts(catalogue):
    code = factories.registered(name="Kornblume Naturkost eG")
    operations.renew_registration(
        serial=code.serial.code, details=factories.details(), reason="Renamed, as told by letter", by="clerk"
    )

    assert entries("other-name") == []


@each_row(
    ("values", "about"),
    [
        ({}, "the same name, address and postcode"),
        ({"address_line1": "Neue Gasse 1", "postcode": "99999"}, "the same name and telephone number"),
        ({"address_line1": "Neue Gasse 1", "contact_phone": "1"}, "the same name and postcode"),
    ],
)
def test_customers_who_may_be_one_are_paired_with_what_they_share(catalogue, values, about):
    one = factories.bought(customer_number="K-1").site.customer
    other = factories.bought(
        customer_number="K-2", customer_name="Baeckerei Mueller und Soehne KG", **values
    ).site.customer

    (found,) = entries("duplicates")

    assert (found.customer, found.other, found.about) == (one, other, about)


def test_customers_of_one_name_in_two_towns_are_no_duplicates(catalogue):
    factories.bought(customer_number="K-1")
    factories.bought(customer_number="K-2", address_line1="Weg 1", postcode="10115", contact_phone="030 1")

    assert entries("duplicates") == []


SIMILAR = "Notariat Kretzschmer und Lößnig", "Notariat Kretschmer & Lössnig"
COMMON = {
    "telephone number": {"address_line1": "Weg 1", "postcode": "10115"},
    "street and number": {"postcode": "10115", "contact_phone": "030 1234567"},
    "postcode": {"address_line1": "Weg 1", "contact_phone": "030 1234567"},
}


@each_row(("shared", "values"), COMMON.items())
def test_customers_of_similar_names_with_something_in_common_may_be_one(catalogue, shared, values):
    one = factories.bought(customer_number="K-1", customer_name=SIMILAR[0]).site.customer
    other = factories.bought(customer_number="K-2", customer_name=SIMILAR[1], **values).site.customer

    (found,) = entries("duplicates")

    assert (found.customer, found.other, found.about) == (one, other, f"a similar name and the same {shared}")


def test_customers_of_similar_names_in_two_towns_are_no_duplicates(catalogue):
    factories.bought(customer_number="K-1", customer_name=SIMILAR[0])
    factories.bought(
        customer_number="K-2", customer_name=SIMILAR[1], address_line1="Weg 1", postcode="10115", contact_phone="030 1"
    )

    assert entries("duplicates") == []


def test_once_merged_they_are_no_duplicates(catalogue):
    one = factories.bought(customer_number="K-1").site.customer
    other = factories.bought(customer_number="K-2").site.customer
    operations.merge_customers(kept_id=one.pk, merged_id=other.pk, reason="Same, as told by letter", by="tests")

    assert entries("duplicates") == []


@each_row(("days", "expected"), [(5, [30, 60, 90]), (45, [60, 90]), (75, [90]), (120, []), (-3, [])])
def test_cover_that_ends_soon_is_listed_by_when(catalogue, days, expected):
    serial = factories.bought(software_assurance_until=TODAY + timedelta(days=days))
    factories.bought(software_assurance_until=TODAY + timedelta(days=400))

    listed = [limit for limit in (30, 60, 90) if [each.serial for each in entries(f"assurance-{limit}")] == [serial]]

    assert listed == expected


def test_cover_that_was_renewed_does_not_end_soon(catalogue):
    serial = factories.bought(software_assurance_until=TODAY + timedelta(days=5))
    imports.record_purchase(
        factories.line(serial=serial.code, customer_number=serial.site.customer.number,
                       software_assurance_until=TODAY + timedelta(days=400)),
        by="tests",
    )  # fmt: skip

    assert entries("assurance-90") == []


def test_released_for_30_days_and_not_re_licensed(catalogue):
    code, fresh = factories.registered(), factories.registered()
    for each in (code, fresh):
        operations.release_installation(
            serial=each.serial.code, site_id=each.installation.site_id, release_code=each.release_code, by="it"
        )
    long_ago = timezone.now() - timedelta(days=40)
    Installation.objects.filter(pk=code.installation_id).update(ended_at=long_ago)

    found = entries("released", today=timezone.localdate())

    assert [(entry.serial, entry.since) for entry in found] == [(code.serial, timezone.localdate(long_ago))]


# --- The pages -------------------------------------------------------------------------------------------


def test_the_overview_counts_every_list(catalogue, staff):
    factories.bought(customer_name="Wartende Werkstatt")

    page = staff.get(reverse("quality")).content.decode()

    for each in data_quality.LISTS:
        assert reverse("quality-list", args=[each.slug]) in page


@each_row("slug", sorted(data_quality.BY_SLUG))
def test_every_list_opens_empty_and_full(slug, catalogue, staff):
    assert "This list was not counted yet." in staff.get(reverse("quality-list", args=[slug])).content.decode()
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    assert "Nothing to do." in staff.get(reverse("quality-list", args=[slug])).content.decode()
    factories.bought(customer_number="K-1")
    factories.bought(customer_number="K-2")
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    assert staff.get(reverse("quality-list", args=[slug])).status_code == 200


def test_an_unknown_list_is_not_found(staff):
    assert staff.get("/quality/nonsense/").status_code == 404


def test_a_list_is_a_file_in_either_format(catalogue, staff):
    serial = factories.bought(customer_name="Wartende Werkstatt")
    address = reverse("quality-list", args=["never-registered"])

    text = b"".join(staff.get(address, {"format": "csv"}).streaming_content).decode("utf-8-sig")
    assert "Wartende Werkstatt" in text
    assert grouped(serial.code) in text
    workbook = staff.get(address, {"format": "xlsx"})
    assert b"".join(workbook.streaming_content).startswith(b"PK")


def test_a_page_looks_at_the_latest_registrations_and_a_file_at_all(catalogue, as_user, supervisor, monkeypatch):
    monkeypatch.setattr(data_quality, "LATEST_REGISTRATIONS", 1)
    old = factories.registered(name="Kornblume Naturkost eG")
    new = factories.registered(name="Sonnenblume Reformhaus eG")

    assert [entry.serial for entry in entries("other-name")] == [new.serial]
    answer = as_user(supervisor).get("/quality/other-name/", {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert grouped(old.serial.code) in text
    assert grouped(new.serial.code) in text


def test_a_list_asks_the_database_for_no_more_than_it_shows(catalogue):
    for _ in range(3):
        factories.bought()

    assert len(data_quality.BY_SLUG["never-registered"].entries(today=TODAY, most=2)) == 2
    with CaptureQueriesContext(connection) as queries:
        data_quality.BY_SLUG["never-registered"].entries(today=TODAY, most=2)
    assert "LIMIT 2" in queries[0]["sql"]
