"""The migration for the language of e-mails to supervisors runs back and forward with choices on record."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from licences import operations
from licences.models import DecisionAlerts
from licences.queries import approvals
from tests.questions import columns_of

TABLE = "licences_decisionalerts"


@pytest.mark.django_db(transaction=True)
def test_it_goes_back_and_forward_and_choices_of_older_code_have_no_language(django_user_model):
    chosen = django_user_model.objects.create_user("supervisor")
    older = django_user_model.objects.create_user("other")
    operations.choose_decision_emails(user=chosen, by_email=False, language="de")
    try:
        call_command("migrate", "licences", "0028_form_tokens", verbosity=0)
        assert "language" not in columns_of(TABLE)
    finally:
        call_command("migrate", "licences", verbosity=0)
    with connection.cursor() as cursor:  # as older code writes while the new one is installed
        cursor.execute(
            f"INSERT INTO {TABLE} (user_id, by_email, page_open_at) VALUES (%s, %s, %s)",
            [older.pk, True, timezone.now()],
        )

    assert list(DecisionAlerts.objects.order_by("pk").values_list("by_email", "language")) == [(False, ""), (True, "")]
    assert approvals.decision_email_languages([chosen, older]) == {}
