"""The migration for form tokens runs back and forward on a database with requests in it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licences import operations
from licences.database import append_only
from licences.models import FormToken, Installation
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("licences", "0021_no_policy_violations")]
TABLE = "licences_formtoken"


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def test_it_goes_back_and_forward_with_rows_in_it(catalogue, forward_again):
    code = factories.registered()
    with operations.use_form_token(token="t", user_number=1, content="c") as use:
        use.target = "/"

    MigrationExecutor(connection).migrate(BEFORE)
    assert TABLE not in connection.introspection.table_names()

    call_command("migrate", verbosity=0)
    assert FormToken.objects.count() == 0
    assert Installation.objects.get().pk == code.installation_id
    assert append_only.missing_triggers(connection) == []
