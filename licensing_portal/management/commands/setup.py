"""``manage.py setup``: set up a portal in this folder, or complete it; may be repeated (docs/operations.md#first-hour).

The settings are written by ``licensing_portal.first_settings``, which runs before this command, because Django reads
them first.
"""

import getpass
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licensing_portal import first_settings, setting_up
from licensing_portal.accounts.operations import passwords, people


class Command(BaseCommand):
    help = "Set up a portal: settings and keys, tables, static files, first administrator, catalogue, checks."
    requires_system_checks = []  # made at the end, when there are tables

    def add_arguments(self, parser: ArgumentParser) -> None:
        first_settings.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO or settings.DEBUG:
            raise CommandError("setup is for a portal in production. For a demo, run quickstart.")
        self._migrate()
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Static files: collected in {settings.STATIC_ROOT}")
        problems = [*self._load_catalogue(options), *self._create_administrator(options)]
        problems += setting_up.check_problems()
        self._say("Wrong, and to be corrected", problems)
        self._say("Left to do", list(setting_up.left_to_do(_program())))
        if problems:
            raise CommandError("The portal is set up, except for what is named above as wrong.")

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        count = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        done = f"migrations applied now: {count}" if count else "all migrations were applied before"
        self.stdout.write(f"Database ({connection.vendor}): {done}")

    def _load_catalogue(self, options: dict[str, Any]) -> list[str]:
        problems = []
        for name in setting_up.TABLES:
            if options[name]:
                try:
                    loaded = setting_up.load_table(name, Path(options[name]))
                    self.stdout.write(f"{name.capitalize()}: {loaded}")
                except setting_up.SetupError as error:
                    problems.append(f"{name.capitalize()}: {error}")
        return problems

    def _create_administrator(self, options: dict[str, Any]) -> list[str]:
        """Create the first administrator, unless there is one."""
        if setting_up.has_administrator():
            self.stdout.write("Administrator: there is one already")
            return []
        asks = not options["no_input"]
        username = options["administrator"] or (asks and _ask("Username of the first administrator (Enter: later): "))
        if not username:
            return []
        email = options["email"] or (asks and _ask("Their e-mail address (Enter: none): ")) or ""
        try:
            setting_up.check_administrator(username, email)
        except setting_up.SetupError as error:
            return [str(error)]
        password = self._password(username, email) if asks and not options["password_link"] else None
        user = people.create_administrator(username=username, email=email, password=password)
        self.stdout.write(f"Administrator: {username} created")
        if password is None:
            link = passwords.make_link(user, by=people.SERVER)
            self.stdout.write(f"To set the password, within an hour, once the portal is running:\n{link}")
        return []

    def _password(self, username: str, email: str) -> str | None:
        """Ask for a password until it is good and was typed twice; None for an empty answer."""
        while True:
            password = getpass.getpass("Password (Enter: print a link on which they set it): ")
            if not password:
                return None
            problem = setting_up.password_problem(password, username=username, email=email)
            if not problem and getpass.getpass("Password again: ") != password:
                problem = "The two passwords differ."
            if not problem:
                return password
            self.stdout.write(problem)

    def _say(self, heading: str, lines: list[str]) -> None:
        if lines:
            self.stdout.write(f"\n{heading}:")
        for line in lines:
            self.stdout.write(f"- {line}")


def _program() -> str:
    """The command that people type: ``manage.py``, or what ``docs/deploy/portal`` says."""
    return os.environ.get("PORTAL_COMMAND") or Path(sys.argv[0]).name


def _ask(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        return ""
