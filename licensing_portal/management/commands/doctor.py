"""``manage.py doctor``: what is wrong with this portal, in words, with what to do (docs/watching.md#the-doctor).

Exit code 1 if there is a problem; warnings alone end with 0.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from licensing_portal.doctor import HealthCheck, HealthFinding, HealthLevel, examine

Results = list[tuple[HealthCheck, list[HealthFinding]]]


class Command(BaseCommand):
    help = "Check everything that can be wrong in production, and say what to do. Exits with 1 if there is a problem."
    requires_system_checks = []  # they are among the checks

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--no-mail-connection", action="store_true", help="do not connect to the mail server")
        parser.add_argument("--no-network", action="store_true", help="nor ask for the certificate of PORTAL_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        left_out = {"mail"} if options["no_mail_connection"] or options["no_network"] else set()
        results = examine(but=left_out | ({"network"} if options["no_network"] else set()))
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(results), indent=2))
        else:
            self._print(results)
        if _count(results, HealthLevel.PROBLEM):
            raise SystemExit(1)

    def _print(self, results: Results) -> None:
        paint = {
            HealthLevel.OK: self.style.SUCCESS,
            HealthLevel.WARNING: self.style.WARNING,
            HealthLevel.PROBLEM: self.style.ERROR,
        }
        for check, findings in results:
            for finding in findings:
                label = paint[finding.level](f"{finding.level.value:<8}")
                self.stdout.write(f"{label} {check.title}: {finding.what}")
                if finding.advice:
                    self.stdout.write(f"{'':8} → {finding.advice}")
        problems, warnings = _count(results, HealthLevel.PROBLEM), _count(results, HealthLevel.WARNING)
        self.stdout.write(f"problems: {problems}, warnings: {warnings}")


def _count(results: Results, level: HealthLevel) -> int:
    return sum(finding.level is level for _check, findings in results for finding in findings)


def _as_json(results: Results) -> dict[str, Any]:
    return {
        "problems": _count(results, HealthLevel.PROBLEM),
        "warnings": _count(results, HealthLevel.WARNING),
        "findings": [
            {"check": check.name, "level": finding.level.value, "what": finding.what, "advice": finding.advice}
            for check, findings in results
            for finding in findings
        ],
    }
