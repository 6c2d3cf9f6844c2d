"""The walk-through of docs/integration.md: its commands are taken from the page and run in a shell."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as portal

from licences import licence_files, operations
from licences.domain import codes
from licences.management.new_keys import one_line
from licences.models import Installation, Serial
from tests import factories
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url
from tests.factories import TODAY

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = (portal.BASE_DIR / "docs" / "integration.md").read_text()


def blocks(heading):
    """The indented blocks of a section of the page, without their indentation."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    indented = re.findall(r"(?:^    .*\n|^\n(?=    ))+", section, flags=re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip("\n") for block in indented]


@pytest.fixture
def shell(tmp_path):
    """``shell(lines, port, signing_key)`` returns the output of a shell in a fresh clone."""
    (tmp_path / "manage.py").symlink_to(portal.BASE_DIR / "manage.py")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "var").mkdir()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)

    def run(lines, port, signing_key):
        variables = {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "licensing_portal.settings",
            "DEMO": "0",
            "EMAIL_URL": "none",
            "UNLOCK_KEYS": ",".join(f"{key_id}:{key.hex()}" for key_id, key in portal.UNLOCK_KEYS.items()),
            "LICENCE_SIGNING_KEYS": one_line(signing_key),
            "PORTAL_URL": f"http://127.0.0.1:{port}",
        }
        script = "\n".join(lines).replace("localhost:8000", f"127.0.0.1:{port}")
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    return run


def test_the_page_has_the_blocks_that_are_played_here():
    played = blocks("Walk through a whole life")

    assert len(played) == 6
    assert "quickstart" in played[0]
    assert "server release" in played[4]


def relicense(serial, output):
    """Re-license as the clerk would, with what the customer reads out from ``output``."""
    released = re.findall(r"release code: (\S+)", output)[0]
    site_id = re.findall(r"site ID: (\S+)", output)[-1]
    code = serial.unlock_codes.latest("sequence")
    answers = factories.answers(
        code,
        site_id=site_id,
        release_code=released,
        server_version="2.4",
        client_version="2.4",
        customer_name="Bäckerei Müller",
        address_line1="Hauptstraße 12a",
    )
    request = operations.open_relicensing(answers=answers, purpose="migrate", by="clerk", today=TODAY)
    operations.issue_relicensing(request_id=request.pk, by="clerk", today=TODAY)
    return codes.canonical(site_id)


def test_followed_to_the_letter_it_ends_with_a_re_licensed_server(catalogue, shell, settings):
    serial = factories.bought(customer_number="K-1")
    key = licence_files.new_key()
    settings.LICENCE_KEYS = licence_files.parse_keys(key)
    plain = {"DEMO": "1", "TRUSTED_PROXY_COUNT": "0"}  # as quickstart serves it
    choose, register, buy, release, again = blocks("Walk through a whole life")[1:]

    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=2, signing_key=key, **plain)
    with served as (port, _master):
        before = shell([choose, register, buy, release], port, key)
        site_id = relicense(serial, before)
        after = shell([choose.replace("installations=None, ", ""), register.splitlines()[0], again], port, key)

    assert before.count("unlock code accepted") == 2, before
    assert "licences: slot 1: 2" in before
    assert "allowed: yes" in before
    assert "release reported" in before
    assert before.count("(relicensing-required)") == 2
    assert "unlock code accepted" in after, after
    assert "licences: slot 1: 2" in after
    live = Installation.objects.get(ended_at=None)
    assert (live.serial, live.site_id) == (Serial.objects.get(), site_id)
