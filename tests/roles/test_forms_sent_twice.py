"""Every form that changes or begins something, sent twice, is one (docs/decisions.md#the-same-form-twice).

A new page that takes a POST fails here until its form carries a one-time token, or a line below says why it needs none.
"""

import pytest
from django.db import transaction

from tests.roles.expectations import NO_ROLE, expected
from tests.roles.pages import routes
from tests.roles.test_escalation import everything, post

pytestmark = pytest.mark.django_db

FIELD = "form_token"
# Forms that carry no token, and why sending them twice does no harm.
WITHOUT = {
    "unlock-code": "compares what was read back, and writes nothing",
    "decision-emails": "stores a choice: the same choice again changes nothing",
    "reminder-emails": "stores a choice: the same choice again changes nothing",
    "quality-count": "counts again: what is the same stays",
    "export-log": "hands out a file; each file that leaves is an event",
    "export": "hands out a file; each file that leaves is an event",
    "import": "shows a preview; the form that confirms it has a token",
    "changelist": "actions on rows: what is removed or ended already is counted as 0",
    "delete": "what is deleted already is not there",
    "history": "only shows",
    "old_address": "only redirects",
}
# Pages that everybody may post to, or that are no form of a page: calls of servers and browsers, one's own account.
OF_OTHERS = ("api:", "programs:", "admin:", "account_", "mfa_", "usersessions_", "openid_connect_", "socialaccount_")
NO_FORMS = {
    "csp-reports": "reports of browsers",
    "logout": "leads to the page on which one logs out",
    "login": "a log-in; a second one is another session of the same person, or the page it leads to",
    "password_change": "leads to the page of the account",
    "second-factor": "leads to the page of a factor",
    "session-stay": "keeps the session alive",
    "end-session": "what has ended is not there",
    "end-other-sessions": "what has ended is counted as 0",
    "set_language": "stores a choice",
}
# Django gives who sets a password a new cookie, which the browsers of this test forget.
NEW_COOKIE = {"password_change"}  # tests/administration/test_forms_sent_twice.py
TESTED_ELSEWHERE = {"public-registration"}  # tests/views/test_public_registration.py


def token_of(data):
    """The token that the form carries; "" without one."""
    value = data.get(FIELD, "")
    return value[0] if isinstance(value, list) else value


def _more(before, after):
    """The tables that have more or fewer rows than before; a worker that is called again finds nothing to do."""
    counted = {label: count for label, count in after[0].items() if before[0][label] != count}
    for of_tasks in (
        "django_tasks_database.DBTaskResult",
        "accounts.CacheEntry",
    ):  # ids of requests
        counted.pop(of_tasks, None)
    return counted or (after[1] if after[1] != before[1] else {})


def test_every_form_carries_a_token_or_says_why_it_needs_none(rehearsal):
    without = {attempt.name for attempt, data in rehearsal.forms if len(token_of(data)) < 20}

    assert without - set(WITHOUT) == set(), "Put {% form_token %} into these, and @form_for on their views."
    assert {attempt.name for attempt, data in rehearsal.forms if token_of(data)} & set(WITHOUT) == set()


def test_every_page_that_takes_a_post_is_known_here(rehearsal):
    tried = {attempt.name for attempt, _data in rehearsal.forms}
    of_the_administration = {attempt.name.rpartition("_")[2] for attempt, _data in rehearsal.forms if attempt.model}
    covered = tried | of_the_administration | {"process_import", "password_change"}  # tests/administration
    known = covered | set(WITHOUT) | set(NO_FORMS) | TESTED_ELSEWHERE

    unknown = {
        str(route)
        for route in routes()
        if (page := expected(route.name, route.model)) and page.post and not route.name.startswith(OF_OTHERS)
        if route.name not in known
    }

    assert unknown == set()
    everywhere = {route.name for route in routes()}
    assert set(NO_FORMS) | set(WITHOUT) | TESTED_ELSEWHERE <= everywhere, "These pages are gone: take out their lines."


def test_the_same_form_twice_does_it_once_and_leads_to_the_same(rehearsal):
    wrong = []
    for attempt, data in rehearsal.forms:
        if attempt.name in {*WITHOUT, *NEW_COOKIE} or attempt.status != 302:
            continue
        browser = rehearsal.cast[attempt.seen_by][1]
        with transaction.atomic():
            first = post(browser, attempt, data)
            browser("get", first["Location"]).getvalue()  # the page it leads to; then Back, and again
            done = everything()
            second = post(browser, attempt, data)
            if more := _more(done, everything()):
                wrong.append(f"{attempt}: the second did something: {more}")
            if (second.status_code, second.get("Location")) != (302, first["Location"]):
                wrong.append(f"{attempt}: {second.status_code} {second.get('Location')} after {first['Location']}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("token", ["", "of-an-earlier-release"])
def test_a_form_without_its_token_is_accepted_and_its_second_is_told(rehearsal, token):
    """As before: what cannot be done twice is refused in words, and nothing fails."""
    wrong = []
    for attempt, data in rehearsal.forms:
        browser = rehearsal.cast[attempt.seen_by][1]
        with transaction.atomic():
            answers = [post(browser, attempt, {**data, FIELD: token}) for _again in range(2 if not token else 1)]
            if answers[0].status_code != attempt.status or answers[-1].status_code not in (
                200,
                302,
                403,
                404,
                409,
                422,
            ):
                wrong.append(f"{attempt}: {[each.status_code for each in answers]}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_nobody_elses_token_is_of_use(rehearsal):
    """The kinds of people of the roles' table share no tokens: one without a role is refused, whatever the token."""
    attempt, data = next((each, data) for each, data in rehearsal.forms if each.name == "relicensing-new")
    post(rehearsal.cast[attempt.seen_by][1], attempt, data)

    assert rehearsal.cast[NO_ROLE][1].outcome("post", attempt.action, attempt.filled(data)) == "403"
