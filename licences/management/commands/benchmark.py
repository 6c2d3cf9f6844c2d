"""``manage.py benchmark WHAT``: figures of speed and memory, on a database of its own beside the configured one."""

import pkgutil
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from licences.management import benchmarks


def _benchmarks() -> dict[str, Any]:
    """The modules that measure something, by name."""
    modules = (
        import_module(f"{benchmarks.__name__}.{each.name}") for each in pkgutil.iter_modules(benchmarks.__path__)
    )
    return {module.__name__.rpartition(".")[2]: module for module in modules if hasattr(module, "run")}


class Command(BaseCommand):
    help = "Measure speed and memory."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        found = parser.add_subparsers(dest="benchmark", required=True)
        for name, module in _benchmarks().items():
            module.add_arguments(found.add_parser(name, help=module.HELP))

    def handle(self, *args: Any, benchmark: str, **options: Any) -> None:
        _benchmarks()[benchmark].run(options, self.stdout)
