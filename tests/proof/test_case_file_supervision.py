"""The case file shows emergencies, exceeded limits and wrong release codes, on the page and in the PDF."""

from html import unescape

import pytest

from licences import operations
from licences.domain.codes import grouped
from tests import factories
from tests.operations import emergency_calls
from tests.operations.emergency_calls import WHY
from tests.proof.test_case_file import case_file_of, pdf_text

pytestmark = pytest.mark.usefixtures("catalogue")


def entries(case):
    """Title → facts of the latest entry with that title."""
    return {entry.title: dict(entry.facts) for entry in case.entries}


@pytest.fixture
def page_and_pdf_say(auditor, as_user):
    """A function that asserts that the page and the PDF of a serial number both contain the texts."""

    def check_texts(serial, *texts):
        page = unescape(as_user(auditor).get(f"/serials/{grouped(serial)}/case-file/").text)
        paper = " ".join(pdf_text(case_file_of(serial)).split())
        missing = [text for text in texts if text not in page or text not in paper]
        assert missing == []
        return True

    return check_texts


def test_an_emergency_is_told_from_its_code_to_the_release_code_that_ended_it(page_and_pdf_say):
    old = factories.registered()
    emergency = emergency_calls.begin_emergency(old)
    emergency_calls.refused(emergency_calls.settle, emergency, "UUUUUUUUUU")
    emergency_calls.settle(emergency, old.release_code)

    case = case_file_of(old.serial.code)

    facts = entries(case)
    issued = facts["Emergency code issued"]
    assert issued["Reason"] == WHY
    assert issued["Site ID of the earlier PC"] == grouped(old.installation.site_id)
    assert issued["Valid until"] == "8 Dec 2026"
    assert issued["Approved: Emergency code"].startswith("by supervisor, ")
    assert facts["Wrong release code"] == {"Release code that did not match": "UUUUU-UUUUU"}
    settled = facts["Emergency closed with the release code"]
    assert settled["Effect"] == "The code became permanent."
    assert grouped(old.release_code) in settled["Release code used"]
    assert [code.occasion for code in case.codes] == [
        "registration",
        "emergency",
        "made permanent after an emergency",
    ]
    assert all(code.entry for code in case.codes)
    assert page_and_pdf_say(old.serial.code, "Emergency code issued", WHY, "UUUUU-UUUUU", "The code became permanent.")


def test_a_withdrawal_says_why_and_what_it_means(page_and_pdf_say):
    emergency = emergency_calls.begin_emergency(factories.registered())
    emergency_calls.withdraw(emergency, reason="The caller was not who he said he was.")

    facts = entries(case_file_of(emergency.serial.code))["Emergency code withdrawn"]

    assert facts["Reason"] == "The caller was not who he said he was."
    meaning = "The installation ended. The serial number must be re-licensed."
    assert facts["Effect"] == meaning
    assert page_and_pdf_say(emergency.serial.code, "The caller was not who he said he was.", meaning)


def test_two_supervisors_who_decide_for_good_are_both_named_with_their_reasons(settings, page_and_pdf_say):
    emergency = emergency_calls.begin_emergency(factories.registered())
    settings.FOUR_EYES_LICENCES = 1
    emergency_calls.decide(emergency, reason="The repair shop confirms it.", by="supervisor")
    emergency_calls.decide(emergency, reason="I have seen the invoice.", by="second supervisor")

    case = case_file_of(emergency.serial.code)

    decided = next(entry for entry in case.entries if entry.title == "Emergency code made permanent by decision")
    label = "Approved: Permanent code without the release code"
    agreed = [value for name, value in decided.facts if name == label]
    assert [value.split(",")[0] for value in agreed] == ["by supervisor", "by second supervisor"]
    assert agreed[0].endswith("“The repair shop confirms it.”")
    assert agreed[1].endswith("“I have seen the invoice.”")
    assert entries(case)["First of two approvals"]["Items"] == "Permanent code without the release code"
    assert page_and_pdf_say(emergency.serial.code, "The repair shop confirms it.", "I have seen the invoice.")


def test_a_limit_that_was_passed_says_how_much_was_counted_and_who_agreed_why(settings, page_and_pdf_say):
    settings.RELICENSING_LIMIT = 1
    code = factories.relicensed(factories.registered())
    request = factories.request(code)
    operations.decide_checklist(
        request_id=request.pk, items=["relicensing-limit"], reason="Their PCs are old.", by="supervisor"
    )
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=factories.TODAY)

    facts = entries(case_file_of(code.serial.code))

    assert facts["Checklist item accepted"]["Items"] == "Many re-licensings"
    agreed = facts["Re-licensed"]["Approved: Many re-licensings (1)"]
    assert agreed.startswith("by supervisor, ")
    assert agreed.endswith("“Their PCs are old.”")
    assert page_and_pdf_say(code.serial.code, "Many re-licensings", "Their PCs are old.")


def test_an_emergency_that_nobody_has_settled_stands_at_the_head(page_and_pdf_say):
    emergency = emergency_calls.begin_emergency(factories.registered())

    head = dict(case_file_of(emergency.serial.code).head)

    assert head["Emergency, still open"] == f"until 8 Dec 2026, by supervisor: “{WHY}”"
    assert page_and_pdf_say(emergency.serial.code, "Emergency, still open")
    emergency_calls.withdraw(emergency)
    assert "Emergency, still open" not in dict(case_file_of(emergency.serial.code).head)
