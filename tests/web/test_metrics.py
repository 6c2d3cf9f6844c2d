"""What web processes count, under which labels, and that the public address does not tell."""

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client

from licences.domain.codes import new_site_id
from licensing_portal.environment import Environment, host_and_port
from licensing_portal.metrics import request_counts
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def added():
    """``added(name, label=value)`` is by how much a counter has grown since the test began."""
    begins = {(each.name, frozenset(each.labels.items())): each.value for each in _samples()}

    def growth(name: str, **labels: str) -> float:
        now = {(each.name, frozenset(each.labels.items())): each.value for each in _samples()}
        key = (name, frozenset(labels.items()))
        return now.get(key, 0) - begins.get(key, 0)

    return growth


def _samples():
    return [sample for metric in request_counts.REGISTRY.collect() for sample in metric.samples]


def test_a_request_is_counted_by_its_view_and_status_and_timed(staff, added):
    assert staff.get("/").status_code == 200

    assert added("portal_requests_total", view="desk", status="200") == 1
    assert added("portal_request_duration_seconds_count", view="desk") == 1
    assert added("portal_request_duration_seconds_bucket", view="desk", le="+Inf") == 1


def test_addresses_without_a_view_share_one_label_whatever_was_typed(staff, added):
    for path in ("/anna-schmidt/", "/wp-login.php", "/x" * 50):
        staff.get(path)

    assert added("portal_requests_total", view="none", status="404") == 3
    assert [each.labels for each in _samples() if "anna" in str(each.labels)] == []


def test_static_files_have_a_label_of_their_own(client, added):
    client.get("/static/nothing.css")

    assert added("portal_requests_total", view="static", status="404") == 1


def test_what_a_load_balancer_asks_is_not_counted(client, added):
    client.get("/healthz")
    client.get("/readyz")

    assert added("portal_requests_total", view="none", status="200") == 0


def test_a_refusal_is_counted_by_its_code(catalogue, staff, added):
    request = factories.request(factories.registered())
    for _time in range(2):
        staff.post(f"{request.get_absolute_url()}withdraw/")

    assert added("portal_refusals_total", code="request-closed") == 1


def test_a_refusal_over_the_api_is_counted_by_its_code(catalogue, client, added):
    body = {"serial": "AB1C-O9XZ", "site_id": new_site_id(), "server_version": "2.4", "client_version": "2.4"}
    body["installation_token"] = factories.token_of(body["site_id"])

    assert client.post("/api/v1/updates", body, content_type="application/json").status_code == 404

    assert added("portal_refusals_total", code="unknown-serial") == 1
    assert added("portal_requests_total", view="api:update", status="404") == 1


def test_a_refusal_on_the_page_of_customers_is_counted_too(catalogue, client, added):
    values = {"serial": "AB1C-O9XZ", "site_id": new_site_id(), "server_version": "2.4", "client_version": "2.4"}
    values |= {"name": "Café Zwölf", "address_line1": "Hauptstraße 1", "contact_name": "A", "contact_phone": "07071 1"}

    client.post("/register/", values)

    assert added("portal_refusals_total", code="unknown-serial") == 1


def test_an_unknown_code_of_a_refusal_makes_no_label_of_its_own(rf, added):
    def view(request):
        request.refusal_code, request.denied_because = "made-up", "TooManyFieldsSent"
        return request_counts.HttpResponse()

    request_counts.count_requests(view)(rf.get("/"))

    assert added("portal_refusals_total", code="other") == 1
    assert added("portal_refusals_total", code="made-up") == 0
    assert added("portal_access_denials_total", why="other") == 1


def test_a_page_that_is_not_permitted_is_counted_as_a_denial(support_agent, as_user, added):
    as_user(support_agent).get("/relicensing/")

    assert added("portal_access_denials_total", why="permission") == 1


def test_an_outage_is_counted_by_its_kind(clerk, as_user, monkeypatch, added):
    def gone(*arguments, **options):
        raise OperationalError from psycopg.errors.AdminShutdown()

    browser = Client(raise_request_exception=False)
    browser.force_login(clerk)
    monkeypatch.setattr("licences.views.desk.render", gone)

    assert browser.get("/").status_code == 503
    assert added("portal_outages_total", kind="unreachable") == 1
    assert added("portal_requests_total", view="desk", status="503") == 1


def test_the_public_address_serves_no_metrics(staff, client):
    assert staff.get("/metrics").status_code == 404
    assert client.get("/metrics").status_code in (302, 404)
    assert b"portal_requests" not in client.get("/metrics", follow=True).content


# --- Settings ----------------------------------------------------------------------------------------


@each_row(
    ("text", "meant"),
    [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:80", ("::1", 80)), ("10.9.0.1:1", ("10.9.0.1", 1))],
)
def test_an_address_to_listen_at_is_read(text, meant):
    assert host_and_port("METRICS_BIND", text) == meant


@each_row("text", ["9464", ":9464", "localhost:9464", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "1:2:3"])
def test_another_text_is_refused_by_the_name_of_its_setting(text):
    with pytest.raises(ImproperlyConfigured, match="METRICS_BIND is an IP address and a port such as"):
        host_and_port("METRICS_BIND", text)

    environment = Environment()
    environment.ENVIRON = {"METRICS_BIND": text}
    assert environment.host_and_port("METRICS_BIND", "127.0.0.1:9464") == "127.0.0.1:9464"
    assert len(environment.problems) == 1
