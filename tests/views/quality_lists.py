"""What the tests of data quality lists share: a list with two entries, its page, and its form."""

from django.utils import timezone

from licences import operations
from tests import factories
from tests.roles.forms import form_on

SLUG = "never-registered"
LIST = f"/quality/{SLUG}/"


def counted():
    operations.count_quality_lists(now=timezone.now(), by_worker=False)


def two_on_the_list():
    """Two serials that were never registered, on the counted list; the older first."""
    first = factories.bought(customer_name="Alpha Backwaren GmbH", city="Ulm")
    second = factories.bought(customer_name="Zeta Druckerei AG", city="Kiel")
    counted()
    return first, second


def names(client, **query):
    """The customers that a page of the list shows."""
    page = client.get(LIST, query).content.decode()
    return [name for name in ("Alpha Backwaren GmbH", "Zeta Druckerei AG") if f"<bdi>{name}</bdi>" in page]


def post(client, *serials, query="", **typed):
    """Send the form of the page for the entries of these serials, as a browser does."""
    page, action = LIST + query, f"/quality/{SLUG}/entries/{query}"
    fields = form_on(page, client.get(page).content.decode(), action)
    tokens = [token for token in fields["shown"] for serial in serials if token.startswith(f"{serial.pk}-0-")]
    return client.post(action, {**fields, "entry": tokens, **typed})
