"""Answers of which only the status counts."""

import pytest


@pytest.fixture
def no_text(monkeypatch):
    """Answers without the text of their page, which takes longer than to let in or to refuse.

    test_codes.py reads the pages as every role but the supervisor's, which tests/web/test_headers.py has.
    """
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda self, context=None, request=None: "")
