"""What a supervisor meets on the pages: where the cursor stands, what is said of decisions, where dead ends lead on."""

import re

import pytest

from licences import operations
from tests import factories
from tests.operations.emergency_calls import WHY, begin_emergency, code_of, dead_pc
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


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


@each_row("step", ["decide", "emergency"])
def test_a_decision_without_a_reason_puts_it_on_the_reason_and_says_so_at_the_top(old, boss, step):
    address = dead_pc(old).get_absolute_url()
    values = {"items": ["release_code"], "reason": "", "check_number": 1}

    answer = boss.post(f"{address}{step}/", values)

    assert answer.status_code == 422
    assert focused(answer.text) == ["reason"]
    summary = answer.text.index("Please correct this")
    assert summary < answer.text.index("<table")


def test_a_wrong_release_code_puts_it_back_on_the_code_and_says_what_to_do(old, staff):
    address = begin_emergency(old).get_absolute_url()
    assert focused(staff.get(address).text) == []

    answer = staff.post(f"{address}release-code/", {"code-release_code": "UUUUU-UUUUU"})

    assert focused(answer.text) == ["code-release_code"]
    assert "Ask for it again, group by group." in answer.text


# --- The text of a decision --------------------------------------------------------------------------


def check_again_with(boss, request, **decision):
    said = request.checks.latest("number").answers()
    typed = {name: getattr(said, name) for name in said.__dataclass_fields__}
    typed |= {"purpose": "reinstall", "release_code": "", "release_code_unavailable": "on"}
    return boss.post(request.get_absolute_url(), {**typed, **decision}, follow=True).text


def ticked(page):
    boxes = re.findall(r'<input type="checkbox" name="items"[^>]*>', page)
    return [re.search(r'value="([^"]*)"', each)[1] for each in boxes if " checked" in " ".join(each.split())]


def test_it_outlives_another_check_and_goes_with_the_decision(old, boss, settings):
    settings.RELICENSING_LIMIT = 0
    request, another = dead_pc(old), dead_pc(old)

    page = check_again_with(boss, request, reason=WHY, items=["relicensing-limit"])

    assert f">\n{WHY}</textarea>" in page
    assert ticked(page) == ["relicensing-limit"]
    assert WHY in boss.get(request.get_absolute_url()).text
    assert WHY not in boss.get(another.get_absolute_url()).text

    items = ["release_code", "relicensing-limit"]
    decided = {"items": items, "reason": "Seen by the field service.", "check_number": 2}
    boss.post(f"{request.get_absolute_url()}decide/", decided)
    assert WHY not in boss.get(request.get_absolute_url()).text


def test_it_is_one_form_with_the_answers_so_that_it_is_sent_with_them(old, boss):
    page = boss.get(dead_pc(old).get_absolute_url()).text

    fields = re.findall(r'<(?:textarea|input|button)[^>]*(?:name="(?:items|reason|check_number)"|/decide/)[^>]*>', page)
    assert len(fields) == 5
    assert all('form="answers"' in each for each in fields)


def test_all_ticks_survive_a_reason_that_is_too_short(old, boss, settings):
    settings.RELICENSING_LIMIT = 0
    request = dead_pc(old)
    both = ["release_code", "relicensing-limit"]

    answer = boss.post(f"{request.get_absolute_url()}decide/", {"items": both, "reason": "ok", "check_number": 1})

    assert answer.status_code == 422
    assert ticked(answer.text) == both
    assert ">\nok</textarea>" in answer.text


# --- What was decided ------------------------------------------------------------------------------


def test_whoever_issues_reads_who_let_a_limit_pass_and_why(old, staff, boss, settings):
    settings.RELICENSING_LIMIT = 0
    request = factories.request(old)
    settled = {"items": ["relicensing-limit"], "reason": WHY, "check_number": 1}

    assert (
        "Accepted. Your name and reason are recorded."
        in boss.post(f"{request.get_absolute_url()}decide/", settled, follow=True).text
    )

    page = staff.get(request.get_absolute_url()).text
    assert "accepted by supervisor" in page
    assert WHY in page
    assert "Everything is fine" in page


def test_the_closed_request_says_until_when_the_emergency_code_runs(old, staff):
    found = begin_emergency(old)

    assert "valid until 8 Dec 2026" in staff.get(found.request.get_absolute_url()).text


def test_a_request_that_does_not_reach_the_supervisors_yet_says_so(old, staff):
    request = dead_pc(old, customer_name="")

    page = staff.get(request.get_absolute_url()).text

    assert "Hand over to a supervisor" not in page
    assert "Every supervisor who did not take this call" not in page


# --- Where a dead end leads on ---------------------------------------------------------------------


def test_a_second_emergency_leads_to_the_follow_up_of_the_first(old, staff):
    found = begin_emergency(old)
    again = dead_pc(old)

    row = staff.get(again.get_absolute_url()).text.split('class="verdict-mismatch"')

    assert any(f'href="{found.get_absolute_url()}"' in each for each in row)


def test_the_sheet_says_what_the_old_pc_is_still_good_for(old, staff):
    sheet = staff.get(code_of(begin_emergency(old)).get_absolute_url()).text

    assert "use it only to release the serial number" in sheet
    assert "Do not start it again" not in sheet


def test_the_sheet_of_a_permanent_code_tells_a_running_server_to_update(old, staff):
    found = begin_emergency(old)
    operations.decide_emergency(emergency_id=found.pk, reason=WHY, by="deputy")

    sheet = staff.get(code_of(found).get_absolute_url()).text

    assert "choose “update licences”" in sheet
    assert "choose to register" not in sheet
