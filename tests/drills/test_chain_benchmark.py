"""``python -m tests.benchmarks chain`` runs to the end and prints its figures."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.benchmarks._temporary_database import database_url


@pytest.mark.django_db(transaction=True)
def test_it_says_what_the_chain_costs_and_for_how_long_an_import_holds_it(tmp_path):
    command = [sys.executable, "-m", "tests.benchmarks", "chain", "--registrations", "100"]
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}" if connection.vendor == "sqlite" else database_url()

    done = subprocess.run(
        [*command, "--rows", "50"], env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "the chain: " in done.stdout
    assert "import of 50 rows: judged and applied in " in done.stdout
    assert "of which it holds the end of the chain for " in done.stdout
