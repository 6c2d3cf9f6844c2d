"""The walk of a shop in docs/integration.md: its commands are taken from the page and run in a shell."""

import json
import os
import shutil
import subprocess

import pytest
from django.conf import settings as portal

from licences import licence_files
from licences.models import LicenceGrant
from tests import event_chain, factories
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url
from tests.drills.integration_walks import walk

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


def test_followed_to_the_letter_it_sells_and_says_why_not(catalogue, tmp_path):
    issued = factories.program_key("sites:read", "purchases:write", name="Shop")
    (tmp_path / "docs").symlink_to(portal.BASE_DIR / "docs")
    (tmp_path / "var").mkdir()
    plain = {"DEMO": "1", "TRUSTED_PROXY_COUNT": "0"}  # as quickstart serves it
    signing_key = licence_files.new_key()

    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=1, signing_key=signing_key, **plain)
    with served as (port, _master):
        done = subprocess.run(
            ["bash", "-c", walk("a shop", port)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            input=f"{issued.text}\n",
            capture_output=True,
            text=True,
            check=False,
        )
    tried, sold, again, good, wrong, bought = done.stdout.splitlines()

    assert done.stderr == ""
    assert json.loads(tried)["lines"][0]["outcome"] == "new"
    assert json.loads(sold)["lines"][0]["recorded"] is True
    assert json.loads(again) == json.loads(sold)
    assert (good, wrong) == ("1 new", "2 rejected The catalogue has no product “XCH-SVR”. Check the spelling.")
    assert bought == "recorded new Zweirad Zoll"
    assert LicenceGrant.objects.count() == 2
    assert event_chain.flaws() == []
