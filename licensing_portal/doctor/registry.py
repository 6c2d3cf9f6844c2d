"""The checks of the doctor, in the order in which they are reported, and how they are run."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import Error, connections
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing_portal.doctor import (
    background,
    case_file_fonts,
    configuration,
    database,
    disk,
    keys,
    mail,
    proof,
    records,
    replica,
    tls,
    webhooks,
)
from licensing_portal.doctor.findings import HealthFinding, problem
from licensing_portal.outages import outage_line

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check: its stable name for programs, its title for people, and the function that makes its findings.

    ``needs`` says what it asks besides files and settings: ``database``, ``mail`` (logs in to the mail server) or
    ``network``.
    """

    name: str
    title: str | Promise
    find: Callable[[], Iterable[HealthFinding]]
    needs: str = "database"


CHECKS = (
    HealthCheck("configuration", gettext_lazy("Configuration and files"), configuration.find, needs=""),
    HealthCheck("disk", gettext_lazy("Disk space"), disk.find, needs=""),
    HealthCheck("fonts", gettext_lazy("Fonts of case files"), case_file_fonts.find, needs=""),
    HealthCheck("certificate", gettext_lazy("TLS certificate"), tls.find, needs="network"),
    HealthCheck("mail", gettext_lazy("Mail server"), mail.find, needs="mail"),
    HealthCheck("versions", gettext_lazy("Versions"), database.find_versions),
    HealthCheck("migrations", gettext_lazy("Migrations"), database.find_migrations),
    HealthCheck("schema", gettext_lazy("Triggers, constraints and search index"), database.find_schema),
    HealthCheck("pooling", gettext_lazy("Connection pooling"), database.find_pooling),
    HealthCheck("clock", gettext_lazy("Clock"), database.find_clock),
    HealthCheck("replica", gettext_lazy("Read replica"), replica.find),
    HealthCheck("unlock-keys", gettext_lazy("Keys of unlock codes"), keys.find_unlock_keys),
    HealthCheck("licence-keys", gettext_lazy("Keys of licence files"), keys.find_licence_keys),
    HealthCheck("second-factors", gettext_lazy("Keys of second factors"), keys.find_factor_keys),
    HealthCheck("worker", gettext_lazy("Worker"), background.find_worker),
    HealthCheck("queue", gettext_lazy("Queue"), background.find_queue),
    HealthCheck("failed-tasks", gettext_lazy("Failed tasks"), background.find_failures),
    HealthCheck("webhooks", gettext_lazy("Webhooks"), webhooks.find_webhooks),
    HealthCheck("catalogue", gettext_lazy("Product catalogue"), records.find_catalogue),
    HealthCheck("installations", gettext_lazy("Unverified installations"), records.find_unproved),
    HealthCheck("sequences", gettext_lazy("Sequences"), records.find_sequences),
    HealthCheck("anchors", gettext_lazy("Anchors of the event log"), proof.find_anchors),
)


def examine(*, but: Iterable[str] = ()) -> list[tuple[HealthCheck, list[HealthFinding]]]:
    """Run all checks that need none of ``but``, and return their findings. Never raises, and writes nothing.

    If the database cannot be reached, that is one problem, and the checks that need it are left out.
    """
    left_out = {*but}
    results: list[tuple[HealthCheck, list[HealthFinding]]] = []
    unreachable = _database_outage()
    if unreachable:
        left_out.add("database")
        check = HealthCheck("database", _("Database"), list)
        results.append((check, [problem(unreachable, _("Start the database, and check DATABASE_URL."))]))
    results += [(check, _findings(check)) for check in CHECKS if check.needs not in left_out]
    return results


def _findings(check: HealthCheck) -> list[HealthFinding]:
    """The findings of a check. One that fails is a problem as well: what it looks at is not as it should be."""
    try:
        return list(check.find())
    except Exception as error:
        log.warning("the check %s failed", check.name, exc_info=True)
        reason = outage_line(error) or type(error).__name__
        words = _("This could not be checked: %(reason)s.") % {"reason": reason}
        return [problem(words, _("Look for other problems on this list first, and check again."))]


def _database_outage() -> str:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return outage_line(error) or type(error).__name__
    return ""
