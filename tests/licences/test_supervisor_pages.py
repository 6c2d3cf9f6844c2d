"""What a supervisor meets on the pages: where the cursor stands, what is said of decisions, where dead ends lead on."""

import re

import pytest

from licences import operations
from tests import factories
from tests.licences.emergency_calls import WHY, code_of, dead_pc, emergency

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def old(catalogue):
    return factories.registered()


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


@pytest.fixture
def staff(clerk, as_user):
    return as_user(clerk)


def focused(page):
    """The name of the field that the cursor stands in when the page opens."""
    fields = [tag for tag in re.findall(r"<(?:input|textarea)[^>]*>", page) if " autofocus" in tag]
    return [re.search(r'name="([^"]*)"', tag)[1] for tag in fields]


# --- The cursor ------------------------------------------------------------------------------------


def test_it_stands_on_the_open_item_for_the_clerk_and_nowhere_for_who_decides(old, staff, boss):
    """Enter in a field checks again; whoever does that may not decide any more."""
    address = dead_pc(old).get_absolute_url()

    assert focused(staff.get(address).text) == ["release_code"]
    assert focused(boss.get(address).text) == []


@pytest.mark.parametrize("step", ["decide", "emergency"])
def test_a_decision_without_a_reason_puts_it_on_the_reason_and_says_so_at_the_top(old, boss, step):
    address = dead_pc(old).get_absolute_url()
    values = {"items": ["release_code"], "reason": "", "check_number": 1}

    answer = boss.post(f"{address}{step}/", values)

    assert answer.status_code == 422
    assert focused(answer.text) == ["reason"]
    summary = answer.text.index("Please correct this")
    assert summary < answer.text.index("<table")


def test_a_wrong_release_code_puts_it_back_on_the_code_and_says_what_to_do(old, staff):
    address = emergency(old).get_absolute_url()
    assert focused(staff.get(address).text) == []

    answer = staff.post(f"{address}release-code/", {"code-release_code": "UUUUU-UUUUU"})

    assert focused(answer.text) == ["code-release_code"]
    assert "Ask for it again, group by group." in answer.text


# --- What was decided ------------------------------------------------------------------------------


def test_whoever_issues_reads_who_let_a_limit_pass_and_why(old, staff, boss, settings):
    settings.RELICENSING_LIMIT = 0
    request = factories.request(old)
    settled = {"items": ["relicensing-limit"], "reason": WHY, "check_number": 1}

    assert "Accepted, with your name" in boss.post(f"{request.get_absolute_url()}decide/", settled, follow=True).text

    page = staff.get(request.get_absolute_url()).text
    assert "accepted by supervisor" in page
    assert WHY in page
    assert "Everything passes" in page


def test_the_closed_request_says_until_when_the_emergency_code_runs(old, staff):
    found = emergency(old)

    assert "valid until 8 Dec 2026" in staff.get(found.request.get_absolute_url()).text


def test_a_request_that_does_not_reach_the_supervisors_yet_says_so(old, staff):
    request = dead_pc(old, customer_name="")

    page = staff.get(request.get_absolute_url()).text

    assert "The supervisors see it as soon as nothing else stands in the way." in page
    assert "stands on the desk of every supervisor" not in page


# --- Where a dead end leads on ---------------------------------------------------------------------


def test_a_second_emergency_leads_to_the_follow_up_of_the_first(old, staff):
    found = emergency(old)
    again = dead_pc(old)

    row = staff.get(again.get_absolute_url()).text.split('class="verdict-mismatch"')

    assert any(f'href="{found.get_absolute_url()}"' in each for each in row)


def test_the_sheet_says_what_the_old_pc_is_still_good_for(old, staff):
    sheet = staff.get(code_of(emergency(old)).get_absolute_url()).text

    assert "to release the serial number there" in sheet
    assert "must not be started again" not in sheet


def test_the_sheet_of_a_permanent_code_tells_a_running_server_to_update(old, staff):
    found = emergency(old)
    operations.decide_emergency(emergency_id=found.pk, reason=WHY, by="deputy")

    sheet = staff.get(code_of(found).get_absolute_url()).text

    assert "choose “update licences”" in sheet
    assert "choose to register" not in sheet
