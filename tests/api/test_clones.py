"""A copy of a server calls from another address: it is counted, listed, and refused nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from licences import operations
from licences.models import InstallationAddress
from licences.operations import installation_addresses
from licences.queries import data_quality
from tests import factories

pytestmark = pytest.mark.usefixtures("catalogue", "no_limit")
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def code(server):
    return factories.connected(site_id=server.site_id)


@pytest.fixture
def call(server, code, settings):
    """``call(address)`` asks for updates from an address; ``after`` is how long after the last call."""
    settings.TRUSTED_PROXY_COUNT = 1

    def update(address, *, after=timedelta(days=1)):
        for each in InstallationAddress.objects.all():
            each.first_at, each.last_at = each.first_at - after, each.last_at - after
            each.returned_at = each.returned_at and each.returned_at - after
            each.save()
        server.client.defaults["HTTP_X_FORWARDED_FOR"] = address
        answer = server.update(code.serial.code)
        assert answer.status_code == 200
        return answer

    return update


def listed():
    return data_quality.BY_SLUG["several-addresses"].entries(today=timezone.localdate(timezone.now()))


def test_a_server_that_calls_by_turns_from_two_addresses_is_listed(call, code):
    for address in (HERE, ELSEWHERE, HERE):
        call(address)

    (entry,) = listed()

    assert (entry.serial, entry.customer) == (code.serial, code.serial.site.customer)
    assert entry.about == "called from 2 addresses in the last 7 days"
    assert entry.since == timezone.localdate(timezone.now())


def test_a_line_with_a_new_address_every_day_is_not_listed(call):
    for number in range(6):
        call(f"192.0.2.{number}")

    assert listed() == []
    assert InstallationAddress.objects.count() == 6


def test_a_server_that_stays_where_it_is_is_not_listed(call):
    for _ in range(4):
        call(HERE)

    assert listed() == []
    assert InstallationAddress.objects.count() == 1


def test_nobody_is_refused_and_the_answers_stay_the_same(call):
    assert call(HERE).json() == call(ELSEWHERE).json() == call(HERE).json() == call(ELSEWHERE).json()


def test_an_installation_that_ended_is_not_listed(call, code):
    for address in (HERE, ELSEWHERE, HERE):
        call(address)

    operations.release_installation(
        serial=code.serial.code, site_id=code.installation.site_id, release_code=code.release_code, by="it"
    )

    assert listed() == []


def test_a_week_later_it_is_forgotten(call):
    for address in (HERE, ELSEWHERE, HERE):
        call(address)
    now = timezone.now()

    assert operations.apply_retention(now=now + timedelta(days=5))["addresses of installations"] == 0
    assert data_quality.BY_SLUG["several-addresses"].entries(today=timezone.localdate(now) + timedelta(days=8)) == []
    assert operations.apply_retention(now=now + timedelta(days=9))["addresses of installations"] == 2


def test_the_address_is_not_stored_and_differs_between_installations(call, new_server, settings):
    call(HERE)
    other = new_server()
    other.client.defaults["HTTP_X_FORWARDED_FOR"] = HERE
    other.update(factories.connected(site_id=other.site_id).serial.code)

    one, two = InstallationAddress.objects.values_list("digest", flat=True)

    assert one != two
    assert HERE not in str(list(InstallationAddress.objects.values()))


def test_within_an_hour_nothing_is_written_again(call, code):
    call(HERE)
    with CaptureQueriesContext(connection) as queries:
        operations.note_address(installation_id=code.installation_id, address=HERE, now=timezone.now())

    assert len(queries) == 1
    assert InstallationAddress.objects.get().last_at >= timezone.now() - installation_addresses.BETWEEN_NOTES


def test_a_refused_call_notes_nothing(new_server, code):
    refused = new_server(code.installation.site_id, token="another_token_of_22_chars_").update(code.serial.code)

    assert refused.status_code == 403
    assert not InstallationAddress.objects.exists()
