"""An erasure reaches the records of an emergency: names go, and why and by whom it was issued can still be proved."""

import pytest

from licences import licence_files, operations
from licences.models import Approval, Emergency, Event, LicenceFile, WrongReleaseCode
from licences.personal.customer_records import CustomerRecords
from licences.personal.subject_access import as_json, reasons_naming
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests import factories
from tests.operations import emergency_calls

NAME = "Quellwasser Zymurgie KG"
WHY = f"{NAME} has sent the invoice of the repair."


@pytest.fixture
def emergency(catalogue):
    """An emergency with a wrong release code, decided for good with a reason that names the customer."""
    serial = factories.bought(customer_name=NAME)
    old = factories.registered(serial, name=NAME)
    emergency = emergency_calls.begin_emergency(old, customer_name=NAME)
    emergency_calls.refused(emergency_calls.settle, emergency, "UUUUUUUUUU")
    emergency_calls.decide(emergency, reason=WHY)
    return emergency


def erase(emergency):
    operations.erase_customer(
        customer_id=emergency.serial.site.customer_id, reason="Asked for by letter.", by="supervisor"
    )


def test_names_go_and_the_log_holds(emergency):
    assert NAME in str(list(Event.objects.values_list("personal", flat=True)))

    erase(emergency)

    assert NAME not in str(list(Event.objects.values_list("personal", flat=True)))
    assert [licence_files.verify_signature(each.text)["customer"] for each in LicenceFile.objects.all()] == ["", "", ""]
    assert list(LogVerification().findings()) == []
    assert list(record_findings()) == []


def test_reasons_and_who_decided_stay_as_other_reasons_do(emergency):
    erase(emergency)

    emergency, approval = Emergency.objects.get(), Approval.objects.get(subject="for-good")
    assert (emergency.settled_reason, emergency.settled_by) == (WHY, "supervisor")
    assert (approval.reason, approval.approved_by) == (WHY, "supervisor")
    assert WrongReleaseCode.objects.get().code == "UUUUUUUUUU"


def test_the_person_who_erases_is_shown_the_reasons_that_name_the_customer(emergency):
    records = CustomerRecords(emergency.serial.site.customer)

    assert reasons_naming(records) == [WHY]
    reasons = [event["details"].get("reason") for event in as_json(records)["events"]]
    assert WHY in reasons
