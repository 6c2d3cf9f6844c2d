"""``python -m tests.benchmarks NAME``: measures speed and memory on a database of its own."""

import os
import pkgutil
import sys
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

import django
from django.core.management.base import CommandError, OutputWrapper

from tests import benchmarks


def measurements() -> dict[str, Any]:
    """The benchmark modules by name."""
    names = (each.name for each in pkgutil.iter_modules(benchmarks.__path__) if not each.name.startswith("_"))
    modules = (import_module(f"{benchmarks.__name__}.{name}") for name in names)
    return {module.__name__.rpartition(".")[2]: module for module in modules if hasattr(module, "run")}


def main(arguments: list[str]) -> None:
    """Run the benchmark that the command line names. Raises ``CommandError`` where it cannot be measured."""
    parser = ArgumentParser(prog="python -m tests.benchmarks", description="Measure speed and memory.")
    subparsers = parser.add_subparsers(dest="benchmark", required=True)
    modules = measurements()
    for name, module in modules.items():
        module.add_arguments(subparsers.add_parser(name, help=module.HELP))
    options = vars(parser.parse_args(arguments))
    modules[options.pop("benchmark")].run(options, OutputWrapper(sys.stdout))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "licensing_portal.settings")
    django.setup()
    try:
        main(sys.argv[1:])
    except CommandError as error:
        sys.exit(str(error))
