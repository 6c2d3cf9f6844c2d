"""The database: versions, migrations, what guards the records, its clock, and a pooler in front of it."""

import platform
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import metadata

import django
from django.apps import apps
from django.core.checks import Tags, run_checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from licences.models import Event
from licensing_portal.doctor.configuration import findings_of
from licensing_portal.doctor.findings import HealthFinding, HealthLevel, ok, problem, warning
from licensing_portal.health import missing_migrations

PYTHON_TESTED = ((3, 11), (3, 13))
CLOCK_DIFFERS, CLOCK_IS_WRONG = 2, 15  # seconds
ROUNDS = 3  # of looking for a pooler
_OURS = ("customers", "licences", "accounts")


# --- Versions and migrations -------------------------------------------------------------------------


def release() -> str:
    """The version of the portal that this process runs, such as ``0.1.0``; a dash where it was never installed."""
    try:
        return metadata.version("xchange-licensing-portal")
    except metadata.PackageNotFoundError:
        return "–"


def find_versions() -> Iterator[HealthFinding]:
    database = connections["default"]
    number = ".".join(map(str, database.get_database_version()))
    said = {
        "portal": release(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": f"{database.display_name} {number}",
    }
    words = _("Portal %(portal)s, Python %(python)s, Django %(django)s, %(database)s.") % said
    if not PYTHON_TESTED[0] <= sys.version_info[:2] <= PYTHON_TESTED[1]:
        yield warning(words, _("This version of Python was not tested. Use 3.11 to 3.13."))
    elif database.get_database_version() < (database.features.minimum_database_version or ()):
        yield problem(words, _("The database is too old for this version of Django. Upgrade it."))
    else:
        yield ok(words)


def find_migrations() -> Iterator[HealthFinding]:
    missing = sorted(".".join(each) for each in missing_migrations())
    if missing:
        words = _("Migrations that were not applied: %(names)s.") % {"names": ", ".join(missing)}
        yield problem(words, _("Run 'manage.py migrate'."))
    else:
        yield ok(_("All migrations are applied."))


# --- What guards the records -------------------------------------------------------------------------


def find_schema() -> Iterator[HealthFinding]:
    """Run the system checks of the database, and look for missing constraints."""
    found = findings_of(run_checks(tags=[Tags.database], databases=["default"]), instead="")
    yield from (each for each in found if each.what)
    missing = sorted(_declared_constraints() - _existing_constraints(connections["default"]))
    if missing:
        words = _("Constraints are missing, or were never validated: %(names)s.") % {"names": ", ".join(missing)}
        yield problem(words, _("Restore the schema from a backup, or create them as their migrations do."))
    elif all(each.level is HealthLevel.OK for each in found):
        yield ok(_("All triggers, constraints and search texts are there."))


def _declared_constraints() -> set[str]:
    models = [model for label in _OURS for model in apps.get_app_config(label).get_models() if model._meta.managed]
    return {constraint.name for model in models for constraint in model._meta.constraints}


_CONSTRAINTS = """
SELECT conname FROM pg_constraint WHERE convalidated
UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid
"""


def _existing_constraints(database: BaseDatabaseWrapper) -> set[str]:
    """The names of constraints and indexes that the database enforces."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(_CONSTRAINTS)
            return {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        rows = cursor.fetchall()
    text = "\n".join(sql for _name, sql in rows)
    return {name for name in _declared_constraints() if f'"{name}"' in text}


# --- Clock -------------------------------------------------------------------------------------------


def find_clock() -> Iterator[HealthFinding]:
    """Compare the clocks of this machine and the database, and look for records of the future."""
    seconds = abs((database_time() - timezone.now()).total_seconds())
    words = _("The clocks of this machine and of the database differ by %(seconds)s seconds.")
    words %= {"seconds": number_format(round(seconds, 1), 1)}
    advice = _("Let both machines follow a time server (systemd-timesyncd or chrony).")
    if seconds >= CLOCK_IS_WRONG:
        yield problem(words, advice)
    else:
        yield warning(words, advice) if seconds >= CLOCK_DIFFERS else ok(words)
    newest = Event.objects.order_by("-pk").values_list("at", flat=True).first()
    if newest is not None and newest > timezone.now() + timedelta(seconds=CLOCK_IS_WRONG):
        at = timezone.localtime(newest).isoformat(" ", "seconds")
        words = _("The last event is in the future (%(at)s): this clock is slow, or was fast.") % {"at": at}
        yield problem(words, advice)


def database_time() -> datetime:
    """The time by the database's clock. SQLite has the one of this machine."""
    database = connections["default"]
    if database.vendor != "postgresql":
        return timezone.now()
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


# --- A pooler ----------------------------------------------------------------------------------------


def find_pooling() -> Iterator[HealthFinding]:
    """Find out whether a pooler hands one session of the database to several connections in turn.

    Imports use temporary tables and advisory locks, which belong to a session.
    """
    database = connections["default"]
    if database.vendor != "postgresql":
        yield ok(_("SQLite has no pooler."))
    elif shares_sessions(database):
        words = _("A pooler (such as pgbouncer) shares sessions of the database among connections, by transaction.")
        advice = _("Set pool_mode = session, or name PostgreSQL itself in DATABASE_URL. Imports lose temporary tables.")
        yield problem(words, advice)
    else:
        yield ok(_("Each connection has a session of its own."))


def shares_sessions(database: BaseDatabaseWrapper) -> bool:
    """Whether two new connections meet in one session, or one moves to another while the other is in a transaction."""
    one, other = database.copy("doctor-one"), database.copy("doctor-other")
    try:
        for _round in range(ROUNDS):
            first = _session(one)
            other.set_autocommit(False)
            if _session(other) == first or _session(one) != first:
                return True
            other.rollback()
            other.set_autocommit(True)
    finally:
        one.close()
        other.close()
    return False


def _session(database: BaseDatabaseWrapper) -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number: int = cursor.fetchone()[0]
    return number
