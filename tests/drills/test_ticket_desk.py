"""The walk of a ticket desk in docs/integration.md: its commands are taken from the page and run in a shell."""

import json
import os
import re
import shutil
import subprocess

import pytest

from licences import licence_files
from tests import factories
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url
from tests.drills.integration_walks import walk

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


def test_followed_to_the_letter_it_tells_who_calls_and_what_is_covered(catalogue, tmp_path):
    serial = factories.registered(factories.bought(customer_name="Bäckerei Müller")).serial
    issued = factories.program_key()
    signing_key = licence_files.new_key()
    plain = {"DEMO": "1", "TRUSTED_PROXY_COUNT": "0"}  # as quickstart serves it

    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=1, signing_key=signing_key, **plain)
    with served as (port, _master):
        done = subprocess.run(
            ["bash", "-c", walk("a ticket desk", port)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            input=f"{issued.text}\n",
            capture_output=True,
            text=True,
            check=False,
        )
    sites, callers, told = done.stdout.splitlines()

    assert done.stderr == ""
    assert json.loads(sites)["sites"][0]["serial"] == serial.code
    assert set(json.loads(sites)["sites"][0]) == {"serial", "customer", "town", "certainty"}
    assert json.loads(callers)["callers"][0]["company"] == "Bäckerei Müller"
    assert re.fullmatch(rf"{serial.code} \| Bäckerei Müller \| registered \| (not )?covered", told)
