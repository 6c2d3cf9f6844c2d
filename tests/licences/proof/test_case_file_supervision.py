"""The case file tells emergencies, limits that were passed and wrong release codes: on screen and on paper."""

from html import unescape

import pytest

from licences import operations
from licences.domain.codes import grouped
from tests import factories
from tests.licences import emergency_calls
from tests.licences.emergency_calls import WHY
from tests.licences.proof.test_case_file import made, pdf_text

pytestmark = pytest.mark.usefixtures("catalogue")


def entries(case):
    """Title → facts of the latest entry of that title."""
    return {entry.title: dict(entry.facts) for entry in case.entries}


@pytest.fixture
def says_on_both(auditor, as_user):
    """Whether page and paper of a serial number both say all of this."""

    def says(serial, *texts):
        page = unescape(as_user(auditor).get(f"/serials/{grouped(serial)}/case-file/").text)
        paper = " ".join(pdf_text(made(serial)).split())
        missing = [text for text in texts if text not in page or text not in paper]
        assert missing == []
        return True

    return says


def test_an_emergency_is_told_from_its_code_to_the_release_code_that_ended_it(says_on_both):
    old = factories.registered()
    found = emergency_calls.emergency(old)
    emergency_calls.refused(emergency_calls.settle, found, "UUUUUUUUUU")
    emergency_calls.settle(found, old.release_code)

    case = made(old.serial.code)

    told = entries(case)
    issued = told["Emergency code issued"]
    assert issued["Reason"] == WHY
    assert issued["Site ID of the earlier PC"] == grouped(old.installation.site_id)
    assert issued["Valid until"] == "8 Dec 2026"
    assert issued["Agreed: Emergency code"].startswith("by supervisor, ")
    assert told["Wrong release code"] == {"Release code that did not fit": "UUUUU-UUUUU"}
    settled = told["Emergency settled by the release code"]
    assert settled["Thereby"] == "The code became permanent."
    assert grouped(old.release_code) in settled["Release used up"]
    assert [code.occasion for code in case.codes] == [
        "registration",
        "emergency",
        "made permanent after an emergency",
    ]
    assert all(code.entry for code in case.codes)
    assert says_on_both(old.serial.code, "Emergency code issued", WHY, "UUUUU-UUUUU", "The code became permanent.")


def test_a_withdrawal_says_why_and_what_it_means(says_on_both):
    found = emergency_calls.emergency(factories.registered())
    emergency_calls.withdraw(found, reason="The caller was not who he said he was.")

    told = entries(made(found.serial.code))["Emergency code withdrawn"]

    assert told["Reason"] == "The caller was not who he said he was."
    meaning = "The installation ended; the serial number has to be re-licensed."
    assert told["Thereby"] == meaning
    assert says_on_both(found.serial.code, "The caller was not who he said he was.", meaning)


def test_two_supervisors_who_decide_for_good_are_both_named_with_their_reasons(settings, says_on_both):
    found = emergency_calls.emergency(factories.registered())
    settings.FOUR_EYES_LICENCES = 1
    emergency_calls.decide(found, reason="The repair shop confirms it.", by="supervisor")
    emergency_calls.decide(found, reason="I have seen the invoice.", by="second supervisor")

    case = made(found.serial.code)

    decided = next(entry for entry in case.entries if entry.title == "Emergency decided for good")
    label = "Agreed: Permanent code without the release code"
    agreed = [value for name, value in decided.facts if name == label]
    assert [value.split(",")[0] for value in agreed] == ["by supervisor", "by second supervisor"]
    assert agreed[0].endswith("“The repair shop confirms it.”")
    assert agreed[1].endswith("“I have seen the invoice.”")
    assert entries(case)["One of two supervisors agreed"]["Items"] == "Permanent code without the release code"
    assert says_on_both(found.serial.code, "The repair shop confirms it.", "I have seen the invoice.")


def test_a_limit_that_was_passed_says_how_much_was_counted_and_who_agreed_why(settings, says_on_both):
    settings.RELICENSING_LIMIT = 1
    code = factories.relicensed(factories.registered())
    request = factories.request(code)
    operations.decide(request_id=request.pk, items=["relicensing-limit"], reason="Their PCs are old.", by="supervisor")
    operations.issue(request_id=request.pk, by="clerk", today=factories.TODAY)

    told = entries(made(code.serial.code))

    assert told["Checklist item accepted"]["Items"] == "Many re-licensings"
    agreed = told["Re-licensed"]["Agreed: Many re-licensings (1)"]
    assert agreed.startswith("by supervisor, ")
    assert agreed.endswith("“Their PCs are old.”")
    assert says_on_both(code.serial.code, "Many re-licensings", "Their PCs are old.")


def test_an_emergency_that_nobody_has_settled_stands_at_the_head(says_on_both):
    found = emergency_calls.emergency(factories.registered())

    head = dict(made(found.serial.code).head)

    assert head["Emergency, not settled"] == f"until 8 Dec 2026, by supervisor: “{WHY}”"
    assert says_on_both(found.serial.code, "Emergency, not settled")
    emergency_calls.withdraw(found)
    assert "Emergency, not settled" not in dict(made(found.serial.code).head)
