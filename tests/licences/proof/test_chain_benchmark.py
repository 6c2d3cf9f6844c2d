"""``manage.py benchmark chain`` measures what it says, on a database of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from licences.management.benchmarks._scratch import database_url


@pytest.mark.django_db(transaction=True)
def test_it_says_what_the_chain_costs_and_for_how_long_an_import_holds_it(tmp_path):
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "benchmark", "chain", "--registrations", "100"]
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}" if connection.vendor == "sqlite" else database_url()

    done = subprocess.run(
        [*command, "--rows", "50"], env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "the chain: " in done.stdout
    assert "import of 50 rows: judged and applied in " in done.stdout
    assert "of which it holds the end of the chain for " in done.stdout
