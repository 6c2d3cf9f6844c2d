"""An erasure reaches what an emergency wrote: names go, and why it was issued and by whom can still be proved."""

import pytest

from licences import licence_files, operations
from licences.models import Approval, Emergency, Event, LicenceFile, WrongReleaseCode
from licences.personal.answer import as_json, reasons_naming
from licences.personal.holdings import Holdings
from licences.proof.records import record_findings
from licences.proof.walking import Walk
from tests import factories
from tests.licences import emergency_calls

NAME = "Quellwasser Zymurgie KG"
WHY = f"{NAME} has sent the invoice of the repair."


@pytest.fixture
def found(catalogue):
    """An emergency with a wrong release code, decided for good, in a reason that names the customer."""
    serial = factories.bought(customer_name=NAME)
    old = factories.registered(serial, name=NAME)
    emergency = emergency_calls.emergency(old, customer_name=NAME)
    emergency_calls.refused(emergency_calls.settle, emergency, "UUUUUUUUUU")
    emergency_calls.decide(emergency, reason=WHY)
    return emergency


def erase(found):
    operations.erase_customer(customer_id=found.serial.site.customer_id, reason="Asked for by letter.", by="supervisor")


def test_names_go_and_the_log_holds(found):
    assert NAME in str(list(Event.objects.values_list("personal", flat=True)))

    erase(found)

    assert NAME not in str(list(Event.objects.values_list("personal", flat=True)))
    assert [licence_files.verified(each.text)["customer"] for each in LicenceFile.objects.all()] == ["", "", ""]
    assert list(Walk().findings()) == []
    assert list(record_findings()) == []


def test_reasons_and_who_decided_stay_as_other_reasons_do(found):
    erase(found)

    emergency, approval = Emergency.objects.get(), Approval.objects.get(subject="for-good")
    assert (emergency.settled_reason, emergency.settled_by) == (WHY, "supervisor")
    assert (approval.reason, approval.approved_by) == (WHY, "supervisor")
    assert WrongReleaseCode.objects.get().code == "UUUUUUUUUU"


def test_whoever_erases_is_told_of_the_reasons_that_name_the_customer(found):
    held = Holdings(found.serial.site.customer)

    assert reasons_naming(held) == [WHY]
    told = [event["details"].get("reason") for event in as_json(held)["events"]]
    assert WHY in told
