"""A portal with a database of its own, which can be dumped and restored; each act is a process of its own.

``python -m tests.drills.restoring ACT …`` runs an act and prints its result as JSON.
"""

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection

from tests import servers

ROOT = Path(__file__).resolve().parents[2]


class Portal:
    """A portal: ``url`` is that of its database, ``lists`` the folder with the lists of allocated serial numbers."""

    def __init__(self, folder, url):
        self.folder, self.lists = folder, folder / "allocated"
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "ALLOCATED_SERIALS_DIR": str(self.lists),
            "MEDIA_ROOT": str(folder / "media"),
            "DJANGO_SETTINGS_MODULE": "licensing_portal.settings",
        }

    def run(self, *command):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def manage(self, *command):
        return self.run("manage.py", *command)

    def act(self, name, *arguments):
        return json.loads(self.run("-m", "tests.drills.restoring", name, *arguments))

    def import_rows(self, *rows):
        from tests.imports.files import csv_bytes  # an act imports this module before Django is set up

        file = self.folder / f"{uuid.uuid4().hex}.csv"
        file.write_bytes(csv_bytes(*rows))
        self.manage("import_purchases", str(file))
        return file.name


class OnSQLite(Portal):
    def __init__(self, folder):
        self.file, self.backup = folder / "portal.sqlite3", folder / "backup.sqlite3"
        super().__init__(folder, f"sqlite:///{self.file}")

    def dump(self):
        self._copy(self.file, self.backup)

    def restore(self):
        self._copy(self.backup, self.file)

    def begin_with(self, backup):
        self._copy(backup, self.file)

    @staticmethod
    def _copy(source, target):
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)

    def close(self):
        """Nothing to do: the folder is deleted with the test."""


RESTORE_OPTIONS = ("--no-owner", "--single-transaction")  # as on the page


class OnPostgreSQL(Portal):
    def __init__(self, folder):
        self.name, self.backup = f"drill_{uuid.uuid4().hex[:12]}", folder / "backup.dump"
        parameters = connection.get_connection_params()
        self.server = {
            name: str(parameters[name]) for name in ("host", "port", "user", "password") if parameters.get(name)
        }
        self._sql(f"CREATE DATABASE {self.name}")
        who = f"{self.server.get('user', '')}:{quote(self.server.get('password', ''))}"
        where = f"{self.server.get('host', 'localhost')}:{self.server.get('port', '5432')}"
        super().__init__(folder, f"postgres://{who}@{where}/{self.name}")

    def _sql(self, statement):
        with psycopg.connect(**self.server, dbname="postgres", autocommit=True) as session:
            session.execute(statement)

    def _program(self, name, *arguments):
        command = [str(servers.programs() / name), f"--dbname={self.environment['DATABASE_URL']}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def dump(self):
        self._program("pg_dump", "--format=custom", f"--file={self.backup}")

    def restore(self):
        self._sql(f"DROP DATABASE {self.name} WITH (FORCE)")
        self._sql(f"CREATE DATABASE {self.name}")
        self.restore_over_it()

    def restore_over_it(self):
        """Restore into the database as it is, with the options of docs/restore.md."""
        self.begin_with(self.backup)

    def begin_with(self, backup):
        self._program("pg_restore", *RESTORE_OPTIONS, str(backup))

    def close(self):
        self._sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def new_portal(folder):
    """A portal on the kind of database that the tests run on. Skips where PostgreSQL's programs are missing."""
    if connection.vendor == "sqlite":
        return OnSQLite(folder)
    servers.programs()
    return OnPostgreSQL(folder)


# --- The acts ----------------------------------------------------------------------------------------


def catalogue():
    from tests import factories

    factories.catalogue()


def serial_of(reference):
    from licences.models import LicenceGrant

    return LicenceGrant.objects.filter(purchase_reference=reference).first().serial.code


def register(serial, site_id):
    from licences.models import Serial
    from tests import factories

    return _code_values(
        factories.registered(Serial.objects.get(code=serial), site_id=site_id, versions=factories.versions("2.4"))
    )


def update(serial):
    from licences import operations
    from tests import factories

    licence = operations.update_installation(
        serial=serial, site_id=None, versions=None, by="tests", today=factories.TODAY
    )
    return _code_values(licence.unlock_code)


def _code_values(code):
    from licences.operations.codes import licence_file_text

    until = code.assured_until.isoformat() if code.assured_until else None
    return {"sequence": code.sequence, "code": code.code, "until": until, "file": licence_file_text(code)}


def migrate_before(name):
    """Reverse the migration of that name and all later ones."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    graph = MigrationLoader(connection).graph
    parents = [key for key in graph.node_map[("licences", name)].parents if key[0] == "licences"]
    call_command("migrate", "licences", parents[0].key[1], verbosity=0, skip_checks=True)


def columns(table):
    from django.db import connection

    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def missing_triggers():
    from django.db import connection

    from licences.database import append_only

    return append_only.missing_triggers(connection)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
