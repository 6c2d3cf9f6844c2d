"""``manage.py benchmark NAME``: measures, by the modules of ``licences.management.benchmarks``."""

import pkgutil
from argparse import ArgumentParser
from importlib import import_module
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand

from licences.management import benchmarks


class Command(BaseCommand):
    help = "Measure how fast the portal is, and check that what it answered is true."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = parser.add_subparsers(dest="benchmark", required=True)
        for name, module in _found().items():
            about = (module.__doc__ or "").strip().splitlines()
            module.add_arguments(names.add_parser(name, help=about[0] if about else ""))

    def handle(self, *args: Any, benchmark: str, **options: Any) -> None:
        _found()[benchmark].run(options, self.stdout)


def _found() -> dict[str, ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return {name: import_module(f"{benchmarks.__name__}.{name}") for name in names if not name.startswith("_")}
