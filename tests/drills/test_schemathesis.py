"""A short run of schemathesis against gunicorn; docs/integration.md has the command for a long one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from licences import licence_files
from tests import factories
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = shutil.which("schemathesis", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "25")


@pytest.fixture
def seeded(catalogue):
    """The serial number of the examples in the API description, and others in every state."""
    factories.bought(serial="AB1CO9XZ", quantity=25)
    factories.registered(factories.bought(serial="UWNJQNFJ"), site_id="WO1SCS6MOIIP")
    factories.relicensed(factories.registered())
    factories.taken_over()


@pytest.mark.skipif(PROGRAM is None, reason="schemathesis is not installed: pip install -e '.[test]'")
@pytest.mark.parametrize("description", ["openapi.json", "programs/openapi.json"])
def test_it_finds_nothing(seeded, tmp_path, settings, description):
    limits = {f"RATE_LIMIT_{name}": "1000000" for name in ("ADDRESS", "SERIAL", "KEY")}
    key = licence_files.new_key()
    scopes = ("sites:read", "sites:personal", "codes:read", "purchases:write", "events:read")
    program = factories.program_key(*scopes).text
    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=2, signing_key=key, **limits)
    with served as (port, _master):
        command = [PROGRAM, "run", f"http://127.0.0.1:{port}/api/{description}", "--checks", "all"]
        command += ["--header", "X-Forwarded-Proto: https", "--max-examples", EXAMPLES, "--no-color"]
        # Python 3.11 counts the depth of recursion in ast once for all threads, and may fail with several workers.
        command += ["--generation-deterministic", "--workers", "1"]
        if description.startswith("programs"):
            command += ["--header", f"Authorization: Bearer {program}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
