"""Who may not see codes sees none: not on a page, not in JSON, not in an export. Known codes are planted for it."""

import pytest
from django.http import HttpResponse
from django.shortcuts import render

from licences.models import CheckedItem, Installation, LicenceFile, ReleaseCodeUse, UnlockCode
from licences.operations.codes import licence_file_text
from tests.roles.expectations import ADMINISTRATOR, ANONYMOUS, AUDITOR, IMPORTER, NO_ROLE, STAFF, SUPPORT
from tests.roles.reading import BOTH, answers, plain, text_of
from tests.roles.stage import Browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(caplog, monkeypatch):
    """Hundreds of refusals are meant; test_escalation.py looks at their count and at their lines in the log.

    Of their pages, which differ by a sentence and by the address alone, each person gets one.
    """
    caplog.set_level("CRITICAL")
    monkeypatch.setattr("licensing_portal.views.record_denial", lambda request, why: None)
    refusals = {}

    def refused_once(request, template, **options):
        if template != "403.html":
            return render(request, template, **options)
        if request.user.pk not in refusals:
            refusals[request.user.pk] = render(request, template, **options).content
        return HttpResponse(refusals[request.user.pk], **options)

    monkeypatch.setattr("licensing_portal.views.render", refused_once)


@pytest.fixture
def planted(stage):
    """Every code that there is, wherever it is kept, as letters and digits."""
    codes = list(UnlockCode.objects.select_related("serial__site__customer", "installation"))
    files = [licence_file_text(code) for code in codes]
    assert Installation.objects.exclude(reported_release_code="").exists()
    assert ReleaseCodeUse.objects.exists()
    assert CheckedItem.objects.filter(item="release_code").exclude(said="").exists()
    assert LicenceFile.objects.count() == len(codes) >= 3
    secrets = {code.code for code in codes} | {code.release_code for code in codes}
    return secrets | {plain(file.rpartition(".")[2]) for file in files}


def seen(stage, planted, user, formats=("csv",)):
    """(where, code) of each code that somebody gets to read; and how many answers were looked through.

    One format tells which columns an export has; the walks that find codes look for them in both.
    """
    found, opened = set(), 0
    for where, answer in answers(stage, Browser(user), user, formats):
        text = plain(text_of(answer))
        opened += answer.status_code == 200
        found |= {(where, secret) for secret in planted if secret in text}
    return found, opened


@pytest.mark.parametrize("kind", [ANONYMOUS, NO_ROLE, SUPPORT, IMPORTER, ADMINISTRATOR])
def test_no_answer_shows_a_code_to(kind, stage, planted):
    found, opened = seen(stage, planted, person(kind))

    assert not found
    assert opened >= {ANONYMOUS: 5, NO_ROLE: 5, SUPPORT: 10, IMPORTER: 80, ADMINISTRATOR: 80}[kind]


def test_no_answer_shows_a_code_to_a_support_agent_who_was_let_into_the_administration(stage, planted):
    user = person(SUPPORT)
    user.is_staff = True
    user.save()

    found, opened = seen(stage, planted, user)

    assert not found
    assert opened > 70


def test_the_same_walk_finds_every_code_for_an_auditor(stage, planted):
    """So that it is known to look where codes are."""
    found, _opened = seen(stage, planted, person(AUDITOR), BOTH)

    assert {secret for _where, secret in found} == planted
    places = {where for where, _secret in found}
    assert {"unlock-code", "unlock-code-licence-file", "serial", "licences.unlockcode export as xlsx"} <= places


def test_who_takes_calls_sees_codes_and_carries_none_out_in_a_list(stage, planted):
    found, _opened = seen(stage, planted, person(STAFF), BOTH)

    places = {where for where, _secret in found}
    assert "licences.unlockcode changelist" in places
    assert not [where for where in places if " as csv" in where or " as xlsx" in where]
