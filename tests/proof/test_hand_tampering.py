"""Whoever changes or removes an entry by hand, or a decision about one, is found by ``verify_log``."""

import pytest
from django.db import connection

from licences import imports
from licences.database.append_only import trigger_names
from licences.imports import HandPurchase
from licences.proof.hand_checks import JUDGES
from tests import factories
from tests.proof.conftest import execute

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

TABLE, DECISIONS = "licences_handentry", "licences_handdecision"


def found():
    return {finding.problem for rows, judge in JUDGES for finding in judge(list(rows.all()))}


def tamper(sql):
    """Change a row as somebody does who may drop the triggers."""
    table = TABLE if TABLE in sql else DECISIONS
    for trigger in trigger_names(connection.vendor, table):
        execute(f'DROP TRIGGER "{trigger}"' + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    execute(sql)


@pytest.fixture
def decided():
    serial = factories.bought()
    large = HandPurchase({"XCH-USR": 50})
    about = {"customer_id": serial.site.customer_id, "serial": serial.code, "reason": "Order of last week."}
    entry = imports.enter_purchase(purchase=large, by="clerk", **about)
    return imports.decide_entry(number=entry.number, is_agreed=True, reason="Seen the order.", by="supervisor")


def test_what_nobody_touched_raises_no_alarm(decided):
    assert found() == set()


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (f"UPDATE {TABLE} SET reason = 'Another reason.'", "entry-differs"),
        (f"UPDATE {TABLE} SET entered_by = 'somebody'", "entry-differs"),
        (f"UPDATE {TABLE} SET number = 9", "entry-without-event"),
        (f"UPDATE {DECISIONS} SET decided_by = 'somebody'", "entry-decision-without-event"),
        (f"DELETE FROM {DECISIONS}", "entry-missing"),
    ],
)
def test_what_was_changed_is_found(decided, sql, code):
    tamper(sql)

    assert code in found()
